"""Which kind of file a name asks for, and whether it may be written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import UsageError
from labkit.wire.export import html, jsonl, pcapng, text
from labkit.wire.export.run import Run
from labkit.wire.record import Kind

KINDS: dict[str, Callable[[Run, bool], bytes]] = {
    ".html": html.render,
    ".txt": text.render,
    ".jsonl": jsonl.render,
    ".pcapng": lambda run, _: pcapng.render(run),
}

NO_NAME = "{path!r} is no name for a file. Choose one such as 'run.pcapng'."
NO_KIND = (
    "{name!r} doesn't say which kind of file to write. Let it end in .html (to read in a browser), "
    ".txt (plain text), .jsonl (for programs) or .pcapng (for Wireshark)."
)
NOTHING = "Nothing is recorded there yet, so there is nothing to save. Let hosts talk to each other first."
NO_PACKETS = (
    "There is no session of its own in it, and so no packet. lab.transcripts has those of the whole run."
)
EXISTS = "{name!r} exists already. Choose another name, or replace it: save({name!r}, overwrite=True)."
NO_FOLDER = "{name!r} can't be written: there is no folder {folder!r}. Create it, or choose another one."
FOLDER = "{name!r} is a folder. Choose a name for a file."
NOT_ALLOWED = "{name!r} can't be written: you have no permission. Choose another folder, such as your own."
OTHER = "{name!r} can't be written: {trouble}. Choose another name or folder."

SAVED = {0: "Saved {name}.", 1: "Saved 1 session in {name}.", 2: "Saved {count:,} sessions in {name}."}
WITH_KEYS = "Whoever has this file can read what TLS hid: the keys of the lab's servers are in it."


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that was written, as the student named it; ``has_keys`` says that it decrypts TLS."""

    name: str
    sessions: int
    has_keys: bool = False

    def __repr__(self) -> str:
        said = SAVED[min(self.sessions, 2)].format(count=self.sessions, name=self.name)
        return f"{said} {WITH_KEYS}" if self.has_keys else said


def save(path: str | Path, run: Run, *, overwrite: bool = False, reveal: bool = False) -> Saved:
    """Write a run into the file ``path``, of the kind that its suffix names.

    ``reveal`` shows the credentials in the session view too. Raises UsageError for a suffix that is none of
    .html, .txt, .jsonl and .pcapng, for a run with nothing in it, for a file that exists unless
    ``overwrite``, and for one that can't be written.
    """
    if not isinstance(path, (str, Path)) or not str(path).strip() or "\0" in str(path):
        raise UsageError(NO_NAME.format(path=path))
    name, suffix = str(path), Path(path).suffix.lower()
    if suffix not in KINDS:
        raise UsageError(NO_KIND.format(name=name))
    if not run.sessions and not run.facts:
        raise UsageError(NOTHING)
    if not run.sessions and suffix == ".pcapng":
        raise UsageError(NO_PACKETS)
    _write(Path(path), KINDS[suffix](run, reveal), overwrite)
    return Saved(name, len(run.sessions), suffix == ".pcapng" and _has_keys(run))


def _has_keys(run: Run) -> bool:
    return any(frame.kind is Kind.KEYS for session in run.sessions for frame in session.frames)


def _write(path: Path, content: bytes, overwrite: bool) -> None:
    """Write it all, or leave nothing of it behind."""
    name, target = str(path), path.expanduser()
    try:
        with target.open("wb" if overwrite else "xb") as file:
            try:
                file.write(content)
            except OSError:
                target.unlink()
                raise
    except FileExistsError:
        raise UsageError((FOLDER if target.is_dir() else EXISTS).format(name=name)) from None
    except FileNotFoundError:
        raise UsageError(NO_FOLDER.format(name=name, folder=str(path.parent))) from None
    except PermissionError:
        raise UsageError((FOLDER if target.is_dir() else NOT_ALLOWED).format(name=name)) from None
    except IsADirectoryError:
        raise UsageError(FOLDER.format(name=name)) from None
    except OSError as error:
        raise UsageError(OTHER.format(name=name, trouble=error.strerror)) from None

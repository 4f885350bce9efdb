"""The course's notebooks, put into a folder of the student's own. What is there already stays as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import UsageError
from labkit.launch.material import notebooks

STUDENTS = ("[0-9][0-9]-*.ipynb", "dashboard.ipynb", "*.md", "pictures/*.png")
INSTRUCTORS = "instructor/*.md"

NEW = {
    True: "1 file of the course is new in {folder}.",
    False: "{count} files of the course are new in {folder}.",
}
KEPT = (
    "Left as they are, because they differ from the course's: {names}.\n"
    "To begin one again, rename yours and run this command once more."
)
IS_FILE = "{path} is a file, and the notebooks need a folder. Choose another name for it."
NOT_ALLOWED = "You have no permission to write in {path}. Choose another folder, such as one of your own."
OTHER = "{path} can't be written: {trouble}. Make room there, or choose another folder."


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came of it: the names of the files that were ``written``, and of those ``kept`` that differ."""

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]

    def __str__(self) -> str:
        said = []
        if count := len(self.written):
            said.append(NEW[count == 1].format(count=count, folder=self.folder))
        if self.kept:
            said.append(KEPT.format(names=", ".join(self.kept)))
        return "\n".join(said)


def unpack(folder: Path, *, instructor: bool = False) -> Unpacked:
    """Put into ``folder`` what of the course is missing there.

    The pages for instructors, which have the solutions, come along only if they are asked for. Raises
    UsageError for a folder that can't be written, and where the notebooks are missing beside the package.
    """
    written, kept = [], []
    source = notebooks()
    for name in _names(source, instructor=instructor):
        content, target = (source / name).read_bytes(), folder / name
        try:
            if _write(target, content):
                written.append(name)
            elif target.read_bytes() != content:
                kept.append(name)
        except OSError as error:
            raise _told(error, target) from error
    return Unpacked(folder, tuple(written), tuple(kept))


def _names(source: Path, *, instructor: bool) -> Iterator[str]:
    for pattern in (*STUDENTS, *([INSTRUCTORS] if instructor else [])):
        yield from sorted(path.relative_to(source).as_posix() for path in source.glob(pattern))


def _write(target: Path, content: bytes) -> bool:
    """Write the whole file, or nothing of it; False when there is one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = target.open("xb")
    except FileExistsError:
        return False
    try:
        with file:
            file.write(content)
    except BaseException:
        target.unlink()
        raise
    return True


def _told(error: OSError, target: Path) -> UsageError:
    """The system's error in words."""
    file = next((place for place in target.parents if place.is_file()), None)
    if file:
        return UsageError(IS_FILE.format(path=file))
    if isinstance(error, PermissionError):
        return UsageError(NOT_ALLOWED.format(path=target.parent))
    return UsageError(OTHER.format(path=target, trouble=error.strerror))

"""Files: the name says which kind, nothing is overwritten by accident, and every refusal says what to do."""

import errno
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import pytest

from labkit.clock import Clock
from labkit.errors import UsageError
from labkit.wire.export import html, jsonl, pcapng, text
from labkit.wire.export.run import Run
from labkit.wire.export.save import save
from labkit.wire.record import Kind
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

Sample = Callable[[str], Transcript]


@pytest.fixture
def run(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Two sessions, and an empty folder to write them into."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Run("two sessions", (sample("open_relay"), sample("starttls_auth")))


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("run.html", html.render),
        ("run.txt", text.render),
        ("run.JSONL", jsonl.render),
        ("run.pcapng", pcapng.render),
        (Path("run.html"), html.render),
    ],
)
def test_the_suffix_says_what_is_written(run: Run, name: str | Path, render: Callable[[Run], bytes]) -> None:
    assert repr(save(name, run)) == f"Saved 2 sessions in {name}."
    assert Path(name).read_bytes() == render(run)


@pytest.mark.parametrize("name", ["run.html", "run.txt", "run.jsonl"])
def test_what_was_revealed_is_written_as_it_is_shown(run: Run, sample: Sample, name: str) -> None:
    sample("starttls_auth").reveal().save(name)
    assert "********" not in Path(name).read_text("utf-8")


@pytest.mark.parametrize("name", ["run.html", "run.txt", "run.jsonl"])
def test_credentials_are_written_only_when_that_is_asked_for(run: Run, name: str) -> None:
    save(name, run)
    assert "********" in Path(name).read_text("utf-8")
    save(name, run, reveal=True, overwrite=True)
    assert "********" not in Path(name).read_text("utf-8")


def test_a_tilde_is_the_home_folder(run: Run) -> None:
    assert repr(save("~/run.txt", Run("", run.sessions[:1]))) == "Saved 1 session in ~/run.txt."
    assert Path("run.txt").exists()


def test_who_saves_keys_is_told(run: Run) -> None:
    session = run.sessions[0]
    track = Recorder(Clock()).open(session.client, session.server, 25)
    track.add(Kind.KEYS, b"CLIENT_RANDOM aa bb\n")
    with_keys = Run("", (track.transcript(),))
    assert "the keys of the lab's servers are in it" in repr(save("run.pcapng", with_keys))
    assert repr(save("run.txt", with_keys)) == "Saved 1 session in run.txt."


def test_a_file_that_exists_is_replaced_only_when_that_is_asked_for(run: Run) -> None:
    Path("run.txt").write_text("homework")
    with pytest.raises(UsageError, match=r"'run.txt' exists already.*save\('run.txt', overwrite=True\)"):
        save("run.txt", run)
    assert Path("run.txt").read_text() == "homework"
    save("run.txt", run, overwrite=True)
    assert Path("run.txt").read_bytes() == text.render(run)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("run", r"'run' doesn't say which kind of file to write\. Let it end in \.html"),
        ("run.pcap", r"\.pcapng \(for Wireshark\)"),
        (".html", "doesn't say which kind"),
        ("", "'' is no name for a file"),
        ("  ", "is no name for a file"),
        ("a\0.txt", "is no name for a file"),
        (3, "3 is no name for a file"),
        (None, "None is no name for a file"),
        ("nowhere/run.html", r"there is no folder 'nowhere'\. Create it"),
        ("folder.html", "'folder.html' is a folder"),
        ("file.txt/run.html", "'file.txt/run.html' can't be written: Not a directory"),
        ("x" * 300 + ".html", "can't be written: File name too long"),
    ],
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_name_that_wont_do_says_why_and_what_to_do(run: Run, name: str, said: str, overwrite: bool) -> None:
    Path("folder.html").mkdir()
    Path("file.txt").write_text("")
    with pytest.raises(UsageError, match=said):
        save(name, run, overwrite=overwrite)


def test_a_folder_without_permission_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # root may write everywhere

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match=r"you have no permission\. Choose another folder"):
        save("run.txt", run)


@pytest.mark.parametrize("suffix", ["html", "txt", "jsonl", "pcapng"])
def test_a_run_without_sessions_is_not_saved(run: Run, suffix: str) -> None:
    with pytest.raises(UsageError, match="nothing to save"):
        save(f"run.{suffix}", Run("nothing", ()))
    assert list(Path().iterdir()) == []


def test_a_report_without_sessions_is_saved_where_it_has_something_to_say(run: Run) -> None:
    report = Run("attacker: reads what passes", (), (("goal", "passwords"),))
    for suffix in ("html", "txt", "jsonl"):
        assert repr(save(f"report.{suffix}", report)) == f"Saved report.{suffix}."
    assert "passwords" in Path("report.txt").read_text("utf-8")
    with pytest.raises(UsageError, match=r"no packet\. lab\.transcripts has those of the whole run"):
        save("report.pcapng", report)


class Full(FileIO):
    """A file on a disk that has no room left."""

    def write(self, data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_says_so_and_leaves_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", lambda path, mode: Full(path, mode))
    with pytest.raises(UsageError, match="can't be written: No space left on device"):
        save("run.txt", run)
    assert list(Path().iterdir()) == []

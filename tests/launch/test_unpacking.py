"""The notebooks in a student's own folder: what is missing comes, and what is there stays."""

import errno
from io import FileIO
from pathlib import Path

import pytest

from labkit.errors import UsageError
from labkit.launch.material import notebooks
from labkit.launch.unpacking import unpack

OF_WORK = ("progress.json", "progress-kept", "evidence.json", "marks.csv", "summary.html", "my-queue.db")


def _course() -> set[str]:
    """What the course consists of, without what work on it leaves beside it."""
    source = notebooks()
    names = (path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file())
    return {name for name in names if not name.startswith((*OF_WORK, ".", "__pycache__"))}


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_students_get_all_but_the_pages_for_instructors(tmp_path: Path) -> None:
    unpacked = unpack(tmp_path / "new" / "lab")
    assert _files(tmp_path / "new" / "lab") == {
        name for name in _course() if not name.startswith("instructor/")
    }
    assert set(unpacked.written) == _files(tmp_path / "new" / "lab")
    assert (
        str(unpacked) == f"{len(unpacked.written)} files of the course are new in {tmp_path / 'new' / 'lab'}."
    )


def test_instructors_get_everything(tmp_path: Path) -> None:
    unpack(tmp_path, instructor=True)
    assert _files(tmp_path) == _course()


def test_every_file_is_the_course_s_to_the_byte(tmp_path: Path) -> None:
    unpack(tmp_path)
    assert all(
        (tmp_path / name).read_bytes() == (notebooks() / name).read_bytes() for name in _files(tmp_path)
    )


def test_work_is_never_overwritten_and_what_is_missing_comes_back(tmp_path: Path) -> None:
    unpack(tmp_path)
    (tmp_path / "03-open-relay.ipynb").write_text("my work")
    (tmp_path / "my-notes.txt").write_text("mine, too")
    (tmp_path / "glossary.md").unlink()
    again = unpack(tmp_path)
    assert (again.written, again.kept) == (("glossary.md",), ("03-open-relay.ipynb",))
    assert (tmp_path / "03-open-relay.ipynb").read_text() == "my work"
    assert (tmp_path / "my-notes.txt").read_text() == "mine, too"
    assert str(again).splitlines() == [
        f"1 file of the course is new in {tmp_path}.",
        "Left as they are, because they differ from the course's: 03-open-relay.ipynb.",
        "To begin one again, rename yours and run this command once more.",
    ]


def test_where_all_is_there_it_has_nothing_to_say(tmp_path: Path) -> None:
    unpack(tmp_path)
    assert str(unpack(tmp_path)) == ""
    assert str(unpack(notebooks())) == ""


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "glossary.md").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match=r"glossary\.md can't be written"):
        unpack(tmp_path / "lab")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["lab", "lab/within/it"])
def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "lab").touch()
    with pytest.raises(UsageError, match="lab is a file, and the notebooks need a folder"):
        unpack(tmp_path / name)


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "glossary.md").mkdir()
    with pytest.raises(UsageError, match=r"glossary\.md can't be (read|written)"):
        unpack(tmp_path)


class Full(FileIO):
    """A file on a disk that has no room left."""

    def write(self, data: object) -> int:
        super().write(b"the beginning")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_says_so_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda path, mode="r", *more: Full(path, mode) if mode == "xb" else read(path, mode, *more),
    )
    with pytest.raises(UsageError, match="can't be written: No space left on device"):
        unpack(tmp_path)
    assert _files(tmp_path) == set()


def test_who_may_not_write_there_is_told_to_choose_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UsageError, match=r"You have no permission to write in .*lab\. Choose another folder"):
        unpack(tmp_path / "lab")

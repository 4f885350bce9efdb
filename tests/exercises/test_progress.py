"""Progress is kept whole or not at all, a code carries it over, and the board shows it."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import UsageError
from labkit.exercises import keeping, registry, resuming
from labkit.exercises.checking import State
from labkit.exercises.keeping import Book, Entry
from labkit.exercises.progress import Progress

FILE = Path(keeping.NAME)
IDS = [one.id for one in registry.exercises()]
NOT_KEPT, PUT_ASIDE = "can't be written", "The file progress.json could not be read. It is now {name},"


@pytest.fixture
def progress(folder: Path) -> Progress:
    return Progress(Book())


def test_nothing_is_written_before_anything_is_checked(progress: Progress) -> None:
    assert "0 of" in repr(progress)
    assert progress.resume_code
    assert list(Path().iterdir()) == []


def test_what_is_done_is_there_again_after_a_restart(progress: Progress) -> None:
    assert progress.checked("03.1", State.NOT_YET, "a", "anna") == ()
    assert progress.checked("03.1", State.DONE, "b", "anna") == ()
    assert Progress(Book()).entries == {"03.1": Entry(State.DONE, "b", 2, 0, "anna")}
    assert [path.name for path in Path().iterdir()] == [keeping.NAME]


def test_what_was_done_stays_done(progress: Progress) -> None:
    progress.checked("03.1", State.DONE, "good", "")
    progress.checked("03.1", State.NOT_YET, "later", "anna")
    assert progress.entries["03.1"] == Entry(State.DONE, "good", 2, 0, "")


def test_hints_are_counted_up_to_the_last(progress: Progress) -> None:
    assert [progress.hinted("03.1", 3, "")[0] for _ in range(5)] == [1, 2, 3, 3, 3]
    assert progress.entries["03.1"] == Entry(hints=3)


def test_two_notebooks_that_are_open_write_into_the_same_file(folder: Path) -> None:
    one, other = Progress(Book()), Progress(Book())
    one.checked("03.1", State.DONE, "a", "")
    other.checked("03.2", State.DONE, "b", "")
    assert set(one.entries) == {"03.1", "03.2"}


def test_the_file_has_no_time_and_no_path(progress: Progress) -> None:
    progress.checked("03.1", State.DONE, "a", "")
    kept = json.loads(FILE.read_text("utf-8"))
    assert set(kept["exercises"]["03.1"]) == {"outcome", "answer", "checks", "hints", "seed"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"name": "somebody else\'s"}',
        b'{"format": "smtp-relay-lab progress 2", "exercises": {}}',
        b'{"format": "smtp-relay-lab progress 1", "exercises": {"03.1": {"outcome": "done"}}}',
        b'{"format": "smtp-relay-lab progress 1", "exercises": {"03.1": {"outcome": "perfect", "answer": "", '
        b'"checks": 1, "hints": 0, "seed": ""}}}',
    ],
    ids=range(9),
)
def test_a_damaged_or_foreign_file_is_kept_aside_and_said_once(progress: Progress, content: bytes) -> None:
    FILE.write_bytes(content)
    notes = progress.checked("03.1", State.DONE, "a", "")
    assert notes == (PUT_ASIDE.format(name="progress-kept-1.json") + " and a new one was begun.",)
    assert Path("progress-kept-1.json").read_bytes() == content
    assert progress.checked("03.1", State.DONE, "a", "") == ()
    assert set(Progress(Book()).entries) == {"03.1"}


def test_a_second_such_file_does_not_take_the_place_of_the_first(progress: Progress) -> None:
    for number in (1, 2):
        FILE.write_text("?")
        assert f"progress-kept-{number}.json" in repr(progress)
    assert len(list(Path().glob("progress-kept-*"))) == 2


def test_a_folder_in_its_place_is_put_aside(progress: Progress) -> None:
    FILE.mkdir()
    assert "progress-kept-1.json" in progress.checked("03.1", State.DONE, "a", "")[0]
    assert Path("progress-kept-1.json").is_dir()


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_a_crash_while_writing_leaves_the_old_file_whole(
    progress: Progress, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Crash(BaseException):
        pass

    def crashes(*_: object) -> None:
        raise Crash

    progress.checked("03.1", State.DONE, "a", "")
    before = FILE.read_bytes()
    monkeypatch.setattr(os, step, crashes)
    with pytest.raises(Crash):
        progress.checked("03.2", State.DONE, "b", "")
    assert FILE.read_bytes() == before
    assert [path.name for path in Path().iterdir()] == [keeping.NAME]


def test_where_nothing_can_be_written_the_work_goes_on_and_it_is_said_once(
    progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise PermissionError

    progress.checked("03.1", State.DONE, "a", "")
    monkeypatch.setattr(os, "replace", refuses)
    (note,) = progress.checked("03.2", State.DONE, "b", "")
    assert NOT_KEPT in note
    assert progress.checked("00.1", State.NOT_YET, "c", "") == ()
    assert set(progress.entries) == {"00.1", "03.1", "03.2"}
    assert list(Path().iterdir()) == [FILE]


def test_a_folder_that_is_gone_is_no_trouble(progress: Progress, folder: Path) -> None:
    folder.rmdir()
    assert NOT_KEPT in progress.checked("03.1", State.DONE, "a", "")[0]
    assert set(progress.entries) == {"03.1"}


def test_an_exercise_or_all_can_be_begun_again(progress: Progress) -> None:
    for number in ("00.1", "03.1"):
        progress.checked(number, State.DONE, "a", "")
    progress.reset("03.1")
    assert set(progress.entries) == {"00.1"}
    assert "0 of" in repr(progress.reset())
    assert progress.entries == {}
    with pytest.raises(UsageError, match=r"Did you mean 03.1"):
        progress.reset("3.1")


def test_the_board_says_in_words_and_signs_how_far_each_is(progress: Progress) -> None:
    progress.checked("00.1", State.DONE, "d", "")
    progress.checked("03.1", State.NOT_YET, "?", "")
    shown = repr(progress)
    assert shown.startswith(f"1 of {len(IDS)} exercises done")
    for words in ("✓ done", "◐ not yet", "○ not attempted", progress.resume_code):
        assert words in shown
        assert words in progress._repr_html_()


# The resume code


def test_a_code_carries_over_what_is_done(progress: Progress) -> None:
    for number in ("00.1", "03.2"):
        progress.checked(number, State.DONE, "a", "")
    code = progress.resume_code
    progress.reset()
    progress.checked("03.1", State.NOT_YET, "b", "")
    progress.resume(code)
    states = {number: entry.state for number, entry in progress.entries.items()}
    assert states == {"00.1": State.DONE, "03.1": State.NOT_YET, "03.2": State.DONE}


@given(st.sets(st.sampled_from(IDS)))
def test_every_code_can_be_read_back(numbers: set[str]) -> None:
    code = resuming.code(numbers)
    assert resuming.done(code) == sorted(numbers)
    spoken = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert resuming.done(spoken) == sorted(numbers)


@given(st.sets(st.sampled_from(IDS)), st.data())
def test_one_wrong_sign_is_noticed_nearly_always(numbers: set[str], data: st.DataObject) -> None:
    code = resuming.code(numbers).replace("-", "")
    place = data.draw(st.integers(0, len(code) - 1))
    sign = data.draw(st.sampled_from([sign for sign in resuming.SIGNS if sign != code[place]]))
    with pytest.raises(UsageError, match=r"is no resume code|another edition"):
        resuming.done(code[:place] + sign + code[place + 1 :])


@given(st.text(max_size=30))
def test_any_text_is_read_or_explained(text: str) -> None:
    try:
        found = resuming.done(text)
    except UsageError:
        return
    assert resuming.done(resuming.code(found)) == found


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "is no resume code as it stands"),
        ("U!", "consists of letters and digits"),
        ("ABCD", "Compare it again"),
        (resuming._signs(1 << 200) + resuming._checksum(1 << 200), "another edition"),
        (12, "A resume code is a text"),
    ],
)
def test_a_wrong_code_is_explained_and_changes_nothing(progress: Progress, code: object, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        progress.resume(code)  # type: ignore[arg-type]
    assert words in str(caught.value)
    assert progress.entries == {}


def test_a_code_is_short(folder: Path) -> None:
    assert len(resuming.code(IDS[:3])) <= 9
    assert len(resuming.code(IDS)) <= 19


entries = st.builds(
    Entry,
    st.sampled_from(State),
    st.text(),
    st.integers(0, 10**6),
    st.integers(0, 3),
    st.text(max_size=20),
)


@given(st.dictionaries(st.sampled_from(IDS), entries))
def test_whatever_is_kept_is_read_back(kept: dict[str, Entry]) -> None:
    assert keeping._entries(keeping._text(kept)) == kept

"""Evidence: what a student hands in can be read, is the same each time, and shows a later change."""

import json
import re
from pathlib import Path

import pytest
from exercises.handing_in import CODE, POLICY, answered, handed_in, solution, wrong

from labkit.errors import UsageError
from labkit.exercises import evidence, keeping, registry
from labkit.exercises.checking import State
from labkit.exercises.exercise import Exercise
from labkit.exercises.handed_in import NotOurs, read
from labkit.exercises.keeping import Book
from labkit.exercises.progress import Progress
from labkit.lab.stage import USUAL

FILE = Path("evidence.json")


def test_it_holds_the_answer_the_outcome_and_what_the_check_saw(folder: Path) -> None:
    Progress(Book()).hinted(POLICY, 3, "")
    answered({POLICY: solution(POLICY)})
    said = evidence.write(FILE, "Anna")
    assert (
        said
        == f"evidence.json is ready to hand in: 1 of {len(registry.exercises())} exercises done, and 0 not yet."
    )
    content = json.loads(FILE.read_text("utf-8"))
    found = content["exercises"][POLICY]
    assert content["name"] == "Anna"
    assert (found["outcome"], found["checks"], found["hints"], found["seed"]) == ("done", 1, 1, "")
    assert "\n".join(found["answer"]) == solution(POLICY)
    claim = next(one for one in found["claims"] if "Relay access denied" in one["seen"])
    assert claim["holds"]
    assert claim["seen"] in found["sessions"][claim["session"]]
    assert any(line.startswith("C: EHLO") for line in found["sessions"][claim["session"]])


def test_outcomes_are_those_of_now_and_what_progress_said_stands_beside(folder: Path) -> None:
    answered({POLICY: wrong(POLICY)}, state=State.DONE)
    evidence.write(FILE)
    found = json.loads(FILE.read_text("utf-8"))["exercises"][POLICY]
    assert (found["outcome"], found["in progress.json"]) == ("not yet", "done")
    assert found["reason"] == registry.find(POLICY).wrong[0].reason


def test_it_is_the_same_each_time_without_time_and_path(folder: Path) -> None:
    answered({POLICY: solution(POLICY, "anna"), "00.1": solution("00.1", "anna")}, "anna")
    for name in ("one.json", "other.json"):
        evidence.write(Path(name), "Ünï")
    text = Path("one.json").read_text("utf-8")
    assert text == Path("other.json").read_text("utf-8")
    assert list(json.loads(text)["exercises"]) == ["00.1", POLICY]
    assert "Ünï" in text
    assert str(folder) not in text
    assert not re.search(r"127\.0\.0\.1|0x[0-9a-f]{6}", text)


def test_another_seed_in_the_environment_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered({POLICY: solution(POLICY)})
    monkeypatch.setenv("LABKIT_SEED", "kopi")
    assert "1 of" in evidence.write(FILE)


def test_what_a_code_brought_has_no_answer(folder: Path) -> None:
    answered({POLICY: solution(POLICY)})
    code = Progress(Book()).resume_code
    Progress(Book()).reset()
    Progress(Book()).resume(code)
    evidence.write(FILE)
    found = json.loads(FILE.read_text("utf-8"))["exercises"][POLICY]
    assert (found["outcome"], found["in progress.json"]) == ("not attempted", "done")


@pytest.mark.parametrize("answer", ["", "?", "[" * 5_000, "\udcff\0", "def f(:", "9" * 5_000, "{}", "1e999"])
@pytest.mark.parametrize("number", ["00.1", POLICY, CODE, "04.1", "09.2"])
def test_any_kept_text_is_looked_at(folder: Path, number: str, answer: str) -> None:
    answered({number: answer}, state=State.NOT_YET)
    assert "0 of" in evidence.write(FILE)
    assert read(FILE, "x").answers[number].answer == answer


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file progress.json"),
        ('{"format": "smtp-relay-lab progress 1", "exercises": {}}', "No exercise was checked yet"),
        ("", "is damaged, or it isn't the lab's"),
        ("[]", "is damaged, or it isn't the lab's"),
        ("[" * 100_000, "is damaged, or it isn't the lab's"),
    ],
)
def test_without_usable_progress_it_says_what_to_do_and_touches_nothing(
    folder: Path, content: str | None, words: str
) -> None:
    if content is not None:
        Path(keeping.NAME).write_text(content)
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(UsageError, match=words) as caught:
        evidence.write(FILE)
    assert len(str(caught.value).splitlines()) <= 2
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_file_that_is_there_stays(folder: Path) -> None:
    answered({"00.1": solution("00.1")})
    FILE.write_text("mine")
    with pytest.raises(UsageError, match="stays as it is"):
        evidence.write(FILE)
    assert FILE.read_text() == "mine"


def test_a_place_where_nothing_can_be_written_is_explained(folder: Path) -> None:
    answered({"00.1": solution("00.1")})
    with pytest.raises(UsageError, match="can't be written"):
        evidence.write(Path("no such folder") / "evidence.json")


def test_nothing_is_left_of_a_file_that_was_half_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TypeError):
        evidence.create(FILE, "no bytes")  # type: ignore[arg-type]
    assert not FILE.exists()


@pytest.mark.parametrize("name", ["   ", "a\nb", "x" * 101])
def test_a_name_that_is_none_is_explained(folder: Path, name: str) -> None:
    answered({"00.1": solution("00.1")})
    with pytest.raises(UsageError, match="A name is one line"):
        evidence.write(FILE, name)


def test_the_hash_shows_a_change_and_not_another_layout(folder: Path) -> None:
    handed_in(FILE, {"00.1": solution("00.1")}, "Anna")
    assert read(FILE, "x").whole
    content = json.loads(FILE.read_text("utf-8"))
    FILE.write_text(json.dumps(dict(reversed(content.items())), indent=8).replace("\n", "\r\n"), "utf-8")
    assert read(FILE, "x").whole
    content["exercises"]["00.1"]["outcome"] += " "
    FILE.write_text(json.dumps(content), "utf-8")
    assert not read(FILE, "x").whole


@pytest.mark.parametrize(
    "change",
    [
        {"format": "smtp-relay-lab evidence 2"},
        {"name": 3},
        {"exercises": []},
        {"exercises": {"06.1": {}}},
        {"exercises": {"06.1": {"outcome": "done", "seed": "", "answer": "a text"}}},
        {"exercises": {"06.1": {"outcome": "done", "seed": "", "answer": [1]}}},
        {"exercises": {"06.1": {"outcome": "done", "seed": "x" * 101, "answer": [""]}}},
        {"exercises": {"06.1": {"outcome": "done", "seed": "\0", "answer": [""]}}},
        {"exercises": {"06.1": {"outcome": "done", "seed": "", "answer": ["x" * 20_001]}}},
    ],
    ids=range(9),
)
def test_another_content_is_known_as_such(folder: Path, change: dict[str, object]) -> None:
    content = {"format": "smtp-relay-lab evidence 1", "name": "", "exercises": {}}
    FILE.write_text(json.dumps(content | change))
    with pytest.raises(NotOurs):
        read(FILE, "x")


def test_without_a_name_the_file_stands_for_it(folder: Path) -> None:
    handed_in(FILE, {"00.1": solution("00.1")})
    assert read(FILE, "Anna Example_123/evidence.json").name == "Anna Example_123/evidence"


@pytest.mark.parametrize("exercise", registry.exercises(), ids=lambda one: one.id)
def test_every_solution_can_be_read_back_from_its_text(exercise: Exercise) -> None:
    kind = exercise.kind
    assert kind.same(kind.answer(kind.text(exercise.solution)), exercise.solution, USUAL)

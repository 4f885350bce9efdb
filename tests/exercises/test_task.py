"""An exercise as students hold it: in any order, twice, with hints that stay readable."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from exercises.conftest import CLOSED

from labkit import Lab, UsageError, exercise
from labkit.exercises.answers import POLICY, Values
from labkit.exercises.checking import State
from labkit.exercises.exercise import Exercise
from labkit.exercises.keeping import Book
from labkit.exercises.progress import Progress
from labkit.exercises.task import Task
from labkit.lab.stage import stage_of


@pytest.fixture
def task(closing: Exercise, folder: Path) -> Task:
    return Task(closing, "", Progress(Book()))


def test_the_card_has_input_and_goal_and_shows_the_same_each_time(task: Task) -> None:
    shown = repr(task)
    for words in (
        "06.1 Close it (about 5 minutes)",
        "serves everybody",
        "Close it.",
        POLICY.shape,
        "task.check(",
    ):
        assert words in shown
    task.check(CLOSED)
    task.hint()
    assert repr(task) == shown


def test_hints_come_one_after_the_other_and_stay(task: Task) -> None:
    seen = [repr(task.hint()) for _ in range(4)]
    assert ["Read `mynetworks`" in one for one in seen] == [False, True, True, True]
    assert all("Who is asked?" in one for one in seen)
    assert seen[2] == seen[3]
    task.check(CLOSED)
    assert repr(task.hint()) == seen[3]


def test_the_solution_is_offered_after_a_check_or_on_insisting(task: Task) -> None:
    assert "Check an answer of your own first" in repr(task.solution())
    assert "192.0.2.0/24" not in repr(task.solution())
    assert "Only 192.0.2.0/24 is trusted." in repr(task.solution(insist=True))
    task.check("")
    assert "Check an answer of your own first" in repr(task.solution())
    task.check("mynetworks = 127.0.0.0/8")
    assert "Only 192.0.2.0/24 is trusted." in repr(task.solution())


def test_not_attempted_writes_nothing(task: Task, folder: Path) -> None:
    for answer in (None, "", ..., "mynetworks = 0.0.0.0/0"):
        assert task.check(answer).state is State.NOT_ATTEMPTED
    assert list(folder.iterdir()) == []


def test_a_check_is_kept_with_its_answer(task: Task, folder: Path) -> None:
    task.check("mynetwork = 1")
    task.check(CLOSED)
    (entry,) = Progress(Book()).entries.values()
    assert (entry.state, entry.checks, entry.answer) == (State.DONE, 2, POLICY.text(CLOSED))


def test_an_autograder_hears_nothing_of_what_is_done_and_the_outcome_of_the_rest(
    task: Task, folder: Path
) -> None:
    assert task.grade(CLOSED) is None  # a value would be taken for points
    for answer, words in (
        (None, "not attempted"),
        ("mynetworks = 127.0.0.0/8", "The office is a stranger now."),
    ):
        with pytest.raises(AssertionError, match=words):
            task.grade(answer)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (CLOSED, 5.0),
        ("mynetworks = 127.0.0.0/8", 2.5),
        ("mynetworks = 203.0.113.0/24", 0.0),
        ("mynetwork = ?", 0.0),
        (None, 0.0),
    ],
)
def test_an_autograder_may_give_a_part_for_a_part(
    task: Task, folder: Path, answer: object, points: float
) -> None:
    assert task.points(5, answer) == points
    assert list(folder.iterdir()) == []


def test_what_must_be_said_of_the_file_is_said_in_the_outcome(task: Task, folder: Path) -> None:
    (folder / "progress.json").write_text("?")
    first, second = task.check(CLOSED), task.check(CLOSED)
    assert "progress-kept-1.json" in repr(first)
    assert "progress-kept-1.json" in first._repr_html_()
    assert "progress-kept" not in repr(second)


def test_several_answers_are_given_by_name(closing: Exercise, folder: Path) -> None:
    both = replace(
        closing, kind=Values("first", policy=POLICY), prepare=lambda _: None, claims=(), wrong=(), starter={}
    )
    task = Task(both, "", Progress(Book()))
    assert task.check(first="", policy="").state is State.NOT_ATTEMPTED
    assert task.check(first="x", policy=CLOSED).state is State.DONE
    assert task.check({"first": "x", "policy": CLOSED}).state is State.DONE
    assert "policy has no answer yet" in task.check(first="x").trouble
    assert "Did you mean first?" in task.check(frist="x", policy=CLOSED).trouble
    assert "policy: Line 1" in task.check(first="x", policy="?").trouble


@pytest.fixture
def seeded() -> Iterator[Lab]:
    with Lab(seed="anna") as lab:
        yield lab


def test_it_is_told_for_the_seed_of_the_open_lab(seeded: Lab) -> None:
    assert exercise("03.2").seed == "anna"
    assert seeded.stage.CUSTOMER in repr(exercise("03.2"))
    assert exercise("03.2", seed="kopi").seed == "kopi"
    seeded.close()
    assert exercise("03.2").seed == ""
    assert stage_of("").CUSTOMER in repr(exercise("03.2"))


def test_a_seed_from_the_environment_is_kept_with_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABKIT_SEED", " kopi ")
    assert exercise("03.2").seed == "kopi"
    assert Lab().stage.seed == ""  # the cells of the notebooks name the usual stage
    with Lab(seed="anna"):
        assert exercise("03.2").seed == "anna"


def test_importing_the_lab_does_not_load_the_exercises() -> None:
    code = "import sys, labkit; sys.exit(any(name.startswith('labkit.exercises') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", ["3.1", "03.9", "03", 3.1, None, "abused"])
def test_an_unknown_number_is_told_the_nearest(name: object) -> None:
    with pytest.raises(UsageError, match=r"03\.1"):
        exercise(name)  # type: ignore[arg-type]

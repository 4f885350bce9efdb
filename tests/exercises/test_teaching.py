"""Every exercise teaches: its solution is right, each wrong answer gets a reason of its own, no hint gives all.

Once for the usual names, and once for each of five seeds, as every student may have names of their own.
"""

import linecache
from pathlib import Path

import pytest

from labkit.exercises import registry
from labkit.exercises.checking import State, check
from labkit.exercises.exercise import Exercise
from labkit.exercises.keeping import Book
from labkit.exercises.progress import Progress
from labkit.exercises.task import Task
from labkit.exercises.telling import told
from labkit.lab.stage import stage_of

EXERCISES = registry.exercises()
SEEDS = ("", "anna", "class of 2026", "7", "kopi", "ünï")
# Claims that hold only while honest mail gets through.
HONEST = {
    *("office", "copier", "scan", "laptop", "road", "inbound", "customer", "newcomer", "report"),
    *("newsletter", "invoices", "forwarded"),
}

every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=[one.id for one in EXERCISES])


class AsTyped:
    """What stands before ``.check`` in a solution: hears the answer that is given."""

    def check(self, answer: object = None, **answers: object) -> None:
        self.answer = answers or answer


@pytest.mark.parametrize("seed", SEEDS)
@every_exercise
def test_each_answer_gets_what_it_deserves(exercise: Exercise, seed: str) -> None:
    shown = told(exercise, stage_of(seed))
    assert check(exercise, shown.starter, seed).state is State.NOT_ATTEMPTED
    assert check(exercise, shown.solution, seed).state is State.DONE
    for wrong in shown.wrong:
        outcome = check(exercise, wrong.answer, seed)
        assert (outcome.state, outcome.missed, outcome.reason) == (
            State.NOT_YET,
            wrong.misses,
            wrong.reason,
        ), outcome


def run_as_a_cell(code: str, names: dict[str, object]) -> None:
    """Run code as a notebook does, which keeps the text of each cell."""
    linecache.cache["<cell>"] = (len(code), None, code.splitlines(keepends=True), "<cell>")
    exec(compile(code, "<cell>", "exec"), names)


@pytest.mark.parametrize("seed", SEEDS)
@every_exercise
def test_the_solution_that_is_shown_is_the_one_that_is_run(
    exercise: Exercise, seed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    task = Task(exercise, seed, Progress(Book()))
    (_, code), (_, why) = task.solution(insist=True).sheet.rows
    typed = AsTyped()
    run_as_a_cell("\n".join(line[4:] for line in code.splitlines()), {"task": typed})
    shown, stage = told(exercise, stage_of(seed)), stage_of(seed)
    assert exercise.kind.told(stage).same(typed.answer, shown.solution, stage)
    assert why == shown.explanation.strip() == shown.explanation
    assert why


@every_exercise
def test_a_check_shows_the_same_each_time(exercise: Exercise) -> None:
    first, second = check(exercise, exercise.wrong[0].answer), check(exercise, exercise.wrong[0].answer)
    assert repr(first) == repr(second)
    assert first._repr_html_() == second._repr_html_()
    assert all(one.claim.says in repr(first) for one in first.evidence)


@every_exercise
def test_wrong_answers_are_three_or_more_and_their_reasons_differ(exercise: Exercise) -> None:
    reasons = [wrong.reason.strip() for wrong in exercise.wrong]
    assert len(reasons) >= 3
    assert len(set(reasons)) == len(reasons)
    assert all(reasons)


@every_exercise
def test_where_honest_mail_counts_a_wrong_answer_loses_some(exercise: Exercise) -> None:
    honest = HONEST & {claim.key for claim in exercise.claims}
    assert not honest or any(honest & wrong.misses for wrong in exercise.wrong)


@every_exercise
def test_claims_have_names_of_their_own_and_are_those_that_wrong_answers_miss(exercise: Exercise) -> None:
    keys = [claim.key for claim in exercise.claims]
    assert len(set(keys)) == len(keys)
    assert all(wrong.misses <= set(keys) for wrong in exercise.wrong)


@every_exercise
def test_hints_are_three_and_the_first_gives_nothing_away(exercise: Exercise) -> None:
    first, *others = exercise.hints
    assert len(others) == 2
    assert all(hint.strip() for hint in exercise.hints)
    assert len(set(exercise.hints)) == 3
    assert not [line for line in lines_of(exercise) if line in first]


def lines_of(exercise: Exercise) -> list[str]:
    """The lines of the solution, and what stands behind each equals sign; single letters tell nothing."""
    text = exercise.kind.text(exercise.solution)
    lines = [line.strip() for line in text.splitlines()]
    values = [line.partition("=")[2].strip() for line in lines]
    return [part for part in (*lines, *values) if len(part) > 2]


@every_exercise
def test_an_answer_can_be_kept_as_text_and_read_again(exercise: Exercise) -> None:
    kind, stage = exercise.kind, stage_of("")
    for answer in (exercise.solution, *(wrong.answer for wrong in exercise.wrong)):
        assert kind.same(kind.answer(kind.text(answer)), answer, stage)


@every_exercise
def test_the_card_tells_what_is_given_and_what_is_wanted(exercise: Exercise) -> None:
    task = Task(exercise)
    as_text, as_html = repr(task), task._repr_html_()
    for word in (exercise.id, exercise.title, exercise.kind.shape.split()[0], "given", "goal"):
        assert word in as_text
    assert exercise.id in as_html
    assert 1 <= exercise.minutes <= 20


def test_the_course_goes_from_notebook_to_notebook() -> None:
    ids = [one.id for one in EXERCISES]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {one.notebook for one in EXERCISES} == set(registry.MODULES)
    assert all(len(registry.of_notebook(number)) <= 4 for number in registry.MODULES)

"""An exercise as students hold it: a card, a check, hints and a solution."""

import os
from dataclasses import replace
from typing import Any

from labkit.exercises import checking, registry, sheets
from labkit.exercises.checking import Outcome, State
from labkit.exercises.exercise import Exercise
from labkit.exercises.progress import Progress, progress
from labkit.exercises.telling import told
from labkit.lab import Lab, opened
from labkit.lab.stage import stage_of

VARIABLE = "LABKIT_SEED"  # by which a class server gives each student exercises of their own

MINUTES = "{id} {title} (about {minutes} minutes)"
HOW = (
    "`task.check(...)` looks at your answer, `task.hint()` gives a hint, `task.solution()` shows a solution."
)
HINTS = "{id} {title}: hint {count} of {total}"
MORE = "`task.hint()` gives the next one."
ALL = "These are all the hints. `task.solution()` shows a solution."
TRY_FIRST = (
    "Check an answer of your own first, even one that you aren't sure of: what the check says is worth more "
    "than the solution. If you want to see it now: `task.solution(insist=True)`."
)
SOLUTION = "{id} {title}: a solution"
OTHERS = "Other answers are right as well, if they behave like this one."


def exercise(number: str, seed: str | None = None) -> "Task":
    """The exercise with this number, such as "03.1".

    It is told for the seed of your open lab or, where that has none, for the one that the environment
    variable LABKIT_SEED gives, unless ``seed`` is given. Raises UsageError that names the nearest numbers
    when there is no such exercise.
    """
    return Task(registry.find(number), _usual_seed() if seed is None else seed)


def _usual_seed() -> str:
    lab = opened.newest()
    of_the_lab = lab.stage.seed if isinstance(lab, Lab) else ""
    return of_the_lab or os.environ.get(VARIABLE, "")


class Task:
    """One exercise. Show it, and it says what is given and what is wanted."""

    def __init__(self, found: Exercise, seed: str = "", kept: Progress = progress) -> None:
        stage = stage_of(seed)
        self.seed = stage.seed
        self._as_written, self._kept = found, kept
        self._exercise = told(found, stage)

    @property
    def starter(self) -> Any:
        """The answer to begin with."""
        return self._exercise.starter

    def check(self, answer: Any = None, **answers: Any) -> Outcome:
        """Look at an answer; several that belong together are given by name: ``check(a=..., b=...)``.

        It is looked at in a lab of its own, which takes a second or two: yours isn't touched. Raises
        Interrupted when you stop it.
        """
        outcome = self._looked_at(answer, answers)
        if outcome.state is State.NOT_ATTEMPTED:
            return outcome
        given = answers if answer is None and answers else answer
        text = self._exercise.kind.text(given)
        return replace(outcome, notes=self._kept.checked(self._exercise.id, outcome.state, text, self.seed))

    def grade(self, answer: Any = None, /, **answers: Any) -> None:
        """For autograders: nothing happens when the answer is done; else raises NotYet, an AssertionError.

        Nothing is kept. The answer is given as to ``check``.
        """
        outcome = self._looked_at(answer, answers)
        if outcome.state is not State.DONE:
            raise NotYet(repr(outcome))

    def points(self, most: float, answer: Any = None, /, **answers: Any) -> float:
        """For autograders with partial credit: ``most`` when it is done, else the share of claims that hold.

        It is 0 when nothing was answered, or when the answer couldn't be read or run. Nothing is kept.
        """
        outcome = self._looked_at(answer, answers)
        if outcome.state is State.DONE:
            return float(most)
        if outcome.trouble or not outcome.evidence:
            return 0.0
        held = len(outcome.evidence) - len(outcome.missed)
        return round(most * held / len(outcome.evidence), 2)

    def _looked_at(self, answer: Any, answers: dict[str, Any]) -> Outcome:
        given = answers if answer is None and answers else answer
        return checking.check(self._as_written, given, self.seed)

    def hint(self) -> "View":
        """The next of three hints, with those before it."""
        hints = self._exercise.hints
        count, notes = self._kept.hinted(self._exercise.id, len(hints), self.seed)
        title = HINTS.format(id=self._exercise.id, title=self._exercise.title, count=count, total=len(hints))
        last = MORE if count < len(hints) else ALL
        return View(sheets.Sheet(title, sheets.numbered(hints[:count]), below=(last, *notes)))

    def solution(self, *, insist: bool = False) -> "View":
        """A solution, and why it is right: after a check, or when you ``insist``."""
        one = self._exercise
        title = SOLUTION.format(id=one.id, title=one.title)
        if not insist and not self._kept.checks(one.id):
            return View(sheets.Sheet(title, below=(TRY_FIRST,)))
        rows = (("answer", sheets.code(one.kind.call(one.solution))), ("why", one.explanation))
        return View(sheets.Sheet(title, rows, below=(OTHERS,)))

    def _card(self) -> sheets.Sheet:
        one = self._exercise
        rows = (("given", one.given), ("goal", one.goal), ("answer", one.kind.shape), *one.kind.parts())
        return sheets.Sheet(
            MINUTES.format(id=one.id, title=one.title, minutes=one.minutes), rows, below=(HOW,)
        )

    def __repr__(self) -> str:
        return sheets.text(self._card())

    def _repr_html_(self) -> str:
        return sheets.html(self._card())


class NotYet(AssertionError):
    """An answer that isn't done. The message is the outcome, as a check shows it."""

    def _render_traceback_(self) -> list[str]:
        # IPython calls this instead of printing the way through the lab's own code.
        return str(self).splitlines()


class View:
    """A sheet to look at."""

    def __init__(self, sheet: sheets.Sheet) -> None:
        self.sheet = sheet

    def __repr__(self) -> str:
        return sheets.text(self.sheet)

    def _repr_html_(self) -> str:
        return sheets.html(self.sheet)

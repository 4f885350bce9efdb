"""A check: the answer is read, put into force in a room of its own, and looked at from every side.

What comes of it is "not attempted", "not yet" or "done", never more and never less. "Not yet" says what was
tried, the line that was seen and the one that was expected, and, where it is known, why such an answer falls
short.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from labkit.errors import Interrupted, OutsideTheLab, UsageError
from labkit.exercises import sheets
from labkit.exercises.exercise import Claim, Exercise, Seen
from labkit.exercises.room import Room
from labkit.exercises.telling import told
from labkit.lab.progress import progress

STOPPED = "You stopped the check. Its lab is closed; yours goes on."


class State(Enum):
    """How far an answer came. Its value is the word that students read."""

    NOT_ATTEMPTED = "not attempted"
    NOT_YET = "not yet"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim, and what was seen when it was looked at."""

    claim: Claim
    seen: Seen


@dataclass(frozen=True, repr=False, slots=True)
class Outcome:
    """What a check found. ``trouble`` says why an answer couldn't be read or run, and ``reason`` why one of
    this sort falls short; ``notes`` are about other things. They are empty where there is nothing to say.
    """

    exercise: Exercise
    state: State
    evidence: tuple[Evidence, ...] = ()
    trouble: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def missed(self) -> frozenset[str]:
        """The keys of the claims that don't hold."""
        return frozenset(one.claim.key for one in self.evidence if not one.seen.holds)

    def __repr__(self) -> str:
        return sheets.text(_sheet(self))

    def _repr_html_(self) -> str:
        return sheets.html(_sheet(self))


Look = Callable[[Evidence, Room], object]


def check(exercise: Exercise, answer: object, seed: str = "", look: Look | None = None) -> Outcome:
    """Look at an answer to an exercise that is written for the usual stage, in the lab of a seed.

    ``look`` is called after each claim, while the room is as the claim left it. Raises Interrupted when it is
    stopped and MachineError at a limit of the machine. What is wrong with an answer is never raised.
    """
    try:
        with Room(None, seed) as room:
            return _checked(told(exercise, room.stage), answer, room, look)
    except KeyboardInterrupt:  # between two calls of the lab, where nobody else listens
        raise Interrupted(STOPPED) from None


def _checked(exercise: Exercise, answer: object, room: Room, look: Look | None) -> Outcome:
    kind = exercise.kind
    if kind.is_blank(answer) or kind.same(answer, exercise.starter, room.stage):
        return Outcome(exercise, State.NOT_ATTEMPTED)
    evidence: list[Evidence] = []
    try:
        room.answer = kind.read(answer, room.stage)
        _observe(exercise, room, evidence, look)
        trouble = ""
    except (UsageError, OutsideTheLab) as error:  # the answer's, as everything else here is the lab's own
        trouble = str(error)
    if not trouble and all(one.seen.holds for one in evidence):
        return Outcome(exercise, State.DONE, tuple(evidence))
    outcome = Outcome(exercise, State.NOT_YET, tuple(evidence), trouble)
    return replace(outcome, reason=_reason(outcome, answer, room))


def _observe(exercise: Exercise, room: Room, evidence: list[Evidence], look: Look | None) -> None:
    """Put the answer into force and look at each claim. What was seen before trouble stays seen."""
    with progress(len(exercise.claims), "claims") as show:
        exercise.prepare(room)
        for claim in exercise.claims:
            evidence.append(Evidence(claim, claim.observe(room)))
            if look:
                look(evidence[-1], room)
            show(len(evidence))


def _reason(outcome: Outcome, answer: object, room: Room) -> str:
    """Why such an answer falls short: it is a known one, or it misses what only one known one misses."""
    exercise = outcome.exercise
    for wrong in exercise.wrong:
        if exercise.kind.same(answer, wrong.answer, room.stage):
            return wrong.reason
    alike = [wrong.reason for wrong in exercise.wrong if wrong.misses == outcome.missed]
    return alike[0] if len(alike) == 1 and not outcome.trouble else ""


# How an outcome is shown.

MARKS = {State.NOT_ATTEMPTED: "○", State.NOT_YET: "◐", State.DONE: "✓"}
BEGIN = "Nothing was checked yet. Change the answer in the cell, and run the cell again."
ON = "`task.hint()` gives a hint."
NOTHING = "nothing"
DONE = "`task.solution()` shows a solution, and why it is right."


def _sheet(outcome: Outcome) -> sheets.Sheet:
    exercise = outcome.exercise
    title = f"{MARKS[outcome.state]} {exercise.id} {exercise.title}: {outcome.state.value}"
    last = {State.NOT_ATTEMPTED: BEGIN, State.NOT_YET: ON, State.DONE: DONE}[outcome.state]
    words = (("your answer", outcome.trouble), ("what is missing", outcome.reason))
    return sheets.Sheet(
        title,
        tuple((label, said) for label, said in words if said),
        tuple(map(_item, sorted(outcome.evidence, key=lambda one: one.seen.holds))),
        (last, *outcome.notes),
    )


def _item(one: Evidence) -> tuple[str, tuple[sheets.Row, ...]]:
    """What is missing says what was expected; what holds was seen as it should be."""
    rows = (("tried", one.seen.tried), ("seen", one.seen.line or NOTHING))
    if one.seen.holds:
        return f"{MARKS[State.DONE]} holds: {one.claim.says}", rows
    return f"{MARKS[State.NOT_YET]} not yet: {one.claim.says}", (*rows, ("expected", one.seen.expected))

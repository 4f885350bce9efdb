"""The room in which one check looks at one answer: a lab of its own, in its first state, with the right seed.

The student's own lab isn't touched: the room's lab stands beside it, on a thread of its own, and is closed
when the check is over, whatever happens.
"""

from collections.abc import Callable, Sequence
from typing import Any, Self

from labkit.exercises.bounded import call
from labkit.lab import Lab
from labkit.lab.stage import stage_of
from labkit.wire.transcript import Transcript


class Room:
    """A place for one check. ``answer`` is what the kind has read; in ``note``, ``prepare`` leaves things.

    ``stage`` has the names, addresses and passwords of this seed. Use it with ``with``.
    """

    def __init__(self, answer: Any, seed: str = "") -> None:
        self.answer, self.seed = answer, seed
        self.stage = stage_of(seed)
        self.note: dict[str, Any] = {}
        self._lab: Lab | None = None

    @property
    def lab(self) -> Lab:
        """A lab of the check's own, which starts when it is first asked for. Raises MachineError."""
        if self._lab is None:
            self._lab = Lab(beside=True, seed=self.seed)
        return self._lab

    @property
    def sessions(self) -> Sequence[Transcript]:
        """The sessions so far, as the room's lab recorded them; none where no lab was asked for."""
        return list(self._lab.transcripts) if self._lab else []

    def call(self, function: Callable[..., Any], *args: Any, returns: type | None = None) -> Any:
        """What the student's function gives for these arguments; ``returns`` is the type that is wanted.

        Raises AnswerError when it doesn't come to an end, raises, or gives something else.
        """
        return call(function, *args, returns=returns)

    def close(self) -> tuple[str, ...]:
        """Close the room's lab; give what went wrong inside it: normally nothing."""
        lab, self._lab = self._lab, None
        if not lab:
            return ()
        lab.close()
        return lab.problems

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        problems = self.close()
        if problems and not kind:
            raise RuntimeError("; ".join(problems))


def does_nothing(room: Room) -> None:
    """For exercises whose answer isn't put into force: claims look at ``room.answer``."""


def puts_policy(room: Room) -> None:
    """Make the answer the relay's policy, from the next session on."""
    room.lab.relay.policy = room.answer

"""An exercise is data: what is given, what is wanted, and how it is found out whether that was reached.

Everything is written for the lab's usual stage. In a lab with a seed the same exercise is told with that
seed's names, addresses and passwords (``stage.tell``), so nothing here may depend on which they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.exercises.answers import Kind
    from labkit.exercises.room import Room


@dataclass(frozen=True, slots=True)
class Seen:
    """What one claim found: ``tried`` and ``expected`` in words, ``line`` as it stands in the transcript.

    ``line`` is what was seen: a line of a transcript, or what lies in a mailbox.
    """

    holds: bool
    tried: str
    line: str
    expected: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a right answer brings about, and how it is observed.

    ``key`` is a short name, unique within its exercise, by which wrong answers say what they miss.
    ``observe`` gets a room with a lab of its own, in which the answer is in force.
    """

    key: str
    says: str
    observe: "Callable[[Room], Seen]"


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that students really give, the claims that it misses, and why it falls short."""

    answer: object
    misses: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One task. ``id`` is the notebook's number and the exercise's: ``"06.1"``.

    ``given`` and ``goal`` are what the student reads first, ``starter`` the answer to begin with (an
    unchanged one counts as not attempted). ``kind`` says what form an answer has. The three hints go from
    where to look to nearly the answer. ``solution`` is an answer, and ``explanation`` says why it is right.
    ``prepare`` brings the room into the state in which the claims look at it: it puts the answer into force.
    ``for_seed`` is for the rare exercise whose very task depends on the seed: it gives the one of a seed, in
    the words of the usual stage. The fields are those of the usual seed then.
    """

    id: str
    title: str
    minutes: int
    given: str
    goal: str
    kind: "Kind"
    starter: object
    prepare: "Callable[[Room], None]"
    claims: tuple[Claim, ...]
    hints: tuple[str, str, str]
    solution: object
    explanation: str
    wrong: tuple[Wrong, ...]
    for_seed: "Callable[[str], Exercise] | None" = None

    @property
    def notebook(self) -> str:
        """The number of its notebook, such as ``"06"``."""
        return self.id.partition(".")[0]

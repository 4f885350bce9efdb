"""Two exams beside each other, dialogue by dialogue: the lab's relay, and a Postfix with the same policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import ndiff

from labkit.errors import UsageError
from labkit.lab.exam import recorded
from labkit.lab.exam.notes import without_id
from labkit.lab.exam.paper import Exam
from labkit.lab.exam.sides import SIDES, Side
from labkit.wire.views import markup
from labkit.wire.views.columns import table

SAME, DIFFERENT = "=", "~"
WIDEST = (2, 1, 12, 44, 52)
NOT_RECORDED = (
    "No Postfix was recorded with this policy. Where one runs on this machine, compare with it: "
    'lab.exam().compare(lab.exam("127.0.0.1:PORT")).'
)


@dataclass(frozen=True, slots=True)
class Sat:
    """What one side was answered, and the whole dialogue without the letter."""

    side: Side
    answer: str
    dialogue: tuple[str, ...]


@dataclass(frozen=True, repr=False, slots=True)
class Pair:
    """One side's dialogue at both servers."""

    servers: tuple[str, str]
    one: Sat
    other: Sat

    @property
    def is_same(self) -> bool:
        """Whether every line is the same, but for the queue id."""
        return self.one.dialogue == self.other.dialogue

    def __repr__(self) -> str:
        side = self.one.side
        head = f"{side.who}: {side.tries}"
        if self.is_same:
            note = f"Every line is the same at {self.servers[0]} and at {self.servers[1]}."
            return "\n".join([head, *(f"  {line}" for line in self.one.dialogue), "", note])
        rows = (row for row in ndiff(self.one.dialogue, self.other.dialogue) if not row.startswith("?"))
        return "\n".join([head, *map(str.rstrip, rows), "", f"- {self.servers[0]}   + {self.servers[1]}"])


@dataclass(frozen=True, repr=False, slots=True)
class Comparison:
    """The same exam at two servers. ``comparison[1]`` is the first side's dialogue at both."""

    servers: tuple[str, str]
    pairs: tuple[Pair, ...]

    @property
    def same(self) -> int:
        """How many dialogues are the same, line by line."""
        return sum(pair.is_same for pair in self.pairs)

    @property
    def sentence(self) -> str:
        """What the comparison found."""
        return f"{self.same} of {len(self.pairs)} dialogues are the same, line by line."

    def __getitem__(self, number: int) -> Pair:
        """The dialogues of the side with this number, from 1. Raises IndexError."""
        if not 1 <= number <= len(self.pairs):
            raise IndexError(f"There is no side {number}: they are 1 to {len(self.pairs)}.")
        return self.pairs[number - 1]

    def rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """One row for each side; an answer that differs is followed by the other server's."""
        for number, pair in enumerate(self.pairs, 1):
            mark = SAME if pair.is_same else DIFFERENT
            answers = dict.fromkeys((pair.one.answer, pair.other.answer))
            yield str(number), mark, pair.one.side.who, pair.one.side.tries, "   |   ".join(answers)

    @property
    def _head(self) -> str:
        return f"{self.servers[0]} beside {self.servers[1]}"

    def __repr__(self) -> str:
        return "\n".join([f"{self._head}: {self.sentence}", "", *table([*self.rows()], WIDEST)])

    def _repr_html_(self) -> str:
        heads = (
            markup.column("no"),
            markup.column("", meaning="the same?"),
            *map(markup.column, ("who calls", "what is tried", "the answer of both")),
        )
        return markup.table([self._head], heads, map(_row, self.rows()), (), verdict=self.sentence)


def _row(cells: tuple[str, str, str, str, str]) -> str:
    number, mark, who, tries, answer = cells
    return markup.row(
        (
            markup.leading(number),
            markup.words(mark),
            markup.words(who, markup.SHORT),
            markup.words(tries),
            markup.code(answer),
        )
    )


def compare(exam: Exam, other: Exam | None) -> Comparison:
    """As Exam.compare says. Raises UsageError."""
    if other:
        return _beside((exam.server, sat(exam)), (other.server, sat(other)))
    for server, policy, dialogues in recorded.exams(exam.tell):
        if str(policy) == exam.main_cf:
            sats = tuple(Sat(side, *dialogues[side.key]) for side in SIDES)
            return _beside((exam.server, sat(exam)), (server, sats))
    raise UsageError(NOT_RECORDED)


def _beside(one: tuple[str, tuple[Sat, ...]], other: tuple[str, tuple[Sat, ...]]) -> Comparison:
    servers = one[0], other[0]
    return Comparison(servers, tuple(Pair(servers, *pair) for pair in zip(one[1], other[1], strict=True)))


def sat(exam: Exam) -> tuple[Sat, ...]:
    """An exam as far as it can be compared: no queue ids, and no letters."""
    return tuple(Sat(each.side, without_id(each.answer), each.dialogue) for each in exam.results)

"""What came of an exam: each side's answer, and whether that is as it should be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.attacker.report import Attempt, Verdict
from labkit.lab.exam.sides import SIDES, Side, Wanted
from labkit.lab.exam.sitting import Call
from labkit.wire.transcript import Transcript
from labkit.wire.views import markup
from labkit.wire.views.columns import table

if TYPE_CHECKING:
    from labkit.lab.exam.comparing import Comparison

AS_IT_SHOULD, NOT_YET = "✓", "✗"
HEADS = ("", "who calls", "what is tried", "should be", "the answer")
WIDEST = (1, 12, 44, 11, 44)
LEGEND = f"{AS_IT_SHOULD} as it should be   {NOT_YET} not yet as it should be"


@dataclass(frozen=True, slots=True)
class Result:
    """What one side was answered. ``number`` counts the sides from 1; ``dialogue`` leaves the letter out."""

    number: int
    side: Side
    attempt: Attempt
    dialogue: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The reply that decided, or why there was none."""
        return str(self.attempt.reply or self.attempt.trouble)

    def passed(self, *, proved: bool) -> bool:
        """Whether this is as it should be; ``proved``: what arrives is looked up in a mailbox."""
        if self.side.wanted is not Wanted.ARRIVES:
            return self.attempt.verdict <= Verdict.ACCEPTED_AT_RCPT
        return self.attempt.verdict >= (Verdict.DELIVERED if proved else Verdict.ACCEPTED)


@dataclass(frozen=True, repr=False)
class Exam:
    """An exam of one server. ``main_cf`` is the policy that it had, as far as that is known.

    ``proved`` says that what arrived was found in a mailbox, and ``tell`` turns text into the words of the
    lab's stage. ``exam[1]`` is the first side's session.
    """

    server: str
    results: tuple[Result, ...]
    transcripts: tuple[Transcript, ...]
    main_cf: str = ""
    proved: bool = True
    tell: Callable[[str], str] = str

    @property
    def passed(self) -> int:
        """How many sides were answered as they should be."""
        return sum(result.passed(proved=self.proved) for result in self.results)

    def __getitem__(self, number: int) -> Transcript:
        """The session of the side with this number, from 1. Raises IndexError."""
        session = self.results[number - 1].attempt.session if number > 0 else 0
        for transcript in self.transcripts:
            if transcript.number == session:
                return transcript
        raise IndexError(f"There is no session for {number}: the sides are 1 to {len(self.results)}.")

    def compare(self, other: "Exam | None" = None) -> "Comparison":
        """This exam beside another one, or beside the one that a Postfix sat with the same policy.

        Raises UsageError where no Postfix was recorded with this policy.
        """
        from labkit.lab.exam.comparing import compare

        return compare(self, other)

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        return f"{self.passed} of {len(self.results)} sides are answered as they should be."

    def rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """One row for each side, for every view."""
        for result in self.results:
            mark = AS_IT_SHOULD if result.passed(proved=self.proved) else NOT_YET
            side = result.side
            yield mark, side.who, side.tries, side.wanted.value, result.answer

    def __repr__(self) -> str:
        head = f"Exam of {self.server}: {self.sentence}"
        return "\n".join([head, "", *table([HEADS, *self.rows()], WIDEST), "", LEGEND])

    def _repr_html_(self) -> str:
        heads = [markup.column("", meaning="as it should be?"), *map(markup.column, HEADS[1:])]
        caption = [f"Exam of {self.server}"]
        return markup.table(caption, heads, map(_row, self.rows()), [LEGEND], verdict=self.sentence)


def _row(cells: tuple[str, str, str, str, str]) -> str:
    mark, who, tries, wanted, answer = cells
    meaning = "as it should be" if mark == AS_IT_SHOULD else "not yet as it should be"
    tone = "" if mark == AS_IT_SHOULD else "refused"
    return markup.row(
        (
            markup.leading(mark, meaning),
            markup.words(who, markup.SHORT),
            markup.words(tries),
            markup.words(wanted, markup.SHORT),
            markup.code(answer, tone),
        )
    )


def results(calls: tuple[Call, ...]) -> tuple[Result, ...]:
    """The results of SIDES."""
    pairs = zip(SIDES, calls, strict=True)
    return tuple(Result(number, side, *call) for number, (side, call) in enumerate(pairs, 1))

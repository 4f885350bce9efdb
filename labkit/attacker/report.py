"""What came of letters that somebody tried to send: tried, answered, and delivered.

A 250 proves nothing. The verdict "delivered" is given only to a letter that was found in a mailbox.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from html import escape

from labkit.smtp.reply import Reply
from labkit.wire.transcript import Transcript


class Verdict(IntEnum):
    """How far a letter came, in rising order."""

    NOT_SENT = 0
    REFUSED = 1
    DEFERRED = 2
    ACCEPTED = 3
    DELIVERED = 4

    @property
    def word(self) -> str:
        """The verdict as students read it."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One letter: its nonce, the answer that decided about it, and at which step; "" if none was heard."""

    nonce: str
    verdict: Verdict
    step: str = ""
    reply: Reply | None = None
    session: int = 0
    trouble: str = ""

    def looked_up(self, is_delivered: Callable[[str], bool]) -> "Attempt":
        """The same attempt, after a look into the mailboxes."""
        if self.verdict is Verdict.ACCEPTED and is_delivered(self.nonce):
            return replace(self, verdict=Verdict.DELIVERED)
        return self


@dataclass(frozen=True, repr=False)
class Report:
    """What ``who`` tried, and what came of it. ``transcripts`` are the sender's own sessions, in order."""

    who: str
    what: str
    attempts: tuple[Attempt, ...]
    transcripts: tuple[Transcript, ...]

    def count(self, *verdicts: Verdict) -> int:
        """How many letters came exactly this far."""
        return sum(attempt.verdict in verdicts for attempt in self.attempts)

    @property
    def tried(self) -> int:
        return len(self.attempts)

    @property
    def accepted(self) -> int:
        """Letters that the relay promised to deliver, whether or not it did."""
        return self.count(Verdict.ACCEPTED, Verdict.DELIVERED)

    @property
    def refused(self) -> int:
        return self.count(Verdict.REFUSED, Verdict.DEFERRED)

    @property
    def delivered(self) -> int:
        """Letters that were found in a mailbox."""
        return self.count(Verdict.DELIVERED)

    @property
    def answers(self) -> tuple[tuple[str, int], ...]:
        """The answers that decided, most frequent first, with an example of each and how often it came."""
        examples: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for attempt in self.attempts:
            kind = attempt.reply.status if attempt.reply else attempt.trouble
            examples.setdefault(kind, _example(attempt))
            counts[kind] += 1
        return tuple((examples[kind], count) for kind, count in counts.most_common())

    def rows(self) -> Iterable[tuple[str, str]]:
        """The report as pairs of label and value, for every view."""
        yield "tried", f"{self.tried:,}"
        if not_sent := self.count(Verdict.NOT_SENT):
            yield "not sent", f"{not_sent:,}"
        yield "refused", f"{self.refused:,}"
        yield "accepted", f"{self.accepted:,}"
        yield "delivered", f"{self.delivered:,} found in the recipients' mailboxes"
        for example, count in self.answers:
            yield "answer", f"{count:,} × {example}"

    def __repr__(self) -> str:
        return "\n".join(
            [f"{self.who}: {self.what}", *(f"  {label:10} {value}" for label, value in self.rows())]
        )

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(label)}</th>'
            f'<td style="text-align:left">{escape(value)}</td></tr>'
            for label, value in self.rows()
        )
        title = escape(f"{self.who}: {self.what}")
        return f'<table><caption style="text-align:left"><b>{title}</b></caption>{cells}</table>'


def _example(attempt: Attempt) -> str:
    if not attempt.reply:
        return attempt.trouble
    step = "the final dot" if attempt.step == "." else attempt.step
    return f"{attempt.reply} (to {step})"

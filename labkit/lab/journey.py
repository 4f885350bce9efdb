"""One letter's way across all hosts, as a value: who spoke to whom, what was answered, and how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from labkit.wire.record import Party
from labkit.wire.views.columns import pad

MAILBOX = Party("mailbox", "")
TLS = "TLS"


class Kind(Enum):
    """What happens in a row. The value is the mark that stands before the answer."""

    SESSION = ""
    TAKEN = "✓"  # a server says yes
    PUT_OFF = "…"  # not now
    REFUSED = "✗"  # never
    BROKEN = "✗ "  # there is no answer
    ASKED = "←"  # a look-up
    STORED = "✓ "  # into a mailbox
    NOTED = "·"  # at one host, and told to nobody


@dataclass(frozen=True, slots=True)
class Row:
    """One step. ``source`` and ``target`` are names of hosts; a remark (NOTED) has the same for both.

    ``words`` are what is said, ``answer`` what is answered; ``secure`` says that TLS hides both.
    """

    kind: Kind
    moment: datetime
    source: str
    target: str
    words: str
    answer: str = ""
    secure: bool = False


@dataclass(frozen=True, repr=False, slots=True)
class Journey:
    """A letter's way. ``claim`` says in a sentence how it ended; ``parties`` are in order of appearance."""

    claim: str
    summary: str
    parties: tuple[Party, ...]
    rows: tuple[Row, ...]

    @property
    def text(self) -> str:
        """The whole way, a line for each row."""
        return "\n".join([f"{self.claim}.", f"{self.summary}.", "", *self._lines()])

    def _lines(self) -> Iterator[str]:
        who = max((len(between(row)) for row in self.rows if row.kind is not Kind.SESSION), default=0)
        for row in self.rows:
            stamp = self.stamp(row.moment)
            if row.kind is Kind.SESSION:
                yield f"{stamp}  {row.words}"
                continue
            answer = f"  {row.kind.value.strip()} {row.answer}" if row.answer else ""
            tls = f"({TLS}) " if row.secure else ""
            yield f"{stamp}    {pad(between(row), who)}  {tls}{row.words}{answer}"

    def stamp(self, moment: datetime) -> str:
        """A moment as a time of day, with the date where the way takes more than a day."""
        if self.rows[0].moment.date() == self.rows[-1].moment.date():
            return f"{moment:%H:%M:%S}"
        return f"{moment:%m-%d %H:%M:%S}"

    def __repr__(self) -> str:
        return self.text


def between(row: Row) -> str:
    """From whom to whom."""
    return row.source if row.source == row.target else f"{row.source} → {row.target}"

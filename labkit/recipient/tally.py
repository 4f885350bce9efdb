"""What happened with whom, counted by the minute of lab time.

Reputation, complaint rates and volumes all rest on this: one book, and pure questions to it.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

MOST_SENDERS = 10_000  # those that weren't heard of for longest go first
MOST_MINUTES = 5_000  # with any event, of one sender; the oldest go first


class Event(StrEnum):
    """What a recipient notes about a sender."""

    LETTER = "letters"  # came to the final dot
    INBOX = "in the inbox"  # was shown to its reader
    SPAM = "spam"  # was found bad by a check, whatever followed
    COMPLAINT = "complaints"  # was called spam by its reader
    TRAP = "trap hits"  # was addressed to somebody who doesn't exist and never wrote to anybody


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute of lab time in which something happened, and how often what happened."""

    start: datetime
    counts: Counter[Event] = field(default_factory=Counter)


class Tally:
    """The events of each sender; a sender is a text, such as an address or a domain."""

    def __init__(self) -> None:
        self._minutes: OrderedDict[str, deque[Minute]] = OrderedDict()

    def note(self, sender: str, event: Event, moment: datetime, count: int = 1) -> None:
        """Something happened."""
        minutes = self._minutes.setdefault(sender, deque(maxlen=MOST_MINUTES))
        self._minutes.move_to_end(sender)
        if len(self._minutes) > MOST_SENDERS:
            self._minutes.popitem(last=False)
        start = moment.replace(second=0, microsecond=0)
        if not minutes or minutes[-1].start != start:
            minutes.append(Minute(start))
        minutes[-1].counts[event] += count

    def since(self, sender: str, moment: datetime) -> Counter[Event]:
        """How often what happened since then, counted from that minute's beginning."""
        total: Counter[Event] = Counter()
        start = moment.replace(second=0, microsecond=0)
        for minute in reversed(self._minutes.get(sender, ())):
            if minute.start < start:
                break
            total.update(minute.counts)
        return total

    def first(self, sender: str) -> datetime | None:
        """A sender's first minute that is remembered."""
        minutes = self._minutes.get(sender)
        return minutes[0].start if minutes else None

    def minutes(self, sender: str) -> tuple[Minute, ...]:
        """Every minute that a sender has, in order."""
        return tuple(self._minutes.get(sender, ()))

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._minutes))

    def __contains__(self, sender: object) -> bool:
        return sender in self._minutes


def windows(minutes: tuple[Minute, ...], length: timedelta) -> Iterator[tuple[datetime, Counter[Event]]]:
    """For each minute, what happened in the time before it, that minute included."""
    total: Counter[Event] = Counter()
    first = 0
    for minute in minutes:
        total.update(minute.counts)
        while minutes[first].start < minute.start - length:
            total.subtract(minutes[first].counts)
            first += 1
        yield minute.start, +total

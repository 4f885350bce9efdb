"""The relay's figures: what happened in each minute of lab time, as a frozen value.

A value can be kept: yesterday's abuse is what tomorrow's alarm is tested with.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Event(StrEnum):
    """What is counted. An answer 4yz puts off, an answer 5yz refuses; both to whatever was asked for."""

    CONNECTED = "connected"
    LOGIN_FAILED = "login failed"
    ACCEPTED = "accepted"  # letters
    RECIPIENTS = "recipients"  # of accepted letters
    REFUSED = "refused"
    PUT_OFF = "put off"
    DELIVERED = "delivered"  # from here on: recipients
    DEFERRED = "deferred"
    BOUNCED = "bounced"


class Row(NamedTuple):
    """What happened, on whose behalf, and why; what isn't known is empty.

    ``client`` is a host's name, ``account`` the user that was logged in, ``sender`` the reverse-path,
    ``reason`` the rule that refused, or the enhanced code of a delivery that failed.
    """

    event: Event
    client: str = ""
    account: str = ""
    sender: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute of lab time in which something happened: how often each row, and the highest marks.

    ``queue`` is the most letters that were in the queue, ``sessions`` the most that were open at once;
    ``left`` is how many letters were in the queue when the last thing happened.
    """

    start: datetime
    rows: tuple[tuple[Row, int], ...]
    queue: int = 0
    sessions: int = 0
    left: int = 0

    def total(self, event: Event) -> int:
        """How often this happened."""
        return sum(count for row, count in self.rows if row.event is event)


@dataclass(frozen=True, repr=False, slots=True)
class Figures:
    """All minutes that are still recorded, in order, and the totals of all time.

    ``queue`` and ``sessions`` are how it stands now; ``dropped`` is how many minutes, the oldest, are no
    longer recorded one by one.
    """

    now: datetime
    minutes: tuple[Minute, ...] = ()
    totals: tuple[tuple[Event, int], ...] = ()
    queue: int = 0
    sessions: int = 0
    dropped: int = 0

    def total(self, event: Event | str) -> int:
        """How often this has happened since the lab began. Raises ValueError for what is no event."""
        return dict(self.totals).get(Event(event), 0)

    def by(self, what: str) -> dict[str, Counter[Event]]:
        """The counts by "client", "account", "sender" or "reason", the busiest first.

        What has no such mark, such as a letter that came without a login, isn't in it.
        """
        found: dict[str, Counter[Event]] = {}
        for row, count in self._rows():
            name = str(getattr(row, what))
            if name:
                found.setdefault(name, Counter())[row.event] += count
        return dict(sorted(found.items(), key=lambda pair: (-pair[1].total(), pair[0])))

    def _rows(self) -> Iterator[tuple[Row, int]]:
        for minute in self.minutes:
            yield from minute.rows

    @property
    def busiest(self) -> int:
        """The most letters that were accepted in one minute."""
        return max((minute.total(Event.ACCEPTED) for minute in self.minutes), default=0)

    def __repr__(self) -> str:
        from labkit.relay.monitoring import tables  # here: a relay counts sooner than it shows

        return tables.text(self)

    def _repr_html_(self) -> str:
        from labkit.relay.monitoring import tables

        return tables.html(self)


def shown_sender(address: str) -> str:
    """A reverse-path as a name: the empty one has a name, too."""
    return address or "<>"


def span(minutes: Sequence[Minute]) -> tuple[datetime, datetime]:
    """The first and the last of some minutes."""
    return minutes[0].start, minutes[-1].start

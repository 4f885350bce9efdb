"""Lab time: it starts at a fixed moment and moves only when told.

Dates in headers, retry times and rates all come from here, so two runs of a notebook show the same
text. Time moves only while the lab is quiet: before each step the clock waits for ``settle``, so
that what was due earlier has happened earlier, on a slow machine too.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from labkit.errors import UsageError

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday morning


async def _nothing_to_wait_for() -> None:
    return


class Clock:
    """The lab's time.

    ``now`` is an aware datetime in UTC. ``settle`` is awaited before every step.
    """

    def __init__(self, settle: Callable[[], Awaitable[None]] = _nothing_to_wait_for) -> None:
        self.now = START
        self.settle = settle

    @property
    def elapsed(self) -> float:
        """Seconds of lab time since the start."""
        return (self.now - START).total_seconds()

    async def advance(self, seconds: float) -> None:
        """Let ``seconds`` of lab time pass, once everything that is under way has ended.

        Raises UsageError for a negative number, and whatever ``settle`` raises.
        """
        if seconds < 0:
            raise UsageError("Lab time moves forward only: choose a number of seconds from 0 up.")
        await self.settle()
        self.now += timedelta(seconds=seconds)


def header_date(moment: datetime) -> str:
    """A date as RFC 5322 section 3.3 writes it, with the zone's name as Postfix adds it.

    >>> header_date(START)
    'Mon, 05 Jan 2026 09:00:00 +0000 (UTC)'
    """
    return f"{format_datetime(moment)} (UTC)"

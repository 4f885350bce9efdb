"""Lab time: it starts at a fixed moment and moves only when told.

Dates in headers, retry times and rates all come from here, so two runs of a notebook show the same
text. Time moves only while the lab is quiet: before each step the clock waits for ``settle``, so
that what was due earlier has happened earlier, on a slow machine too.
"""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

from labkit.errors import UsageError

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday morning


async def _nothing_to_wait_for() -> None:
    return


def _nothing() -> None:
    return


class Timer:
    """Something that is to happen at a moment of lab time, unless it is cancelled before."""

    __slots__ = ("_do", "moment")

    def __init__(self, moment: datetime, do: Callable[[], None]) -> None:
        self.moment = moment
        self._do: Callable[[], None] | None = do

    def cancel(self) -> None:
        """It isn't to happen any more."""
        self._do = None

    def fire(self) -> bool:
        """Let it happen; False when it was cancelled."""
        if self._do is None:
            return False
        self._do()
        return True


class Clock:
    """The lab's time.

    ``now`` is an aware datetime in UTC. ``settle`` is awaited before every step. ``sleeping`` is how
    many servers wait for lab time to pass; ``on_sleep`` is called when one begins to, and what it returns
    is called when that one goes on.
    """

    def __init__(self, settle: Callable[[], Awaitable[None]] = _nothing_to_wait_for) -> None:
        self.now = START
        self.settle = settle
        self.sleeping = 0
        self.on_sleep: Callable[[], Callable[[], None]] = lambda: _nothing
        self._timers: list[tuple[datetime, int, Timer]] = []
        self._count = itertools.count()

    @property
    def elapsed(self) -> float:
        """Seconds of lab time since the start."""
        return (self.now - START).total_seconds()

    def call_at(self, moment: datetime, do: Callable[[], None]) -> Timer:
        """Call ``do`` when that moment comes; of several at one moment, the first asked for goes first."""
        timer = Timer(moment, do)
        heapq.heappush(self._timers, (moment, next(self._count), timer))
        return timer

    async def sleep(self, seconds: float) -> None:
        """Wait until ``seconds`` of lab time have passed: for as long as nobody lets time pass, for ever."""
        woken = asyncio.get_running_loop().create_future()
        self.sleeping += 1
        goes_on = self.on_sleep()
        timer = self.call_at(self.now + timedelta(seconds=seconds), lambda: self._wake(woken, goes_on))
        try:
            await woken
        finally:
            if not woken.done() or woken.cancelled():
                timer.cancel()
                self.sleeping -= 1
                goes_on()

    def _wake(self, woken: "asyncio.Future[None]", goes_on: Callable[[], None]) -> None:
        if not woken.done():
            # Counted here, not when the sleeper goes on: until then nobody may think that it still sleeps.
            self.sleeping -= 1
            woken.set_result(None)
            goes_on()

    async def advance(self, seconds: float) -> None:
        """Let ``seconds`` of lab time pass; what is due meanwhile happens in order, each thing at its time.

        Raises UsageError for a negative number, and whatever ``settle`` raises.
        """
        if seconds < 0:
            raise UsageError("Lab time moves forward only: choose a number of seconds from 0 up.")
        await self.settle()
        end = self.now + timedelta(seconds=seconds)
        while self._timers and self._timers[0][0] <= end:
            moment, _, timer = heapq.heappop(self._timers)
            self.now = max(self.now, moment)
            if timer.fire():
                await self.settle()
        self.now = max(self.now, end)  # somebody else may have let more time pass meanwhile


@lru_cache(maxsize=16)  # lab time stands still while many letters pass
def header_date(moment: datetime) -> str:
    """A date as RFC 5322 section 3.3 writes it, with the zone's name as Postfix adds it.

    >>> header_date(START)
    'Mon, 05 Jan 2026 09:00:00 +0000 (UTC)'
    """
    return f"{format_datetime(moment)} (UTC)"

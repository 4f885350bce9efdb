"""What is deferred, by the moment at which it is tried again.

There is one timer, for the earliest moment, and letters that are due at the same moment are due
together: so ten thousand of them cost as much as they are many, and share their sessions.
"""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime

from labkit.clock import Clock, Timer
from labkit.relay.queueing.entry import Entry, State


class Agenda:
    """Calls ``is_due`` with the entries whose moment has come, in the order in which they were added."""

    def __init__(self, clock: Clock, is_due: Callable[[list[Entry]], None]) -> None:
        self._clock, self._is_due = clock, is_due
        self._entries: list[tuple[datetime, int, Entry]] = []
        self._order = itertools.count()
        self._timer: Timer | None = None

    def add(self, entry: Entry) -> None:
        """Note when an entry is due; what happens to it before then counts more."""
        assert entry.due, "only a deferred letter has a moment"
        heapq.heappush(self._entries, (entry.due, next(self._order), entry))
        self._set_timer()

    def clear(self) -> None:
        """Nothing is deferred any more."""
        self._entries.clear()

    def _set_timer(self) -> None:
        if self._entries and (not self._timer or self._timer.moment > self._entries[0][0]):
            if self._timer:
                self._timer.cancel()
            self._timer = self._clock.call_at(self._entries[0][0], self._ring)

    def _ring(self) -> None:
        self._timer, found = None, []
        while self._entries and self._entries[0][0] <= self._clock.now:
            due, _, entry = heapq.heappop(self._entries)
            if entry.state is State.DEFERRED and entry.due == due:
                found.append(entry)
        self._set_timer()
        self._is_due(found)

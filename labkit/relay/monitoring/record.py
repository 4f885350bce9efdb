"""Where the relay's figures are counted. Bounded: the oldest minutes are dropped, the totals stay."""

from collections import Counter, OrderedDict
from collections.abc import Callable
from datetime import datetime

from labkit.clock import Clock
from labkit.relay.monitoring.figures import Event, Figures, Minute, Row

MOST_ROWS = 30_000  # in all minutes together
MOST_MINUTES = 10_080  # a week
OTHERS = "(others)"


class _Open:
    """A minute that is being counted."""

    __slots__ = ("left", "queue", "rows", "sessions")

    def __init__(self) -> None:
        self.rows: Counter[Row] = Counter()
        self.queue = self.sessions = self.left = 0


class Record:
    """Counts events by minute. ``queue`` and ``sessions`` tell how long and how many, whenever asked."""

    def __init__(
        self, clock: Clock, queue: Callable[[], int], sessions: Callable[[], int], limit: int = MOST_ROWS
    ) -> None:
        self._clock, self._queue, self._sessions, self._limit = clock, queue, sessions, limit
        self._minutes: OrderedDict[datetime, _Open] = OrderedDict()
        self._totals: Counter[Event] = Counter()
        self._rows = self._dropped = 0
        self._moment, self._latest = clock.now, _Open()

    def note(self, row: Row, count: int = 1) -> None:
        """Count something that happens now."""
        minute = self.mark()
        if row not in minute.rows:
            if len(minute.rows) >= self._limit // 2:
                row = Row(row.event, OTHERS)  # a stranger makes up names without end
            self._rows += row not in minute.rows
        minute.rows[row] += count
        self._totals[row.event] += count
        if self._rows > self._limit:
            self._make_room()

    def mark(self) -> _Open:
        """Note how long the queue is, and how many sessions are open."""
        minute = self._minute()
        minute.left = self._queue()
        minute.queue = max(minute.queue, minute.left)
        minute.sessions = max(minute.sessions, self._sessions())
        return minute

    def _minute(self) -> _Open:
        if self._clock.now != self._moment or not self._minutes:
            self._moment = self._clock.now
            start = self._moment.replace(second=0, microsecond=0)
            if start not in self._minutes:
                self._minutes[start] = _Open()
                if len(self._minutes) > MOST_MINUTES:
                    self._make_room()
            self._latest = self._minutes[start]
        return self._latest

    def _make_room(self) -> None:
        if len(self._minutes) > 1:
            _, oldest = self._minutes.popitem(last=False)
            self._rows -= len(oldest.rows)
            self._dropped += 1

    def figures(self) -> Figures:
        """How it stands now; may be asked for from any thread."""
        minutes = tuple(
            Minute(start, tuple(minute.rows.items()), minute.queue, minute.sessions, minute.left)
            for start, minute in list(self._minutes.items())
        )
        totals = tuple((event, self._totals[event]) for event in Event)
        return Figures(self._clock.now, minutes, totals, self._queue(), self._sessions(), self._dropped)

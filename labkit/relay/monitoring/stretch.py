"""Counts over a stretch of minutes that moves on with time: what an alarm looks at."""

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta

from labkit.relay.monitoring.figures import Minute, Row

MINUTE = timedelta(minutes=1)

Name = Callable[[Row], str]
Wanted = Callable[[Row], bool]


class Stretch:
    """How many of the ``wanted`` rows each name has in the latest minutes; what has no name isn't counted.

    With ``distinct`` it is how many different senders the rows of a name have.
    """

    def __init__(self, minutes: int, wanted: Wanted, name: Name, *, distinct: bool) -> None:
        self._length = minutes * MINUTE
        self._wanted, self._name, self._distinct = wanted, name, distinct
        self._minutes: deque[Minute] = deque()
        self._senders: Counter[tuple[str, str]] = Counter()
        self.counts: Counter[str] = Counter()

    def rest(self, minute: Minute) -> bool:
        """Let the time up to just before a minute pass, and say whether any minute in it was quiet."""
        if not self._minutes or self._minutes[-1].start >= minute.start - MINUTE:
            return False
        self._forget(minute.start - MINUTE - self._length)
        return True

    def add(self, minute: Minute) -> set[str]:
        """Go on to a minute, and return the names that have something in it."""
        self._forget(minute.start - self._length)
        self._minutes.append(minute)
        return self._count(minute, 1)

    def _forget(self, until: datetime) -> None:
        while self._minutes and self._minutes[0].start <= until:
            self._count(self._minutes.popleft(), -1)

    def _count(self, minute: Minute, sign: int) -> set[str]:
        touched = set()
        for row, count in minute.rows:
            name = self._name(row) if self._wanted(row) else ""
            if not name:
                continue
            touched.add(name)
            self.counts[name] += self._change(name, row.sender, sign) if self._distinct else sign * count
        return touched

    def _change(self, name: str, sender: str, sign: int) -> int:
        """What a row more or less of a sender changes in the number of different ones."""
        pair = (name, sender)
        before = self._senders[pair] > 0
        self._senders[pair] += sign
        return (self._senders[pair] > 0) - before

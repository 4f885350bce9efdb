"""What waits for which destination, and who of them is next (Postfix: qmgr(8), SCHEDULER_README).

The oldest letter is next, unless its destination has as many deliveries as it may have at once, or
needs a pause between two. A destination that can't be reached several times in a row is dead for a
while: what is for it isn't even tried, so that it doesn't hold up everybody else's mail.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from labkit.relay.delivering.outcome import Outcome
from labkit.relay.queueing.entry import Entry
from labkit.smtp.address import Path

MOST_FAILURES = 5  # in a row; Postfix: initial_destination_concurrency


@dataclass(eq=False, slots=True)
class Attempt:
    """One attempt to deliver a letter to all of its recipients, in so many parts."""

    entry: Entry
    parts: int
    outcomes: list[Outcome] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Part:
    """What is handed over in one go: some recipients of a letter, who have the same destination."""

    number: int
    attempt: Attempt
    paths: list[Path]


@dataclass(eq=False, slots=True)
class Destination:
    """What waits for a destination. ``under_way`` counts the deliveries, ``failures`` those in a row."""

    name: str
    parts: deque[Part] = field(default_factory=deque)
    under_way: int = 0
    not_before: datetime | None = None
    failures: int = 0
    dead_until: datetime | None = None
    why_dead: str = ""
    is_listed: bool = False

    def is_dead(self, now: datetime) -> bool:
        """Whether it isn't worth a try."""
        return self.dead_until is not None and now < self.dead_until

    def failed(self, reason: str, now: datetime, pause: timedelta) -> None:
        """It couldn't be reached; ``pause`` is for how long nobody tries when that happens too often."""
        if self.dead_until and not self.is_dead(now):
            self.revive()
        self.failures += 1
        if self.failures >= MOST_FAILURES:
            self.dead_until, self.why_dead = now + pause, reason

    def revive(self) -> None:
        """It can be reached, or is to be tried again in any case."""
        self.failures, self.dead_until = 0, None


class Destinations:
    """Every destination that has something to do."""

    def __init__(self) -> None:
        self._by_name: dict[str, Destination] = {}
        self._listed: list[tuple[int, Destination]] = []
        self._numbers = itertools.count()

    def __iter__(self) -> Iterator[Destination]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> Destination:
        return self._by_name.setdefault(name, Destination(name))

    def add(self, destination: Destination, attempt: Attempt, paths: list[Path]) -> None:
        """Something more is to be delivered there."""
        destination.parts.append(Part(next(self._numbers), attempt, paths))
        self.list(destination)

    def list(self, destination: Destination) -> None:
        """Something may be possible at a destination: whoever is next, it takes part."""
        if destination.parts and not destination.is_listed:
            destination.is_listed = True
            heapq.heappush(self._listed, (destination.parts[0].number, destination))

    def next(self, limit: int, now: datetime) -> tuple[Destination, Part] | None:
        """The oldest part for which there is room; a destination without room leaves the list.

        ``limit`` is how many deliveries a destination may have at once; 0 means any number.
        """
        while self._listed:
            destination = heapq.heappop(self._listed)[1]
            destination.is_listed = False
            has_room = not limit or destination.under_way < limit
            if (
                destination.parts
                and has_room
                and (not destination.not_before or destination.not_before <= now)
            ):
                part = destination.parts.popleft()
                destination.under_way += 1
                self.list(destination)
                return destination, part
        return None

    def forget_if_idle(self, destination: Destination, now: datetime) -> None:
        """Keep nothing of a destination that has nothing to do and nothing to remember."""
        if not destination.parts and not destination.under_way and not destination.is_dead(now):
            self._by_name.pop(destination.name, None)

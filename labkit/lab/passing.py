"""How a student lets lab time pass: ``lab.wait`` and ``lab.settle``."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from labkit.errors import Interrupted, UsageError
from labkit.lab.progress import progress
from labkit.relay.queueing.postqueue import moment

if TYPE_CHECKING:
    from labkit.lab.lab import Lab
    from labkit.lab.scenery import Scenery

MINUTE, HOUR, DAY = 60, 3600, 86400
LONGEST = 366 * DAY
ATTEMPTS_A_SECOND = 200  # of real time; a machine that is slower than this is too slow for the lab


@dataclass(frozen=True, repr=False, slots=True)
class Passage:
    """What became of the relay's mail meanwhile, in duties: a letter for two people counts twice."""

    now: datetime
    delivered: int
    bounced: int
    queued: int

    def __repr__(self) -> str:
        return (
            f"It is {moment(self.now)} in the lab. Meanwhile {self.delivered:,} delivered and "
            f"{self.bounced:,} bounced; {self.queued:,} wait in the queue."
        )


def seconds_in(seconds: float, minutes: float, hours: float, days: float) -> float:
    """All of it in seconds. Raises UsageError unless that is a time that can pass."""
    for value in (seconds, minutes, hours, days):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise UsageError(f"{value!r} is no time: write numbers, such as lab.wait(minutes=15).")
    total = seconds + MINUTE * minutes + HOUR * hours + DAY * days
    if total < 0:
        raise UsageError("Lab time moves forward only: wait for 0 seconds or more.")
    if total > LONGEST:
        raise UsageError("That is more than a year. No relay keeps a letter for so long: wait for less.")
    return total


def wait(lab: "Lab", seconds: float) -> Passage:
    """Let lab time pass, with everything that is due meanwhile."""
    clock, queue = lab.scenery.clock, lab.relay.queue
    start = clock.elapsed
    attempts = len(queue) * (1 + seconds / _shortest_pause(lab))
    try:
        with progress(max(1, round(seconds)), "seconds of lab time") as show:
            return lab.wait_for(
                passed(lab.scenery, seconds),
                "lab time to pass",
                limit=60 + attempts / ATTEMPTS_A_SECOND,
                tick=lambda: show(round(clock.elapsed - start)),
            )
    except Interrupted:
        raise Interrupted(
            f"You stopped the wait: it is {moment(clock.now)} in the lab. What was due until then has "
            "happened, and the lab goes on."
        ) from None


async def passed(scenery: "Scenery", seconds: float) -> Passage:
    """Let lab time pass, on the lab's own thread."""
    clock, queue = scenery.clock, scenery.relay.queue
    delivered, bounced = queue.delivered, queue.bounced
    await clock.advance(seconds)
    return Passage(clock.now, queue.delivered - delivered, queue.bounced - bounced, queue.queued)


def _shortest_pause(lab: "Lab") -> int:
    """Seconds between two attempts to deliver a letter, at least."""
    return max(1, lab.relay.policy.minimal_backoff_time)

"""``labkit serve``: a lab that runs beside a terminal, and shows each session when it is over.

Its ports are others each time: the system chooses free ones, so that any number of labs fit on a machine.
In a notebook lab time stands still until it is told to move. Here it goes on with the clock on the wall, so
that who waits in a terminal sees what is due: a second attempt, the end of a server's patience.
"""

import asyncio
import math
import time
from collections.abc import Callable

from labkit.clock import Clock
from labkit.lab import Lab
from labkit.lab.background import Undertaking
from labkit.launch.terminal import missing, ways
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

SLICE = 0.2  # seconds of real time between two looks
TICK = 1.0  # seconds, of both times

UNTIL_STOPPED = "Each session is shown here when it is over. Stop the lab with Ctrl-C in this window."
UNTIL_THEN = "The lab ends by itself after {seconds:g} s, or with Ctrl-C in this window."
IN_PYTHON = "lab.transcripts["  # begins what a view says about calls, which a terminal doesn't have

PROBLEM = "Something went wrong inside the lab itself, please report it: {}"
OVER = {True: "The lab has ended. It had 1 session.", False: "The lab has ended. It had {count:,} sessions."}


def serve(
    say: Callable[[str], object], lab: Lab, seconds: float | None = None, *, quiet: bool = False
) -> None:
    """Keep a lab running until Ctrl-C, or for so many seconds. ``say`` is told how to reach it, and each
    session that ends, unless it is to be ``quiet``."""
    say(ways(lab) + missing())
    say(UNTIL_THEN.format(seconds=seconds) if seconds else UNTIL_STOPPED)
    lab_time = lab.begin(_goes_on(lab.scenery.clock), Undertaking("lab time"))
    ended = Ended(lab.scenery.recorder)
    deadline = time.monotonic() + (seconds or math.inf)
    try:
        while time.monotonic() < deadline:
            time.sleep(SLICE)
            _show(say, ended, quiet=quiet)
    except KeyboardInterrupt:
        say("")
    _show(say, ended, quiet=quiet)
    for words in filter(None, (lab_time.trouble, *map(PROBLEM.format, lab.problems))):
        say(words)
    count = lab.scenery.recorder.opened
    say(OVER[count == 1].format(count=count))


def _show(say: Callable[[str], object], ended: "Ended", *, quiet: bool) -> None:
    for session in [] if quiet else ended.news():
        say("\n" + "\n".join(row for row in session.text().splitlines() if not row.startswith(IN_PYTHON)))


class Ended:
    """Which sessions have come to their end since the last look."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder, self._told = recorder, set[int]()

    def news(self) -> list[Transcript]:
        """The sessions in the order in which they opened."""
        tracks = self._recorder.tracks
        new = [track for track in tracks if track.is_over and track.number not in self._told]
        self._told = {track.number for track in tracks if track.is_over}
        return [track.transcript() for track in new]


async def _goes_on(clock: Clock) -> None:
    while True:
        await asyncio.sleep(TICK)
        await clock.advance(TICK)

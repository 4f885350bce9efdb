"""Work of a lab that goes on while nobody waits for it: what a button begins.

A cell waits for its call. A button can't: the page would stand still, and so would the button that
stops the work. So it is begun, looked at while it goes on, and may be stopped.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from labkit.errors import LabError, UsageError
from labkit.loop import GOODBYE, Errand, LoopThread

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, Any]]

BUSY = "The lab is busy: {what} isn't over yet. Stop it, or wait until it is over, and try again."
STOPPED = "You stopped it. What was done until then is recorded, and the lab goes on."
STOPPED_AFTER = "You stopped it after {done:,} of {total:,} {things}. They are recorded, and the lab goes on."
RENEWED = "You stopped the lab while it began anew. That isn't left half done: it is as it was at the start."
PROBLEM = "Something went wrong inside the lab itself, please report it: {error!r}"


def _none() -> int:
    return 0


@dataclass(eq=False)
class Undertaking:
    """Something that was begun. ``what`` names it; it is made of ``total`` ``things``, 0 if nobody counts."""

    what: str
    total: int = 0
    things: str = ""
    count: Callable[[], int] = _none
    was_stopped: bool = False
    errand: Errand[Any] = field(init=False, repr=False)

    @property
    def done(self) -> int:
        """How many of its things are done by now."""
        return self.count()

    @property
    def is_over(self) -> bool:
        """Whether it has come to an end, in whatever way."""
        return self.errand.outcome.done()

    @property
    def trouble(self) -> str:
        """Why it has no result, in words; "" when it has one or isn't over yet."""
        error = self.errand.outcome.exception() if self.is_over else None
        if error is None:
            return ""
        if self.was_stopped:
            words = STOPPED_AFTER if self.total else STOPPED
            return words.format(done=self.done, total=self.total, things=self.things)
        return str(error) if isinstance(error, LabError) else PROBLEM.format(error=error)

    @property
    def result(self) -> Any:
        """What came of it; None as long as it goes on, and where there was trouble."""
        return self.errand.outcome.result() if self.is_over and not self.trouble else None


class Background:
    """The part of a lab that does things while nobody waits: one at a time.

    ``undertaking`` is the newest of them. What is in ``leaving`` is called when the lab is about to close.
    """

    _thread: LoopThread

    def __init__(self) -> None:
        self.undertaking: Undertaking | None = None
        self._going: list[Undertaking] = []  # more than one when those before the newest take their leave
        self.leaving: list[Callable[[], None]] = []
        self._one_at_a_time = threading.Lock()  # buttons may be heard on several threads

    def start(self, work: Coroutine[Any, Any, T]) -> Errand[T]:
        """Begin something that takes no time, on the lab's own thread. Raises LabClosed."""
        return self._thread.start(work)

    def note_problem(self, problem: str) -> None:
        """Note what went wrong inside the lab itself, for ``lab.problems``."""
        self._thread.note(problem)

    def begin(self, work: Coroutine[Any, Any, Any], undertaking: Undertaking) -> Undertaking:
        """Begin some work and return at once. Raises UsageError when something goes on, and LabClosed."""
        with self._one_at_a_time:
            if before := self._before():
                work.close()
                raise UsageError(BUSY.format(what=before[-1].what))
            return self._begun(work, undertaking)

    def begin_instead(self, work: Work, undertaking: Undertaking) -> Undertaking:
        """Stop what goes on, and begin ``work()`` when that is over. Raises LabClosed."""
        with self._one_at_a_time:
            self.stop()
            return self._begun(_after(self._before(), work), undertaking)

    def _before(self) -> list[Undertaking]:
        self._going = [each for each in self._going if not each.is_over]
        return self._going

    def _begun(self, work: Coroutine[Any, Any, Any], undertaking: Undertaking) -> Undertaking:
        undertaking.errand = self._thread.start(work)
        self._going = [*self._going, undertaking]
        self.undertaking = undertaking
        return undertaking

    def stop(self) -> bool:
        """Stop what was begun, without waiting for its end; False when nothing goes on."""
        undertaking = self.undertaking
        if not undertaking or undertaking.is_over:
            return False
        undertaking.was_stopped = True
        self._thread.stop(undertaking.errand)
        return True

    def end(self) -> None:
        """Stop what was begun, and wait for its end."""
        with self._one_at_a_time:
            self.stop()
            going = self._before()
        wait([each.errand.outcome for each in going], GOODBYE)

    def _leave(self) -> None:
        while self.leaving:
            self.leaving.pop()()
        self.end()


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """What comes of ``work``, which goes on to its end although who waits for it is stopped."""
    task = asyncio.create_task(work)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    return task.result()


async def _after(before: list[Undertaking], work: Work) -> Any:
    ends = [asyncio.wrap_future(each.errand.outcome) for each in before]
    await asyncio.gather(*ends, return_exceptions=True)
    return await work()

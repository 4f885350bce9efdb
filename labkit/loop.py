"""The one background thread, and the bridge from a student's plain call to it.

Jupyter runs an event loop of its own on the main thread, so the lab's servers live on another one.
A plain call hands a coroutine over and waits, in short slices: so Ctrl-C and the notebook's stop
button work on every system, a progress bar can be drawn meanwhile, and no call waits for ever.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, Generic, TypeVar

from labkit.errors import Interrupted, LabClosed, MachineError, TookTooLong, UsageError

T = TypeVar("T")

SLICE = 0.1  # seconds of real time between two looks at an interrupt or at the progress
GOODBYE = 5.0  # seconds that a cancelled call, or the thread at its end, gets for its farewells
PROBLEMS = 100  # problems that are kept; a stranger's garbage must not fill the memory

CLOSED = "This lab is closed. Start a new one with lab = Lab()."


class Errand(Generic[T]):
    """Work on its way. ``outcome`` comes when the work has really ended, after a cancel as well."""

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self.outcome: Future[T] = Future()
        self.outcome.set_running_or_notify_cancel()  # who waits for it and is cancelled doesn't cancel it
        self._work = work
        self._task: asyncio.Task[T]

    def begin(self) -> None:
        """Begin, on the loop."""
        self._task = asyncio.get_running_loop().create_task(self._work)
        self._task.add_done_callback(self._end)

    def cancel(self) -> None:
        """End it, on the loop."""
        self._task.cancel()

    def _end(self, task: "asyncio.Task[T]") -> None:
        if task.cancelled():  # by somebody who knows why, or because the loop ends
            self.outcome.set_exception(LabClosed(CLOSED))
        elif error := task.exception():
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(task.result())


class LoopThread:
    """An event loop on a thread of its own, from construction to ``close``.

    Raises MachineError when the machine has no file or thread left for it.
    """

    def __init__(self, name: str = "labkit") -> None:
        self.problems: list[str] = []
        self._gate = threading.Lock()
        self._closed = False
        self._loop = _new_loop()
        self._loop.set_exception_handler(self._note_problem)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:
            self._loop.close()
            raise MachineError(
                "This machine allows this program no more threads. Close other notebooks and try again."
            ) from error

    @property
    def is_current(self) -> bool:
        """Whether the caller itself runs on the lab's thread."""
        return threading.current_thread() is self._thread

    def call(
        self,
        work: Coroutine[Any, Any, T],
        *,
        waiting_for: str,
        limit: float = 60.0,
        tick: Callable[[], None] | None = None,
    ) -> T:
        """Run ``work`` on the loop and return what it returns; ``limit`` is in real seconds.

        ``tick`` is called on the caller's thread about ten times a second meanwhile. Raises
        whatever the work or ``tick`` raises, TookTooLong after ``limit``, Interrupted on Ctrl-C,
        LabClosed when the loop has ended, and UsageError on the lab's own thread.
        """
        with CtrlC() as ctrl_c:

            def goes_on() -> bool:
                if tick:
                    tick()
                return not ctrl_c.presses

            errand = self.start(work)
            try:
                ended = _wait(errand.outcome, limit, goes_on)
            except BaseException:
                self._cancel(errand, ctrl_c)
                raise
            if ctrl_c.presses or not ended:
                self._cancel(errand, ctrl_c)
        if ctrl_c.presses:
            raise Interrupted(
                f"You stopped the lab while it was waiting for {waiting_for}. "
                "What was sent until then is recorded, and the lab goes on."
            )
        if not ended:
            raise TookTooLong(
                f"Waited {limit:g} seconds for {waiting_for} and gave up. "
                "The lab goes on: try again, or start afresh with lab.reset()."
            )
        return errand.outcome.result()

    def start(self, work: Coroutine[Any, Any, T]) -> Errand[T]:
        """Begin ``work`` on the loop and return at once; its ``outcome`` is the caller's to look after.

        Raises LabClosed when the loop has ended, and UsageError on the lab's own thread.
        """
        # Behind the gate, so that nothing is handed to a loop that has already been told to stop.
        with self._gate:
            if self._closed:
                work.close()
                raise LabClosed(CLOSED)
            if self.is_current:
                work.close()
                raise UsageError("The lab's own thread can't wait for itself: await the work there.")
            errand = Errand(work)
            self._loop.call_soon_threadsafe(errand.begin)
        return errand

    def stop(self, errand: Errand[Any]) -> None:
        """Cancel an errand, without waiting for its farewell; one that has ended stays as it is."""
        with suppress(RuntimeError):  # the loop has ended meanwhile, and the errand with it
            self._loop.call_soon_threadsafe(errand.cancel)

    def _cancel(self, errand: Errand[Any], ctrl_c: "CtrlC") -> None:
        """Cancel, and wait for the farewell, unless Ctrl-C is pressed again."""
        presses = ctrl_c.presses
        self.stop(errand)
        _wait(errand.outcome, GOODBYE, lambda: ctrl_c.presses == presses)

    def close(self) -> None:
        """End every task, the loop and its thread. A second call does nothing."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(GOODBYE)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._serve()
            self._loop.run_until_complete(self._end_tasks())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    def _serve(self) -> None:
        while not self._closed:
            try:
                self._loop.run_forever()
            except SystemExit as error:
                # Somebody's code called exit(): asyncio lets that through, but the lab goes on.
                self.note(f"exit() was called on the lab's thread: {error!r}")

    async def _end_tasks(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Transports close in the round after their tasks have ended.
        await asyncio.sleep(0)

    def _note_problem(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.note(f"{context['message']}: {error!r}" if error else context["message"])

    def note(self, problem: str) -> None:
        """Note what went wrong inside the lab itself."""
        if len(self.problems) < PROBLEMS:
            self.problems.append(problem)


class CtrlC:
    """Counts Ctrl-C, and the notebook's stop button, meanwhile: at once it would fall anywhere.

    Signals reach the main thread only, so on another thread there is nothing to count.
    """

    def __init__(self) -> None:
        self.presses = 0

    def __enter__(self) -> "CtrlC":
        on_main = threading.current_thread() is threading.main_thread()
        self._before = signal.getsignal(signal.SIGINT) if on_main else None
        if callable(self._before):  # otherwise Ctrl-C is switched off, or not Python's business
            signal.signal(signal.SIGINT, self._count)
        return self

    def __exit__(self, *_: object) -> None:
        if callable(self._before):
            signal.signal(signal.SIGINT, self._before)

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.presses += 1


def _wait(outcome: "Future[Any]", limit: float, goes_on: Callable[[], bool]) -> bool:
    """Whether the outcome came within ``limit`` seconds; ``goes_on`` is asked after each slice."""
    deadline = time.monotonic() + limit
    while (rest := deadline - time.monotonic()) > 0:
        if wait([outcome], min(SLICE, rest)).done:
            return True
        if not goes_on():
            break
    return outcome.done()


def _new_loop() -> asyncio.AbstractEventLoop:
    nothing = Path(os.devnull)
    try:
        # A loop needs three files. asyncio makes noise of its own when it runs out half way.
        with nothing.open(), nothing.open(), nothing.open():
            pass
        # Not Windows' own kind of loop: it connects without a word to the audit hooks.
        return asyncio.SelectorEventLoop()
    except OSError as error:
        raise MachineError.behind(error) from error

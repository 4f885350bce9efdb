"""The one background thread, and the bridge from a student's plain call to it.

Jupyter runs an event loop of its own on the main thread, so the lab's servers live on another one.
A plain call hands a coroutine over and waits, in short slices: so Ctrl-C and the notebook's stop
button work on every system, a progress bar can be drawn meanwhile, and no call waits for ever.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any, TypeVar

from labkit.errors import Interrupted, LabClosed, TookTooLong

T = TypeVar("T")

SLICE = 0.1  # seconds of real time between two looks at an interrupt or at the progress
GOODBYE = 5.0  # seconds that a cancelled call, or the thread at its end, gets for its farewells


class LoopThread:
    """An event loop on a thread of its own, from construction to ``close``."""

    def __init__(self, name: str = "labkit") -> None:
        self.problems: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._note_problem)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

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
        whatever the work raises, TookTooLong after ``limit``, Interrupted on Ctrl-C, and LabClosed
        when the loop has ended.
        """
        if self._loop.is_closed() or self.is_current:
            work.close()
            raise LabClosed("This lab is closed. Start a new one with lab = Lab().")
        ended = threading.Event()
        future = asyncio.run_coroutine_threadsafe(_telling(work, ended), self._loop)
        try:
            if not self._wait(future, limit, tick):
                self._cancel(future, ended)
                raise TookTooLong(
                    f"Waited {limit:.0f} seconds for {waiting_for} and gave up. "
                    "The lab goes on: try again, or start afresh with lab.reset()."
                )
            return future.result()
        except KeyboardInterrupt:
            self._cancel(future, ended)
            raise Interrupted(
                f"You stopped the lab while it was waiting for {waiting_for}. "
                "What was sent until then is recorded, and the lab goes on."
            ) from None

    @staticmethod
    def _wait(future: "Future[Any]", limit: float, tick: Callable[[], None] | None) -> bool:
        for _ in range(round(limit / SLICE)):
            if wait([future], SLICE).done:
                return True
            if tick:
                tick()
        return False

    @staticmethod
    def _cancel(future: "Future[Any]", ended: threading.Event) -> None:
        future.cancel()
        ended.wait(GOODBYE)

    def close(self) -> None:
        """End every task, the loop and its thread. A second call does nothing."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(GOODBYE)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._end_tasks())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    async def _end_tasks(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Transports close in the round after their tasks have ended.
        await asyncio.sleep(0)

    def _note_problem(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.problems.append(f"{context['message']}: {error!r}" if error else context["message"])


async def _telling(work: Coroutine[Any, Any, T], ended: threading.Event) -> T:
    try:
        return await work
    finally:
        ended.set()

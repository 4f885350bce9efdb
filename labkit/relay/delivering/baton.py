"""Who may go on: one delivery at a time in the whole lab, so that everything is the same on every run.

A delivery that waits for lab time (a slow server, a name server that doesn't answer) passes the baton
on. It takes part again when its time has come, and the lab's time moves only while nobody has the
baton. So several deliveries can be under way, as many as the policies allow, and still each step has
its place in one order that doesn't depend on how fast the machine is.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context, ContextVar
from typing import Protocol

from labkit.network.caller import Caller, served

ROUNDS = 3  # of the event loop, until whoever was woken has taken the first step


class Step:
    """Something that a courier does while it has the baton."""

    __slots__ = ("work",)

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self.work = work


class Runner(Protocol):
    """Who takes part. Those who joined first go first.

    ``next_step`` is what can be begun now, or None. Nothing is begun while a program of the lab is
    still handing letters in (``is_handed_letters``), unless somebody waits until all is quiet: which
    letter comes before which mustn't depend on who of the two is faster.
    """

    @property
    def is_handed_letters(self) -> bool: ...

    def next_step(self) -> Step | None: ...


_step: ContextVar[Step | None] = ContextVar("step", default=None)


class Baton:
    """The order of everything that couriers do. Made and used on the lab's loop."""

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems
        self._runners: list[Runner] = []
        self._under_way: set[Step] = set()
        self._sleepers: list[Step | Caller] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._waiting = 0
        self._is_looking = False

    def join(self, runner: Runner) -> None:
        """Take part."""
        self._runners.append(runner)

    def go_on(self) -> None:
        """Something has changed: whoever can begin then, begins in the loop's next round."""
        if self._under_way and not self._sleepers:
            return  # whoever has the baton looks for what is next when that is done
        if not self._is_looking:
            self._is_looking = True
            # In a context of its own: this may be called by a server's task, which works for somebody else.
            asyncio.get_running_loop().call_soon(self._look, context=Context())

    def _look(self) -> None:
        self._is_looking = False
        step = self._begin()
        if step:
            task = asyncio.get_running_loop().create_task(self._run(step), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until nothing is left that can be done without lab time."""
        self._waiting += 1
        try:
            while True:
                for _ in range(ROUNDS):
                    await asyncio.sleep(0)
                self._quiet.clear()
                self._look()
                if self._quiet.is_set():
                    return
                await self._quiet.wait()
        finally:
            self._waiting -= 1

    async def stop(self) -> None:
        """Break off what is under way."""
        self._runners.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def sleeps(self) -> Callable[[], None]:
        """For Clock.on_sleep: the current task waits for lab time; call the result when it goes on."""
        sleeper = served() or _step.get()
        if sleeper is None:
            return _nothing
        self._sleepers.append(sleeper)
        if isinstance(sleeper, Caller):
            sleeper.passed_on = self.go_on
            sleeper.kept_waiting.set()
        self.go_on()

        def goes_on() -> None:
            self._sleepers.remove(sleeper)
            if isinstance(sleeper, Caller):
                sleeper.kept_waiting.clear()
            self.go_on()

        return goes_on

    async def _run(self, first: Step) -> None:
        step: Step | None = first
        while step:
            _step.set(step)
            try:
                await step.work()
            except Exception as error:
                self._problems.append(f"the courier: {error!r}")
            finally:
                self._under_way.discard(step)
            await asyncio.sleep(0)  # others have their turn, whatever is to be done
            step = self._begin()

    def _begin(self) -> Step | None:
        """The next step, if nobody has the baton."""
        if len(self._under_way) > len(self._resting()):
            return None
        try:
            step = self._next()
        except Exception as error:  # a fault of the lab itself: nobody may wait for ever because of it
            self._problems.append(f"the courier: {error!r}")
            step = None
        if step:
            self._under_way.add(step)
        else:
            self._quiet.set()
        return step

    def _next(self) -> Step | None:
        ready = [runner for runner in self._runners if not runner.is_handed_letters]
        late = [runner for runner in self._runners if runner not in ready] if self._waiting else []
        return next((step for runner in (*ready, *late) if (step := runner.next_step())), None)

    def _resting(self) -> set[Step]:
        """The steps that wait for lab time: by themselves, or for a server that does."""
        resting = {_step_of(sleeper) for sleeper in self._sleepers}
        return {step for step in resting if step in self._under_way}


def _step_of(sleeper: Step | Caller) -> Step | None:
    if isinstance(sleeper, Step):
        return sleeper
    # A server may sleep on for a caller who has lost patience and goes on elsewhere.
    return None if sleeper.is_gone else sleeper.context.get(_step)


def _nothing() -> None:
    return

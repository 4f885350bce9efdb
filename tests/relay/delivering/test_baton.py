"""One after the other, in an order that doesn't depend on speed; who waits for lab time lets others go first."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from labkit.clock import Clock
from labkit.network.caller import Caller
from labkit.network.fabric import YOUR_TERMINAL
from labkit.relay.delivering.baton import Baton, Step

Work = Callable[[], Awaitable[None]]


class Runner:
    """Does what it is given, in order."""

    def __init__(self, *work: Work) -> None:
        self.work = list(work)
        self.is_handed_letters = False

    def next_step(self) -> Step | None:
        return Step(self.work.pop(0)) if self.work else None


class Stage:
    """A clock and a baton, and what was done when."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.clock, self.baton, self.diary = Clock(), Baton(self.problems), []
        self.clock.settle, self.clock.on_sleep = self.baton.settle, self.baton.sleeps

    def note(self, what: str) -> None:
        self.diary.append(f"{self.clock.elapsed:g} {what}")

    def step(self, name: str, *pauses: float) -> Work:
        """Takes some rounds of the loop, and so many seconds of lab time in between."""

        async def work() -> None:
            self.note(f"{name} begins")
            for pause in pauses:
                await asyncio.sleep(0.001)
                await self.clock.sleep(pause)
            await asyncio.sleep(0.001)
            self.note(f"{name} ends")

        return work


def run(script: Callable[[Stage], Coroutine[Any, Any, None]]) -> list[str]:
    async def play() -> list[str]:
        stage = Stage()
        await script(stage)
        await stage.baton.stop()
        assert stage.problems == []
        return stage.diary

    return asyncio.run(play())


def test_one_at_a_time_and_who_joined_first_goes_first() -> None:
    async def script(stage: Stage) -> None:
        first, second = Runner(stage.step("a"), stage.step("b")), Runner(stage.step("c"))
        stage.baton.join(first)
        stage.baton.join(second)
        await stage.baton.settle()

    assert run(script) == ["0 a begins", "0 a ends", "0 b begins", "0 b ends", "0 c begins", "0 c ends"]


def test_who_waits_for_lab_time_lets_the_next_begin_and_ends_at_its_own_time() -> None:
    async def script(stage: Stage) -> None:
        stage.baton.join(Runner(stage.step("a", 10, 20), stage.step("b", 15), stage.step("c")))
        await stage.baton.settle()
        assert stage.diary == ["0 a begins", "0 b begins", "0 c begins", "0 c ends"]
        await stage.clock.advance(100)

    assert run(script)[4:] == ["15 b ends", "30 a ends"]


def test_two_who_wake_at_the_same_moment_go_on_one_after_the_other() -> None:
    async def script(stage: Stage) -> None:
        async def loud(name: str) -> None:
            await stage.clock.sleep(10)
            for _ in range(3):
                stage.note(name)
                await asyncio.sleep(0.001)

        stage.baton.join(Runner(lambda: loud("a"), lambda: loud("b")))
        await stage.clock.advance(10)

    assert run(script) == ["10 a"] * 3 + ["10 b"] * 3


def test_a_server_that_sleeps_rests_the_one_whom_it_serves() -> None:
    async def script(stage: Stage) -> None:
        async def asks_a_slow_server() -> None:
            caller = Caller(YOUR_TERMINAL, None)
            stage.note("asks")
            caller.is_current_task()
            server = asyncio.get_running_loop().create_task(
                stage.clock.sleep(60), context=caller.context.copy()
            )
            await server
            stage.note("is answered")

        stage.baton.join(Runner(asks_a_slow_server, stage.step("next")))
        await stage.clock.advance(60)

    assert run(script) == ["0 asks", "0 next begins", "0 next ends", "60 is answered"]


class Line:
    """The client's end of a connection, as far as a caller looks at it."""

    closing = False

    def is_closing(self) -> bool:
        return self.closing


def test_a_server_that_sleeps_on_for_nobody_holds_nobody_up() -> None:
    async def script(stage: Stage) -> None:
        async def loses_patience() -> None:
            caller = Caller(YOUR_TERMINAL, None, Line())
            answer = asyncio.get_running_loop().create_future()
            server = asyncio.get_running_loop().create_task(
                stage.clock.sleep(1000), context=caller.context.copy()
            )
            servers.append(server)
            stage.clock.call_at(stage.clock.now.replace(minute=5), lambda: answer.set_result(None))
            await answer
            caller.end.closing = True
            await asyncio.sleep(0.01)
            stage.note("goes on elsewhere")

        servers: list[asyncio.Task[None]] = []
        stage.baton.join(Runner(loses_patience))
        await stage.clock.advance(600)
        assert stage.diary == ["300 goes on elsewhere"]
        await stage.clock.advance(1000)
        await servers[0]

    run(script)


def test_who_sleeps_for_somebody_outside_the_relays_changes_nothing() -> None:
    async def script(stage: Stage) -> None:
        outsider = asyncio.create_task(stage.clock.sleep(60))
        stage.baton.join(Runner(stage.step("a")))
        await stage.baton.settle()
        assert stage.diary == ["0 a begins", "0 a ends"]
        await stage.clock.advance(60)
        await outsider

    run(script)


def test_a_runner_that_is_handed_letters_comes_last_and_only_if_somebody_waits() -> None:
    async def script(stage: Stage) -> None:
        fed, free = Runner(stage.step("fed")), Runner(stage.step("free"))
        fed.is_handed_letters = True
        stage.baton.join(fed)
        stage.baton.join(free)
        stage.baton.go_on()
        await asyncio.sleep(0.02)
        assert stage.diary == ["0 free begins", "0 free ends"]
        await stage.baton.settle()

    assert run(script)[2:] == ["0 fed begins", "0 fed ends"]


def fails() -> None:
    raise ZeroDivisionError


async def fails_at_work() -> None:
    fails()


@pytest.mark.parametrize(("work", "choice"), [(fails_at_work, None), (None, fails)])
def test_a_fault_of_the_lab_is_noted_and_nobody_waits_for_ever(
    work: Work | None, choice: Callable[[], None] | None
) -> None:
    async def play() -> list[str]:
        stage, runner = Stage(), Runner(*filter(None, [work]))
        if choice:
            runner.next_step = choice
        stage.baton.join(runner)
        await stage.baton.settle()
        return stage.problems

    assert asyncio.run(play()) == ["the courier: ZeroDivisionError()"]


def test_what_is_stopped_is_cancelled_at_once() -> None:
    async def script(stage: Stage) -> None:
        stage.baton.join(Runner(stage.step("a", 1000), stage.step("b")))
        await stage.baton.settle()
        await stage.baton.stop()
        assert (stage.clock.sleeping, stage.baton._tasks) == (0, set())

    assert run(script) == ["0 a begins", "0 b begins", "0 b ends"]

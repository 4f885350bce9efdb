"""The bridge between a plain call and the loop: whatever happens on one side arrives on the other."""

import asyncio
import gc
import sys
import threading
from typing import NoReturn

import pytest
from looping import for_ever, seven

from labkit import loop
from labkit.errors import MachineError, PeerError, TookTooLong, UsageError
from labkit.loop import LoopThread


def test_a_plain_call_returns_what_the_work_returns(thread: LoopThread) -> None:
    assert thread.call(seven(), waiting_for="seven") == 7


def test_a_plain_call_works_where_another_loop_runs_already_as_in_jupyter(thread: LoopThread) -> None:
    async def cell() -> int:
        return thread.call(seven(), waiting_for="seven")

    assert asyncio.run(cell()) == 7


def test_the_work_runs_on_the_labs_thread_and_the_caller_on_its_own(thread: LoopThread) -> None:
    async def where() -> bool:
        return thread.is_current

    assert thread.call(where(), waiting_for="an answer")
    assert not thread.is_current


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a value"),
        PeerError("mx1 hung up."),
        KeyError("name"),
        TimeoutError(),
        OSError(5, "an error"),
        SystemExit(3),
    ],
    ids=repr,
)
def test_an_error_in_the_work_arrives_unchanged(error: BaseException) -> None:
    async def work() -> NoReturn:
        raise error

    thread = LoopThread()
    with pytest.raises(type(error)) as caught:
        thread.call(work(), waiting_for="an error")
    assert caught.value is error
    assert thread.call(seven(), waiting_for="seven") == 7
    thread.close()


def test_a_call_that_takes_too_long_says_what_it_waited_for_and_the_lab_goes_on(thread: LoopThread) -> None:
    with pytest.raises(TookTooLong) as caught:
        thread.call(for_ever(), waiting_for="a letter to be sent", limit=0.05)
    assert str(caught.value) == (
        "Waited 0.05 seconds for a letter to be sent and gave up. "
        "The lab goes on: try again, or start afresh with lab.reset()."
    )
    assert thread.call(seven(), waiting_for="seven") == 7


def test_work_that_took_too_long_has_ended_when_the_call_returns(thread: LoopThread) -> None:
    steps = []

    async def work() -> None:
        try:
            await for_ever()
        finally:
            await asyncio.sleep(0)
            steps.append("hung up")

    with pytest.raises(TookTooLong):
        thread.call(work(), waiting_for="nothing", limit=0.01)
    assert steps == ["hung up"]


def test_work_that_never_began_leaves_no_warning(thread: LoopThread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "GOODBYE", 0.01)
    busy, free = threading.Event(), threading.Event()

    async def block() -> None:
        busy.set()
        free.wait()

    blocker = threading.Thread(target=thread.call, args=(block(),), kwargs={"waiting_for": "the test"})
    blocker.start()
    busy.wait()
    with pytest.raises(TookTooLong):
        thread.call(seven(), waiting_for="a busy loop", limit=0.01)
    free.set()
    blocker.join()
    thread.close()
    gc.collect()


def test_the_tick_is_heard_while_the_call_waits(thread: LoopThread) -> None:
    enough = asyncio.Event()
    ticks = []

    async def work() -> str:
        await enough.wait()
        return "done"

    def tick() -> None:
        ticks.append(threading.current_thread())
        if len(ticks) == 2:
            thread.call(_set(enough), waiting_for="the end")

    assert thread.call(work(), waiting_for="two ticks", tick=tick) == "done"
    assert ticks == [threading.current_thread()] * 2


async def _set(event: asyncio.Event) -> None:
    event.set()


def test_an_error_in_the_tick_arrives_and_ends_the_work(thread: LoopThread) -> None:
    steps = []

    async def work() -> None:
        try:
            await for_ever()
        finally:
            steps.append("ended")

    def tick() -> NoReturn:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        thread.call(work(), waiting_for="a tick", tick=tick)
    assert steps == ["ended"]


def test_the_labs_own_thread_cant_wait_for_itself(thread: LoopThread) -> None:
    async def work() -> int:
        return thread.call(seven(), waiting_for="itself")

    with pytest.raises(UsageError, match="await the work there"):
        thread.call(work(), waiting_for="an error")


# What goes wrong behind the scenes


def test_what_nobody_catches_is_noted_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> NoReturn:
        raise ZeroDivisionError("in a callback")

    async def work() -> None:
        for _ in range(loop.PROBLEMS + 1):
            asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(0)

    thread = LoopThread()
    thread.call(work(), waiting_for="trouble")
    thread.close()
    assert "ZeroDivisionError('in a callback')" in thread.problems[0]
    assert len(thread.problems) == loop.PROBLEMS
    assert capfd.readouterr() == ("", "")


def test_a_task_that_calls_exit_doesnt_end_the_lab() -> None:
    async def rule() -> None:
        sys.exit("my rule is finished")

    async def work() -> None:
        asyncio.create_task(rule()).add_done_callback(lambda task: task.exception())

    thread = LoopThread()
    thread.call(work(), waiting_for="the rule")
    assert thread.call(seven(), waiting_for="seven") == 7
    thread.close()
    assert thread.problems == ["exit() was called on the lab's thread: SystemExit('my rule is finished')"]


def test_a_machine_without_threads_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: threading.Thread) -> NoReturn:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(MachineError, match="no more threads"):
        LoopThread()

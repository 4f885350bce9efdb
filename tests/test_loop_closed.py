"""The end of a loop, and of a lab: nothing is left over, and later calls are told so."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from looping import for_ever, seven

from labkit import Lab
from labkit.errors import LabClosed, LabError
from labkit.loop import LoopThread

OPEN_FILES = Path("/proc/self/fd")  # Linux has it


def test_a_call_after_close_says_that_the_lab_is_closed() -> None:
    thread = LoopThread()
    thread.close()
    with pytest.raises(LabClosed) as caught:
        thread.call(seven(), waiting_for="seven")
    assert str(caught.value) == "This lab is closed. Start a new one with lab = Lab()."
    gc.collect()  # "coroutine was never awaited" would come now


def test_closing_twice_is_closing_once() -> None:
    before = threading.enumerate()
    thread = LoopThread()
    thread.close()
    thread.close()
    assert thread.problems == []
    assert threading.enumerate() == before


def test_close_ends_a_call_that_waits_on_another_thread() -> None:
    thread = LoopThread()
    waiting, heard = threading.Event(), []

    async def work() -> None:
        waiting.set()
        await for_ever()

    def cell() -> None:
        try:
            thread.call(work(), waiting_for="nothing")
        except LabError as error:
            heard.append(type(error))

    other = threading.Thread(target=cell)
    other.start()
    waiting.wait()
    thread.close()
    other.join()
    assert heard == [LabClosed]


def test_close_leaves_no_thread_task_socket_or_file() -> None:
    farewells = []

    async def task() -> None:
        try:
            await for_ever()
        finally:
            farewells.append("task")

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            farewells.append("generator")

    async def work() -> tuple[Any, ...]:
        left_open = numbers()
        await anext(left_open)
        return asyncio.create_task(task()), left_open

    before = _left_over()
    thread = LoopThread()
    forgotten = thread.call(work(), waiting_for="a start")
    thread.close()
    assert farewells == ["task", "generator"]
    del thread, forgotten
    assert _left_over() == before


def test_a_lab_leaves_no_thread_task_socket_or_file() -> None:
    _lab_life()  # the libraries that it loads keep files of their own
    before = _left_over()
    _lab_life()
    assert _left_over() == before


def _lab_life() -> None:
    with Lab() as lab:
        lab.attacker.spam(3)
        lab.reset()
        lab.workstation.send()
        Lab().close()  # replaces the first one


def _left_over() -> tuple[Any, ...]:
    """What a careless lab would leave behind: threads, pending tasks, open loops, open files."""
    gc.collect()
    kinds = [(type(thing), thing) for thing in gc.get_objects()]
    tasks = [thing for kind, thing in kinds if issubclass(kind, asyncio.Task) and not thing.done()]
    loops = [
        thing
        for kind, thing in kinds
        if issubclass(kind, asyncio.AbstractEventLoop) and not thing.is_closed()
    ]
    files = [str(file.readlink()) for file in OPEN_FILES.glob("*") if file.is_symlink()]
    own = [file for file in files if not file.startswith("/proc/")]  # the listing itself
    return sorted(thread.name for thread in threading.enumerate()), tasks, loops, sorted(own)

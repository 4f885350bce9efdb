"""Silence: known at once to who asks from within the lab, and nothing to anybody else."""

import asyncio
import socket

import pytest
from network.peer import run

from labkit.loop import LoopThread
from labkit.network.carrier import Loopback
from labkit.network.datagrams import Asking
from labkit.network.guard import LOOPBACK

HOUR = 3600.0  # longer than any test may last


def test_who_asks_from_within_is_told_at_once_that_nothing_will_come(thread: LoopThread) -> None:
    async def scene() -> None:
        carrier = Loopback()
        door = await carrier.listen_datagrams(lambda question: question if question == b"answer" else None)
        silent = [carrier.ask(door, b"silence", HOUR) for _ in range(3)]
        *failures, answer = await asyncio.gather(
            *silent, carrier.ask(door, b"answer", HOUR), return_exceptions=True
        )
        assert [type(failure) for failure in failures] == [TimeoutError] * 3
        assert answer == b"answer"
        door.close()

    run(thread, scene())


def test_a_stranger_gets_no_answer_and_disturbs_nobody(thread: LoopThread) -> None:
    async def scene() -> None:
        asked = asyncio.Event()

        def silent(question: bytes) -> None:
            asked.set()

        door = await Loopback().listen_datagrams(silent)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind((LOOPBACK, 0))
            stranger.sendto(b"?", (LOOPBACK, door.port))
            await asked.wait()
            await asyncio.sleep(0)
            stranger.setblocking(False)
            with pytest.raises(BlockingIOError):
                stranger.recv(100)
        door.close()

    run(thread, scene())


def test_who_has_lost_patience_already_isnt_told_again(thread: LoopThread) -> None:
    async def scene() -> None:
        asking, end = Asking(), (LOOPBACK, 1)
        with pytest.raises(TimeoutError):
            await _lose_patience(asking, end)
        asking.no_answer(end)

    run(thread, scene())


async def _lose_patience(asking: Asking, end: tuple[str, int]) -> None:
    async with asyncio.timeout(0) as patience:
        with asking.listed(end, patience):
            try:
                await asyncio.sleep(HOUR)
            finally:
                asking.no_answer(end)

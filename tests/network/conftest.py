"""A network of three hosts on a lab's thread, and the scenes that tests play on it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from network.memory import Memory
from network.peer import ATTACKER, MX, RELAY

from labkit.clock import Clock
from labkit.loop import LoopThread
from labkit.network.carrier import Carrier, Loopback
from labkit.network.fabric import Network
from labkit.wire.recorder import Recorder

Scene = Callable[[Network], Awaitable[Any]]


@pytest.fixture(params=[Loopback, Memory])
def carrier(request: pytest.FixtureRequest) -> Carrier:
    """What carries the bytes: sockets, or nothing but memory."""
    made: Carrier = request.param()
    return made


@pytest.fixture
def play(thread: LoopThread) -> Callable[..., Any]:
    """``play(scene, carrier=...)`` awaits ``scene(network)`` on the lab's thread and closes the network."""

    def play(scene: Scene, carrier: Carrier | None = None) -> Any:
        return thread.call(_on_stage(scene, carrier), waiting_for="the scene to end", limit=30)

    return play


async def _on_stage(scene: Scene, carrier: Carrier | None) -> Any:
    network = Network(Recorder(Clock()), carrier)
    for host in (RELAY, MX, ATTACKER):
        network.add(host)
    try:
        return await scene(network)
    finally:
        await network.close()

"""A zone for the tests, and the name server that answers from it on a network of two hosts."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from labkit.clock import Clock
from labkit.dns.resolver import Resolver
from labkit.dns.server import PORT, NameServer
from labkit.dns.zone import Zone
from labkit.loop import LoopThread
from labkit.network.addresses import Host
from labkit.network.carrier import Answer
from labkit.network.fabric import Network
from labkit.wire.recorder import Recorder

ZONE = """
$TTL 3600
corp.example.            IN MX    20 backup.corp.example.
corp.example.            IN MX    10 mail.corp.example.
corp.example.            IN TXT   "v=spf1 mx -all"
mail.corp.example.       IN A     192.0.2.25
mail.corp.example.       IN A     192.0.2.26
Mixed.Corp.Example.      IN A     192.0.2.27
short.corp.example.   60 IN A     192.0.2.28
www.corp.example.        IN CNAME mail.corp.example.
far.corp.example.        IN CNAME www.corp.example.
lost.corp.example.       IN CNAME nowhere.corp.example.
empty.corp.example.      IN CNAME corp.example.
a.loop.example.          IN CNAME b.loop.example.
b.loop.example.          IN CNAME a.loop.example.
nomail.example.          IN MX    0 .
nomail10.example.        IN MX    10 .
lonely.example.          IN A     192.0.2.29
x.y.deep.example.        IN A     192.0.2.30
25.2.0.192.in-addr.arpa. IN PTR   mail.corp.example.
30.2.0.192.in-addr.arpa. IN PTR   mail.corp.example.
31.2.0.192.in-addr.arpa. IN PTR   nowhere.corp.example.
6.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. IN PTR six.corp.example.
six.corp.example.        IN AAAA  2001:db8::26
2.0.0.127.bl.example.    IN TXT   "Listed: see " "\\"why\\" at bl.example"
"""

DNS = Host("dns", "192.0.2.53", "ns.corp.example")


@pytest.fixture(scope="session")
def zone() -> Zone:
    """MX, A, TXT, PTR, aliases that lead somewhere, nowhere and in a circle."""
    return Zone(ZONE)


@dataclass
class World:
    """A resolver, the clock that it lives by, and the questions that the name server was asked."""

    resolver: Resolver
    clock: Clock
    network: Network
    asked: list[bytes]


Scene = Callable[[World], Awaitable[Any]]


@pytest.fixture
def play(zone: Zone) -> Iterator[Callable[..., Any]]:
    """``play(scene, answer=...)`` awaits ``scene(world)``; ``answer`` stands in for the name server's."""
    thread = LoopThread()

    def play(scene: Scene, answer: Answer | None = None) -> Any:
        return thread.call(
            _on_stage(scene, answer or NameServer(zone).answer), waiting_for="the scene to end"
        )

    yield play
    thread.close()
    assert thread.problems == []


async def _on_stage(scene: Scene, answer: Answer) -> Any:
    clock = Clock()
    network = Network(Recorder(clock))
    network.add(DNS)
    world = World(Resolver(network, DNS, clock), clock, network, [])

    def noted(question: bytes) -> bytes | None:
        world.asked.append(question)
        return answer(question)

    await network.listen_datagrams(DNS, PORT, noted)
    try:
        return await scene(world)
    finally:
        await network.close()

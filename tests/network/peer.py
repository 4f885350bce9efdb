"""Three hosts, a protocol for either end of a connection between them, and addresses that aren't loopback."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from labkit.loop import LoopThread
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.wire.record import Kind

RELAY = Host("relay", "192.0.2.25", "mail.corp.example")
MX = Host("mx1", "198.51.100.25", "mx1.customer.example")
ATTACKER = Host("attacker", "203.0.113.66", "vps66.hosting.example")

# What isn't this machine, or not surely
ELSEWHERE = ("198.51.100.1", "2001:db8::1", "::ffff:198.51.100.1")
EVERYWHERE = ("0.0.0.0", "::", "", "255.255.255.255", "<broadcast>")
OTHER_SPELLINGS = ("localhost", "127.1", "2130706433", "0x7f.1")  # loopback, for those who look up or guess


@dataclass
class Peer(asyncio.Protocol):
    """Either end of a connection: keeps what it hears, and says what it is told to say."""

    greeting: bytes = b""
    heard: bytes = b""
    events: list[str] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.greeting)
        self.begun.set()

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self.news.set()

    def pause_writing(self) -> None:
        self.events.append("pause")

    def resume_writing(self) -> None:
        self.events.append("resume")
        self.news.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.events.append(f"lost {error!r}")
        self.lost.set()
        self.news.set()

    async def resumed(self) -> None:
        """Wait until it was told to pause and may write again."""
        while "resume" not in self.events:
            self.news.clear()
            await self.news.wait()

    async def hear(self, size: int) -> bytes:
        """What it has heard, once that is so long or the connection is gone."""
        while len(self.heard) < size and not self.lost.is_set():
            self.news.clear()
            await self.news.wait()
        return self.heard


class Guests:
    """A door's view of who comes in: everybody is accepted, and noted with the origin."""

    def __init__(self, greeting: bytes = b"") -> None:
        self.greeting = greeting
        self.came: asyncio.Queue[tuple[object, Peer]] = asyncio.Queue()

    def accept(self, origin: object) -> Peer:
        peer = Peer(self.greeting)
        self.came.put_nowait((origin, peer))
        return peer


class Inn:
    """Serves everybody with a peer of his own; ``guests`` are those who came in."""

    def __init__(self, greeting: bytes = b"220 mail\r\n") -> None:
        self.greeting = greeting
        self.guests: asyncio.Queue[Peer] = asyncio.Queue()

    def __call__(self) -> Peer:
        peer = Peer(self.greeting)
        self.guests.put_nowait(peer)
        return peer


def how_it_ended(network: Network, session: int) -> list[str]:
    """What the recording says of a session's end, where it was out of the ordinary."""
    frames = network.recorder.transcript(session).frames
    return [frame.data.decode() for frame in frames if frame.kind is Kind.END]


def run(thread: LoopThread, work: Coroutine[Any, Any, Any]) -> Any:
    """What the work returns, awaited on the lab's thread."""
    return thread.call(work, waiting_for="the test", limit=30)

"""A place on the path between two hosts, where somebody can listen, or change what passes.

A listener has what crosses the wire there, and nothing of what the lab knows besides: ``overheard``. Who
changes what passes is put there by ``Network.on_path``. He meets the client in the server's place, and
goes on to the server in the client's: both ends see the addresses that they expect.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from labkit.errors import LabError
from labkit.network.addresses import Host
from labkit.network.caller import Caller
from labkit.wire.record import HEADER, Kind, Recording
from labkit.wire.recorder import Recorder, Track

if TYPE_CHECKING:
    from labkit.network.fabric import Connection, Network

ON_THE_WIRE = (Kind.CLIENT, Kind.SERVER, Kind.TIME)
HANDSHAKE = b"\x16\x03"  # how a client begins TLS (RFC 8446 section 5.1)


class Hop(Protocol):
    """Somebody in the middle. ``name`` stands in the recording where his host's name would."""

    name: str

    def meet(self, passage: "Passage") -> asyncio.Protocol:
        """The protocol that speaks with the client, who takes it for the server."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A connection that has come to a hop on its way to ``server``."""

    network: "Network"
    hop: Hop
    caller: Caller
    server: Host

    @property
    def track(self) -> Track:
        """The recording of what the client says and hears."""
        return self.caller.track

    async def onward(self, protocol: asyncio.Protocol) -> "Connection":
        """Connect to the server, with the client's address. Raises as Network.connect does."""
        return await self.network.connect(
            self.caller.host, self.server.address, self.track.port, protocol, passage=self
        )


def overheard(recorder: Recorder, *hosts: Host) -> Iterator[Recording]:
    """What a listener has of every session between two of these hosts."""
    addresses = {host.address for host in hosts}
    for session in recorder:
        if {session.client.address, session.server.address} <= addresses:
            yield wire_only(session)


def wire_only(session: Recording) -> Recording:
    """A session without what the lab alone knows of it: what TLS hid, and the rules behind the replies."""
    packed, kept, position = session.packed, bytearray(), 0
    while position < len(packed):
        kind, length = HEADER.unpack_from(packed, position)
        end = position + HEADER.size + length
        if kind in ON_THE_WIRE:
            kept += packed[position:end]
        position = end
    return Recording(
        session.number,
        session.client,
        session.server,
        session.port,
        session.opened,
        bytes(kept),
        session.ended,
    )


class Pipe(asyncio.Protocol):
    """One end of a hop that passes on what it hears as it comes. ``other`` is its other end."""

    other: "Pipe"

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._waiting)

    def data_received(self, data: bytes) -> None:
        self.other.say(data)

    def say(self, data: bytes) -> None:
        """Send it, as soon as there is a connection."""
        if self.transport:
            self.transport.write(data)
        else:
            self._waiting += data

    def pause_writing(self) -> None:
        if self.other.transport:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other.transport:
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self.other.close()

    def close(self) -> None:
        """The other end is gone."""
        if self.transport:
            self.transport.close()


class Near(Pipe):
    """The end that the client speaks with. ``change`` is told what it says, and returns what goes on.

    ``session`` is the number of the one with the server, once there is one.
    """

    def __init__(self, passage: Passage, change: Callable[[bytes], bytes] = bytes) -> None:
        super().__init__()
        self.other = Pipe()
        self.other.other = self
        self._passage, self._change = passage, change
        self._is_tls = False
        self.session = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._going_on = asyncio.get_running_loop().create_task(self._go_on())

    def data_received(self, data: bytes) -> None:
        if not self._is_tls and data.startswith(HANDSHAKE):
            self._is_tls = True
            self._passage.track.secured("between the client and the server", 0)
        self.other.say(data if self._is_tls else self._change(data))

    def connection_lost(self, error: Exception | None) -> None:
        self._going_on.cancel()
        super().connection_lost(error)

    def close(self) -> None:
        self._passage.track.close()  # how TCP takes leave is nothing to show
        super().close()

    async def _go_on(self) -> None:
        try:
            self.session = (await self._passage.onward(self.other)).session
        except LabError:  # the recording says why
            self.close()

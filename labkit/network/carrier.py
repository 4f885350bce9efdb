"""What carries the bytes from one end of a connection to the other.

The fabric knows lab addresses; a carrier knows how to join two protocols. Today that is a loopback
socket, the only place in the lab where sockets are opened. A pair of ends in memory would do as
well (a browser has no sockets): nothing outside this module may assume a socket or a peer port.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Any, Protocol, cast

from labkit.errors import MachineError
from labkit.network.guard import LOOPBACK, loopback_only

Accept = Callable[[object], asyncio.Protocol]  # origin of the caller, or None for a stranger
Answer = Callable[[bytes], bytes | None]  # a datagram, and what is sent back


class Door(Protocol):
    """Where something listens."""

    @property
    def port(self) -> int:
        """The real port that a program outside the lab can connect to; 0 where there is none."""

    def close(self) -> None:
        """Listen no longer."""


class Carrier(Protocol):
    """Joins two ends. ``origin`` is the caller's token, which the accepting side is given."""

    async def listen(self, accept: Accept) -> Door: ...

    async def dial(self, door: Door, origin: object, client: asyncio.Protocol) -> asyncio.Transport: ...

    async def listen_datagrams(self, answer: Answer) -> Door: ...

    async def ask(self, door: Door, question: bytes, seconds: float) -> bytes: ...


class Loopback:
    """Loopback sockets on ports that the system chooses: no root, no port 25, no clash."""

    def __init__(self) -> None:
        # The client's own end is bound and noted before it connects, so the server can tell who
        # calls with nothing added to the wire.
        self._origins: dict[int, object] = {}

    async def listen(self, accept: Accept) -> "SocketDoor":
        """Accept connections. Raises MachineError at a limit of the machine."""
        sock = _bound(socket.SOCK_STREAM)
        server = await asyncio.get_running_loop().create_server(
            lambda: _Entrance(self._origins, accept), sock=sock, backlog=1024
        )
        return SocketDoor(_port(sock), server)

    async def dial(self, door: Door, origin: object, client: asyncio.Protocol) -> asyncio.Transport:
        """Connect. Raises MachineError at a limit of the machine, OSError when the door is closed."""
        sock = _bound(socket.SOCK_STREAM)
        own_port = _port(sock)
        self._origins[own_port] = origin
        try:
            loop = asyncio.get_running_loop()
            await loop.sock_connect(sock, (loopback_only(LOOPBACK), door.port))
            transport, _ = await loop.create_connection(lambda: client, sock=sock)
        except BaseException:
            self._origins.pop(own_port, None)
            sock.close()
            raise
        return transport

    async def listen_datagrams(self, answer: Answer) -> "SocketDoor":
        """Answer datagrams. Raises MachineError at a limit of the machine."""
        sock = _bound(socket.SOCK_DGRAM)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Counter(answer), sock=sock
        )
        return SocketDoor(_port(sock), transport)

    async def ask(self, door: Door, question: bytes, seconds: float) -> bytes:
        """Send one datagram and return the first that comes back. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        with _bound(socket.SOCK_DGRAM) as sock:
            await loop.sock_sendto(sock, question, (LOOPBACK, door.port))
            return await asyncio.wait_for(loop.sock_recv(sock, 65535), seconds)


class SocketDoor:
    """A listening socket and what serves it."""

    def __init__(self, port: int, server: asyncio.Server | asyncio.DatagramTransport) -> None:
        self._port, self._server = port, server

    @property
    def port(self) -> int:
        """The real port on 127.0.0.1."""
        return self._port

    def close(self) -> None:
        """Listen no longer; what is connected stays connected."""
        self._server.close()


class _Entrance(asyncio.Protocol):
    """Stands at the door until it is known who came in."""

    def __init__(self, origins: dict[int, object], accept: Accept) -> None:
        self._origins, self._accept = origins, accept

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        origin = self._origins.pop(transport.get_extra_info("peername")[1], None)
        protocol = self._accept(origin)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)


class _Counter(asyncio.DatagramProtocol):
    """Answers each datagram where it came from."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own datagram transport isn't a DatagramTransport by inheritance before 3.12.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        answer = self._answer(data)
        if answer is not None:
            self._transport.sendto(answer, addr)


def _port(sock: socket.socket) -> int:
    port: int = sock.getsockname()[1]
    return port


def _bound(kind: socket.SocketKind) -> socket.socket:
    try:
        # The protocol is named, because asyncio switches Nagle's algorithm off only where it is.
        protocol = socket.IPPROTO_TCP if kind is socket.SOCK_STREAM else socket.IPPROTO_UDP
        sock = socket.socket(socket.AF_INET, kind, protocol)
        sock.setblocking(False)
        sock.bind((loopback_only(LOOPBACK), 0))
    except OSError as error:
        raise MachineError(_LIMITS.get(error.errno or 0, f"This machine gives the lab no socket: {error.strerror}.")) from error
    return sock


_LIMITS = {
    errno.EMFILE: "This machine allows this program no more open files, and each connection is one. "
    "Close other notebooks, or raise the limit (ulimit -n), and try again.",
    errno.ENFILE: "This machine has no open files left for anybody. Close other programs and try again.",
    errno.EADDRINUSE: "All ports of this machine are in use. Wait a minute until the system frees some, and try again.",
}

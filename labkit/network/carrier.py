"""What carries the bytes from one end of a connection to the other.

The fabric knows lab addresses; a carrier knows how to join two protocols. Today that is a loopback
socket, the only place in the lab where sockets are opened. A pair of ends in memory would do as
well (a browser has no sockets): nothing outside this module may assume a socket or a peer port.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Protocol

from labkit.errors import MachineError
from labkit.network.datagrams import Asking, Counter, DatagramDoor, End
from labkit.network.guard import LOOPBACK, loopback_only

Accept = Callable[[object], asyncio.Protocol]  # origin of the caller, or None for a stranger
Answer = Callable[[bytes], bytes | None]  # a datagram, and what is sent back

BACKLOG = 1024  # connections that may wait at a door
PAUSE = 0.1  # seconds until a door tries again that found no file for who comes in
CLOSED = -1  # the file number of a socket that is closed


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

    def program(self, port: int) -> Door: ...

    async def dial(self, door: Door, origin: object, client: asyncio.Protocol) -> asyncio.Transport: ...

    async def listen_datagrams(self, answer: Answer) -> Door: ...

    async def ask(self, door: Door, question: bytes, seconds: float) -> bytes: ...


class Loopback:
    """Loopback sockets on ports that the system chooses: no root, no port 25, no clash."""

    async def listen(self, accept: Accept) -> "SocketDoor":
        """Accept connections. Raises MachineError at a limit of the machine."""
        return SocketDoor(_bound(socket.SOCK_STREAM), accept)

    def program(self, port: int) -> "ProgramDoor":
        """The door of a program outside the lab that listens on this port of this machine."""
        return ProgramDoor(port)

    async def dial(self, door: Door, origin: object, client: asyncio.Protocol) -> asyncio.Transport:
        """Connect. Raises MachineError at a limit of the machine, OSError when the door is closed."""
        assert isinstance(door, SocketDoor | ProgramDoor)
        sock = _bound(socket.SOCK_STREAM)
        try:
            _room_for_the_other_end()
            await _connect(sock, door, origin)
            transport, _ = await asyncio.get_running_loop().create_connection(lambda: client, sock=sock)
        except BaseException:
            sock.close()
            raise
        return transport

    async def listen_datagrams(self, answer: Answer) -> "DatagramDoor":
        """Answer datagrams. Raises MachineError at a limit of the machine."""
        sock, asking = _bound(socket.SOCK_DGRAM), Asking()
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Counter(answer, asking), sock=sock
        )
        return DatagramDoor(_end(sock)[1], transport, asking)

    async def ask(self, door: Door, question: bytes, seconds: float) -> bytes:
        """Send one datagram and return the first that comes back from there.

        Raises TimeoutError: after ``seconds``, or as soon as it is known that nothing will come. Raises
        OSError when the door is closed, MachineError at a limit of the machine.
        """
        loop = asyncio.get_running_loop()
        with _bound(socket.SOCK_DGRAM) as sock:
            assert isinstance(door, DatagramDoor)
            await loop.sock_connect(sock, (loopback_only(LOOPBACK), door.port))
            # Not wait_for: before Python 3.12 it loses a cancel that comes together with the answer.
            async with asyncio.timeout(seconds) as patience:
                with door.asking.listed(_end(sock), patience):
                    await loop.sock_sendall(sock, question)
                    return await loop.sock_recv(sock, 65535)


class SocketDoor:
    """A listening socket. ``expected`` holds the origin of each client that is on its way to it."""

    def __init__(self, sock: socket.socket, accept: Accept) -> None:
        self.port = _end(sock)[1]
        self.expected: dict[End, object] = {}
        self._sock, self._accept = sock, accept
        self._coming: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.get_running_loop()
        sock.listen(BACKLOG)
        self._open()

    def close(self) -> None:
        """Listen no longer; what is connected stays connected. A second call does nothing."""
        if self._sock.fileno() == CLOSED:
            return
        self._loop.remove_reader(self._sock)
        self._sock.close()
        for task in self._coming:
            task.cancel()

    def _open(self) -> None:
        if self._sock.fileno() != CLOSED:
            self._loop.add_reader(self._sock, self._let_in)

    # Not asyncio's server: closed while somebody comes in, that forgets his socket.
    def _let_in(self) -> None:
        try:
            sock, caller = self._sock.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # he is gone again
        except OSError:  # the machine has no file left; he waits at the door until it has
            self._loop.remove_reader(self._sock)
            self._loop.call_later(PAUSE, self._open)
            return
        entrance = _Entrance(self._accept, self.expected.pop(caller, None))
        task = self._loop.create_task(self._loop.connect_accepted_socket(lambda: entrance, sock))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)
        task.add_done_callback(lambda task: sock.close() if task.cancelled() else None)


class ProgramDoor:
    """Where a program outside the lab listens on this machine; it isn't the lab's to close."""

    def __init__(self, port: int) -> None:
        self.port = port

    def close(self) -> None:
        """Nothing to do."""


class _Entrance(asyncio.Protocol):
    """Stands in for the server's protocol, which is made when the connection is."""

    def __init__(self, accept: Accept, origin: object) -> None:
        self._accept, self._origin = accept, origin

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        try:
            protocol = self._accept(self._origin)
            transport.set_protocol(protocol)
            protocol.connection_made(transport)
        except BaseException:
            transport.abort()
            raise


async def _connect(sock: socket.socket, door: SocketDoor | ProgramDoor, origin: object) -> None:
    # The client's own end is bound and noted before it connects, so the server can tell who calls
    # with nothing added to the wire.
    own = _end(sock)
    if own[1] == door.port:  # nobody listens where our own end is: it would be connected to itself
        raise ConnectionRefusedError
    if isinstance(door, ProgramDoor):  # a program can't know who calls
        await asyncio.get_running_loop().sock_connect(sock, (loopback_only(LOOPBACK), door.port))
        return
    door.expected[own] = origin
    try:
        await asyncio.get_running_loop().sock_connect(sock, (loopback_only(LOOPBACK), door.port))
    except OSError:  # but not who gives up half way: the system may let him in yet
        del door.expected[own]
        raise


def _end(sock: socket.socket) -> End:
    end: End = sock.getsockname()
    return end


def free_port() -> int:
    """A port of this machine that nobody listens on at the moment. Raises MachineError as a door does."""
    with _bound(socket.SOCK_STREAM) as sock:
        return int(sock.getsockname()[1])


def _bound(kind: socket.SocketKind) -> socket.socket:
    # The protocol is named, because asyncio switches Nagle's algorithm off only where it is.
    protocol = socket.IPPROTO_TCP if kind is socket.SOCK_STREAM else socket.IPPROTO_UDP
    with ExitStack() as on_error:
        try:
            sock = on_error.enter_context(socket.socket(socket.AF_INET, kind, protocol))
            sock.setblocking(False)
            sock.bind((loopback_only(LOOPBACK), 0))
        except OSError as error:
            raise MachineError.behind(error) from error
        on_error.pop_all()
    return sock


def _room_for_the_other_end() -> None:
    """Make sure of one more file: otherwise the client waits for a server that can't let it in."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    except OSError as error:
        raise MachineError.behind(error) from error

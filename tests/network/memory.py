"""A carrier without sockets: two ends in memory, as a browser would need. It proves the seam.

``cut`` decides in how many pieces the bytes of one write arrive, as a network would.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from labkit.network.carrier import Accept, Answer, Door
from labkit.network.tap import feed

Cut = Callable[[bytes], Iterable[bytes]]


def whole(data: bytes) -> Iterable[bytes]:
    return (data,)


class Memory:
    """Joins two protocols without a socket, a port or a thread."""

    def __init__(self, cut: Cut = whole) -> None:
        self._cut = cut

    async def listen(self, accept: Accept) -> "MemoryDoor":
        return MemoryDoor(accept)

    def program(self, port: int) -> "MemoryDoor":
        raise NotImplementedError("Without sockets no program outside the lab can be reached.")

    async def dial(self, door: Door, origin: object, client: asyncio.Protocol) -> asyncio.Transport:
        server = _behind(door)(origin)
        near, far = End(client, self._cut), End(server, self._cut)
        near.other, far.other = far, near
        client.connection_made(near)
        server.connection_made(far)
        return near

    async def listen_datagrams(self, answer: Answer) -> "MemoryDoor":
        return MemoryDoor(answer)

    async def ask(self, door: Door, question: bytes, seconds: float) -> bytes:
        answer: bytes | None = _behind(door)(question)
        if answer is None:
            raise TimeoutError
        return answer


class MemoryDoor:
    """Where something listens; there is no real port."""

    port = 0

    def __init__(self, behind: Callable[..., Any]) -> None:
        self.behind: Callable[..., Any] | None = behind

    def close(self) -> None:
        self.behind = None


def _behind(door: Door) -> Callable[..., Any]:
    assert isinstance(door, MemoryDoor)
    if not door.behind:
        raise ConnectionRefusedError
    return door.behind


class End(asyncio.Transport):
    """One end: what is written here arrives at the other end in the next round of the loop."""

    _start_tls_compatible = True  # what asyncio asks of a transport below TLS
    other: "End"

    def __init__(self, protocol: asyncio.BaseProtocol, cut: Cut) -> None:
        super().__init__()
        self._protocol, self._cut = protocol, cut
        self._inbox: deque[bytes] = deque()  # an empty piece is the end
        self._reads, self._closing = True, False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if data and not self._closing:
            for piece in self._cut(bytes(data)):
                asyncio.get_running_loop().call_soon(self.other.take, piece)

    def take(self, piece: bytes) -> None:
        self._inbox.append(piece)
        self._pass_on()

    def _pass_on(self) -> None:
        while self._inbox and self._reads and not self._closing:
            piece = self._inbox.popleft()
            if piece:
                feed(self._protocol, piece)
            elif not self._protocol.eof_received():  # type: ignore[attr-defined]
                self.close()

    def pause_reading(self) -> None:
        self._reads = False

    def resume_reading(self) -> None:
        self._reads = True
        asyncio.get_running_loop().call_soon(self._pass_on)

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            asyncio.get_running_loop().call_soon(self.other.take, b"")
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._closing

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

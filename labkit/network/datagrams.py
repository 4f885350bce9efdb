"""Where datagrams are answered, and who in this process waits for an answer.

A server may be silent on purpose. Whoever asked from outside the lab finds that out as in real life,
by waiting; whoever asked from within is told at once, so that no lab call lasts longer for it.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

End = tuple[str, int]  # a socket's real address and port


class Asking:
    """Who in this process waits for an answer, and for how long yet."""

    def __init__(self) -> None:
        self._patience: dict[End, asyncio.Timeout] = {}

    @contextmanager
    def listed(self, end: End, patience: asyncio.Timeout) -> Iterator[None]:
        """The socket at ``end`` waits meanwhile, for as long as its ``patience`` lasts."""
        self._patience[end] = patience
        try:
            yield
        finally:
            self._patience.pop(end, None)

    def no_answer(self, end: End) -> None:
        """Nothing will be sent to ``end``: if it is one of ours, it waits no longer."""
        patience = self._patience.pop(end, None)
        if patience and not patience.expired():
            patience.reschedule(asyncio.get_running_loop().time())


class Counter(asyncio.DatagramProtocol):
    """Answers each datagram where it came from."""

    def __init__(self, answer: Callable[[bytes], bytes | None], asking: Asking) -> None:
        self._answer, self._asking = answer, asking

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own datagram transport isn't a DatagramTransport by inheritance before 3.12.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        answer = self._answer(data)
        if answer is not None:
            self._transport.sendto(answer, addr)
        else:
            self._asking.no_answer((addr[0], addr[1]))


class DatagramDoor:
    """A socket at which a ``Counter`` answers."""

    def __init__(self, port: int, transport: asyncio.DatagramTransport, asking: Asking) -> None:
        self.port, self.asking, self._transport = port, asking, transport

    def close(self) -> None:
        """Answer no longer."""
        self._transport.close()

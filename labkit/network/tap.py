"""One end of a connection: the wire is recorded here, and the lab address replaces the real one.

A tap is put around the server's own protocol and hands it a transport of its own. So the server
needn't know that it is recorded, and its STARTTLS runs through the tap: what is recorded here is
what a listener on the path would read. Where the server is a program outside the lab, the tap is
put around the client's protocol instead.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextvars import Context, copy_context
from typing import Any

from labkit.network.addresses import Host
from labkit.wire.record import BROKEN_OFF, Kind
from labkit.wire.recorder import Track

HANDSHAKE_FAILED = "the TLS handshake failed"


class Tap(asyncio.Protocol):
    """Records what comes in, and passes it on to the protocol that ``make`` makes.

    ``at_client`` says that it is the client's; ``recorded`` is the transport that it writes to.
    """

    def __init__(
        self,
        client: Host,
        track: Track,
        make: Callable[[], asyncio.Protocol],
        gone: Callable[["Tap"], None],
        *,
        at_client: bool = False,
        context: Context | None = None,
    ) -> None:
        self.client, self.track = client, track
        self.inner: asyncio.BaseProtocol = make()
        self.transport: asyncio.Transport
        self.recorded: RecordedTransport
        self.heard, self.said = (Kind.SERVER, Kind.CLIENT) if at_client else (Kind.CLIENT, Kind.SERVER)
        self._gone, self._context = gone, context or copy_context()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.recorded = RecordedTransport(self)
        # A server's task begins here, in the context of who called.
        self._context.run(self.inner.connection_made, self.recorded)

    def data_received(self, data: bytes) -> None:
        self.track.add(self.heard, data)
        feed(self.inner, data)

    def eof_received(self) -> bool | None:
        return self.inner.eof_received()  # type: ignore[attr-defined, no-any-return]

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        try:
            self.inner.connection_lost(error)
        finally:
            self.track.close(BROKEN_OFF if error else "")
            self._gone(self)

    def break_off(self) -> None:
        """End the connection at once; what waits to be sent is lost."""
        self.track.close(BROKEN_OFF)
        self.transport.abort()


class RecordedTransport(asyncio.Transport):
    """The transport that the protocol writes to: recorded, and with lab addresses."""

    _start_tls_compatible = True

    def __init__(self, tap: Tap) -> None:
        super().__init__()
        self._tap, self._real = tap, tap.transport
        self._held = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._record(data)
        if self._held:
            held, self._held = self._held, b""
            data = held + bytes(data)
        self._real.write(data)

    def write_soon(self, data: bytes) -> None:
        """Write, but not alone if more is written in the same round of the event loop (RFC 2920 section 3.2).

        That spares both ends most of the work with short replies. They are recorded now, one by one.
        """
        self._record(data)
        if not self._held:
            asyncio.get_running_loop().call_soon(self._flush)
        self._held += data

    def _record(self, data: bytes | bytearray | memoryview) -> None:
        if data and not self._real.is_closing():  # otherwise nothing gets onto the wire
            self._tap.track.add(self._tap.said, bytes(data))

    def _flush(self) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._real.write(held)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "peername":
            return (self._tap.client.address, 0)
        if name in ("client", "track"):
            return getattr(self._tap, name)
        return default

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._tap.inner = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._tap.inner

    def close(self) -> None:
        self._flush()
        self._real.close()

    def abort(self) -> None:
        self._flush()
        self._real.abort()

    def _force_close(self, error: BaseException | None) -> None:
        # asyncio's TLS asks for this where a handshake fails.
        self._tap.track.close(HANDSHAKE_FAILED)
        self.abort()

    def is_closing(self) -> bool:
        return self._real.is_closing()

    def is_reading(self) -> bool:
        return self._real.is_reading()

    def pause_reading(self) -> None:
        self._real.pause_reading()

    def resume_reading(self) -> None:
        self._real.resume_reading()

    def write_eof(self) -> None:
        self._flush()
        self._real.write_eof()

    def can_write_eof(self) -> bool:
        return self._real.can_write_eof()

    def get_write_buffer_size(self) -> int:
        return len(self._held) + self._real.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._real.get_write_buffer_limits()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._real.set_write_buffer_limits(high, low)


def feed(protocol: asyncio.BaseProtocol, data: bytes) -> None:
    """Hand bytes to a protocol; asyncio's TLS protocol takes them through a buffer of its own."""
    if isinstance(protocol, asyncio.Protocol):
        protocol.data_received(data)
        return
    assert isinstance(protocol, asyncio.BufferedProtocol)
    rest = memoryview(data)
    while rest:
        buffer = memoryview(protocol.get_buffer(len(rest)))
        size = min(len(buffer), len(rest))
        buffer[:size] = rest[:size]
        protocol.buffer_updated(size)
        rest = rest[size:]

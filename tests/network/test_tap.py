"""The tap: the wire as it was, and a server that notices nothing."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network.peer import ATTACKER, RELAY, Peer

from labkit.clock import Clock
from labkit.network.fabric import Network
from labkit.network.tap import Tap, feed
from labkit.wire.record import Frame, Kind
from labkit.wire.recorder import Recorder

Play = Callable[..., Any]


# Calls that a server makes on its transport, and what the real one answers in these tests
PASSED_ON: dict[str, Any] = {
    "pause_reading": None,
    "resume_reading": None,
    "is_reading": True,
    "close": None,
    "abort": None,
    "write_eof": None,
    "can_write_eof": True,
    "get_write_buffer_size": 7,
    "get_write_buffer_limits": (1, 2),
    "set_write_buffer_limits": None,
}


class Wire(asyncio.Transport):
    """What lies below a tap: keeps what is written, and which calls were passed on."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 54321), "socket": object()})
        self.sent = b""
        self.calls: list[tuple[Any, ...]] = []
        self.closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += bytes(data)

    def is_closing(self) -> bool:
        return self.closing


def _noted(name: str) -> Callable[..., Any]:
    def call(self: Wire, *arguments: Any) -> Any:
        self.calls.append((name, *arguments))
        return PASSED_ON[name]

    return call


for name in PASSED_ON:
    setattr(Wire, name, _noted(name))


class Tapped:
    """A server with a tap before it, on a wire that leads nowhere."""

    def __init__(self, server: Peer | None = None) -> None:
        self.server, self.wire = server or Peer(), Wire()
        self.track = Recorder(Clock()).open(ATTACKER.party, RELAY.party, 25)
        self.tap = Tap(ATTACKER, self.track, lambda: self.server, lambda tap: None)
        self.tap.connection_made(self.wire)

    @property
    def frames(self) -> tuple[Frame, ...]:
        return self.track.transcript().frames


def _pieces(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(edges)]


CUTS = st.lists(st.integers(0, 10**6), max_size=20)
DIALOGUE = st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=200)), max_size=8)


@settings(deadline=None)
@given(DIALOGUE, CUTS)
def test_the_recording_doesnt_depend_on_how_the_bytes_are_cut(
    dialogue: list[tuple[bool, bytes]], cuts: list[int]
) -> None:
    whole, cut = Tapped(), Tapped()
    for end, cut_at in ((whole, []), (cut, cuts)):
        for by_client, data in dialogue:
            for piece in _pieces(data, cut_at):
                (end.tap.data_received if by_client else end.server.transport.write)(piece)
    assert cut.frames == whole.frames
    for end in (whole, cut):
        assert end.server.heard == b"".join(data for by_client, data in dialogue if by_client)
        assert end.wire.sent == b"".join(data for by_client, data in dialogue if not by_client)


class Buffered(asyncio.BufferedProtocol):
    """Takes bytes through buffers whose sizes it chooses, as asyncio's TLS does."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes, self.turn, self.heard = sizes, 0, b""

    def get_buffer(self, sizehint: int) -> bytearray:
        self.turn += 1
        self.buffer = bytearray(self.sizes[self.turn % len(self.sizes)])
        return self.buffer

    def buffer_updated(self, size: int) -> None:
        self.heard += bytes(self.buffer[:size])


@settings(deadline=None)
@given(st.binary(max_size=500), st.lists(st.integers(1, 600), min_size=1, max_size=5))
def test_a_protocol_with_buffers_of_its_own_gets_every_byte(data: bytes, sizes: list[int]) -> None:
    protocol = Buffered(sizes)
    feed(protocol, data)
    assert protocol.heard == data


def test_what_is_written_in_one_go_is_recorded_in_one_go() -> None:
    end = Tapped()
    end.server.transport.writelines([b"250-mail\r\n", bytearray(b"250 "), memoryview(b"SIZE\r\n")])
    assert end.wire.sent == b"250-mail\r\n250 SIZE\r\n"
    assert end.frames == (Frame(Kind.SERVER, 0.0, end.wire.sent),)


def test_what_can_no_longer_be_sent_is_not_recorded() -> None:
    end = Tapped()
    end.server.transport.write(b"221 Bye\r\n")
    end.wire.closing = True
    end.server.transport.write(b"250 Ok\r\n")
    assert end.frames == (Frame(Kind.SERVER, 0.0, b"221 Bye\r\n"),)


@pytest.mark.parametrize("end_with", ["write", "close", "abort", "write_eof", "round"])
def test_what_is_written_soon_goes_with_what_follows_and_is_recorded_at_once(end_with: str) -> None:
    async def play() -> None:
        end = Tapped()
        transport = end.tap.recorded
        transport.write_soon(b"250 2.1.0 Ok\r\n")
        transport.write_soon(b"250 2.1.5 Ok\r\n")
        assert end.frames == (Frame(Kind.SERVER, 0.0, b"250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"),)
        assert (end.wire.sent, transport.get_write_buffer_size()) == (b"", 28 + 7)
        if end_with == "write":
            transport.write(b"354 Go\r\n")
        elif end_with == "round":
            await asyncio.sleep(0)
        else:
            getattr(transport, end_with)()
        answers = b"250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n" + (b"354 Go\r\n" if end_with == "write" else b"")
        assert end.wire.sent == answers
        await asyncio.sleep(0)
        assert end.wire.sent == answers

    asyncio.run(play())


@pytest.mark.parametrize("call", PASSED_ON)
def test_the_server_steers_the_real_transport(call: str) -> None:
    end = Tapped()
    arguments = (10, 5) if call == "set_write_buffer_limits" else ()
    assert getattr(end.server.transport, call)(*arguments) == PASSED_ON[call]
    assert end.wire.calls == [(call, *arguments)]


def test_the_server_hears_of_back_pressure_and_of_the_end() -> None:
    end = Tapped()
    end.tap.pause_writing()
    end.tap.resume_writing()
    end.tap.connection_lost(None)
    assert end.server.events == ["pause", "resume", "lost None"]


def test_a_server_sees_the_lab_address_and_nothing_of_the_machine() -> None:
    end = Tapped()
    info = end.server.transport.get_extra_info
    assert info("peername") == ("203.0.113.66", 0)
    assert info("client") is ATTACKER
    assert info("track") is end.track
    assert (info("socket"), info("sockname", "none")) == (None, "none")
    assert not end.server.transport.is_closing()


def test_another_protocol_can_take_over_as_tls_does() -> None:
    end, second = Tapped(), Peer()
    end.server.transport.set_protocol(second)
    assert end.server.transport.get_protocol() is second
    end.tap.data_received(b"hello")
    assert (end.server.heard, second.heard) == (b"", b"hello")
    assert end.frames == (Frame(Kind.CLIENT, 0.0, b"hello"),)


@pytest.mark.parametrize(
    ("error", "how"), [(None, []), (ConnectionResetError(104, "reset"), [b"the connection broke off"])]
)
def test_the_end_is_recorded_where_it_is_out_of_the_ordinary(
    error: Exception | None, how: list[bytes]
) -> None:
    end = Tapped()
    end.tap.connection_lost(error)
    assert [frame.data for frame in end.frames if frame.kind is Kind.END] == how
    assert isinstance(end.track.log, bytes)  # frozen: the session is over


def test_a_connection_that_is_broken_off_is_recorded_so() -> None:
    end = Tapped()
    end.tap.break_off()
    assert end.wire.calls == [("abort",)]
    end.tap.connection_lost(None)
    assert end.frames == (Frame(Kind.END, 0.0, b"the connection broke off"),)


def test_a_server_that_fails_at_the_end_doesnt_keep_the_recording_open() -> None:
    class Failing(Peer):
        def connection_lost(self, error: Exception | None) -> NoReturn:
            raise ZeroDivisionError

    end = Tapped(Failing())
    with pytest.raises(ZeroDivisionError):
        end.tap.connection_lost(None)
    assert isinstance(end.track.log, bytes)


FLOOD = 2**18
LETTERS = 64  # of 2**18 octets: more than the system's own buffers take


def test_a_client_that_doesnt_read_makes_the_server_pause(play: Play) -> None:
    async def scene(network: Network) -> None:
        server, client = Peer(), Peer()
        await network.listen(RELAY, 25, lambda: server)
        connection = await network.connect(ATTACKER, RELAY.address, 25, client)
        connection.transport.pause_reading()
        await server.begun.wait()
        for _ in range(LETTERS):
            server.transport.write(bytes(FLOOD))
        assert server.events == ["pause"]
        connection.transport.resume_reading()
        assert len(await client.hear(LETTERS * FLOOD)) == LETTERS * FLOOD
        await server.resumed()
        assert server.events == ["pause", "resume"]

    play(scene)


def test_a_server_that_doesnt_read_makes_the_client_pause(play: Play) -> None:
    async def scene(network: Network) -> None:
        server, client = Peer(), Peer()
        await network.listen(RELAY, 25, lambda: server)
        connection = await network.connect(ATTACKER, RELAY.address, 25, client)
        await server.begun.wait()
        server.transport.pause_reading()
        assert not server.transport.is_reading()
        for _ in range(LETTERS):
            connection.transport.write(bytes(FLOOD))
        assert client.events == ["pause"]
        server.transport.resume_reading()
        assert len(await server.hear(LETTERS * FLOOD)) == LETTERS * FLOOD

    play(scene)

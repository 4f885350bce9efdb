"""A session as TCP carries it: the handshake, every octet of both directions, the end.

The octets, their order and their time are those of the recording. TCP itself is made here, as two hosts
on one Ethernet would speak it: the recording doesn't know the packets, because how the machine cuts them is
chance. Who of the two closed first isn't known either; where nothing tells, it is who spoke last.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address

from labkit.wire.export.framing import End, Flags, Segment, packet
from labkit.wire.record import BROKEN_OFF, CLIENT_HUNG_UP, REFUSED, Frame, Kind, Recording, unpack_decision
from labkit.wire.views.page import decided

FIRST_PORT, PORTS = 49152, 16384  # for clients (RFC 6335 section 6)
CLIENT_BEGINS, SERVER_BEGINS = 1_000_000_000, 2_000_000_000  # sequence numbers; a session is far shorter
UNACKNOWLEDGED = 2  # whole segments, until a receiver must say that they have come (RFC 9293 section 3.8.6.3)

TITLE = "Session {number}: {client} → {server}"
LOST = "{count:,} more bytes were not recorded"


@dataclass(frozen=True, slots=True)
class Packet:
    """An Ethernet frame, when it passed in lab time, and what the lab has to say about it."""

    at: datetime
    octets: bytes
    comments: tuple[str, ...] = ()


@dataclass(slots=True)
class _Side:
    end: End
    sequence: int  # of the next octet that it sends
    unheard: int = 0  # octets that the other side hasn't acknowledged yet


def packets(recording: Recording) -> Iterator[Packet]:
    """Every packet of a session, in order."""
    return _Conversation(recording).told()


@dataclass
class _Conversation:
    recording: Recording
    at: datetime = field(init=False)
    comments: list[str] = field(init=False)  # for the packet that comes next
    client: _Side = field(init=False)
    server: _Side = field(init=False)
    spoke_last: _Side = field(init=False)
    decision: bytes = b""  # about the server's next reply

    def __post_init__(self) -> None:
        session = self.recording
        self.at, self.comments = session.opened, [TITLE.format_map(_facts(session))]
        port = FIRST_PORT + (session.number - 1) % PORTS
        self.client = _Side(End(ip_address(session.client.address), port), CLIENT_BEGINS)
        self.server = _Side(End(ip_address(session.server.address), session.port), SERVER_BEGINS)
        self.spoke_last = self.client

    def told(self) -> Iterator[Packet]:
        frames = self.recording.frames
        how = next((frame.data.decode() for frame in frames if frame.kind is Kind.END), "")
        is_cut = any(frame.kind is Kind.LOST for frame in frames)
        if how and not any(frame.kind in (Kind.CLIENT, Kind.SERVER) for frame in frames):
            yield from self._in_vain(how)
            return
        yield from self._handshake()
        for frame in frames:
            yield from self._frame(frame)
        ended = self.recording.ended and not is_cut
        yield from self._end(how) if ended else self._acknowledgements()

    def _handshake(self) -> Iterator[Packet]:
        yield self._syn()
        yield self._packet(self.server, Flags.SYN | Flags.ACK, mss=self.server.end.mss)
        yield self._packet(self.client, Flags.ACK)

    def _in_vain(self, how: str) -> Iterator[Packet]:
        self.comments.append(how)
        yield self._syn()
        if how in (REFUSED, BROKEN_OFF):
            self.server.sequence = 0  # it never had one (RFC 9293 section 3.5.2)
            yield self._packet(self.server, Flags.RST | Flags.ACK)

    def _frame(self, frame: Frame) -> Iterator[Packet]:
        now = self.recording.time_of(frame)
        if now != self.at:
            yield from self._acknowledgements()
            self.at = now
        match frame.kind:
            case Kind.CLIENT:
                yield from self._data(self.client, frame.data)
            case Kind.SERVER:
                self._explain(frame.data)
                yield from self._data(self.server, frame.data)
            case Kind.SERVER_INSIDE:
                self._explain(frame.data)
            case Kind.DECISION:
                self.decision = frame.data
            case Kind.LOST:
                self.comments.append(LOST.format(count=int(frame.data)))
                yield self._packet(self._other(self.spoke_last), Flags.ACK)
            case _:
                pass

    def _explain(self, reply: bytes) -> None:
        """Say who decided this reply, above TLS or below."""
        if self.decision:
            rule, reason, _ = unpack_decision(self.decision)
            self.comments.append(decided(reply.decode("utf-8", "replace"), rule, reason))
            self.decision = b""

    def _data(self, speaker: _Side, data: bytes) -> Iterator[Packet]:
        self.spoke_last = speaker
        size = speaker.end.mss
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            push = Flags.PSH if start + size >= len(data) else Flags(0)
            yield self._packet(speaker, Flags.ACK | push, piece)
            if speaker.unheard >= UNACKNOWLEDGED * size:
                yield self._packet(self._other(speaker), Flags.ACK)

    def _acknowledgements(self) -> Iterator[Packet]:
        """What a receiver says that has nothing else to say."""
        for side in (self.client, self.server):
            if side.unheard:
                yield self._packet(self._other(side), Flags.ACK)

    def _end(self, how: str) -> Iterator[Packet]:
        if how:
            self.comments.append(how)
        if how == BROKEN_OFF:
            yield self._packet(self.server, Flags.RST | Flags.ACK)
            return
        first = self.client if how == CLIENT_HUNG_UP else self.spoke_last
        yield self._packet(first, Flags.FIN | Flags.ACK)
        yield self._packet(self._other(first), Flags.FIN | Flags.ACK)
        yield self._packet(first, Flags.ACK)

    def _syn(self) -> Packet:
        return self._packet(self.client, Flags.SYN, mss=self.client.end.mss)

    def _packet(self, sender: _Side, flags: Flags, data: bytes = b"", mss: int = 0) -> Packet:
        receiver = self._other(sender)
        acknowledged = receiver.sequence if flags & Flags.ACK else 0
        segment = Segment(flags, sender.sequence, acknowledged, data, mss)
        sender.sequence += len(data) + bool(flags & (Flags.SYN | Flags.FIN))
        sender.unheard += len(data)
        receiver.unheard = 0
        said, self.comments = tuple(self.comments), []
        return Packet(self.at, packet(sender.end, receiver.end, segment), said)

    def _other(self, side: _Side) -> _Side:
        return self.server if side is self.client else self.client


def _facts(session: Recording) -> dict[str, object]:
    return {"number": session.number, "client": session.client, "server": session.server}

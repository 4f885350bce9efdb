"""What TLS doesn't hide from a listener: the server's name, and how much is said when (RFC 8446).

Read from the bytes on the wire alone. Bytes that aren't TLS after all give nothing away, and no trouble.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile
from typing import NamedTuple

from labkit.network.hop import HANDSHAKE
from labkit.wire.record import Kind, Recording

RECORD_HEADER = 5  # octets: type, version (2), length (2)
CHANGE_CIPHER, HANDSHAKE_RECORD, DATA_RECORD = 20, 22, 23
CLIENT_HELLO = 1
SERVER_NAME = 0  # the extension's number (RFC 6066 section 3)
LONGEST_RECORD = 2**14 + 256


class Record(NamedTuple):
    """One record: who sent it, what kind of content it says it has, and its octets after the header."""

    who: Kind
    content: int
    octets: bytes


@dataclass(frozen=True, slots=True)
class Noise:
    """A session behind TLS, from outside. ``at`` is when TLS began, in seconds since the session opened.

    ``pieces`` are the sizes on the wire, in octets, of what the client said between two answers: the
    same sizes that a transcript calls noise.
    """

    server_name: str
    at: float
    pieces: tuple[int, ...]


def noise(session: Recording) -> Noise | None:
    """What can be seen of a session behind TLS; None where there is no TLS."""
    frames = list(session.frames)
    start = next((i for i, frame in enumerate(frames) if _begins(frame.kind, frame.data)), None)
    if start is None:
        return None
    pieces: list[Record] = []
    rest = {Kind.CLIENT: b"", Kind.SERVER: b""}
    for frame in frames[start:]:
        if frame.kind in rest:
            whole, rest[frame.kind] = _records(frame.kind, rest[frame.kind] + frame.data)
            pieces += whole
    return Noise(server_name(pieces), frames[start].at, tuple(_sizes(pieces)))


def server_name(records: list[Record]) -> str:
    """The name that the client asked for in the clear (RFC 6066 section 3); "" if it asked for none."""
    said = takewhile(
        lambda record: record.content == HANDSHAKE_RECORD, (one for one in records if one.who is Kind.CLIENT)
    )
    try:
        return _name_in(b"".join(record.octets for record in said))
    except (IndexError, ValueError):  # cut off, or no ClientHello at all
        return ""


def _begins(kind: Kind, data: bytes) -> bool:
    return kind is Kind.CLIENT and data.startswith(HANDSHAKE)


def _records(who: Kind, data: bytes) -> tuple[list[Record], bytes]:
    """The whole records, and the rest. What can't be one ends the reading."""
    found: list[Record] = []
    while len(data) >= RECORD_HEADER:
        end = RECORD_HEADER + int.from_bytes(data[3:5])
        if data[1] != 3 or end > RECORD_HEADER + LONGEST_RECORD:
            return found, b""
        if len(data) < end:
            break
        found.append(Record(who, data[0], data[RECORD_HEADER:end]))
        data = data[end:]
    return found, data


def _sizes(records: list[Record]) -> Iterator[int]:
    """How much the client said at a time. In TLS 1.3 the end of its handshake looks like the rest."""
    said = [record.content for record in records if record.who is Kind.CLIENT]
    in_handshake = (CHANGE_CIPHER, HANDSHAKE_RECORD) not in pairwise(said)
    hidden = [record for record in records if record.content == DATA_RECORD]
    for who, together in groupby(hidden, key=lambda record: record.who):
        if who is Kind.CLIENT:
            sizes = [RECORD_HEADER + len(record.octets) for record in together]
            if in_handshake:  # only what stands behind it was said, by a client that speaks first
                sizes = sizes[1:][-1:]
            if sizes:
                yield sum(sizes)
            in_handshake = False


class _Octets:
    """Octets that are read from the front. Raises IndexError when there are too few."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def __len__(self) -> int:
        return len(self._octets)

    def take(self, count: int) -> bytes:
        if count > len(self._octets):
            raise IndexError(count)
        taken, self._octets = self._octets[:count], self._octets[count:]
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def block(self, size: int) -> "_Octets":
        """What stands behind its own length, which takes ``size`` octets."""
        return _Octets(self.take(self.number(size)))


def _name_in(handshake: bytes) -> str:
    message = _Octets(handshake)
    if message.number(1) != CLIENT_HELLO:
        return ""
    hello = message.block(3)
    hello.take(2 + 32)  # version, random
    for size in (1, 2, 1):  # session id, cipher suites, compression methods
        hello.block(size)
    extensions = hello.block(2)
    while extensions:
        kind, extension = extensions.number(2), extensions.block(2)
        if kind == SERVER_NAME:
            names = extension.block(2)
            names.take(1)  # the kind of name: there is only one
            name = names.block(2)
            return name.take(len(name)).decode("ascii")
    return ""

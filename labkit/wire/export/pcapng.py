"""Sessions as a pcapng file, which Wireshark and tshark read (draft-ietf-opsawg-pcapng).

The file has the hosts' names, the keys that decrypt what TLS hid, and each decision as a packet comment. Keys
there are only for servers of the lab, whose certificates are made for one run. Who has the file can read
everything in it, passwords too. What TLS sends is different on every run; all else is the same.
"""

import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from operator import attrgetter

from labkit.wire.export.conversation import Packet, packets
from labkit.wire.export.run import Run
from labkit.wire.record import Kind, Recording

SECTION, INTERFACE, NAMES, PACKET, SECRETS = 0x0A0D0D0A, 1, 4, 6, 10  # block types
BYTE_ORDER, VERSION, UNKNOWN_LENGTH = 0x1A2B3C4D, (1, 0), -1
ETHERNET, NO_LIMIT = 1, 0  # link type, and octets kept of a packet
TLS_KEY_LOG = 0x544C534B
COMMENT, PROGRAM, INTERFACE_NAME = 1, 4, 2  # options
IPV4_NAME, IPV6_NAME = 1, 2  # kinds of names
LONGEST = 2**15  # octets of an option's text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

ABOUT = (
    "A recording of the SMTP relay lab: nothing here ever left one machine. The bytes, their order and their "
    "lab time are as recorded; Ethernet, IP and TCP around them were made when the file was."
)


def render(run: Run) -> bytes:
    """The file. Nothing in it is masked: it is what crossed the wire."""
    return b"".join(_blocks(run.sessions))


def _blocks(sessions: tuple[Recording, ...]) -> Iterator[bytes]:
    options = _options((COMMENT, ABOUT), (PROGRAM, "SMTP relay lab"))
    yield _block(SECTION, struct.pack("<IHHq", BYTE_ORDER, *VERSION, UNKNOWN_LENGTH) + options)
    yield _block(INTERFACE, struct.pack("<HHI", ETHERNET, 0, NO_LIMIT) + _options((INTERFACE_NAME, "lab")))
    yield _block(NAMES, b"".join(_names(sessions)))
    if keys := _keys(sessions):
        yield _block(SECRETS, struct.pack("<II", TLS_KEY_LOG, len(keys)) + _padded(keys))
    # One after the other, as on a wire; at the same moment, in the order of the sessions.
    captured = (packet for session in sessions for packet in packets(session))
    yield from map(_packet, sorted(captured, key=attrgetter("at")))


def _names(sessions: Iterable[Recording]) -> Iterator[bytes]:
    """The name of each address; of several, that which it has most often."""
    known: dict[str, Counter[str]] = defaultdict(Counter)
    for session in sessions:
        for party in (session.client, session.server):
            known[party.address][party.name] += 1
    for address, names in known.items():
        ip, [(name, _)] = ip_address(address), names.most_common(1)
        value = ip.packed + name.encode() + b"\0"
        kind = IPV4_NAME if ip.version == 4 else IPV6_NAME
        yield struct.pack("<HH", kind, len(value)) + _padded(value)
    yield struct.pack("<HH", 0, 0)


def _keys(sessions: Iterable[Recording]) -> bytes:
    """All keys, each once: who passes TLS on unchanged has the same as those at the ends."""
    found = (frame.data for session in sessions for frame in session.frames if frame.kind is Kind.KEYS)
    return b"".join(dict.fromkeys(found))


def _packet(packet: Packet) -> bytes:
    moment, size = (packet.at - EPOCH) // MICROSECOND, len(packet.octets)
    head = struct.pack("<IIIII", 0, moment >> 32, moment & 0xFFFFFFFF, size, size)
    comments = _options(*((COMMENT, text) for text in packet.comments))
    return _block(PACKET, head + _padded(packet.octets) + comments)


def _options(*options: tuple[int, str]) -> bytes:
    if not options:
        return b""
    return b"".join(_option(*option) for option in options) + struct.pack("<HH", 0, 0)


def _option(code: int, text: str) -> bytes:
    value = text.encode()[:LONGEST].decode(errors="ignore").encode()
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)

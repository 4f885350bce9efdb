"""Reads what the lab has written: the blocks of a pcapng file, and the packets in them.

Written from the specifications alone, and strict: what isn't as it should be fails the test.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from labkit.wire.export.framing import Flags

ETHERNET = 14  # octets of its header


@dataclass(frozen=True)
class Heard:
    """One packet, taken apart."""

    source: tuple[str, int]
    target: tuple[str, int]
    flags: Flags
    sequence: int
    acknowledged: int
    options: bytes
    data: bytes


def heard(frame: bytes) -> Heard:
    """Take an Ethernet frame apart, and check lengths and checksums on the way."""
    kind = int.from_bytes(frame[12:14], "big")
    ip = frame[ETHERNET:]
    if kind == 0x0800:
        assert (ip[0], ip[9], int.from_bytes(ip[2:4], "big")) == (0x45, 6, len(ip))
        assert ones_complement_sum(ip[:20]) == 0xFFFF
        ends, tcp = (ip[12:16], ip[16:20]), ip[20:]
    else:
        assert (kind, ip[0] >> 4, ip[6], int.from_bytes(ip[4:6], "big")) == (0x86DD, 6, 6, len(ip) - 40)
        ends, tcp = (ip[8:24], ip[24:40]), ip[40:]
    assert ones_complement_sum(b"".join(ends) + struct.pack("!II", len(tcp), 6) + tcp) == 0xFFFF
    source, target, sequence, acknowledged, words, flags = struct.unpack("!HHIIBB", tcp[:14])
    start = (words >> 4) * 4
    addresses = [str(ip_address(end)) for end in ends]
    return Heard(
        (addresses[0], source),
        (addresses[1], target),
        Flags(flags),
        sequence,
        acknowledged,
        tcp[20:start],
        tcp[start:],
    )


def ones_complement_sum(octets: bytes) -> int:
    """RFC 1071 section 4.1, as it stands there: word by word, and the carries added at the end."""
    total = 0
    for (word,) in struct.iter_unpack("!H", octets + bytes(len(octets) % 2)):
        total += word
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def blocks(file: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and body of each block."""
    position = 0
    while position < len(file):
        kind, length = struct.unpack_from("<II", file, position)
        assert length % 4 == 0
        assert struct.unpack_from("<I", file, position + length - 4) == (length,)
        yield kind, file[position + 8 : position + length - 4]
        position += length

"""One packet: an Ethernet frame with IP and TCP in it, as it crosses a wire.

RFC 894 and 2464 (IP over Ethernet), 791 (IPv4), 8200 (IPv6), 9293 (TCP), 1071 (the checksum).
"""

import struct
from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address

MTU = 1500  # octets in an Ethernet frame
TTL = 64
DO_NOT_FRAGMENT = 0x4000
WINDOW = 65535
TCP = 6  # the protocol's number
IPV4_TYPE, IPV6_TYPE = 0x0800, 0x86DD
IPV4_HEADER, IPV6_HEADER, TCP_HEADER = 20, 40, 20  # octets


class Flags(IntFlag):
    """The control bits of TCP (RFC 9293 section 3.1) that are used here."""

    FIN = 0x01
    SYN = 0x02
    RST = 0x04
    PSH = 0x08
    ACK = 0x10


@dataclass(frozen=True)
class End:
    """One end of a TCP connection."""

    address: IPv4Address | IPv6Address
    port: int

    @cached_property
    def mac(self) -> bytes:
        """A hardware address that nobody owns: its second bit says that it was given locally (IEEE 802)."""
        return b"\x02" + bytes([self.address.version]) + self.address.packed[-4:]

    @property
    def mss(self) -> int:
        """How many octets of data fit into one packet (RFC 6691)."""
        return MTU - TCP_HEADER - (IPV4_HEADER if self.address.version == 4 else IPV6_HEADER)


@dataclass(frozen=True, slots=True)
class Segment:
    """What TCP sends at once; ``acknowledged`` is the next octet that the sender waits for."""

    flags: Flags
    sequence: int
    acknowledged: int
    data: bytes = b""
    mss: int = 0  # said with SYN only (RFC 9293 section 3.7.1); 0 says nothing


def packet(source: End, target: End, segment: Segment) -> bytes:
    """The Ethernet frame that carries a segment from one end to the other."""
    ip, kind = (_ipv4, IPV4_TYPE) if source.address.version == 4 else (_ipv6, IPV6_TYPE)
    tcp = _tcp(source, target, segment)
    return target.mac + source.mac + struct.pack("!H", kind) + ip(source, target, len(tcp)) + tcp


def checksum(octets: bytes) -> int:
    """The Internet checksum: the complement of the sum of all 16-bit words, in ones' complement.

    Adding with the carry brought around is adding modulo 65535, so one division of the whole does it.
    """
    words = int.from_bytes(octets + bytes(len(octets) % 2), "big")
    return 0xFFFF - (words % 0xFFFF or 0xFFFF)


def _tcp(source: End, target: End, segment: Segment) -> bytes:
    option = struct.pack("!BBH", 2, 4, segment.mss) if segment.mss else b""
    words = (TCP_HEADER + len(option)) // 4
    header = struct.pack(
        "!HHIIBBHHH",
        source.port,
        target.port,
        segment.sequence,
        segment.acknowledged,
        words << 4,
        segment.flags,
        WINDOW,
        0,
        0,
    )
    whole = header + option + segment.data
    return _with_checksum(whole, 16, checksum(_pseudo_header(source, target, len(whole)) + whole))


def _pseudo_header(source: End, target: End, length: int) -> bytes:
    # RFC 9293 section 3.1 and RFC 8200 section 8.1; in both forms the sum is over the same numbers.
    return source.address.packed + target.address.packed + struct.pack("!II", length, TCP)


def _ipv4(source: End, target: End, length: int) -> bytes:
    total = IPV4_HEADER + length
    header = struct.pack("!BBHHHBBH", 0x45, 0, total, 0, DO_NOT_FRAGMENT, TTL, TCP, 0)
    header += source.address.packed + target.address.packed
    return _with_checksum(header, 10, checksum(header))


def _ipv6(source: End, target: End, length: int) -> bytes:
    header = struct.pack("!IHBB", 6 << 28, length, TCP, TTL)
    return header + source.address.packed + target.address.packed


def _with_checksum(octets: bytes, position: int, value: int) -> bytes:
    return octets[:position] + struct.pack("!H", value) + octets[position + 2 :]

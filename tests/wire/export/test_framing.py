"""One packet: every field where its specification puts it, and checksums that add up."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire.export.capture import heard, ones_complement_sum

from labkit.wire.export.framing import End, Flags, Segment, checksum, packet

CLIENT, SERVER = End(ip_address("203.0.113.66"), 49152), End(ip_address("192.0.2.25"), 25)
CLIENT6, SERVER6 = End(ip_address("2001:db8::66"), 49152), End(ip_address("2001:db8::25"), 25)


@given(st.binary(max_size=2000))
def test_the_checksum_is_that_of_rfc_1071(octets: bytes) -> None:
    assert checksum(octets) in (0xFFFF - ones_complement_sum(octets), 0)
    if any(octets):
        assert checksum(octets) == 0xFFFF - ones_complement_sum(octets)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (bytes.fromhex("0001f203f4f5f6f7"), 0x220D),  # the example of RFC 1071 section 3
        (b"\xff\xff", 0),
        (b"\x01", 0xFEFF),
    ],
)
def test_checksums_that_are_known(octets: bytes, expected: int) -> None:
    assert checksum(octets) == expected


@pytest.mark.parametrize(("client", "server"), [(CLIENT, SERVER), (CLIENT6, SERVER6)])
@given(data=st.binary(max_size=1440))
def test_a_packet_has_every_field_in_its_place(client: End, server: End, data: bytes) -> None:
    segment = Segment(Flags.ACK | Flags.PSH, 4_000_000_000, 7, data)
    seen = heard(packet(client, server, segment))
    assert (seen.source, seen.target) == ((str(client.address), 49152), (str(server.address), 25))
    assert (seen.flags, seen.sequence, seen.acknowledged) == (Flags.ACK | Flags.PSH, 4_000_000_000, 7)
    assert (seen.options, seen.data) == (b"", data)


@pytest.mark.parametrize(("end", "mss"), [(CLIENT, 1460), (CLIENT6, 1440)])
def test_a_whole_segment_fills_an_ethernet_frame(end: End, mss: int) -> None:
    assert end.mss == mss
    assert len(packet(end, end, Segment(Flags.ACK, 1, 1, bytes(mss)))) == 14 + 1500


def test_syn_says_how_long_a_segment_may_be() -> None:
    seen = heard(packet(CLIENT, SERVER, Segment(Flags.SYN, 1, 0, mss=1460)))
    assert seen.options == bytes([2, 4]) + (1460).to_bytes(2, "big")


def test_hardware_addresses_are_nobodys() -> None:
    frame = packet(CLIENT, SERVER, Segment(Flags.SYN, 1, 0))
    assert frame[:12].hex(":") == "02:04:c0:00:02:19:02:04:cb:00:71:42"
    assert all(mac & 0b11 == 0b10 for mac in (frame[0], frame[6]))  # of one host, given locally

"""What a listener sees of TLS: the name in the ClientHello, and sizes; and no trouble with bytes that aren't TLS."""

import smtplib
import ssl
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Lab
from labkit.attacker.means.noise import noise
from labkit.network.hop import wire_only
from labkit.wire.reading.lines import lines
from labkit.wire.record import HEADER, Kind, Party, Recording

END = Party("x", "192.0.2.25")


def recorded(*frames: tuple[Kind, bytes]) -> Recording:
    packed = b"".join(HEADER.pack(kind, len(data)) + data for kind, data in frames)
    return Recording(1, END, END, 587, datetime(2026, 1, 5, 9, tzinfo=UTC), packed)


def hello(name: str | None) -> bytes:
    """A ClientHello as Python's ssl module says it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    heard, said = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(heard, said, server_hostname=name).do_handshake()
    return said.read()


@pytest.mark.parametrize("name", ["mail.corp.example", "x", "a" * 63 + ".example"])
def test_the_server_s_name_is_in_the_clear(name: str) -> None:
    seen = noise(recorded((Kind.CLIENT, hello(name))))
    assert seen
    assert (seen.server_name, seen.pieces) == (name, ())


def test_a_client_may_name_no_server() -> None:
    seen = noise(recorded((Kind.CLIENT, hello(None))))
    assert seen
    assert seen.server_name == ""


def test_a_hello_in_two_pieces_and_two_records_is_read_all_the_same() -> None:
    whole = hello("mail.corp.example")[5:]
    records = b"".join(b"\x16\x03\x01" + len(part).to_bytes(2) + part for part in (whole[:60], whole[60:]))
    seen = noise(recorded((Kind.CLIENT, records[:90]), (Kind.SERVER, b""), (Kind.CLIENT, records[90:])))
    assert seen
    assert seen.server_name == "mail.corp.example"


def test_before_tls_there_is_no_noise() -> None:
    assert noise(recorded((Kind.SERVER, b"220 x\r\n"), (Kind.CLIENT, b"EHLO y\r\n"))) is None


@pytest.mark.parametrize(("port", "first"), [(587, "EHLO"), (465, "EHLO")])
def test_the_sizes_are_those_that_the_transcript_calls_noise(lab: Lab, port: int, first: str) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="may")
    lab.relay.services = {"submissions": "smtpd_tls_wrappermode = yes"}
    lab.laptop.send(port=port)
    session = lab.transcripts[1]
    shown = [line for line in lines(session) if line.who == "C" and "noise" in line.wire]
    assert shown[0].verb == first
    seen = noise(wire_only(session))
    assert seen
    assert [f"{size} bytes of noise" for size in seen.pieces] == [line.wire for line in shown]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_either_version_of_tls_shows_what_was_said_and_not_the_handshake(
    lab: Lab, version: ssl.TLSVersion
) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="may")
    context = lab.scenery.authority.trusting
    context.minimum_version = context.maximum_version = version
    with smtplib.SMTP("127.0.0.1", lab.ports["relay:25"], local_hostname="terminal.example") as client:
        client.starttls(context=context)
        client.ehlo()
        client.noop()
    seen = noise(wire_only(lab.transcripts[1]))
    assert seen
    overhead = 5 + 16 + 8 if version is ssl.TLSVersion.TLSv1_2 else 5 + 16 + 1
    said = ["ehlo terminal.example", "noop", "QUIT"]
    assert seen.pieces == tuple(len(line) + 2 + overhead for line in said)


RECORD = st.builds(
    lambda kind, body: bytes([kind, 3, 3]) + len(body).to_bytes(2) + body,
    st.sampled_from([20, 21, 22, 23, 24]),
    st.binary(max_size=40),
)
HELLO = hello("mail.corp.example")
BROKEN = st.builds(
    lambda at, put: HELLO[:at] + put + HELLO[at + len(put) :],
    st.integers(2, len(HELLO)),
    st.binary(max_size=4),
)
FRAMES = st.lists(
    st.tuples(
        st.sampled_from([Kind.CLIENT, Kind.SERVER]),
        st.one_of(st.binary(max_size=60), RECORD, BROKEN, st.just(b"\x16\x03")),
    ),
    max_size=8,
)


@given(FRAMES)
def test_bytes_that_are_not_tls_are_no_trouble(frames: list[tuple[Kind, bytes]]) -> None:
    seen = noise(recorded(*frames))
    assert seen is None or all(size >= 5 for size in seen.pieces)

"""The name server: a question gets one answer, and no packet brings it down."""

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.dns.server import NameServer
from labkit.dns.zone import Zone
from labkit.errors import UsageError

SERVER = NameServer(
    Zone(
        """
$ORIGIN corp.example.
@       IN MX    10 mail
@       IN TXT   "v=spf1 mx -all" "second string"
mail    IN A     192.0.2.25
mail    IN AAAA  2001:db8::25
www     IN CNAME mail
far     IN CNAME nowhere
srv  60 IN SRV   0 5 587 mail
rare    IN TYPE65280 \\# 2 ABCD
"""
    )
)


def ask(name: str, kind: str, rdclass: str = "IN") -> dns.message.Message:
    question = dns.message.make_query(name, kind, rdclass)
    answer = SERVER.answer(question.to_wire())
    assert answer
    message = dns.message.from_wire(answer)
    assert question.is_response(message)
    return message


@pytest.mark.parametrize(
    ("name", "kind", "rcode", "answer"),
    [
        ("corp.example", "MX", "NOERROR", ["corp.example. 3600 IN MX 10 mail.corp.example."]),
        ("corp.example", "TXT", "NOERROR", ['corp.example. 3600 IN TXT "v=spf1 mx -all" "second string"']),
        ("mail.corp.example", "A", "NOERROR", ["mail.corp.example. 3600 IN A 192.0.2.25"]),
        ("MAIL.corp.EXAMPLE", "AAAA", "NOERROR", ["mail.corp.example. 3600 IN AAAA 2001:db8::25"]),
        ("srv.corp.example", "SRV", "NOERROR", ["srv.corp.example. 60 IN SRV 0 5 587 mail.corp.example."]),
        ("rare.corp.example", "TYPE65280", "NOERROR", ["rare.corp.example. 3600 IN TYPE65280 \\# 2 abcd"]),
        ("mail.corp.example", "MX", "NOERROR", []),
        ("corp.example", "NSEC3", "NOERROR", []),
        ("nowhere.corp.example", "A", "NXDOMAIN", []),
        ("gmail.com", "MX", "NXDOMAIN", []),
        (".", "NS", "NOERROR", []),
        (
            "www.corp.example",
            "A",
            "NOERROR",
            [
                "www.corp.example. 3600 IN CNAME mail.corp.example.",
                "mail.corp.example. 3600 IN A 192.0.2.25",
            ],
        ),
        ("far.corp.example", "A", "NXDOMAIN", ["far.corp.example. 3600 IN CNAME nowhere.corp.example."]),
    ],
)
def test_a_question_gets_its_answer(name: str, kind: str, rcode: str, answer: list[str]) -> None:
    message = ask(name, kind)
    assert dns.rcode.to_text(message.rcode()) == rcode
    assert "\n".join(rrset.to_text() for rrset in message.answer).splitlines() == answer
    assert message.authority == message.additional == []


def test_the_answer_has_authority_and_offers_no_recursion() -> None:
    flags = dns.flags.to_text(ask("corp.example", "MX").flags)
    assert flags == "QR AA RD"  # RD is the question's


@pytest.mark.parametrize("rdclass", ["CH", "HS", "CLASS254"])
def test_another_class_is_refused(rdclass: str) -> None:
    assert ask("corp.example", "MX", rdclass).rcode() == dns.rcode.REFUSED


def test_any_class_gets_what_the_internet_class_has() -> None:
    assert len(ask("corp.example", "MX", "ANY").answer) == 1


@pytest.mark.parametrize("opcode", range(1, 16))
def test_what_isnt_a_query_is_not_implemented(opcode: int) -> None:
    question = dns.message.make_query("corp.example", "MX")
    question.set_opcode(dns.opcode.Opcode.make(opcode))
    answer = SERVER.answer(question.to_wire())
    assert answer
    assert (answer[2] >> 3 & 15, answer[3] & 15) == (opcode, dns.rcode.NOTIMP)


def test_a_question_that_only_a_newer_server_knows_more_about_is_answered_plainly() -> None:
    question = dns.message.make_query("corp.example", "MX", use_edns=0, payload=1232, want_dnssec=True)
    answer = SERVER.answer(question.to_wire() + b"and more")
    assert answer
    message = dns.message.from_wire(answer)
    assert (message.edns, len(message.answer)) == (-1, 1)


# Packets that aren't questions

QUESTION = dns.message.make_query("mail.corp.example", "A", id=7).to_wire()
HEADER, NAME = QUESTION[:12], QUESTION[12:-4]
A_IN = QUESTION[-4:]


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"EHLO me.example\r\n",
        HEADER,
        HEADER[:11],
        QUESTION[:-1],
        QUESTION[:2] + b"\x80" + QUESTION[3:],  # an answer
        QUESTION[:5] + b"\x00" + QUESTION[6:],  # no question
        QUESTION[:5] + b"\x02" + QUESTION[6:] + NAME + A_IN,  # two questions
        HEADER + b"\xc0\x0c" + A_IN,  # a pointer to itself
        HEADER + b"\xc0\xff" + A_IN,  # a pointer beyond the end
        HEADER + b"\x01a\xc0\x0c" + A_IN,  # a name that goes in circles
        HEADER + b"\x3fabc\x00" + A_IN,  # a label longer than the packet
        HEADER + b"\x01\xff\x00" + A_IN,  # a label that isn't text
        HEADER + b"\x40" + b"a" * 64 + b"\x00" + A_IN,  # a label longer than a label can be
        HEADER
        + b"\x3f"
        + b"a" * 63
        + b"\x3f"
        + b"b" * 63
        + b"\x3f"
        + b"c" * 63
        + b"\x3f"
        + b"d" * 63
        + b"\x00"
        + A_IN,
        HEADER + b"\x00" * 3,
        HEADER + b"".join(b"\xc0%c" % (12 + 2 * n) for n in range(100)),  # pointers to pointers
        HEADER + b"\x3f" * 60_000,
    ],
)
def test_a_packet_that_isnt_a_question_gets_no_answer(packet: bytes) -> None:
    assert SERVER.answer(packet) is None


def _is_sound(packet: bytes) -> bool:
    """Whether the server stays silent, or says something that another library understands."""
    answer = SERVER.answer(packet)
    if answer is None:
        return True
    assert answer[:2] == packet[:2]
    if packet[2] >> 3 & 15:  # another kind of message, which may have another form
        return answer[3] & 15 == dns.rcode.NOTIMP
    return bool(dns.message.from_wire(answer).flags & dns.flags.QR)


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_no_packet_brings_the_server_down(packet: bytes) -> None:
    assert _is_sound(packet)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_nor_does_anything_after_a_header_that_promises_a_question(rest: bytes) -> None:
    assert _is_sound(HEADER + rest)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nor_does_a_question_with_a_few_wrong_octets(data: st.DataObject) -> None:
    packet = bytearray(QUESTION)
    for _ in range(data.draw(st.integers(1, 4))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    assert _is_sound(bytes(packet))


def test_a_zone_that_cant_be_read_is_complained_of_at_the_first_question() -> None:
    server = NameServer(Zone("corp.example. IN MX mail.corp.example."))
    with pytest.raises(UsageError, match="Line 1 of the zone"):
        server.answer(QUESTION)

"""Replies as values: how they cross the wire, and how a client reads them back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp import reply
from labkit.smtp.reply import Reply

WIRE = [
    (reply.OK_MAIL, b"250 2.1.0 Ok\r\n"),
    (reply.GO_AHEAD, b"354 End data with <CR><LF>.<CR><LF>\r\n"),
    (reply.greeting("mail.corp.example"), b"220 mail.corp.example ESMTP Postfix\r\n"),
    (
        reply.hello("mail.corp.example", ("SIZE 5", "VRFY")),
        b"250-mail.corp.example\r\n250-SIZE 5\r\n250 VRFY\r\n",
    ),
    (reply.relay_denied("a@b.example"), b"554 5.7.1 <a@b.example>: Relay access denied\r\n"),
    (reply.relay_denied("a@b.example", for_now=True), b"454 4.7.1 <a@b.example>: Relay access denied\r\n"),
]


@pytest.mark.parametrize(("value", "wire"), WIRE)
def test_a_reply_crosses_the_wire_and_is_read_back(value: Reply, wire: bytes) -> None:
    assert value.wire == wire
    assert reply.parse(wire.splitlines(keepends=True)) == value


def test_every_reply_but_greeting_ehlo_etrn_and_354_has_an_enhanced_code_of_its_class() -> None:
    values = [value for value in vars(reply).values() if isinstance(value, Reply)]
    plain = {value for value in values if not value.enhanced}
    etrn = {value for name, value in vars(reply).items() if name.startswith("ETRN")}
    assert plain == {reply.GO_AHEAD, reply.EHLO_SYNTAX, reply.HELO_SYNTAX, reply.FLUSHING} | etrn
    assert all(value.enhanced[0] == str(value.code)[0] for value in values if value.enhanced)


def test_a_soft_refusal_is_for_now() -> None:
    assert str(reply.NO_SUCH_COMMAND.softened) == "400 4.5.2 Error: command not recognized"
    assert str(reply.EHLO_SYNTAX.softened) == "401 Syntax: EHLO hostname"
    assert reply.OK.softened is reply.OK


def test_what_a_client_wrote_does_not_break_a_reply() -> None:
    assert reply.relay_denied("a\rb\t\x7f@c.example").wire == (
        b"554 5.7.1 <a b  @c.example>: Relay access denied\r\n"
    )


@pytest.mark.parametrize("line", [b"", b"hello", b"99 x", b"600 x", b"25", b"\xff\xff\xff"])
def test_what_is_no_reply_is_not_read_as_one(line: bytes) -> None:
    assert reply.parse([line]) is None


@given(st.binary())
def test_no_line_breaks_the_reader(line: bytes) -> None:
    found = reply.parse([line])
    assert found is None or 200 <= found.code < 600

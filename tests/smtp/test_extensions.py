"""What a mail server says behind MAIL and RCPT, and what of it the next server understands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter, Notice
from labkit.smtp.extensions import after_mail, after_rcpt, needs_utf8, original_recipient, xtext

ASCII, WIDE = Path("a", "b.example"), Path("jörg", "b.example")
CONTENT = b"Subject: x\r\n\r\nhello\r\n"
ALL = ("SIZE", "8BITMIME", "DSN", "SMTPUTF8")


def letter(path: Path = ASCII, notice: Notice | None = None, **more: object) -> Letter:
    notices = (notice,) if notice else ()
    return Letter(Path("s", "c.example"), (path,), CONTENT, notices=notices, **more)  # type: ignore[arg-type]


MAIL = [
    (letter(), (), ""),
    (letter(), ALL, " SIZE=21"),
    (letter(body="8BITMIME"), ALL, " SIZE=21 BODY=8BITMIME"),
    (letter(body="8BITMIME"), ("DSN",), ""),
    (letter(ret="HDRS", envid="mark=1"), ALL, " SIZE=21 ENVID=mark+3D1 RET=HDRS"),
    (letter(ret="HDRS", envid="mark=1"), ("SIZE",), " SIZE=21"),
    (letter(utf8=True), ALL, " SIZE=21 SMTPUTF8"),
    (letter(utf8=True), ("8BITMIME",), ""),
]


@pytest.mark.parametrize(("sent", "offered", "said"), MAIL)
def test_after_mail_stands_what_the_server_offers(sent: Letter, offered: tuple[str, ...], said: str) -> None:
    assert after_mail(sent, offered) == said


RCPT = [
    (letter(), ASCII, " ORCPT=rfc822;a@b.example"),
    (letter(notice=Notice(frozenset({"DELAY", "SUCCESS"}))), ASCII, " ORCPT=rfc822;a@b.example NOTIFY=SUCCESS,DELAY"),
    (letter(notice=Notice(frozenset({"NEVER"}), "rfc822;x+y@b.example")), ASCII, " ORCPT=rfc822;x+2By@b.example NOTIFY=NEVER"),
    (letter(WIDE, utf8=True), WIDE, " ORCPT=utf-8;jörg@b.example"),
    (letter(WIDE, Notice(orcpt="utf-8;a=b\\c@b.example")), WIDE, r" ORCPT=utf-8;a\x{3D}b\x{5C}c@b.example"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "path", "said"), RCPT)
def test_after_rcpt_stands_whom_the_sender_meant_and_what_he_wants_to_know(
    sent: Letter, path: Path, said: str
) -> None:
    assert after_rcpt(sent, path, ALL) == said
    assert after_rcpt(sent, path, ("SIZE",)) == ""


def test_a_recipient_stands_for_itself_where_nobody_said_more() -> None:
    assert original_recipient(letter(), ASCII) == "rfc822;a@b.example"
    assert (
        original_recipient(letter(notice=Notice(orcpt="rfc822;z@b.example")), ASCII) == "rfc822;z@b.example"
    )


UTF8 = [
    (letter(), False),
    (letter(WIDE), False),
    (letter(utf8=True), False),
    (letter(WIDE, utf8=True), True),
    (Letter(ASCII, (ASCII,), "Subject: ö\r\n\r\nx\r\n".encode(), utf8=True), True),
    (Letter(ASCII, (ASCII,), "Subject: o\r\n\r\nö\r\n".encode(), utf8=True), False),
]


@pytest.mark.parametrize(("sent", "needed"), UTF8)
def test_smtputf8_is_needed_where_an_address_or_a_header_needs_it(sent: Letter, needed: bool) -> None:
    assert needs_utf8(sent) is needed


@given(st.text(st.characters(codec="utf-8")))
def test_xtext_can_be_read_back(text: str) -> None:
    coded = xtext(text)
    plain = bytes.fromhex("".join(_hex(coded)))
    assert plain.decode() == text
    assert coded.isascii()
    assert not set(coded) & set(" =\r\n")


def _hex(coded: str) -> list[str]:
    first, *rest = coded.split("+")
    return [first.encode().hex(), *(piece[:2] + piece[2:].encode().hex() for piece in rest)]

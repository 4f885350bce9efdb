"""The parameters of MAIL and RCPT: what is understood, and what is said of the rest (as Postfix 3.7.11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp import reply
from labkit.smtp.envelope import Notice
from labkit.smtp.extensions import xtext
from labkit.smtp.parameters import MailParameters, from_xtext, read_notice
from labkit.smtp.reply import Reply


def read(text: str, *, dsn: bool = True) -> tuple[MailParameters, Reply | None]:
    told = MailParameters(dsn)
    return told, told.read(text.split())


def test_everything_a_sender_can_say() -> None:
    told, trouble = read("SIZE=5 BODY=8BITMIME SMTPUTF8 RET=hdrs ENVID=a+2Bb AUTH=<a@b.example>")
    assert trouble is None
    assert (told.size, told.body, told.utf8) == (5, "8BITMIME", True)
    assert (told.ret, told.envid) == ("HDRS", "a+b")


@pytest.mark.parametrize("text", ["body=7bit", "smtputf8", "size=5", "ret=FULL", "envid=x", "auth=<>"])
def test_keywords_are_read_whatever_their_case(text: str) -> None:
    assert read(text)[1] is None


REFUSED = [
    ("SIZE", "555 5.5.4 Unsupported option: SIZE"),
    ("SIZE=", "501 5.5.4 Bad message size syntax"),
    ("SIZE=x", "501 5.5.4 Bad message size syntax"),
    ("SIZE=\u0665", "501 5.5.4 Bad message size syntax"),
    ("SIZE=99999999999999999999", "552 5.3.4 Message size exceeds file system imposed limit"),
    ("BODY", "555 5.5.4 Unsupported option: BODY"),
    ("BODY=BINARYMIME", "555 5.5.4 Unsupported option: BODY=BINARYMIME"),
    ("SMTPUTF8=x", "555 5.5.4 Unsupported option: SMTPUTF8=x"),
    ("AUTH=a AUTH=b", "503 5.5.4 Error: multiple AUTH= options"),
    ("RET=", "501 5.5.4 Bad RET parameter syntax"),
    ("RET=BODY", "501 5.5.4 Bad RET parameter syntax"),
    ("RET=FULL RET=FULL", "501 5.5.4 Bad RET parameter syntax"),
    ("ENVID=", "501 5.5.4 Bad ENVID parameter syntax"),
    ("ENVID=a+2", "501 5.5.4 Bad ENVID parameter syntax"),
    ("ENVID=a+0A", "501 5.5.4 Bad ENVID parameter syntax"),
    ("ENVID=a ENVID=b", "501 5.5.4 Bad ENVID parameter syntax"),
    ("FOO", "555 5.5.4 Unsupported option: FOO"),
    ("FOO=bar", "555 5.5.4 Unsupported option: FOO=bar"),
]


@pytest.mark.parametrize(("text", "answer"), REFUSED)
def test_what_is_wrong_is_named(text: str, answer: str) -> None:
    assert str(read(text)[1]) == answer


def test_a_size_is_kept_though_another_word_was_refused() -> None:
    told, _ = read("SIZE=5 FOO")
    assert told.size == 5


NOTICES = [
    ("", Notice()),
    ("NOTIFY=never", Notice(frozenset({"NEVER"}))),
    ("NOTIFY=SUCCESS,,delay", Notice(frozenset({"SUCCESS", "DELAY"}))),
    ("ORCPT=rfc822;a+40b.example", Notice(orcpt="rfc822;a@b.example")),
    ("ORCPT=rfc822;", Notice(orcpt="rfc822;")),
    ("ORCPT=utf-8;\\x{E9}@b.example", Notice(orcpt="utf-8;é@b.example")),
    ("ORCPT=utf-8;\\y\\x", Notice(orcpt="utf-8;\\y\\x")),
    ("ORCPT=utf-8;a\\x{}b", Notice(orcpt="utf-8;a")),
    ("ORCPT=utf-8;\\x{D800}", Notice(orcpt="utf-8;\ufffd")),
    ("notify=failure orcpt=x;y", Notice(frozenset({"FAILURE"}), "x;y")),
]


@pytest.mark.parametrize(("text", "notice"), NOTICES)
def test_what_a_sender_wants_to_be_told(text: str, notice: Notice) -> None:
    assert read_notice(text.split(), dsn=True) == notice


BAD_NOTICES = [
    ("NOTIFY=", reply.BAD_NOTIFY),
    ("NOTIFY=maybe", reply.BAD_NOTIFY),
    ("NOTIFY=NEVER,SUCCESS", reply.BAD_NOTIFY),
    ("NOTIFY=SUCCESS NOTIFY=DELAY", reply.BAD_NOTIFY),
    ("ORCPT=rfc822", reply.BAD_ORCPT),
    ("ORCPT=;x", reply.BAD_ORCPT),
    ("ORCPT=rfc822;a+4", reply.BAD_ORCPT),
    ("ORCPT=utf-8;\\x{110000}", reply.BAD_ORCPT),
    ("ORCPT=utf-8;\\x{g}", reply.BAD_ORCPT),
    ("ORCPT=utf-8;\\x{41", reply.BAD_ORCPT),
    ("ORCPT=rfc822;a ORCPT=rfc822;b", reply.BAD_ORCPT),
    ("SIZE=5", reply.unsupported("SIZE=5")),
]


@pytest.mark.parametrize(("text", "answer"), BAD_NOTICES)
def test_what_is_wrong_about_it(text: str, answer: Reply) -> None:
    assert read_notice(text.split(), dsn=True) == answer


@pytest.mark.parametrize("text", ["RET=FULL", "ENVID=x"])
def test_a_server_without_notices_says_so_after_mail(text: str) -> None:
    assert read(text, dsn=False)[1] == reply.NO_DSN


@pytest.mark.parametrize("text", ["NOTIFY=NEVER", "ORCPT=rfc822;x"])
def test_a_server_without_notices_says_so_after_rcpt(text: str) -> None:
    assert read_notice([text], dsn=False) == reply.NO_DSN


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")))
def test_xtext_is_read_as_it_is_written(text: str) -> None:
    assert from_xtext(xtext(text)) == text

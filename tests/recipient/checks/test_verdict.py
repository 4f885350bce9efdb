"""The letter as the checks see it: leniently, and never with an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recipient.checks.checking import message

from labkit.recipient.checks.verdict import Verdict, one_line


@pytest.mark.parametrize(
    ("content", "fields", "body"),
    [
        (b"From: a@b\r\nTo: c\r\n\r\nText", (("from", "a@b"), ("to", "c")), b"Text"),
        (b"From: a@b\nTo: c\n\nText", (("from", "a@b"), ("to", "c")), b"Text"),
        (b"Subject: one\r\n two\r\n\tthree\r\n\r\n", (("subject", "one two\tthree"),), b""),
        (b"\r\nFrom: a@b\r\n\r\nText", (), b"From: a@b\r\n\r\nText"),
        (b"\nText", (), b"Text"),
        (b"no header\r\nFrom : a@b\r\n\r\n", (("from", "a@b"),), b""),
        (b"From: a@b", (("from", "a@b"),), b""),
        (b"Subject: \xff\x00\r\n\r\n", (("subject", "\ufffd"),), b""),
        (b"", (), b""),
    ],
)
def test_head_and_body(content: bytes, fields: tuple[tuple[str, str], ...], body: bytes) -> None:
    letter = message(content)
    assert letter.fields == fields
    assert letter.body == body


def test_headers_are_found_by_name_from_the_top_whatever_their_capitals() -> None:
    letter = message(b"Received: one\r\nreceived: two\r\n\r\nReceived: three\r\n")
    assert letter.headers("RECEIVED") == ("one", "two")
    assert letter.header("Received") == "one"
    assert letter.header("Subject") == ""


@given(st.binary(max_size=500))
def test_no_letter_is_too_strange_to_be_read(content: bytes) -> None:
    letter = message(content)
    assert all(name == name.lower() and name.isascii() for name, _ in letter.fields)
    assert content.endswith(letter.body)
    assert one_line(letter.header("subject")).isprintable()


def test_a_long_text_is_cut_and_a_strange_one_made_harmless() -> None:
    assert one_line("a\r\nb\x00c\x1b[31m") == "a b c [31m"
    assert one_line("x" * 300) == "x" * 199 + "…"


def test_a_verdict_is_shown_with_what_it_rests_on() -> None:
    verdict = Verdict("fail", "No.", (("client", "<b>"), ("client", "second")))
    assert verdict.shows("client") == "<b>"
    assert verdict.shows("record") == ""
    assert repr(verdict).splitlines() == ["fail: No.", "  client         <b>", "  client         second"]
    assert "&lt;b&gt;" in verdict._repr_html_()

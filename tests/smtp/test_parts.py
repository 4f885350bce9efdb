"""A letter's parts as their reader gets them: types, file names in every spelling, decoded content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.parts import Part, parts, words


def read(text: str) -> list[Part]:
    return list(parts(text.strip("\n").replace("\n", "\r\n").encode()))


LETTER = """
From: a
Content-Type: multipart/mixed; boundary="b"

preamble
--b
Content-Type: TEXT/Plain; charset=utf-8

hello
--b
Content-Type: application/pdf; name="x.pdf"
Content-Transfer-Encoding: base64

aGVsbG8=
--b
Content-Type: message/rfc822

Subject: inner

inside
--b--
"""


def test_the_parts_of_a_letter() -> None:
    found = [(part.type, part.filename, part.content.split(b"\r\n")[0]) for part in read(LETTER)]
    assert ("text/plain", "", b"hello") in [(kind, name, text) for kind, name, text in found]
    assert ("application/pdf", "x.pdf", b"hello") in found
    assert [part.type for part in read(LETTER) if part.is_container] == ["multipart/mixed", "message/rfc822"]
    assert any(part.content.startswith(b"inside") for part in read(LETTER))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Content-Disposition: attachment; filename=x.pdf", "x.pdf"),
        ('Content-Disposition: attachment; filename="a b.pdf"', "a b.pdf"),
        ('Content-Disposition: attachment; filename="a\\"b.pdf"', 'a"b.pdf'),
        ("Content-Disposition: attachment;\n\tfilename=x.pdf", "x.pdf"),
        ("Content-Type: application/pdf; name=x.pdf", "x.pdf"),
        ("Content-Type: a/b; name=one\nContent-Disposition: attachment; filename=two", "two"),
        ("Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.exe", "café.exe"),
        ("Content-Disposition: attachment; filename*=iso-8859-1''caf%E9.exe", "café.exe"),
        ("Content-Disposition: attachment; filename*=no-such-charset''x.exe", "x.exe"),
        ("Content-Disposition: attachment; filename*0=in; filename*1=voice.exe", "invoice.exe"),
        ("Content-Disposition: attachment; filename*0*=utf-8''in; filename*1*=%76oice.exe", "invoice.exe"),
        ("Content-Disposition: attachment; filename=a.txt; filename*=utf-8''b.exe", "b.exe"),
        ('Content-Disposition: attachment; filename="=?utf-8?B?aW52b2ljZS5leGU=?="', "invoice.exe"),
        ("Content-Disposition: attachment; filename==?utf-8?Q?in=76oice_1.exe?=", "invoice 1.exe"),
        ("Content-Disposition: attachment", ""),
        ("X: y", ""),
    ],
)
def test_file_names_in_every_spelling(header: str, name: str) -> None:
    (part,) = read(f"{header}\n\nhello")
    assert part.filename == name


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("hello", "hello"),
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?ISO-8859-1?Q?caf=E9?= x", "café x"),
        ("=?utf-8?b?Y2E=?= =?utf-8?b?ZsOp?=", "café"),
        ("=?utf-8*en?b?Y2E=?=", "ca"),
        ("=?hex?b?Y2E=?=", "ca"),
        ("=?utf-8?b?!!!?=", ""),
        ("=?utf-8?x?ab?=", "=?utf-8?x?ab?="),
    ],
)
def test_encoded_words(text: str, plain: str) -> None:
    assert words(text) == plain


def test_a_letter_of_headers_alone_is_one_part() -> None:
    (part,) = read("Content-Type: a/b; name=x")
    assert (part.type, part.filename, part.content) == ("a/b", "x", b"")


@given(st.binary(max_size=300))
def test_nothing_makes_it_raise(content: bytes) -> None:
    for part in parts(content):
        assert isinstance(part.content, bytes)


@given(st.text(max_size=100))
def test_no_header_makes_it_raise(text: str) -> None:
    assert isinstance(words(text), str)
    assert isinstance(words(f"=?{text}?q?{text}?="), str)

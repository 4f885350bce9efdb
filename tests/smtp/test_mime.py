"""A letter is taken apart into headers and lines: those of its parts too, and nothing is lost on the way."""

import base64
import quopri
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.mime import (
    BOUNDARY_LIMIT,
    HEADER_LIMIT,
    LINE_LIMIT,
    NESTING_LIMIT,
    pieces,
    texts,
    tidied,
)


def _content(text: str) -> bytes:
    return text.strip("\n").replace("\n", "\r\n").encode()


def _seen(text: str | bytes) -> list[str]:
    """Each piece as a line: H for a header, a space for text."""
    content = text if isinstance(text, bytes) else _content(text)
    return [f"{'H' if piece.is_header else ' '} {piece.text.decode()}" for piece in pieces(content)]


PLAIN = """
Received: from a
\tby b
Subject: two
  lines
To : x

Subject: this is text

 and so is this
"""

MULTIPART = """
Content-Type: multipart/mixed; boundary="b"

preamble
--b
Content-Type: text/plain

one: text
--b
not a header: but it looks like one
 here

two
--b--
epilogue: text
"""

NESTED = """
Subject: outer
Content-Type: message/rfc822

Subject: inner
Content-Type: multipart/digest; charset=x; BOUNDARY=in

--in

Subject: a letter in a digest

its text: here
--in--
"""

NO_BLANK_LINE = """
Subject: x
this is no header
Subject: so this is text
"""


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (
            PLAIN,
            [
                "H Received: from a\n\tby b",
                "H Subject: two\n  lines",
                "H To: x",
                "  ",
                "  Subject: this is text",
                "  ",
                "   and so is this",
            ],
        ),
        (
            MULTIPART,
            [
                'H Content-Type: multipart/mixed; boundary="b"',
                "  ",
                "  preamble",
                "  --b",
                "H Content-Type: text/plain",
                "  ",
                "  one: text",
                "  --b",
                "  not a header: but it looks like one",
                "   here",
                "  ",
                "  two",
                "  --b--",
                "  epilogue: text",
            ],
        ),
        (
            NESTED,
            [
                "H Subject: outer",
                "H Content-Type: message/rfc822",
                "  ",
                "H Subject: inner",
                "H Content-Type: multipart/digest; charset=x; BOUNDARY=in",
                "  ",
                "  --in",
                "  ",
                "H Subject: a letter in a digest",
                "  ",
                "  its text: here",
                "  --in--",
            ],
        ),
        (NO_BLANK_LINE, ["H Subject: x", "  ", "  this is no header", "  Subject: so this is text"]),
        ("", []),
        (b"\r\n", ["  "]),
        (b"no line end", ["  ", "  no line end"]),
        (b" folded from the start\r\n", ["  ", "   folded from the start"]),
    ],
)
def test_what_is_a_header_and_what_is_text(text: str | bytes, seen: list[str]) -> None:
    assert _seen(text) == seen


LINES = st.sampled_from(
    [
        b"Subject: x\r\n",
        b"\r\n",
        b" folded\r\n",
        b"--b\r\n",
        b"--b--\r\n",
        b"--c\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b'Content-Type: multipart/digest; boundary="c"\r\n',
        b"Content-Type: message/rfc822\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"SGVsbG8=\r\n",
        b"bare\n",
        b"x" * 5000 + b"\r\n",
    ]
)


@given(st.lists(LINES | st.binary(max_size=30)).map(b"".join))
def test_a_letter_is_tidied_once_and_for_all(content: bytes) -> None:
    tidy = b"".join(piece.raw for piece in pieces(content))
    assert tidied(tidy) == tidy
    assert b"".join(piece.raw for piece in pieces(tidy)) == tidy
    assert all(isinstance(text, bytes) for text in texts(content))


@pytest.mark.parametrize(
    ("content", "tidy"),
    [
        (b"A: b\r\n\r\nx\r\n", None),
        (b"A: b\r\n", None),
        (b"A: b\r\n c\r\n\r\nD : e\r\nBcc: f\r\n", None),
        (b"A : b\r\n\r\n", b"A: b\r\n\r\n"),
        (b"A: b\r\nBcc: c,\r\n d\r\nE: f\r\n\r\n", b"A: b\r\nE: f\r\n\r\n"),
        (b"RETURN-PATH: <>\r\nA: b\r\n\r\n", b"A: b\r\n\r\n"),
        (b"Content-Length: 5\r\nResent-Bcc : x\r\n\r\n", b"\r\n"),
        (b"A: b\r\nno header\r\n", b"A: b\r\n\r\nno header\r\n"),
        (b"no header\r\n", b"\r\nno header\r\n"),
    ],
)
def test_how_a_letter_is_tidied(content: bytes, tidy: bytes | None) -> None:
    assert tidied(content) == (content if tidy is None else tidy)


# Limits


def test_a_long_line_is_taken_for_several() -> None:
    first, second = list(pieces(b"\r\n" + b"a" * (LINE_LIMIT + 10) + b"\r\n"))[1:]
    assert (len(first.text), first.line_end, first.raw) == (LINE_LIMIT, b"", b"a" * LINE_LIMIT)
    assert (len(second.text), second.line_end) == (10, b"\r\n")


def test_a_header_is_cut_at_its_limit_and_goes_on_whole() -> None:
    content = b"Subject: x\r\n" + b" y\r\n" * HEADER_LIMIT
    (header,) = pieces(content)
    assert len(header.text) == HEADER_LIMIT
    assert header.raw == content


def test_boundaries_and_nesting_have_limits() -> None:
    long = b"b" * (BOUNDARY_LIMIT + 10)
    *_, cut = pieces(b"Content-Type: multipart/x; boundary=" + long + b"\r\n\r\n--" + long + b"\r\nA: b\r\n")
    assert cut.is_header
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%04d\r\n\r\n--b%04d\r\n" % (n, n)
        for n in range(NESTING_LIMIT * 20)
    )
    headers = [piece for piece in pieces(deep) if piece.is_header]
    assert len(headers) == NESTING_LIMIT + 2


def test_how_much_text_came_before_counts_from_the_start_of_each_part() -> None:
    offsets = {piece.text: piece.offset for piece in pieces(_content(MULTIPART)) if not piece.is_header}
    assert (offsets[b"preamble"], offsets[b"--b"]) == (1, len("\none: text\n"))
    assert offsets[b"one: text"] == 1


# What the reader of each part gets


def _attached(data: bytes) -> bytes:
    letter = EmailMessage()
    letter["Subject"] = "here it is"
    letter.set_content("See the attachment, größer als sonst.\n", cte="quoted-printable")
    letter.add_attachment(data, maintype="application", subtype="octet-stream", filename="x.bin")
    return letter.as_bytes().replace(b"\n", b"\r\n")


@given(st.binary(min_size=1, max_size=200))
def test_an_attachment_is_decoded(data: bytes) -> None:
    assert data in list(texts(_attached(data)))


def test_quoted_printable_is_decoded() -> None:
    assert any("größer als sonst".encode() in text for text in texts(_attached(b"x")))


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        (b"SGVsbG8=", b"Hello"),
        (b"SGVsbG8", b"Hello"),
        (b"SGVs\r\n\r\n bG8=\r\n", b"Hello"),
        (b"SGVsb", b"Hel"),
        (b"!", b""),
    ],
)
def test_base64_is_read_as_mail_programs_read_it(encoded: bytes, text: bytes) -> None:
    content = b"Content-Transfer-Encoding: Base64\r\n\r\n" + encoded
    assert list(texts(content)) == [text]


def test_the_encoding_of_one_part_is_not_that_of_the_next() -> None:
    one, two = base64.b64encode(b"one"), quopri.encodestring("zwölf".encode())
    content = b"\r\n".join(
        [
            b"Content-Type: multipart/mixed; boundary=b",
            b"",
            b"--b",
            b"Content-Transfer-Encoding: base64",
            b"",
            one,
            b"--b",
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            two,
            b"--b",
            b"",
            one,
        ]
    )
    found = [text.strip() for text in texts(content)]
    assert b"one" in found
    assert "zwölf".encode() in found
    assert one in found

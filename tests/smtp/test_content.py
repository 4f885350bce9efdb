"""A letter's content arrives as it was sent, and ends only at <CR><LF>.<CR><LF>."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.client import stuffed
from labkit.smtp.content import read_content


def read(data: bytes, limit: int = 10**6, pieces: int = 2**16) -> tuple[bytes | None, bytes]:
    """The content, and what is left over behind it."""

    async def run() -> tuple[bytes | None, bytes]:
        reader = asyncio.StreamReader(limit=2**16)
        for start in range(0, len(data), pieces):
            reader.feed_data(data[start : start + pieces])
        reader.feed_eof()
        content = await read_content(reader, limit, lambda: None)
        return content, await reader.read()

    return asyncio.run(run())


LETTERS = [
    (b".\r\n", b""),
    (b"one\r\n.\r\n", b"one\r\n"),
    (b"ends with a dot.\r\n.\r\n", b"ends with a dot.\r\n"),
    (b"..\r\n..two\r\n.\r\n", b".\r\n.two\r\n"),
    (b"\r\n\r\n.\r\n", b"\r\n\r\n"),
    # Bare line feeds become line ends, and none of them ends the letter (SMTP smuggling).
    (b"a\nb\r\n.\r\n", b"a\r\nb\r\n"),
    (b"a\n.\nMAIL FROM:<x>\r\n.\r\n", b"a\r\n\r\nMAIL FROM:<x>\r\n"),
    (b"a\r\n.\nb\r\n.\r\n", b"a\r\n\r\nb\r\n"),
    (b"a\n.\r\nb\r\n.\r\n", b"a\r\n\r\nb\r\n"),
]


@pytest.mark.parametrize(("sent", "content"), LETTERS)
def test_content(sent: bytes, content: bytes) -> None:
    assert read(sent + b"QUIT\r\n") == (content, b"QUIT\r\n")


def test_a_letter_over_the_limit_is_read_to_its_end_and_not_kept() -> None:
    letter = b"x" * 78 + b"\r\n"
    assert read(letter * 2000 + b".\r\nQUIT\r\n", limit=80_000) == (None, b"QUIT\r\n")
    assert read(letter * 1000 + b".\r\nQUIT\r\n", limit=80_000) == (letter * 1000, b"QUIT\r\n")


def test_the_limit_is_on_the_content_alone() -> None:
    assert read(b"x" * 98 + b"\r\n.\r\n", limit=100) == (b"x" * 98 + b"\r\n", b"")
    assert read(b"x" * 99 + b"\r\n.\r\n", limit=100) == (None, b"")


def test_a_line_longer_than_the_buffer_is_kept_whole() -> None:
    letter = b"x" * 200_000 + b"\r\n"
    assert read(letter + b".\r\n") == (letter, b"")


LINES = st.lists(st.sampled_from([b"", b".", b"..", b".a", b"a.", b"a", b"\xc3\xa9", b"From: x"]))


@given(LINES, st.integers(min_value=1, max_value=50))
def test_what_a_client_sends_is_what_a_server_reads(lines: list[bytes], pieces: int) -> None:
    letter = b"".join(line + b"\r\n" for line in lines)
    assert read(stuffed(letter), pieces=pieces) == (letter or b"\r\n", b"")

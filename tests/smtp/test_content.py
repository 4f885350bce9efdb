"""A letter's content arrives as it was sent, and ends only where it should."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.content import Content, counted, read_content
from labkit.smtp.stuffing import stuffed


def read(
    data: bytes, limit: int = 10**6, pieces: int = 2**16, *, loose: bool = False
) -> tuple[Content, bytes]:
    """The content, and what is left over behind it."""

    async def run() -> tuple[Content, bytes]:
        reader = asyncio.StreamReader(limit=2**16)
        task = asyncio.create_task(read_content(reader, limit, lambda: None, loose=loose))
        for start in range(0, len(data), pieces):
            reader.feed_data(data[start : start + pieces])
            await asyncio.sleep(0)
        reader.feed_eof()
        content = await task
        return content, await reader.read()

    return asyncio.run(run())


LETTERS = [
    (b".\r\n", b""),
    (b"one\r\n.\r\n", b"one\r\n"),
    (b"ends with a dot.\r\n.\r\n", b"ends with a dot.\r\n"),
    (b"..\r\n..two\r\n.three\r\n.\r\n", b".\r\n.two\r\nthree\r\n"),
    (b"\r\n\r\n.\r\n", b"\r\n\r\n"),
    # Bare line feeds become line ends, and none of them ends the letter (SMTP smuggling).
    (b"a\nb\r\n.\r\n", b"a\r\nb\r\n"),
    (b"a\n.\nMAIL FROM:<x>\r\n.\r\n", b"a\r\nMAIL FROM:<x>\r\n"),
    (b"a\r\n.\nb\r\n.\r\n", b"a\r\nb\r\n"),
    (b"a\n.\r\nb\r\n.\r\n", b"a\r\nb\r\n"),
    (b"a\n.\r\n.\r\n", b"a\r\n"),
    (b"a\n..\n.b\n\r\n.\r\n", b"a\r\n.\r\nb\r\n\r\n"),
    (b"a\r\r\n.\r\r\nb\rc\r\n.\r\n", b"a\r\r\n\r\r\nb\rc\r\n"),
    # What can't begin a header is kept from becoming a part of one.
    (b" a\r\n.\r\n", b"\r\n a\r\n"),
    (b"\ta\r\n.\r\n", b"\r\n\ta\r\n"),
    (b"From x\r\n.\r\n", b"X-Mailbox-Line: From x\r\n"),
    (b">From x\r\n.\r\n", b"X-Mailbox-Line: >From x\r\n"),
    (b"From: x\r\n.\r\n", b"From: x\r\n"),
]


@pytest.mark.parametrize(("sent", "content"), LETTERS)
@pytest.mark.parametrize("pieces", [1, 2**16])
def test_content(sent: bytes, content: bytes, pieces: int) -> None:
    found, rest = read(sent + b"QUIT\r\n", pieces=pieces)
    assert (found.octets, rest) == (content, b"QUIT\r\n")


LOOSE = [
    (b"one\r\n.\r\n", b"one\r\n"),
    (b".\n", b""),
    (b"a\n.\n", b"a\r\n"),
    (b"a\r\n.\n", b"a\r\n"),
    (b"a\n.\r\n", b"a\r\n"),
    (b"a\r\r\n.\r\r\r\n", b"a\r\n"),
    (b"a\n..\n.b\n.\n", b"a\r\n.\r\nb\r\n"),
]


@pytest.mark.parametrize(("sent", "content"), LOOSE)
@pytest.mark.parametrize("pieces", [1, 2**16])
def test_a_server_that_takes_any_line_end_can_be_fooled(sent: bytes, content: bytes, pieces: int) -> None:
    found, rest = read(sent + b"MAIL FROM:<x>\r\n.\r\n", pieces=pieces, loose=True)
    assert (found.octets, rest) == (content, b"MAIL FROM:<x>\r\n.\r\n")


@pytest.mark.parametrize(("sent", "bare"), [(b"a\r\n.\r\n", False), (b"a\nb\r\n.\r\n", True)])
@pytest.mark.parametrize("limit", [0, 1, 10**6])
def test_a_bare_line_feed_is_noticed(sent: bytes, bare: bool, limit: int) -> None:
    assert read(sent, limit=limit)[0].bare_newlines is bare


def test_a_letter_over_the_limit_is_read_to_its_end_and_not_kept() -> None:
    letter = b"x" * 78 + b"\r\n"
    too_big, rest = read(letter * 20000 + b".\r\nQUIT\r\n", limit=80_000)
    assert (too_big.is_too_big, rest) == (True, b"QUIT\r\n")
    kept, rest = read(letter * 1000 + b".\r\nQUIT\r\n", limit=80_000)
    assert (kept.octets, rest) == (letter * 1000, b"QUIT\r\n")


def test_a_bare_line_feed_in_what_is_not_kept_is_noticed() -> None:
    letter = b"x" * 78 + b"\r\n"
    assert read(letter * 100 + b"a\nb\r\n" + letter * 20000 + b".\r\n", limit=1000)[0].bare_newlines


LIMITS = [
    (b"x" * 98 + b"\r\n.\r\n", 100, True),
    (b"x" * 99 + b"\r\n.\r\n", 100, False),
    (b"." + b"." * 98 + b"\r\n.\r\n", 100, True),
    (b"\n" * 50 + b"\r\n.\r\n", 102, True),
    (b"\n" * 50 + b"\r\n.\r\n", 101, False),
    (b"x" * 9998 + b"\r\n.\r\n", 10_000, False),  # four full records of 2048 octets cost two more each
    (b"x" * 9998 + b"\r\n.\r\n", 10_008, True),
    (b"x" * 99 + b"\r\n.\r\n", 0, True),
]


@pytest.mark.parametrize(("sent", "limit", "fits"), LIMITS)
def test_the_limit_is_on_the_content_as_postfix_keeps_it(sent: bytes, limit: int, fits: bool) -> None:
    assert read(sent, limit=limit)[0].is_too_big is not fits


def test_a_line_longer_than_the_buffer_is_kept_whole() -> None:
    letter = b"x" * 200_000 + b"\r\n"
    assert read(letter + b".\r\n")[0].octets == letter
    assert counted(letter) == len(letter) + 2 * 97


LINES = st.lists(st.sampled_from([b"", b".", b"..", b".a", b"a.", b"a", b"\xc3\xa9", b"From: x"]))


@given(LINES, st.integers(min_value=1, max_value=50), st.booleans())
def test_what_a_client_sends_is_what_a_server_reads(lines: list[bytes], pieces: int, loose: bool) -> None:
    letter = b"".join(line + b"\r\n" for line in lines)
    found, rest = read(stuffed(letter), pieces=pieces, loose=loose)
    assert (found.octets, rest) == (letter or b"\r\n", b"")


@given(st.lists(st.sampled_from([b"a", b".", b"\r", b"\n", b"\r\n"]), max_size=20))
def test_no_bare_line_feed_ends_a_letter(pieces: list[bytes]) -> None:
    sent = b"".join(pieces) + b"\r\n.\r\n"
    found, rest = read(sent + b"QUIT\r\n")
    assert found.octets is not None
    assert b"\n" not in found.octets.replace(b"\r\n", b"")
    assert rest.endswith(b"QUIT\r\n")
    assert sent.endswith(b"\r\n.\r\n" + rest.removesuffix(b"QUIT\r\n")) or sent.startswith(b".\r\n")

"""A letter put together from chunks, wherever they are cut (RFC 3030)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.chunking import Chunks


def chunks(*parts: bytes, limit: int = 0, loose: bool = False) -> Chunks:
    found = Chunks(limit, loose=loose)
    for part in parts[:-1]:
        found.add(part)
    found.add(parts[-1], last=True)
    return found


CASES = [
    ((b"Subject: x\r\n\r\nhi",), b"Subject: x\r\n\r\nhi\r\n"),
    ((b"a\r", b"\nb\r\n"), b"a\r\nb\r\n"),
    ((b"a\nb", b""), b"a\r\nb\r\n"),
    ((b".\r\n..\r\n",), b".\r\n..\r\n"),
    ((b"",), b""),
]


@pytest.mark.parametrize(("parts", "letter"), CASES)
def test_letter(parts: tuple[bytes, ...], letter: bytes) -> None:
    content = chunks(*parts).content
    assert (content.octets, content.size) == (letter, len(letter))


def test_bare_line_feeds_are_noticed() -> None:
    assert chunks(b"a\nb").bare_newlines
    assert not chunks(b"a\r", b"\nb").bare_newlines


def test_a_loose_server_takes_any_line_end() -> None:
    assert chunks(b"a\r\r\nb\n", loose=True).content.octets == b"a\r\nb\r\n"
    assert chunks(b"\r", loose=True).content.octets == b"\r\r\n"


def test_the_limit_is_on_whole_lines_and_full_records() -> None:
    some = Chunks(2000, loose=False)
    some.add(b"x" * 1999)
    assert some.has_room_for(2000)
    assert not some.is_too_big
    some.add(b"x" * 49)
    assert some.is_too_big
    assert chunks(b"x" * 1998, limit=2000).content.size == 2000
    assert chunks(b"x" * 1999, limit=2000).content.is_too_big


@given(st.lists(st.binary(max_size=10)), st.booleans())
def test_it_makes_no_difference_where_a_letter_is_cut(parts: list[bytes], loose: bool) -> None:
    assert chunks(*parts, b"", loose=loose).content == chunks(b"".join(parts), loose=loose).content

"""What a client sent and its server hasn't read: taken by lines or by octets, as they arrived."""

from hypothesis import given
from hypothesis import strategies as st

from labkit.wire.reading.sent import Piece, Sent


def sent(*frames: bytes) -> Sent:
    made = Sent()
    for moment, data in enumerate(frames, start=1):
        made.add(moment, 0.0, data)
    return made


def test_a_line_remembers_the_moment_in_which_it_was_whole() -> None:
    waiting = sent(b"NO", b"OP\r\nQU", b"IT\r\n")
    assert [waiting.line(), waiting.line(), waiting.line()] == [
        Piece(2, 0.0, b"NOOP\r\n"),
        Piece(3, 0.0, b"QUIT\r\n"),
        None,
    ]


def test_half_a_line_is_taken_when_nothing_more_will_come() -> None:
    waiting = sent(b"NOO")
    assert waiting.line() is None
    waiting.end(7, 1.5)
    assert waiting.line() == Piece(7, 1.5, b"NOO")
    assert not waiting


def test_octets_end_at_their_number_and_the_rest_is_a_line_again() -> None:
    waiting = sent(b"ab\r\ncdQUIT\r\n")
    pieces = waiting.octets(6), waiting.octets(2), waiting.line()
    assert [piece and piece.data for piece in pieces] == [b"ab\r\n", b"cd", b"QUIT\r\n"]


def test_octets_that_are_not_all_there_wait_for_the_others() -> None:
    waiting = sent(b"abc")
    assert waiting.octets(4) is None
    waiting.add(2, 0.0, b"d")
    assert waiting.octets(4) == Piece(2, 0.0, b"abcd")
    assert waiting.octets(1) is None


@given(st.lists(st.binary(min_size=1)), st.lists(st.integers(1, 30)))
def test_no_byte_is_lost_however_they_are_taken(frames: list[bytes], counts: list[int]) -> None:
    waiting = sent(*frames)
    waiting.end(len(frames), 0.0)
    taken = [piece for count in counts if (piece := waiting.octets(count))]
    while piece := waiting.line():
        taken.append(piece)
    assert b"".join(piece.data for piece in taken) == b"".join(frames)

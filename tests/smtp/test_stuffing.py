"""A letter on its way through DATA: its dots and its long lines, and what the other side gets of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.smtp.stuffing import folded, stuffed

LINES = st.lists(st.sampled_from([b"", b".", b"..", b".x", b"x" * 997, b"x" * 998, b"x" * 2500]), max_size=6)


@pytest.mark.parametrize(
    ("length", "pieces"),
    [(997, [997]), (998, [998]), (999, [998, 2]), (1995, [998, 998]), (1996, [998, 998, 2])],
)
def test_a_long_line_goes_on_behind_a_blank(length: int, pieces: list[int]) -> None:
    assert [len(line) for line in folded(b"x" * length + b"\r\n").split(b"\r\n")[:-1]] == pieces


@given(LINES.map(b"\r\n".join))
def test_nothing_but_line_ends_is_added(content: bytes) -> None:
    assert folded(content).replace(b"x\r\n x", b"xx") == content
    assert max(map(len, folded(content).split(b"\r\n"))) <= 998


@given(LINES.map(b"\r\n".join))
def test_only_the_last_line_is_a_lone_dot(content: bytes) -> None:
    lines = stuffed(content).split(b"\r\n")
    assert lines[-2:] == [b".", b""]
    assert b"." not in lines[:-2]
    assert [line[1:] if line.startswith(b".") else line for line in lines[:-2]] == _lines(content)


def _lines(content: bytes) -> list[bytes]:
    return (content if content.endswith(b"\r\n") else content + b"\r\n").split(b"\r\n")[:-1]

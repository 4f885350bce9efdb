"""Columns of a fixed width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.wire.views.columns import cut, measure, pad, side_by_side, table, wrap

PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("ten-letter", ["ten-letter"]),
        ("at the end of a word", ["at the ", "end of a ", "word"]),
        ("onelongwordwithoutspaces", ["onelongwor", "dwithoutsp", "aces"]),
        ("信件信件信件", ["信件信件信", "件"]),
    ],
)
def test_text_wraps_at_spaces_where_it_can(text: str, rows: list[str]) -> None:
    assert wrap(text, 10) == rows


@given(PRINTABLE, st.integers(2, 20))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    assert "".join(wrap(text, width)) == text
    assert all(measure(row) <= width for row in wrap(text, width))


@given(PRINTABLE, st.integers(3, 20))
def test_cut_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    shown = cut(text, width)
    assert measure(shown) <= width
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


def test_a_table_is_as_wide_as_it_needs_and_wraps_what_is_too_long() -> None:
    rows = [("no.", "what", ""), ("1", "信件", "x"), ("22", "one two three", "y")]
    assert list(table(rows, (5, 8, 5))) == ["no.  what", "1    信件      x", "22   one two   y", "     three"]


def test_wide_letters_do_not_push_the_columns_apart() -> None:
    left = ["ab", "信"]
    assert side_by_side(left, ["x", "y", "z"], 4, " | ") == ["ab   | x", "信   | y", "     | z"]
    assert measure(pad("信", 4)) == measure(pad("e\u0301", 4)) == 4

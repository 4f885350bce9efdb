"""Text in columns of a fixed width, for terminals and for plain ``print``.

Widths are counted in cells: East Asian wide characters take two and combining marks none, or a
letter in Chinese would push the columns apart.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from unicodedata import combining, east_asian_width

WIDTH = 118  # cells; what fits into a notebook's output and into a large terminal
GAP = " │ "
ELLIPSIS = "…"


def measure(text: str) -> int:
    """The cells that a text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def pad(text: str, width: int) -> str:
    """The text, filled with spaces to ``width`` cells."""
    return text + " " * (width - measure(text))


def cut(text: str, width: int) -> str:
    """The text where it fits, otherwise its beginning and an ellipsis."""
    if measure(text) <= width:
        return text
    return text[: _end_of_row(text, 0, width - 1)] + ELLIPSIS


def wrap(text: str, width: int) -> list[str]:
    """The text in rows of at most ``width`` cells: every character is kept, and a row ends at a
    space where there is one in its second half. An empty text is one empty row.
    """
    rows, start = [], 0
    while (end := _end_of_row(text, start, width)) < len(text):
        space = text.rfind(" ", start + width // 2, end)
        end = space + 1 if space > 0 else end
        rows.append(text[start:end])
        start = end
    return [*rows, text[start:]]


def side_by_side(left: list[str], right: list[str], width: int, gap: str = GAP) -> list[str]:
    """Two columns of rows; the left one is ``width`` cells wide."""
    height = max(len(left), len(right))
    left, right = [column + [""] * (height - len(column)) for column in (left, right)]
    return [(pad(a, width) + gap + b).rstrip() for a, b in zip(left, right, strict=True)]


def table(rows: Sequence[tuple[str, ...]], widest: tuple[int, ...]) -> Iterator[str]:
    """Rows of cells in columns that are as wide as they need, at most ``widest``; longer cells wrap."""
    needed = (max(map(measure, column)) for column in zip(*rows, strict=True))
    widths = [min(pair) for pair in zip(needed, widest, strict=True)]
    for row in rows:
        cells = (wrap(cell, width) for cell, width in zip(row, widths, strict=True))
        for parts in zip_longest(*cells, fillvalue=""):
            yield "  ".join(map(pad, parts, widths)).rstrip()


def _end_of_row(text: str, start: int, width: int) -> int:
    if text.isascii():
        return min(start + max(width, 1), len(text))
    used = 0
    for position in range(start, len(text)):
        used += _cells(text[position])
        if used > width:
            return max(position, start + 1)
    return len(text)


def _cells(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1

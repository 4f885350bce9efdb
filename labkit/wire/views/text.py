"""A session as text: two columns, for terminals and for ``print``."""

from collections.abc import Iterator

from labkit.wire.reading.line import Line, Part
from labkit.wire.record import Recording
from labkit.wire.views.columns import GAP, WIDTH, cut, side_by_side, table, wrap
from labkit.wire.views.page import HIDDEN, MEANINGS, SESSION_VIEW, WIRE_VIEW, Page, note, page

MARK = 3  # cells for "C: "
COLUMN = (WIDTH - MARK - len(GAP)) // 2
BRANCH = "       └─ "
WIDEST = (10, 16, 88)  # cells of a reply's codes, of what it answers, and of what it means


def render(recording: Recording, *, full: bool = False, reveal: bool = False) -> str:
    """A session as text, at most 118 cells wide.

    ``full`` shows every line instead of folding long letters and repeated ones; ``reveal`` shows the
    credentials in the session view too.
    """
    shown = page(recording, full=full, reveal=reveal)
    rows = [*wrap(shown.heading, WIDTH), *wrap(shown.verdict, WIDTH), "", *_head()]
    for line in shown.lines:
        rows += _boundary(line) if line.part is Part.TLS else _row(line)
        rows += branch(note(line), WIDTH)
    rows.append("")
    for remark in shown.remarks:
        rows += wrap(remark, WIDTH)
    return "\n".join(row.rstrip() for row in [*rows, *_meanings(shown)])


def _meanings(shown: Page) -> Iterator[str]:
    if shown.meanings:
        yield ""
        yield MEANINGS
        yield from table(shown.meanings, WIDEST)


def branch(sentence: str, width: int) -> Iterator[str]:
    """A sentence that hangs from the line above it, in rows of at most ``width`` cells."""
    if not sentence:
        return
    first, *others = wrap(sentence, width - len(BRANCH))
    yield BRANCH + first
    yield from (" " * len(BRANCH) + row for row in others)


def marked(line: Line, width: int) -> list[str]:
    """A line of the session view with its mark, in rows of at most ``width`` cells."""
    mark = "" if line.who == "=" else f"{line.who}:"
    first, *others = wrap(line.text, width - MARK)
    return [f"{mark:{MARK}}{first}", *(" " * MARK + row for row in others)]


def _head() -> list[str]:
    left, right = MARK + COLUMN, COLUMN
    captions = side_by_side([" " * MARK + SESSION_VIEW], [WIRE_VIEW], left)
    return [*captions, "─" * left + "─┼─" + "─" * right]


def _row(line: Line) -> list[str]:
    gap = f" {HIDDEN} " if line.hidden else GAP
    return side_by_side(marked(line, MARK + COLUMN), [cut(line.wire, COLUMN)], MARK + COLUMN, gap)


def _boundary(line: Line) -> list[str]:
    left = f"══ {line.text} ".ljust(MARK + COLUMN, "═")
    right = f" {line.wire} ".ljust(COLUMN, "═")
    return [f"{left}═╪═{right}"]

"""What changed from one session to another: the two side by side, and a sentence on top.

A sign marks each step that changed, so nothing depends on colour.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.wire.comparing.align import Row, Sign, align
from labkit.wire.comparing.changes import sentences
from labkit.wire.reading.line import Line, Part
from labkit.wire.reading.lines import lines
from labkit.wire.record import Recording
from labkit.wire.views import markup
from labkit.wire.views.columns import GAP, WIDTH, side_by_side, wrap
from labkit.wire.views.fold import fold
from labkit.wire.views.html import WHO, tone
from labkit.wire.views.page import HIDDEN, TLS, decision, heading
from labkit.wire.views.text import branch, marked

SIGN = 2  # cells for a row's sign, and for the mark of what TLS hid
SIDE = (WIDTH - SIGN - len(GAP)) // 2
TITLE = "What changed from session {before} to session {after}"
NOTHING_CHANGED = "Every step was answered the same way."
LEGEND = "- only before; + only after; ~ the same step, but changed."
MEANINGS = {
    Sign.SAME: "same",
    Sign.CHANGED: "changed",
    Sign.ONLY_BEFORE: "only before",
    Sign.ONLY_AFTER: "only after",
}


@dataclass(frozen=True, repr=False)
class Diff:
    """Two sessions lined up. ``summary`` says in whole sentences what changed."""

    title: str
    summary: tuple[str, ...]
    before: str
    after: str
    rows: tuple[Row, ...]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the signs mean, for below the rows."""
        sides = (side for row in self.rows for side in (row.before, row.after) if side)
        return (LEGEND, TLS) if any(side.hidden for side in sides) else (LEGEND,)

    def __str__(self) -> str:
        return "\n".join(row.rstrip() for row in _text(self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = (
            markup.column("", "who", "change"),
            markup.column(self.before, "half"),
            markup.column(self.after, "half next"),
        )
        return markup.table((self.title, *self.summary), heads, map(_html_row, self.rows), self.remarks)


def diff(before: Recording, after: Recording) -> Diff:
    """Line two sessions up and mark what changed, leaving out what is different every time."""
    whole = lines(before), lines(after)
    rows = tuple(align(fold(whole[0]), fold(whole[1])))
    summary = sentences(*whole)
    if all(row.sign is Sign.SAME for row in rows):
        summary = (*summary, NOTHING_CHANGED)
    return Diff(
        TITLE.format(before=before.number, after=after.number),
        summary,
        f"before: {heading(before)}",
        f"after: {heading(after)}",
        rows,
    )


def _text(of: Diff) -> Iterator[str]:
    yield of.title
    for sentence in of.summary:
        yield from wrap(sentence, WIDTH)
    yield ""
    heads = side_by_side(wrap(of.before, SIDE), wrap(of.after, SIDE), SIDE)
    yield from (" " * SIGN + row for row in heads)
    yield "─" * (SIGN + SIDE) + "─┼─" + "─" * SIDE
    for row in of.rows:
        yield from _text_row(row)
    yield ""
    yield from of.remarks


def _text_row(row: Row) -> list[str]:
    shown = side_by_side(_side(row.before, row.sign), _side(row.after, row.sign), SIDE)
    return [f"{row.sign.value if number == 0 else '':{SIGN}}{text}" for number, text in enumerate(shown)]


def _side(line: Line | None, sign: Sign) -> list[str]:
    if line is None:
        return []
    if line.part is Part.TLS:
        return [f"══ {line.text} ".ljust(SIDE, "═")]
    gutter = f"{HIDDEN if line.hidden else '':{SIGN}}"
    shown = [gutter + row for row in marked(line, SIDE - SIGN)]
    return shown if sign is Sign.SAME else [*shown, *branch(decision(line), SIDE)]


def _html_row(row: Row) -> str:
    sides = _cell(row.before, row.sign, "") + _cell(row.after, row.sign, "next")
    kind = "" if row.sign is Sign.SAME else "signed"
    return markup.row((markup.leading(row.sign.value, MEANINGS[row.sign]), sides), kind)


def _cell(line: Line | None, sign: Sign, kind: str) -> str:
    if line is None:
        return markup.words("", kind)
    mark = f"{line.who}:" if line.who in WHO else "══" if line.part is Part.TLS else ""
    said = f"{HIDDEN if line.hidden else ''} {mark} {line.text}".strip()
    if sign is Sign.SAME:
        return markup.code(said, kind)
    return markup.code(said, f"{kind} {tone(line) or 'changed'}".lstrip(), decision(line), line.refused)

"""A session as an HTML table, for notebooks: it says what the text form says.

What would be in the way stands behind a disclosure, which opens on a click or a key without any script:
what a reply means, what a mask hides from the eye only, and lines that are folded away.
"""

from collections.abc import Iterator
from html import escape
from itertools import chain

from labkit.wire.reading.credentials import is_masked, spelled
from labkit.wire.reading.line import Line, Part
from labkit.wire.reading.meanings import meaning
from labkit.wire.record import Recording
from labkit.wire.views import markup
from labkit.wire.views.fold import cut
from labkit.wire.views.page import HIDDEN, REVEAL, SESSION_VIEW, WIRE_VIEW, note, page

WHO = {"C": "client", "S": "server"}
MARKS = {"=": markup.leading(""), **{who: markup.leading(f"{who}:", name) for who, name in WHO.items()}}
SIDES = {"C": "", "S": "theirs"}  # classes: what the server says stands further to the right
LANES = {True: "next hidden", False: "next"}
UNFOLDED = 300  # lines at most that a page holds behind its folds
TONES = {"Accepted": "accepted", "Refused": "refused"}


def render(recording: Recording, *, full: bool = False, reveal: bool = False) -> str:
    """A session as one HTML table with its style: no script, nothing from elsewhere.

    ``full`` shows every line instead of folding long letters and repeated ones; ``reveal`` shows the
    credentials in the session view too.
    """
    shown = page(recording, full=full, reveal=reveal)
    heads = (
        markup.column("", "who", "who speaks"),
        markup.column(SESSION_VIEW, "half"),
        markup.column(WIRE_VIEW, "half next"),
    )
    rows = _Rows(recording.number).of(shown.lines)
    tone = next((tone for word, tone in TONES.items() if shown.verdict.startswith(word)), "")
    return markup.table([shown.heading], heads, rows, shown.remarks, verdict=shown.verdict, tone=tone)


def tone(line: Line) -> str:
    """The class of a reply that was decided about: refused, accepted, or none."""
    if line.refused:
        return "refused"
    return "accepted" if line.rule else ""


class _Rows:
    """The rows of one page. It may hold only so many behind its folds."""

    def __init__(self, number: int) -> None:
        self.number, self.room = number, UNFOLDED

    def of(self, lines: tuple[Line, ...]) -> Iterator[str]:
        for line in lines:
            if line.part in (Part.TLS, Part.EVENT):
                yield self._event(line)
            else:
                yield from self._line(line)

    def _line(self, line: Line) -> Iterator[str]:
        kind = tone(line)
        strong = kind == "refused"
        said = beside = markup.said(line.text, strong)
        if line.hidden or line.wire != line.text:
            beside = markup.said(_wire(line), strong)
        cells = markup.cell(self._opened(line, said)), markup.cell(beside, LANES[line.hidden])
        yield markup.row((MARKS[line.who], *cells), f"{SIDES[line.who]} {kind}".strip())
        if sentence := note(line):
            beneath = markup.words(f"└─ {sentence}", span=2, strong=strong)
            yield markup.row((markup.words(""), beneath), f"decision {kind}".strip())

    def _opened(self, line: Line, said: str) -> str:
        if line.part is Part.REPLY:
            means = meaning(line)
            return markup.disclosed(said, f"<div>{escape(means)}</div>") if means else said
        return markup.disclosed(said, self._behind(line)) if is_masked(line) else said

    def _behind(self, line: Line) -> str:
        """A mask opens only over what this page shows anyway: what TLS hid must be asked for."""
        if line.hidden:
            return f"<div>{escape(REVEAL.format(number=self.number))}</div>"
        means = spelled(line, line.wire)
        return markup.said(line.wire) + (f"<div>└─ {escape(means)}</div>" if means else "")

    def _event(self, line: Line) -> str:
        if line.left_out and len(line.left_out) <= self.room:
            self.room -= len(line.left_out)
            inside = "\n".join(self.of(tuple(chain.from_iterable(map(cut, line.left_out)))))
            folded = markup.disclosed(markup.said(line.text), f"<table><tbody>\n{inside}\n</tbody></table>")
            return markup.row((markup.cell(folded, span=3),), "event fold")
        kind = "boundary" if line.part is Part.TLS else "event"
        beside = markup.code(_wire(line), LANES[line.hidden])
        return markup.row((MARKS[line.who], markup.code(line.text), beside), kind)


def _wire(line: Line) -> str:
    return f"{HIDDEN} {line.wire}".rstrip() if line.hidden else line.wire

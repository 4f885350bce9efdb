"""A session as an HTML table, for notebooks: it says what the text form says."""

from collections.abc import Iterator

from labkit.wire import markup
from labkit.wire.line import Line, Part
from labkit.wire.page import HIDDEN, SESSION_VIEW, WIRE_VIEW, decision, page
from labkit.wire.record import Recording

WHO = {"C": "client", "S": "server"}


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
    rows = (row for line in shown.lines for row in _rows(line))
    return markup.table([shown.heading], heads, rows, shown.remarks)


def tone(line: Line) -> str:
    """The class of a reply that was decided about: refused, accepted, or none."""
    if line.refused:
        return "refused"
    return "accepted" if line.rule else ""


def _rows(line: Line) -> Iterator[str]:
    mark = f"{line.who}:" if line.who in WHO else ""
    kind = {Part.TLS: "boundary", Part.EVENT: "event"}.get(line.part, tone(line))
    wire = f"{HIDDEN} {line.wire}".rstrip() if line.hidden else line.wire
    yield markup.row(
        (
            markup.leading(mark, WHO.get(line.who, "")),
            markup.code(line.text, strong=line.refused),
            markup.code(wire, "next hidden" if line.hidden else "next", strong=line.refused),
        ),
        kind,
    )
    if sentence := decision(line):
        cells = (markup.words(""), markup.words(f"└─ {sentence}", span=2, strong=line.refused))
        yield markup.row(cells, f"decision {tone(line)}")

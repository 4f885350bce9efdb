"""The sequence diagram painted: a line downwards for each host, and an arrow for each thing that is said.

What is answered stands beneath the arrow with a mark. Where TLS hides both, the arrow runs through a
drawn tunnel; where a server says no, it ends at a cross.
"""

from dataclasses import dataclass
from itertools import pairwise
from textwrap import fill
from typing import TYPE_CHECKING

from labkit.lab.journey import Journey, Kind, Row
from labkit.show import shapes
from labkit.show.agg import Agg
from labkit.show.palette import BLUE, GRID, INK, LINE, SOFT, TUNNEL_TINT, VERMILION
from labkit.show.pen import Pen
from labkit.show.sheet import MARGIN, WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# In CSS pixels
TOP, HEAD, HEAD_WIDTH = 76, 46, 112
TIME, FIRST = MARGIN, 150  # where the times stand, and the first host's line
LAST = WIDTH - MARGIN - HEAD_WIDTH / 2
SAID, REMARK, SESSION = 46, 28, 34  # heights of rows
END = 18
FROM_LINE = 13.5  # from an arrow to the middle of the words above and below
NAME = 12  # characters of a name that fit in large letters
BESIDE = 16  # from a line to the words beside it


@dataclass(frozen=True)
class Look:
    """How an arrow is drawn: its colour, its dashes in line widths, and whether it arrives."""

    color: str
    dashes: tuple[float, ...]
    arrives: bool


LOOKS = {
    Kind.TAKEN: Look(BLUE, (), arrives=True),
    Kind.STORED: Look(BLUE, (), arrives=True),
    Kind.ASKED: Look(SOFT, (1, 1.2), arrives=True),
    Kind.PUT_OFF: Look(VERMILION, (4, 1.5), arrives=False),
    Kind.REFUSED: Look(VERMILION, (1, 1.2), arrives=False),
    Kind.BROKEN: Look(VERMILION, (1, 3), arrives=False),
}
HEIGHTS = {Kind.SESSION: SESSION, Kind.NOTED: REMARK}


class Lifelines:
    """Where everything stands on the sheet."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        count = len(journey.parties)
        step = (LAST - FIRST) / max(count - 1, 1)
        self.places = {party.name: FIRST + step * at for at, party in enumerate(journey.parties)}
        self.tops = [TOP + HEAD + 12]
        for row in journey.rows:
            self.tops.append(self.tops[-1] + HEIGHTS.get(row.kind, SAID))

    @property
    def height(self) -> int:
        """The height of the sheet."""
        return round(self.tops[-1] + END)

    def paint(self, figure: "Figure") -> None:
        """Paint the diagram."""
        pen = Agg(figure, self.height)
        pen.fitted(MARGIN, 26, self.journey.claim, 18, WIDTH - 2 * MARGIN, bold=True)
        pen.fitted(MARGIN, 54, self.journey.summary, 13, WIDTH - 2 * MARGIN, color=SOFT)
        self._tunnels(pen)
        self._hosts(pen)
        shown = ""
        for top, row in zip(self.tops, self.journey.rows, strict=False):
            stamp = self.journey.stamp(row.moment)
            if stamp != shown or row.kind is Kind.SESSION:
                middle = top + HEIGHTS.get(row.kind, SAID) / 2
                pen.text(TIME, middle, stamp.replace(" ", "\n"), 11.5, color=SOFT)
                shown = stamp
            self._row(pen, top, row)

    def _hosts(self, pen: Pen) -> None:
        width = min(HEAD_WIDTH, (LAST - FIRST) / max(len(self.places) - 1, 1) - 6)
        for party in self.journey.parties:
            x = self.places[party.name]
            shapes.upright(pen, x, TOP + HEAD, self.height - END / 2, LINE)
            shapes.box(pen, x - width / 2, TOP, width, HEAD)
            name, size = (fill(party.name, NAME), 10.5) if len(party.name) > NAME else (party.name, 12.5)
            pen.text(x, TOP + (15 if party.address else 23), name, size, bold=True, align="center")
            pen.text(x, TOP + 36, party.address, 10.5, color=SOFT, align="center")

    def _tunnels(self, pen: Pen) -> None:
        """Behind what TLS hides: from the first such row of a session to its last."""
        rows = self.journey.rows
        begins = [at for at, row in enumerate(rows) if row.kind is Kind.SESSION]
        for first, last in pairwise([*begins, len(rows)]):
            hidden = [at for at in range(first + 1, last) if rows[at].secure]
            if hidden:
                ends = self.places[rows[hidden[0]].source], self.places[rows[hidden[0]].target]
                top, bottom = self.tops[hidden[0]], self.tops[hidden[-1] + 1]
                shapes.tunnel(pen, min(ends), max(ends), top, bottom, TUNNEL_TINT)

    def _row(self, pen: Agg, top: float, row: Row) -> None:
        match row.kind:
            case Kind.SESSION:
                self._session(pen, top, row)
            case Kind.NOTED:
                x, y = self.places[row.source], top + REMARK / 2
                self._words(pen, x + BESIDE, y, row.words, INK)
                shapes.dot(pen, x, y)
            case _:
                self._arrow(pen, top, row)

    def _session(self, pen: Pen, top: float, row: Row) -> None:
        y = top + SESSION / 2
        shapes.strip(pen, FIRST - HEAD_WIDTH / 2, WIDTH - MARGIN, top + 4, top + SESSION - 4, GRID)
        sign = shapes.padlock if row.secure else shapes.open_padlock
        sign(pen, FIRST - HEAD_WIDTH / 2 + 16, y)
        pen.text(FIRST - HEAD_WIDTH / 2 + 34, y, row.words, 12.5, bold=True)

    def _arrow(self, pen: Agg, top: float, row: Row) -> None:
        look = LOOKS[row.kind]
        start, end = self.places[row.source], self.places[row.target]
        y = top + SAID / 2
        side = 1 if end > start else -1
        shapes.line(pen, start, end - side * (8 if look.arrives else 18), y, look.color, look.dashes, 2.6)
        if look.arrives:
            shapes.head(pen, end, y, look.color, side)
        else:
            shapes.stop(pen, end - side * 10, y, 7.5)
        left = min(start, end) + BESIDE
        answer = f"{row.kind.value.strip()} {row.answer}" if row.answer else ""
        self._words(pen, left, y - FROM_LINE, row.words, INK)
        self._words(pen, left, y + FROM_LINE, answer, SOFT if look.arrives else INK)

    def _words(self, pen: Agg, x: float, y: float, text: str, color: str) -> None:
        """Words at x, or further left where they wouldn't fit into the sheet; nothing runs through them."""
        left, right = FIRST - HEAD_WIDTH / 2, WIDTH - MARGIN
        drawn, wide = pen.fitted(x, y, text, 12, right - left, color=color, halo=3)
        drawn.set_x(max(left, min(x, right - wide)))

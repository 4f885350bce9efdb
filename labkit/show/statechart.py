"""The state diagram painted: a box for each state, and an arrow for each command that leads on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

from labkit.show import shapes
from labkit.show.agg import Agg
from labkit.show.palette import BLUE, INK, OFFICE_TINT, SOFT, VERMILION
from labkit.show.sheet import MARGIN, WIDTH, Paint
from labkit.smtp.order import CHUNKS, IDLE, LOST, MAIL, RCPT, SPOILED, State

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Edges = dict[tuple[State, State], list[str]]

HEIGHT, HEIGHT_OF_ONE_ROW = 680, 345  # CSS pixels, as all that follows
BOX_WIDTH, BOX_HEIGHT = 204, 116
PLACES: dict[State, tuple[float, float]] = {  # the middle of each box
    IDLE: (124, 250), MAIL: (450, 250), RCPT: (776, 250),
    LOST: (124, 510), SPOILED: (450, 510), CHUNKS: (776, 510),
}  # fmt: skip
BENDS = {(RCPT, IDLE): 0.17, (CHUNKS, LOST): -0.17}  # of the arrows that would run through a box
LABELS: dict[tuple[State, State], tuple[float, float]] = {
    (RCPT, IDLE): (450, 142),
    (CHUNKS, LOST): (450, 624),
    (RCPT, LOST): (320, 432),
    (MAIL, SPOILED): (450, 336),
}
NO = "✗"
REFUSES = f"refuses {NO} {{commands}}"
IN_BOX, IN_BOX_BOLD = 32, 27  # characters of a line in a box


@dataclass(frozen=True)
class Chart:
    """What a state diagram shows: states, commands that lead from one to the next, and refused ones."""

    claim: str
    remarks: Sequence[str]
    edges: Edges
    refused: Mapping[State, Sequence[str]]
    states: Sequence[State]


def height(chart: Chart) -> int:
    """How high the diagram is, in CSS pixels: its states stand in one row or in two."""
    return HEIGHT if len({PLACES[state][1] for state in chart.states}) > 1 else HEIGHT_OF_ONE_ROW


def paint(chart: Chart) -> Paint:
    """Paints a state diagram."""

    def painted(figure: "Figure") -> None:
        pen = Agg(figure, height(chart))
        pen.text(MARGIN, 26, chart.claim, 18, bold=True)
        for number, remark in enumerate(chart.remarks):
            pen.text(MARGIN, 54 + 21 * number, f"{remark}.", 12, color=SOFT)
        for (start, end), names in chart.edges.items():
            _edge(pen, start, end, names)
        for state in chart.states:
            _state(pen, state, chart.refused.get(state, ()))

    return painted


def _state(pen: Agg, state: State, refused: Sequence[str]) -> None:
    x, y = PLACES[state]
    left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
    face = OFFICE_TINT if state is IDLE else "white"
    shapes.box(pen, left, top, BOX_WIDTH, BOX_HEIGHT, edge=INK, face=face)
    named = fill(state.value, IN_BOX_BOLD)
    pen.text(x, top + 37, named, 11.5, bold=True, align="center", leading=1.25)
    if refused:
        said = fill(REFUSES.format(commands=", ".join(refused)), IN_BOX)
        pen.text(x, top + 90, said, 10.5, color=INK, align="center", leading=1.25)


def _edge(pen: Agg, start: State, end: State, names: Sequence[str]) -> None:
    color = VERMILION if all(NO in name for name in names) else BLUE
    if start is end:
        x, y = PLACES[start][0] + BOX_WIDTH / 2 - 30, PLACES[start][1] + BOX_HEIGHT / 2
        side = -1 if x > WIDTH * 2 / 3 else 1
        pen.arrow((x - 14, y), (x + 14, y), color, bend=0.9)
        pen.text(
            x + side * 20, y + 14, "\n".join(names), 11.5, bold=True, align="right" if side < 0 else "left"
        )
        return
    (x1, y1), (x2, y2) = ends = _border(start, end), _border(end, start)
    pen.arrow(*ends, color, BENDS.get((start, end), 0), dashed=color is VERMILION)
    place = LABELS.get((start, end), ((x1 + x2) / 2, (y1 + y2) / 2 - (14 if y1 == y2 else 0)))
    pen.label(place[0], place[1], "\n".join(names))


def _border(of: State, towards: State) -> tuple[float, float]:
    """Where an arrow between two boxes touches the first one."""
    (x, y), (other_x, other_y) = PLACES[of], PLACES[towards]
    across = BOX_WIDTH / 2 if other_x > x else -BOX_WIDTH / 2
    down = BOX_HEIGHT / 2 if other_y > y else -BOX_HEIGHT / 2
    is_far = abs(other_x - x) > BOX_WIDTH * 2
    if y == other_y:
        outer = -BOX_HEIGHT / 2 if y < HEIGHT / 2 else BOX_HEIGHT / 2
        return (x, y + outer) if is_far else (x + across, y)
    return (x + across, y + down * 0.7) if is_far else (x + (other_x - x) * 0.18, y + down)

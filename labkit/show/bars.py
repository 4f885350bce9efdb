"""Bars per minute on a sheet: how many letters were accepted, held and refused.

Each kind has a colour, a pattern and a mark, so a chart reads the same in print and to colour-blind
eyes. Minutes without mail have no bar.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from labkit.relay.traffic import Outcome
from labkit.show.minutes import MINUTE, Minute, of_one_day, total
from labkit.show.palette import BLUE, GRID, INK, LINE, PAPER, SOFT, VERMILION, YELLOW
from labkit.show.sheet import MARGIN, WIDTH, Paint, points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT, EMPTY_HEIGHT = 400, 90  # CSS pixels
LEFT, RIGHT, TOP, BOTTOM = 58, 40, 132, 68  # margins around the bars, CSS pixels
GAP = 0.2  # of a minute, between two bars

FEWEST = 6  # minutes that a chart has room for at least
NUMBERED = 12  # minutes that a chart may span for each bar to carry its numbers
NUMBER = 0.13  # of the highest bar, the room for one number above it
TICKS, DATED_TICKS = 12, 7  # times of day, and dates, that fit beside each other
STEPS, DAY = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720), 1440  # minutes between them

TIME, COUNT = "lab time", "letters per minute"


@dataclass(frozen=True)
class Look:
    """How one kind of bar is named and drawn."""

    mark: str
    name: str
    face: str
    edge: str
    hatch: str


LOOKS = {
    Outcome.ACCEPTED: Look("✓", "accepted", BLUE, BLUE, ""),
    Outcome.HELD: Look("…", "accepted, and held in the queue", YELLOW, INK, ".."),
    Outcome.REFUSED: Look("✗", "refused", PAPER, VERMILION, "///"),
}


def bars(title: str, summary: str, seen: Sequence[Minute]) -> Paint:
    """Paints the chart of some minutes, which are in order."""

    def paint(figure: "Figure") -> None:
        axes = _axes(figure)
        for outcome in LOOKS:
            _draw(axes, seen, outcome)
        if _span(seen) <= NUMBERED:
            _number(axes, seen)
        _scale(axes, seen)
        _headings(figure, title, summary, [look for outcome, look in LOOKS.items() if total(seen, outcome)])

    return paint


def nothing(sentence: str) -> Paint:
    """Paints a sentence instead of a chart."""

    def paint(figure: "Figure") -> None:
        figure.text(0.5, 0.5, sentence, size=points(14), ha="center", va="center")

    return paint


def _axes(figure: "Figure") -> "Axes":
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    axes = figure.add_axes((LEFT / WIDTH, BOTTOM / HEIGHT, width / WIDTH, height / HEIGHT))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=GRID, linewidth=points(1))
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=points(13), color=LINE)
    axes.set_title(COUNT, loc="left", x=(MARGIN - LEFT) / width, size=points(13), color=SOFT, pad=points(12))
    axes.set_xlabel(TIME, size=points(13), color=SOFT)
    return axes


def _draw(axes: "Axes", seen: Sequence[Minute], outcome: Outcome) -> None:
    from matplotlib.collections import PolyCollection

    # One collection and not single bars: there may be thousands.
    left, right = GAP / 2 - 0.5, 0.5 - GAP / 2
    boxes = [
        [(x + left, bottom), (x + left, top), (x + right, top), (x + right, bottom)]
        for x, (bottom, top) in ((_position(minute, seen), _extent(minute, outcome)) for minute in seen)
        if top > bottom
    ]
    look = LOOKS[outcome]
    drawn = PolyCollection(boxes, fc=look.face, ec=look.edge, hatch=look.hatch, lw=points(1.2))
    axes.add_collection(drawn, autolim=False)


def _extent(minute: Minute, outcome: Outcome) -> tuple[int, int]:
    """From where to where a bar goes; what is held is a part of what was accepted."""
    accepted = minute[Outcome.ACCEPTED]
    match outcome:
        case Outcome.REFUSED:
            return accepted, accepted + minute[Outcome.REFUSED]
        case Outcome.HELD:
            return accepted - min(minute[Outcome.HELD], accepted), accepted
        case _:
            return 0, accepted


def _number(axes: "Axes", seen: Sequence[Minute]) -> None:
    for minute in seen:
        rows = [f"{look.mark} {minute[outcome]:,}" for outcome, look in LOOKS.items() if minute[outcome]]
        place = _position(minute, seen), _top(minute)
        axes.annotate(
            "\n".join(reversed(rows)),
            place,
            xytext=(0, points(3)),
            textcoords="offset points",
            size=points(13),
            ha="center",
            va="bottom",
        )


def _scale(axes: "Axes", seen: Sequence[Minute]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(-0.6, max(_span(seen), FEWEST) - 0.4)
    rows = max(sum(minute[outcome] > 0 for outcome in LOOKS) for minute in seen)
    top = max(1, *map(_top, seen)) * (1 + NUMBER * rows)
    axes.set_ylim(0, top)
    counts = [round(count) for count in MaxNLocator(5, integer=True).tick_values(0, top) if count <= top]
    axes.set_yticks(counts, [f"{count:,}" for count in counts])
    words = "{:%H:%M}" if of_one_day(seen) else "{:%H:%M\n%Y-%m-%d}"
    ticks = {(tick - seen[0].start) / MINUTE: words.format(tick) for tick in _ticks(seen)}
    axes.set_xticks(list(ticks), list(ticks.values()))


def _ticks(seen: Sequence[Minute]) -> Iterator[datetime]:
    """Round times of day, as many as fit beside each other."""
    first, room = seen[0].start, max(_span(seen), FEWEST)
    most = TICKS if of_one_day(seen) else DATED_TICKS
    whole_days = DAY * ceil(room / most / DAY)
    step = timedelta(minutes=next((step for step in STEPS if step * most >= room), whole_days))
    midnight = first.replace(hour=0, minute=0)
    tick = midnight - (midnight - first) // step * step
    while tick < first + room * MINUTE:
        yield tick
        tick += step


def _headings(figure: "Figure", title: str, summary: str, looks: Sequence[Look]) -> None:
    from matplotlib.patches import Patch

    figure.text(MARGIN / WIDTH, 1 - 26 / HEIGHT, title, size=points(18), weight="bold", va="center")
    figure.text(MARGIN / WIDTH, 1 - 52 / HEIGHT, summary, size=points(13), color=SOFT, va="center")
    figure.legend(
        [Patch(facecolor=look.face, edgecolor=look.edge, hatch=look.hatch) for look in looks],
        [f"{look.mark} {look.name}" for look in looks],
        loc="center left",
        bbox_to_anchor=(MARGIN / WIDTH, 1 - 81 / HEIGHT),
        ncols=len(looks),
        fontsize=points(13),
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=2.6,
        handleheight=1.3,
        columnspacing=2.4,
    )


def _top(minute: Minute) -> int:
    return minute[Outcome.ACCEPTED] + minute[Outcome.REFUSED]


def _position(minute: Minute, seen: Sequence[Minute]) -> float:
    return (minute.start - seen[0].start) / MINUTE


def _span(seen: Sequence[Minute]) -> int:
    return round(_position(seen[-1], seen)) + 1

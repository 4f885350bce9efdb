"""Bars per minute on a sheet: how many letters were accepted, held and refused; those returned hang below.

Each kind has a colour, a pattern and a mark, so a chart reads the same in print and to colour-blind
eyes. Minutes without mail have no bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.relay.traffic import Outcome
from labkit.show import frame
from labkit.show.frame import FEWEST
from labkit.show.minutes import MINUTE, Minute, total
from labkit.show.palette import BLUE, INK, PAPER, VERMILION, YELLOW
from labkit.show.sheet import MARGIN, WIDTH, Paint, points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT = 400  # CSS pixels
GAP = 0.2  # of a minute, between two bars

NUMBERED = 12  # minutes that a chart may span for each bar to carry its numbers
NUMBER = 0.13  # of the highest bar, the room for one number above it

COUNT = "letters per minute"


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
    Outcome.BOUNCED: Look("↩", "returned to their senders", PAPER, INK, "xx"),
}
ABOVE = (Outcome.ACCEPTED, Outcome.HELD, Outcome.REFUSED)


def bars(title: str, summary: str, seen: Sequence[Minute]) -> Paint:
    """Paints the chart of some minutes, which are in order."""

    def paint(figure: "Figure") -> None:
        axes = frame.axes(figure, HEIGHT, COUNT)
        for outcome in LOOKS:
            _draw(axes, seen, outcome)
        if _span(seen) <= NUMBERED:
            _number(axes, seen)
        _scale(axes, seen)
        frame.headings(figure, HEIGHT, title, summary)
        _legend(figure, [look for outcome, look in LOOKS.items() if total(seen, outcome)])

    return paint


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
        case Outcome.BOUNCED:
            return -minute[Outcome.BOUNCED], 0
        case _:
            return 0, accepted


def _number(axes: "Axes", seen: Sequence[Minute]) -> None:
    for minute in seen:
        rows = [f"{LOOKS[outcome].mark} {minute[outcome]:,}" for outcome in ABOVE if minute[outcome]]
        _words(axes, _position(minute, seen), _top(minute), "\n".join(reversed(rows)), 1)
        bounced = minute[Outcome.BOUNCED]
        if bounced:
            words = f"{LOOKS[Outcome.BOUNCED].mark} {bounced:,}"
            _words(axes, _position(minute, seen), -bounced, words, -1)


def _words(axes: "Axes", x: float, y: float, words: str, side: int) -> None:
    """Words above a bar, or below it where ``side`` is -1."""
    axes.annotate(
        words,
        (x, y),
        xytext=(0, side * points(3)),
        textcoords="offset points",
        size=points(13),
        ha="center",
        va="bottom" if side > 0 else "top",
    )


def _scale(axes: "Axes", seen: Sequence[Minute]) -> None:
    axes.set_xlim(-0.6, max(_span(seen), FEWEST) - 0.4)
    rows = max(sum(minute[outcome] > 0 for outcome in ABOVE) for minute in seen)
    highest, lowest = max(1, *map(_top, seen)), max(minute[Outcome.BOUNCED] for minute in seen)
    number = NUMBER * (highest + lowest)
    top, bottom = highest + number * rows, -(lowest + number) if lowest else 0
    axes.set_ylim(bottom, top)
    if lowest:
        axes.axhline(0, color=INK, lw=points(1.2))
    frame.count_ticks(axes, bottom, top)
    frame.time_ticks(axes, seen[0].start, seen[-1].start)


def _legend(figure: "Figure", looks: Sequence[Look]) -> None:
    from matplotlib.patches import Patch

    crowded = len(looks) == len(LOOKS)
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
        handlelength=2 if crowded else 2.6,
        handleheight=1.3,
        columnspacing=1.4 if crowded else 2.4,
    )


def _top(minute: Minute) -> int:
    return minute[Outcome.ACCEPTED] + minute[Outcome.REFUSED]


def _position(minute: Minute, seen: Sequence[Minute]) -> float:
    return (minute.start - seen[0].start) / MINUTE


def _span(seen: Sequence[Minute]) -> int:
    return frame.span(seen[0].start, seen[-1].start)

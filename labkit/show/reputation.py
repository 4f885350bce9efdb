"""The chart of a sender's reputation with the customer: four levels, and when they changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from labkit.lab import Lab
from labkit.recipient.reputation import Level, Point
from labkit.recipient.tally import Event
from labkit.show import frame
from labkit.show.charts import folded
from labkit.show.frame import FEWEST
from labkit.show.minutes import MINUTE
from labkit.show.palette import BLUE, INK, PAPER, VERMILION, YELLOW
from labkit.show.picture import Picture
from labkit.show.sheet import WIDTH, Paint, png, points
from labkit.wire.views.columns import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT = 380  # CSS pixels
LEFT = 110
NAME = 45  # cells of a sender
APART = 0.3  # of the width, between two changes to the same level that both carry their time
# From worst to best: the face of the mark, and its shape.
LOOKS = {
    Level.BAD: (VERMILION, "X"),
    Level.LOW: (YELLOW, "v"),
    Level.MEDIUM: (PAPER, "o"),
    Level.HIGH: (BLUE, "^"),
}

NEVER_SEEN = "The customer has never heard of {sender}."
STAYED = "The reputation of {sender} is {now}"
CHANGED = "The reputation of {sender} was {first}, and is {now}"
CHANGED_BACK = "The reputation of {sender} changed {count:,} times, and is {now}"
SUMMARY = "In the last days {facts}"
STAMP = "{:%Y-%m-%d %H:%M}"
LEVEL = "reputation with the customer"


def reputation(lab: Lab, sender: str | None = None) -> Picture:
    """A chart of what the customer thinks of ``sender``, an address or a domain: the relay unless you say so.

    The text equivalent lists when the level changed, with what had happened by then. Raises LabClosed.
    """
    sender = lab.stage.RELAY.address if sender is None else sender
    return chart(cut(sender, NAME), lab.customer.reputation.history(sender))


def chart(sender: str, points_: Sequence[Point]) -> Picture:
    """The chart of a sender's history."""
    if not points_:
        sentence = NEVER_SEEN.format(sender=sender)
        return Picture(sentence, png(frame.EMPTY_HEIGHT, frame.nothing(sentence)), WIDTH)
    return Picture(text(sender, points_), png(HEIGHT, paint(sender, points_)), WIDTH)


def claim(sender: str, history: Sequence[Point]) -> str:
    """What is to be seen, in a sentence without its full stop."""
    changes = changed(history)
    words = {1: STAYED, 2: CHANGED}.get(len(changes), CHANGED_BACK)
    return words.format(sender=sender, first=changes[0].level, now=changes[-1].level, count=len(changes) - 1)


def text(sender: str, history: Sequence[Point]) -> str:
    """What the chart shows, as a table under its title."""
    return "\n".join([f"{claim(sender, history)}.", f"{_summary(history)}.", "", *_table(history)])


def changed(history: Sequence[Point]) -> list[Point]:
    """The points at which the level isn't what it was before, the first one included."""
    return [next(alike) for _, alike in groupby(history, key=lambda point: point.level)]


def paint(sender: str, history: Sequence[Point]) -> Paint:
    """Paints the chart."""

    def painted(figure: "Figure") -> None:
        axes = frame.axes(figure, HEIGHT, LEVEL, top=112, left=LEFT)
        _draw(axes, history)
        frame.headings(figure, HEIGHT, claim(sender, history), _summary(history))

    return painted


def _summary(history: Sequence[Point]) -> str:
    return SUMMARY.format(facts=_facts(history[-1]))


def _facts(point: Point) -> str:
    return ", ".join(f"{event} {point.counts[event]:,}" for event in Event if point.counts[event])


def _table(history: Sequence[Point]) -> Iterator[str]:
    changes = changed(history)
    rows = [f"{STAMP.format(point.minute)}  {point.level:8}  {_facts(point)}" for point in changes]
    yield f"{'since':16}  level     by then"
    yield from folded(rows)


def _draw(axes: "Axes", history: Sequence[Point]) -> None:
    first, last = history[0].minute, history[-1].minute
    heights = {level: height for height, level in enumerate(LOOKS)}
    places = [_place(point.minute, first) for point in history]
    levels = [heights[point.level] for point in history]
    end = frame.span(first, last)
    axes.plot(
        [*places, end], [*levels, levels[-1]], drawstyle="steps-post", color=INK, lw=points(2.6), zorder=1
    )
    changes = changed(history)
    room = max(end, FEWEST)
    labelled = dict.fromkeys(LOOKS, -room * APART)
    for point in changes:
        face, shape = LOOKS[point.level]
        x, y = _place(point.minute, first), heights[point.level]
        axes.plot(x, y, shape, ms=points(13), mfc=face, mec=INK, mew=points(1.6), zorder=2)
        if x - labelled[point.level] >= room * APART:
            labelled[point.level] = x
            _label(axes, x, y, f"{point.minute:%H:%M} {point.level}", at_end=x > room / 2)
    axes.set_xlim(-0.6, max(end, FEWEST) + 0.4)
    axes.set_ylim(-0.5, len(LOOKS) - 0.3)
    axes.set_yticks(list(heights.values()), [str(level) for level in heights])
    frame.time_ticks(axes, first, last)


def _label(axes: "Axes", x: float, y: float, words: str, *, at_end: bool) -> None:
    """Words above a mark, towards the middle of the chart."""
    side, align = (-6, "right") if at_end else (6, "left")
    offset = points(side), points(10)
    axes.annotate(words, (x, y), offset, textcoords="offset points", size=points(13), ha=align)


def _place(moment: datetime, first: datetime) -> float:
    return (moment - first) / MINUTE

"""What all charts have around them: a title, a summary, axes with lab time, and room for words."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from labkit.show.minutes import MINUTE
from labkit.show.palette import GRID, LINE, SOFT
from labkit.show.sheet import MARGIN, WIDTH, Paint, points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EMPTY_HEIGHT = 90  # CSS pixels
LEFT, RIGHT, TOP, BOTTOM = 58, 40, 132, 68  # margins around what is drawn, CSS pixels

FEWEST = 6  # minutes that a chart has room for at least
TICKS, DATED_TICKS = 12, 7  # times of day, and dates, that fit beside each other
STEPS, DAY = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720), 1440  # minutes between them

TIME = "lab time"


def nothing(sentence: str) -> Paint:
    """Paints a sentence instead of a chart."""

    def paint(figure: "Figure") -> None:
        figure.text(0.5, 0.5, sentence, size=points(14), ha="center", va="center")

    return paint


def axes(
    figure: "Figure", height: int, what: str, *, top: int = TOP, left: int = LEFT, below: str = TIME
) -> "Axes":
    """Axes that fill the sheet but for the margins; ``what`` is counted upwards, ``below`` sideways."""
    wide, high = WIDTH - left - RIGHT, height - top - BOTTOM
    found = figure.add_axes((left / WIDTH, BOTTOM / height, wide / WIDTH, high / height))
    found.spines[["top", "right"]].set_visible(False)
    found.grid(axis="y", color=GRID, linewidth=points(1))
    found.set_axisbelow(True)
    found.tick_params(labelsize=points(13), color=LINE)
    found.set_title(what, loc="left", x=(MARGIN - left) / wide, size=points(13), color=SOFT, pad=points(12))
    found.set_xlabel(below, size=points(13), color=SOFT)
    return found


def headings(figure: "Figure", height: int, title: str, summary: str) -> None:
    """The title, and what else is to be known."""
    figure.text(MARGIN / WIDTH, 1 - 26 / height, title, size=points(18), weight="bold", va="center")
    figure.text(MARGIN / WIDTH, 1 - 52 / height, summary, size=points(13), color=SOFT, va="center")


def time_ticks(axes: "Axes", first: datetime, last: datetime) -> None:
    """Round times of day below, as many as fit beside each other; a minute is one step to the right."""
    words = "{:%H:%M}" if first.date() == last.date() else "{:%H:%M\n%Y-%m-%d}"
    found = {(tick - first) / MINUTE: words.format(tick) for tick in _ticks(first, last)}
    axes.set_xticks(list(found), list(found.values()))


def count_ticks(axes: "Axes", bottom: float, top: float) -> None:
    """Whole numbers at the side; below zero they count as well."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(5, integer=True).tick_values(bottom, top)
    counts = [round(count) for count in values if bottom <= count <= top]
    axes.set_yticks(counts, [f"{abs(count):,}" for count in counts])


def span(first: datetime, last: datetime) -> int:
    """How many minutes there are from the first to the last, both included."""
    return round((last - first) / MINUTE) + 1


def _ticks(first: datetime, last: datetime) -> Iterator[datetime]:
    room = max(span(first, last), FEWEST)
    most = TICKS if first.date() == last.date() else DATED_TICKS
    whole_days = DAY * ceil(room / most / DAY)
    step = timedelta(minutes=next((step for step in STEPS if step * most >= room), whole_days))
    midnight = first.replace(hour=0, minute=0)
    tick = midnight - (midnight - first) // step * step
    while tick < first + room * MINUTE:
        yield tick
        tick += step

"""The chart of the relay's queue: how many letters wait, over lab time."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from labkit.lab import Lab
from labkit.relay.monitoring.figures import Figures, Minute
from labkit.show import frame
from labkit.show.charts import folded
from labkit.show.frame import FEWEST
from labkit.show.minutes import MINUTE
from labkit.show.palette import BLUE, INK, OFFICE_TINT
from labkit.show.picture import Picture
from labkit.show.sheet import WIDTH, Paint, png, points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT = 380  # CSS pixels
CELL = 12  # characters of a column of counts
ROOM = 1.18  # above the highest mark, for its number
COUNT = "letters in the queue"

NO_MAIL = "The relay has seen no mail yet. Send some, as with lab.workstation.send(), and look again."
NEVER = "No letter had to wait in the queue"
CLAIM = "{most} in the queue at most, and {now} now"
LETTERS = {0: "none", 1: "1 letter"}
SUMMARY = (
    "Lab time {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}; "
    "the queue was longest at {peak:%H:%M on %Y-%m-%d}"
)
STAMP = "{:%Y-%m-%d %H:%M}"
MARK = "▲ {most:,}"


def queue_length(lab: Lab) -> Picture:
    """A chart of the relay's queue: a line for the letters that stay, a mark for the most in a minute.

    The text equivalent is a table of the minutes in which anything happened. Raises LabClosed.
    """
    return chart(lab.figures)


def chart(figures: Figures) -> Picture:
    """The chart of these figures."""
    if not figures.minutes:
        return Picture(NO_MAIL, png(frame.EMPTY_HEIGHT, frame.nothing(NO_MAIL)), WIDTH)
    return Picture(text(figures), png(HEIGHT, paint(figures)), WIDTH)


def text(figures: Figures) -> str:
    """What the chart shows, as a table under its title."""
    return "\n".join([f"{claim(figures)}.", f"{_summary(figures)}.", "", *_table(figures)])


def claim(figures: Figures) -> str:
    """What is to be seen, in a sentence without its full stop."""
    most = _peak(figures).queue
    return CLAIM.format(most=_letters(most), now=_letters(figures.queue)) if most else NEVER


def _letters(count: int) -> str:
    return LETTERS.get(count, f"{count:,} letters")


def _summary(figures: Figures) -> str:
    return SUMMARY.format(first=figures.minutes[0].start, last=_last(figures), peak=_peak(figures).start)


def _table(figures: Figures) -> Iterator[str]:
    yield "minute".ljust(16) + "at most".rjust(CELL) + "at its end".rjust(CELL)
    rows = [
        STAMP.format(minute.start) + f"{minute.queue:,}".rjust(CELL) + f"{minute.left:,}".rjust(CELL)
        for minute in figures.minutes
    ]
    yield from folded(rows)
    yield STAMP.format(_last(figures)) + "now".rjust(CELL) + f"{figures.queue:,}".rjust(CELL)


def paint(figures: Figures) -> Paint:
    """Paints the chart."""

    def painted(figure: "Figure") -> None:
        axes = frame.axes(figure, HEIGHT, COUNT, top=112)
        _draw(axes, figures)
        frame.headings(figure, HEIGHT, claim(figures), _summary(figures))

    return painted


def _draw(axes: "Axes", figures: Figures) -> None:
    from matplotlib.collections import LineCollection

    first, last, peak = figures.minutes[0].start, _last(figures), _peak(figures)
    places = [(minute.start - first) / MINUTE for minute in figures.minutes]
    levels = [minute.left for minute in figures.minutes]
    end = (last - first) / MINUTE + 1
    steps = [*places, end], [*levels, figures.queue]
    axes.fill_between(*steps, step="post", color=OFFICE_TINT, lw=0)
    axes.plot(*steps, drawstyle="steps-post", color=BLUE, lw=points(3))
    marks = [
        [(x, minute.left), (x, minute.queue)]
        for x, minute in zip(places, figures.minutes, strict=True)
        if minute.queue > minute.left
    ]
    axes.add_collection(LineCollection(marks, colors=INK, lw=points(2)), autolim=False)
    top = max(1, peak.queue) * ROOM
    axes.set_xlim(-0.6, max(end, FEWEST) + 0.4)
    axes.set_ylim(0, top)
    frame.count_ticks(axes, 0, top)
    frame.time_ticks(axes, first, last)
    if peak.queue:
        place, words = ((peak.start - first) / MINUTE, peak.queue), MARK.format(most=peak.queue)
        axes.annotate(words, place, (points(4), points(4)), textcoords="offset points", size=points(13))


def _peak(figures: Figures) -> Minute:
    return max(figures.minutes, key=lambda minute: minute.queue)


def _last(figures: Figures) -> datetime:
    return max(figures.now.replace(second=0, microsecond=0), figures.minutes[-1].start)

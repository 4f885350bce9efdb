"""The chart of how long an honest letter takes before, during and after each of some floods."""

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from labkit.attacker.flood import Arrival, FloodReport
from labkit.attacker.report import Report
from labkit.errors import UsageError
from labkit.show import frame
from labkit.show.palette import BLUE, INK, PAPER, SOFT, VERMILION
from labkit.show.picture import Picture
from labkit.show.sheet import MARGIN, WIDTH, Paint, png, points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOP, BOTTOM, LEFT, RIGHT = 100, 56, 250, 150  # CSS pixels, as what follows
EACH, BAR, BETWEEN = 104, 0.26, 0.3
MOST = 8  # floods in one chart
NAME = 26  # characters of a line of a flood's name

# What is drawn of each flood, from top to bottom: the name, the face, the edge, the pattern.
BARS = (
    ("before", PAPER, INK, ""),
    ("during", PAPER, VERMILION, "///"),
    ("after", BLUE, BLUE, ""),
)

NOT_A_FLOOD = "Give one or more reports of lab.attacker.flood(), at most {most}."
HARMLESS = "No flood made honest mail wait"
HARMFUL = "{harmful:,} of {count:,} floods made honest mail wait, or lost it"
ONE_HARMLESS, ONE_HARMFUL = (
    "The flood didn't make honest mail wait",
    "The flood made honest mail wait, or lost it",
)
SUMMARY = "Lab time from handing over an honest letter to its mailbox"
SECONDS, MINUTES, NEVER, NOT_TRIED = "{:,.0f} seconds", "{:,.0f} minutes", "✗ never arrived", "– not tried"


def delay(*reports: Report) -> Picture:
    """A chart of how long an honest letter takes before, during and after each flood.

    Raises UsageError for anything but reports of ``lab.attacker.flood``.
    """
    floods = [one for one in reports if isinstance(one, FloodReport)]
    if len(floods) != len(reports) or not 1 <= len(floods) <= MOST:
        raise UsageError(NOT_A_FLOOD.format(most=MOST))
    return Picture(text(floods), png(height(floods), paint(floods)), WIDTH)


def claim(floods: Sequence[FloodReport]) -> str:
    """What is to be seen, in a sentence without its full stop."""
    harmful = sum(flood.harm > 0 for flood in floods)
    if len(floods) == 1:
        return ONE_HARMFUL if harmful else ONE_HARMLESS
    return HARMFUL.format(harmful=harmful, count=len(floods)) if harmful else HARMLESS


def text(floods: Sequence[FloodReport]) -> str:
    """What the chart shows, flood by flood."""
    return "\n".join([f"{claim(floods)}.", f"{SUMMARY}.", *_lines(floods)])


def _lines(floods: Sequence[FloodReport]) -> Iterator[str]:
    for flood in floods:
        yield flood.what
        for (name, *_), arrival in zip(BARS, flood.arrivals, strict=True):
            yield f"  {name:8} {words(arrival)}"


def words(arrival: Arrival | None) -> str:
    """How long it took."""
    if arrival is None:
        return NOT_TRIED
    if arrival.seconds is None:
        return NEVER
    return MINUTES.format(arrival.seconds / 60) if arrival.seconds >= 120 else SECONDS.format(arrival.seconds)


def height(floods: Sequence[FloodReport]) -> int:
    """The height of the sheet."""
    return TOP + EACH * len(floods) + BOTTOM


def paint(floods: Sequence[FloodReport]) -> Paint:
    """Paints the chart."""

    def painted(figure: "Figure") -> None:
        high = height(floods)
        wide = WIDTH - LEFT - RIGHT
        axes = figure.add_axes((LEFT / WIDTH, BOTTOM / high, wide / WIDTH, (high - TOP - BOTTOM) / high))
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(labelsize=points(13), left=False)
        axes.set_xlabel("minutes of lab time", size=points(13), color=SOFT)
        _draw(axes, floods)
        frame.headings(figure, high, claim(floods), SUMMARY)
        for number, flood in enumerate(floods):
            y = 1 - (TOP + EACH * (number + 0.5)) / high
            figure.text(
                MARGIN / WIDTH, y, fill(flood.what, NAME), size=points(13), weight="bold", va="center"
            )

    return painted


def _draw(axes: "Axes", floods: Sequence[FloodReport]) -> None:
    longest = max([60.0, *(_seconds(one) for flood in floods for one in flood.arrivals)]) / 60
    for number, flood in enumerate(floods):
        for at, (bar, arrival) in enumerate(zip(BARS, flood.arrivals, strict=True)):
            name, face, edge, hatch = bar
            y, minutes = number + (at - 1) * BETWEEN, min(_seconds(arrival) / 60, longest)
            if arrival and arrival.seconds is None:
                minutes = longest
            axes.barh(y, minutes, BAR, color=face, ec=edge, hatch=hatch, lw=points(1.6))
            axes.annotate(
                f"{name}: {words(arrival)}",
                (minutes, y),
                (points(6), 0),
                textcoords="offset points",
                size=points(12),
                va="center",
            )
    axes.set_yticks([])
    axes.set_xlim(0, longest)
    axes.set_ylim(len(floods) - 0.5, -0.5)


def _seconds(arrival: Arrival | None) -> float:
    return arrival.seconds if arrival and arrival.seconds is not None else 0.0

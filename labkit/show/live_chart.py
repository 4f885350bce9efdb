"""The small chart of a live view: letters by minute, drawn often and therefore with little.

The chart for a report is in ``charts``; it says more, and takes several times as long.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labkit.relay.traffic import Outcome
from labkit.show.bars import LOOKS
from labkit.show.minutes import MINUTE, Minute, stamp, total
from labkit.show.palette import INK, LINE, SOFT
from labkit.show.sheet import MARGIN, WIDTH, Paint, png, points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT = 190  # CSS pixels
TOP, BOTTOM = 44, 28  # margins of the bars, CSS pixels
HEADING = HEIGHT - 20  # the middle of the first line, CSS pixels from below
TIME = 80  # CSS pixels that a time takes
SHARPNESS = 1  # pixels to one CSS pixel: a sharper one takes twice the time
FEWEST = 10  # minutes that the chart has room for at least
STACK = (Outcome.ACCEPTED, Outcome.REFUSED)


def draw(seen: Sequence[Minute]) -> bytes:
    """The PNG of some minutes, which are in order and at least one."""
    return png(HEIGHT, _bars(seen), SHARPNESS)


def sentence(seen: Sequence[Minute]) -> str:
    """What the chart shows, in a sentence."""
    if not seen:
        return "No mail yet."
    first, last = stamp(seen[0].start, seen), stamp(seen[-1].start, seen)
    counts = ", ".join(f"{total(seen, outcome):,} {outcome.value}" for outcome in STACK)
    most = max(map(_height, seen))
    return f"Letters per minute of lab time, {first} to {last}: {counts}; at most {most:,} in a minute."


def _height(minute: Minute) -> int:
    return sum(minute[outcome] for outcome in STACK)


def _bars(seen: Sequence[Minute]) -> Paint:
    def paint(figure: "Figure") -> None:
        from matplotlib.collections import PolyCollection

        axes = figure.add_axes((0, 0, 1, 1), frameon=False, xticks=(), yticks=())
        axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
        step = _step(seen)
        high = (HEIGHT - TOP - BOTTOM) / max(1, *map(_height, seen))
        for outcome in STACK:
            boxes = [_box(minute, seen[0], outcome, step, high) for minute in seen if minute[outcome]]
            look = LOOKS[outcome]
            axes.add_collection(
                PolyCollection(boxes, fc=look.face, ec=look.edge, hatch=look.hatch, lw=points(1)),
                autolim=False,
            )
        _key(axes)
        axes.plot((MARGIN, WIDTH - MARGIN), (BOTTOM, BOTTOM), color=LINE, lw=points(1))
        _label(figure, seen)

    return paint


def _step(seen: Sequence[Minute]) -> float:
    """How wide a minute is."""
    minutes = (seen[-1].start - seen[0].start) / MINUTE + 1
    return (WIDTH - 2 * MARGIN) / max(FEWEST, minutes)


def _box(
    minute: Minute, first: Minute, outcome: Outcome, step: float, high: float
) -> list[tuple[float, float]]:
    left = MARGIN + step * ((minute.start - first.start) / MINUTE + 0.1)
    right = left + 0.8 * step
    below = minute[Outcome.ACCEPTED] if outcome is Outcome.REFUSED else 0
    bottom, top = BOTTOM + high * below, BOTTOM + high * (below + minute[outcome])
    return [(left, bottom), (left, top), (right, top), (right, bottom)]


def _key(axes: "Axes") -> None:
    from matplotlib.patches import Rectangle

    for outcome, x in zip(STACK, (WIDTH - 420, WIDTH - 230), strict=True):
        look = LOOKS[outcome]
        box = Rectangle((x, HEADING - 8), 28, 16, fc=look.face, ec=look.edge, hatch=look.hatch, lw=points(1))
        axes.add_patch(box)


def _label(figure: "Figure", seen: Sequence[Minute]) -> None:
    def write(x: float, y: float, text: str, color: str = SOFT, align: str = "left") -> None:
        figure.text(x / WIDTH, y / HEIGHT, text, size=points(15), color=color, ha=align, va="center")

    write(MARGIN, HEADING, f"letters per minute, at most {max(map(_height, seen)):,}")
    for outcome, x in zip(STACK, (WIDTH - 380, WIDTH - 190), strict=True):
        write(x, HEADING, f"{LOOKS[outcome].mark} {total(seen, outcome):,} {outcome.value}", INK)
    write(MARGIN, BOTTOM / 2, stamp(seen[0].start, seen))
    if len(seen) > 1:
        # Below the last bar, wherever that is, but not on top of the first time.
        end = MARGIN + _step(seen) * ((seen[-1].start - seen[0].start) / MINUTE + 1)
        write(max(end, 2 * TIME), BOTTOM / 2, stamp(seen[-1].start, seen), align="right")

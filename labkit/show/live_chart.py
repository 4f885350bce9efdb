"""The small chart of a live view: letters by minute, drawn often and therefore with little.

The chart for a report is in ``charts``; it says more, and takes several times as long.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labkit.relay.traffic import Outcome
from labkit.show.bars import LOOKS
from labkit.show.minutes import MINUTE, Minute, stamp, total
from labkit.show.palette import INK, LINE, SOFT
from labkit.show.sheet import MARGIN, PER_INCH, WIDTH, Paint, png, points

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Corners = list[tuple[float, float]]

HEIGHT = 190  # CSS pixels
TOP, BOTTOM = 44, 28  # margins of the bars, CSS pixels
HEADING = HEIGHT - 20  # the middle of the first line, CSS pixels from below
TIME = 80  # CSS pixels that a time takes
SHARPNESS = 1  # pixels to one CSS pixel: a sharper one takes twice the time
FEWEST = 10  # minutes that the chart has room for at least
KEYS = (WIDTH - 380, WIDTH - 190)  # where their names begin, CSS pixels
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
        from matplotlib.lines import Line2D
        from matplotlib.transforms import Affine2D

        # Straight onto the figure: axes, with their ticks and grids, take longer than all the rest.
        in_pixels = Affine2D().scale(figure.dpi / PER_INCH)
        step, high = _step(seen), (HEIGHT - TOP - BOTTOM) / max(1, *map(_height, seen))
        for outcome, x in zip(STACK, KEYS, strict=True):
            look = LOOKS[outcome]
            boxes = [_box(minute, seen[0], outcome, step, high) for minute in seen if minute[outcome]]
            key = _corners(x - 40, x - 12, HEADING - 8, HEADING + 8)
            bars = PolyCollection([*boxes, key], fc=look.face, ec=look.edge, hatch=look.hatch, lw=points(1))
            bars.set_transform(in_pixels)
            figure.add_artist(bars)
        ground = (MARGIN, WIDTH - MARGIN), (BOTTOM, BOTTOM)
        figure.add_artist(Line2D(*ground, color=LINE, lw=points(1), transform=in_pixels))
        _label(figure, seen)

    return paint


def _step(seen: Sequence[Minute]) -> float:
    """How wide a minute is."""
    minutes = (seen[-1].start - seen[0].start) / MINUTE + 1
    return (WIDTH - 2 * MARGIN) / max(FEWEST, minutes)


def _box(minute: Minute, first: Minute, outcome: Outcome, step: float, high: float) -> Corners:
    left = MARGIN + step * ((minute.start - first.start) / MINUTE + 0.1)
    below = minute[Outcome.ACCEPTED] if outcome is Outcome.REFUSED else 0
    return _corners(left, left + 0.8 * step, BOTTOM + high * below, BOTTOM + high * (below + minute[outcome]))


def _corners(left: float, right: float, bottom: float, top: float) -> Corners:
    return [(left, bottom), (left, top), (right, top), (right, bottom)]


def _label(figure: "Figure", seen: Sequence[Minute]) -> None:
    def write(x: float, y: float, text: str, color: str = SOFT, align: str = "left") -> None:
        figure.text(x / WIDTH, y / HEIGHT, text, size=points(15), color=color, ha=align, va="center")

    write(MARGIN, HEADING, f"letters per minute, at most {max(map(_height, seen)):,}")
    for outcome, x in zip(STACK, KEYS, strict=True):
        write(x, HEADING, f"{LOOKS[outcome].mark} {total(seen, outcome):,} {outcome.value}", INK)
    write(MARGIN, BOTTOM / 2, stamp(seen[0].start, seen))
    if len(seen) > 1:
        # Below the last bar, wherever that is, but not on top of the first time.
        end = MARGIN + _step(seen) * ((seen[-1].start - seen[0].start) / MINUTE + 1)
        write(max(end, 2 * TIME), BOTTOM / 2, stamp(seen[-1].start, seen), align="right")

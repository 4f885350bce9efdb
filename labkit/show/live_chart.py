"""The small chart of a live view: letters by minute, drawn often and therefore for a page.

The chart for a report is in ``charts``; it says more, and takes a hundred times as long.
"""

from collections.abc import Iterator, Sequence

from labkit.relay.traffic import Outcome
from labkit.show.bars import LOOKS
from labkit.show.minutes import MINUTE, Minute, stamp, total
from labkit.show.palette import INK, LINE, SOFT
from labkit.show.pen import Align, Pen
from labkit.show.sheet import MARGIN, WIDTH
from labkit.show.svg import Rectangle, Svg, svg

HEIGHT = 190  # CSS pixels, as all that follows
TOP, BOTTOM = 44, 28  # margins of the bars
GROUND = HEIGHT - BOTTOM
HEADING = 20  # the middle of the first line
TIME = 80  # the width of a time
FEWEST = 10  # minutes that the chart has room for at least
KEYS = (WIDTH - 380, WIDTH - 190)  # where their names begin
STACK = (Outcome.ACCEPTED, Outcome.REFUSED)


def drawing(seen: Sequence[Minute], name: str) -> str:
    """The chart of some minutes, which are in order and at least one, as SVG.

    ``name`` is this chart's own: two charts of a page must not have the same.
    """

    def draw(pen: Svg) -> None:
        for outcome, x in zip(STACK, KEYS, strict=True):
            look = LOOKS[outcome]
            key = (x - 40, HEADING - 8, 28, 16)
            pen.bars([*_bars(seen, outcome), key], look.face, look.edge, hatched=bool(look.hatch))
        pen.stroke([(MARGIN, GROUND), (WIDTH - MARGIN, GROUND)], LINE, 1)
        label(pen, seen)

    return svg(HEIGHT, sentence(seen), draw, name)


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


def _bars(seen: Sequence[Minute], outcome: Outcome) -> Iterator[Rectangle]:
    """A bar for each minute that had any; those of what was refused stand on the others."""
    step, high = _step(seen), (GROUND - TOP) / max(1, *map(_height, seen))
    for minute in seen:
        if minute[outcome]:
            left = MARGIN + step * ((minute.start - seen[0].start) / MINUTE + 0.1)
            below = minute[Outcome.ACCEPTED] if outcome is Outcome.REFUSED else 0
            top = GROUND - high * (below + minute[outcome])
            yield left, top, 0.8 * step, high * minute[outcome]


def _step(seen: Sequence[Minute]) -> float:
    """How wide a minute is."""
    minutes = (seen[-1].start - seen[0].start) / MINUTE + 1
    return (WIDTH - 2 * MARGIN) / max(FEWEST, minutes)


def label(pen: Pen, seen: Sequence[Minute]) -> None:
    """Write what the bars mean, and when the first and the last of them was."""

    def write(x: float, y: float, text: str, color: str = SOFT, align: Align = "left") -> None:
        pen.text(x, y, text, 15, color=color, align=align)

    write(MARGIN, HEADING, f"letters per minute, at most {max(map(_height, seen)):,}")
    for outcome, x in zip(STACK, KEYS, strict=True):
        write(x, HEADING, f"{LOOKS[outcome].mark} {total(seen, outcome):,} {outcome.value}", INK)
    write(MARGIN, HEIGHT - BOTTOM / 2, stamp(seen[0].start, seen))
    if len(seen) > 1:
        # Below the last bar, wherever that is, but not on top of the first time.
        end = MARGIN + _step(seen) * ((seen[-1].start - seen[0].start) / MINUTE + 1)
        write(max(end, 2 * TIME), HEIGHT - BOTTOM / 2, stamp(seen[-1].start, seen), align="right")

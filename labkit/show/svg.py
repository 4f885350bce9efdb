"""The pen for a page: SVG, as text. It costs next to nothing, and stays sharp at every size.

A notebook's saved output has no SVG: Matplotlib's varies. This one is for what a page shows at the moment.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Unpack
from xml.sax.saxutils import escape, quoteattr

from labkit.show.palette import INK, PAPER
from labkit.show.pen import Look, Place
from labkit.show.sheet import WIDTH

Rectangle = tuple[float, float, float, float]  # left, top, width and height

FONTS = "'DejaVu Sans', Verdana, sans-serif"  # as wide as the PNG's, where the reader has one of them
LINE_HEIGHT = 1.17  # of a line of DejaVu Sans, in font sizes
HATCH = (
    '<pattern id="{name}" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="9" height="9" fill="{face}"/><rect width="2.5" height="9" fill="{edge}"/></pattern>'
)
ANCHORS = {"left": "start", "center": "middle", "right": "end"}


def svg(height: float, words: str, draw: Callable[["Svg"], None], name: str = "") -> str:
    """The SVG of a sheet ``WIDTH`` wide and ``height`` high (CSS pixels); ``words`` are read out instead.

    ``name`` is needed for hatched bars: no other picture of the page may have it.
    """
    pen = Svg(name)
    draw(pen)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label={quoteattr(words)} '
        f'font-family="{FONTS}" stroke-linejoin="round" style="background: {PAPER}">{pen}</svg>'
    )


class Svg:
    """Collects elements; ``str`` of it gives them."""

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._shapes: list[str] = []
        self._texts: list[str] = []

    def text(self, x: float, y: float, text: str, size: float = 13, **look: Unpack[Look]) -> None:
        lines, step = text.splitlines(), size * LINE_HEIGHT * look.get("leading", 1)
        anchor, color = ANCHORS[look.get("align", "left")], look.get("color", INK)
        weight = ' font-weight="bold"' if look.get("bold") else ""
        shown = f'text-anchor="{anchor}" font-size="{size:g}" fill="{color}"{weight}'
        for number, line in enumerate(lines):
            kept = escape(line.replace("  ", "\u00a0 "))  # a page would make one space of many
            # Capitals stand in the middle when the baseline is a third of their size below it.
            base = y + step * (number - (len(lines) - 1) / 2) + size * 0.36
            self._texts.append(f'<text x="{x:g}" y="{base:g}" {shown}>{kept}</text>')

    def polygon(self, corners: Sequence[Place], face: str, edge: str = "", width: float = 0) -> None:
        self._shapes.append(f'<polygon points="{_points(corners)}" {_look(face, edge, width)}/>')

    def box(
        self, x: float, y: float, width: float, height: float, face: str, edge: str, thick: float
    ) -> None:
        place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5"'
        self._shapes.append(f"<rect {place} {_look(face, edge, thick)}/>")

    def ellipse(
        self, x: float, y: float, width: float, height: float, face: str, edge: str = "", thick: float = 0
    ) -> None:
        place = f'cx="{x:g}" cy="{y:g}" rx="{width / 2:g}" ry="{height / 2:g}"'
        self._shapes.append(f"<ellipse {place} {_look(face, edge, thick)}/>")

    def stroke(self, places: Sequence[Place], color: str, width: float, dashes: Sequence[float] = ()) -> None:
        lengths = " ".join(f"{width * each:g}" for each in dashes)
        dashed = f' stroke-dasharray="{lengths}"' if dashes else ""
        look = _look("none", color, width)
        self._shapes.append(f'<polyline points="{_points(places)}" {look}{dashed}/>')

    def bars(self, boxes: Iterable[Rectangle], face: str, edge: str, *, hatched: bool) -> None:
        """Bars that all look the same, as one shape: there may be thousands."""
        outlines = "".join(f"M{x:g} {y:g}h{wide:g}v{high:g}h{-wide:g}z" for x, y, wide, high in boxes)
        if hatched:
            self._shapes.append(HATCH.format(name=self._name, face=face, edge=edge))
            face = f"url(#{self._name})"
        self._shapes.append(f'<path d="{outlines}" {_look(face, edge, 1)}/>')

    def __str__(self) -> str:
        return "".join(self._shapes + self._texts)


def _points(places: Sequence[Place]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in places)


def _look(face: str, edge: str, width: float) -> str:
    stroke = f' stroke="{edge}" stroke-width="{width:g}"' if edge else ""
    return f'fill="{face}"{stroke}'

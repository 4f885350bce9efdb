"""The few shapes that a map is made of. Places are in CSS pixels from the sheet's upper left corner."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from labkit.show.palette import INK, LINE, PAPER, VERMILION, WARNING_TINT, YELLOW
from labkit.show.sheet import points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Sign = Callable[["Axes", float, float], None]  # drawn around a place


def words(axes: "Axes", x: float, y: float, text: str, size: float = 13, **look: Any) -> None:
    """Text whose left end is at x, and whose middle is at y; ``look`` as Matplotlib's Text takes it."""
    axes.text(x, y, text, size=points(size), **{"va": "center", **look})


def area(axes: "Axes", corners: Sequence[tuple[float, float]], face: str) -> None:
    """A part of the map."""
    from matplotlib.patches import Polygon

    axes.add_patch(Polygon(corners, fc=face, ec=LINE, lw=points(1.4), joinstyle="round"))


def box(
    axes: "Axes", x: float, y: float, width: float, height: float, edge: str = LINE, face: str = PAPER
) -> None:
    """A box with round corners; x and y are its upper left corner."""
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0,rounding_size=5"
    axes.add_patch(FancyBboxPatch((x, y), width, height, style, fc=face, ec=edge, lw=points(1.4)))


def band(axes: "Axes", x: float, y: float, width: float, height: float) -> None:
    """A band behind a host and its arrow, that calls for attention."""
    box(axes, x, y, width, height, edge=INK, face=WARNING_TINT)


def wall(axes: "Axes", x: float, width: float, top: float, bottom: float, gates: Sequence[float]) -> None:
    """A wall from ``top`` to ``bottom`` with gates, which are in order."""
    from matplotlib.patches import Rectangle

    edges = [top, *(edge for gate in gates for edge in (gate - 11, gate + 11)), bottom]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        axes.add_patch(Rectangle((x, start), width, end - start, fc=INK, lw=0))


def line(
    axes: "Axes", start: float, end: float, y: float, color: str, dashes: Sequence[float], width: float = 3.5
) -> None:
    """A level line; ``dashes`` are the lengths of line and gap in line widths, none for a whole line."""
    _stroke(axes, (start, end), (y, y), color, width, (0, tuple(dashes)) if dashes else "-")


def head(axes: "Axes", x: float, y: float, color: str) -> None:
    """An arrow's head that points to (x, y)."""
    from matplotlib.patches import Polygon

    axes.add_patch(Polygon([(x, y), (x - 13, y - 7), (x - 13, y + 7)], fc=color, lw=0))


def tick(axes: "Axes", x: float, y: float) -> None:
    """A tick: yes."""
    _stroke(axes, (x - 7, x - 2, x + 8), (y, y + 6, y - 7), INK, 3)


def cross(axes: "Axes", x: float, y: float) -> None:
    """A cross: no."""
    for side in (-5.5, 5.5):
        _stroke(axes, (x - 5.5, x + 5.5), (y - side, y + side), VERMILION, 3)


def stop(axes: "Axes", x: float, y: float) -> None:
    """A cross in a circle: nobody gets through here."""
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), 12, fc=PAPER, ec=VERMILION, lw=points(3)))
    cross(axes, x, y)


def padlock(axes: "Axes", x: float, y: float) -> None:
    """A shut padlock: TLS."""
    from matplotlib.patches import Ellipse

    axes.add_patch(Ellipse((x, y - 3), 10, 15, fc="none", ec=INK, lw=points(2.4)))
    box(axes, x - 8.5, y - 3, 17, 13, edge=INK, face=INK)


def key(axes: "Axes", x: float, y: float) -> None:
    """A key: a login."""
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x - 6, y), 5, fc=PAPER, ec=INK, lw=points(2.6)))
    _stroke(axes, (x - 1, x + 11, x + 11), (y, y, y + 5), INK, 2.6)
    _stroke(axes, (x + 6, x + 6), (y, y + 4), INK, 2.6)


def warning(axes: "Axes", x: float, y: float) -> None:
    """A warning sign: a hole."""
    from matplotlib.patches import Polygon

    corners = [(x, y - 10), (x + 12, y + 10), (x - 12, y + 10)]
    axes.add_patch(Polygon(corners, fc=YELLOW, ec=INK, lw=points(2.2), joinstyle="round"))
    words(axes, x, y + 3, "!", 14, weight="bold", ha="center")


def _stroke(
    axes: "Axes", xs: Sequence[float], ys: Sequence[float], color: str, width: float, style: Any = "-"
) -> None:
    from matplotlib.lines import Line2D

    # Lines would else be drawn above all patches, whatever the order.
    axes.add_line(Line2D(xs, ys, color=color, lw=points(width), ls=style, solid_capstyle="butt", zorder=1))

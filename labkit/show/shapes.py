"""The few shapes that a map is made of. Places are in CSS pixels from the sheet's upper left corner."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from labkit.show.palette import INK, LINE, PAPER, VERMILION, WARNING_TINT, YELLOW
from labkit.show.sheet import points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

Sign = Callable[["Axes", float, float], None]  # drawn around a place


def words(axes: "Axes", x: float, y: float, text: str, size: float = 13, **look: Any) -> "Text":
    """Text whose left end is at x, and whose middle is at y; ``look`` as Matplotlib's Text takes it."""
    return axes.text(x, y, text, size=points(size), **{"va": "center", **look})


def fitted(
    axes: "Axes", x: float, y: float, text: str, size: float, room: float, **look: Any
) -> tuple["Text", float]:
    """Words in smaller letters where they would take more than ``room``; and how wide they are then."""
    drawn = words(axes, x, y, text, size, **look)
    box = drawn.get_window_extent().transformed(axes.transData.inverted())
    if box.width <= room:
        return drawn, box.width
    drawn.set_fontsize(points(size * room / box.width * 0.98))  # letters don't shrink quite evenly
    return drawn, room


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


def head(axes: "Axes", x: float, y: float, color: str, side: int = 1) -> None:
    """An arrow's head that points to (x, y), from the left, or from the right where ``side`` is -1."""
    from matplotlib.patches import Polygon

    axes.add_patch(Polygon([(x, y), (x - side * 13, y - 7), (x - side * 13, y + 7)], fc=color, lw=0))


def tick(axes: "Axes", x: float, y: float) -> None:
    """A tick: yes."""
    _stroke(axes, (x - 7, x - 2, x + 8), (y, y + 6, y - 7), INK, 3)


def cross(axes: "Axes", x: float, y: float, half: float = 5.5) -> None:
    """A cross: no. ``half`` is half its width."""
    for side in (-half, half):
        _stroke(axes, (x - half, x + half), (y - side, y + side), VERMILION, 3)


def stop(axes: "Axes", x: float, y: float, radius: float = 12) -> None:
    """A cross in a circle: nobody gets through here."""
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), radius, fc=PAPER, ec=VERMILION, lw=points(3)))
    cross(axes, x, y, radius * 5.5 / 12)


def upright(axes: "Axes", x: float, top: float, bottom: float, color: str) -> None:
    """A thin line downwards."""
    _stroke(axes, (x, x), (top, bottom), color, 1.4)


def strip(axes: "Axes", left: float, right: float, top: float, bottom: float, face: str) -> None:
    """A strip across, that something is written on."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((left, top), right - left, bottom - top, fc=face, lw=0))


def tunnel(axes: "Axes", left: float, right: float, top: float, bottom: float, face: str) -> None:
    """A piece of a tunnel: nobody outside sees what passes through. Pieces above each other are one."""
    strip(axes, left, right, top, bottom, face)
    for x in (left, right):
        _stroke(axes, (x, x), (top, bottom), INK, 5)


def dot(axes: "Axes", x: float, y: float) -> None:
    """A dot on a line: something happens here."""
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), 5, fc=INK, lw=0))


def open_padlock(axes: "Axes", x: float, y: float) -> None:
    """A padlock that hangs open: everybody can read."""
    from matplotlib.patches import Ellipse

    axes.add_patch(Ellipse((x + 7, y - 6), 10, 15, fc="none", ec=INK, lw=points(2.4)))
    box(axes, x - 8.5, y - 2, 17, 12, edge=INK, face=PAPER)


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


def arrow(
    axes: "Axes",
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    bend: float = 0,
    *,
    dashed: bool = False,
) -> None:
    """An arrow between two places; ``bend`` is how far it swings out, as a part of its length."""
    from matplotlib.patches import FancyArrowPatch

    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle=f"-|>,head_length={points(9)},head_width={points(5)}",
            mutation_scale=1,
            shrinkA=0,
            shrinkB=0,
            fc=color,
            ec=color,
            lw=points(2.6),
            ls=(0, (4, 1.5)) if dashed else "-",
        )
    )


def loop(axes: "Axes", x: float, y: float, color: str) -> None:
    """An arrow from a box's lower side back to it."""
    arrow(axes, (x - 14, y), (x + 14, y), color, bend=0.9)


def label(axes: "Axes", x: float, y: float, text: str, size: float = 11.5) -> None:
    """Words on an arrow, which doesn't run through them."""
    from matplotlib.patheffects import withStroke

    halo = withStroke(linewidth=points(5), foreground=PAPER)
    words(axes, x, y, text, size, weight="bold", ha="center", linespacing=1.25, path_effects=[halo])


def cell(
    axes: "Axes", x: float, y: float, width: float, height: float, face: str, edge: str, hatch: str
) -> None:
    """A cell of a table; x and y are its upper left corner. Its hatch is pale: words stay readable."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), width, height, fc=face, ec=LINE, hatch=hatch, lw=0))
    axes.add_patch(Rectangle((x, y), width, height, fc="none", ec=edge, lw=points(1.4)))

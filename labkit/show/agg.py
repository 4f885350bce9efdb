"""The pen for PNG: Matplotlib's own shapes, and what only Matplotlib can do, as words that are measured."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from labkit.show.palette import LINE, PAPER
from labkit.show.pen import Look, Place
from labkit.show.sheet import WIDTH, points

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch
    from matplotlib.text import Text


# What Matplotlib calls the looks of words
THEIRS = {"color": "color", "align": "ha", "leading": "linespacing"}


class Agg:
    """Draws on a figure that is ``height`` CSS pixels high."""

    def __init__(self, figure: "Figure", height: float) -> None:
        self._axes = figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(height, 0)
        self._axes.set_axis_off()

    # As every pen

    def text(self, x: float, y: float, text: str, size: float = 13, **look: Unpack[Look]) -> None:
        self._words(x, y, text, size, look)

    def polygon(self, corners: Sequence[Place], face: str, edge: str = "", width: float = 0) -> None:
        from matplotlib.patches import Polygon

        self._add(Polygon(corners, joinstyle="round" if edge else "miter", **_look(face, edge, width)))

    def box(
        self, x: float, y: float, width: float, height: float, face: str, edge: str, thick: float
    ) -> None:
        from matplotlib.patches import FancyBboxPatch

        style = "round,pad=0,rounding_size=5"
        self._add(FancyBboxPatch((x, y), width, height, style, **_look(face, edge, thick)))

    def ellipse(
        self, x: float, y: float, width: float, height: float, face: str, edge: str = "", thick: float = 0
    ) -> None:
        from matplotlib.patches import Ellipse

        self._add(Ellipse((x, y), width, height, **_look(face, edge, thick)))

    def stroke(self, places: Sequence[Place], color: str, width: float, dashes: Sequence[float] = ()) -> None:
        from matplotlib.lines import Line2D

        xs, ys = zip(*places, strict=True)
        style: Any = (0, tuple(dashes)) if dashes else "-"
        # Lines would else be drawn above all patches, whatever the order.
        line = Line2D(xs, ys, color=color, lw=points(width), ls=style, solid_capstyle="butt", zorder=1)
        self._axes.add_line(line)

    # As no other

    def fitted(
        self, x: float, y: float, text: str, size: float, room: float, halo: float = 0, **look: Unpack[Look]
    ) -> tuple["Text", float]:
        """Words in smaller letters where they would take more than ``room``; and how wide they are then.

        ``halo`` is how far around them nothing else is seen.
        """
        drawn = self._words(x, y, text, size, look, **_halo(halo))
        box = drawn.get_window_extent().transformed(self._axes.transData.inverted())
        if box.width <= room:
            return drawn, box.width
        drawn.set_fontsize(points(size * room / box.width * 0.98))  # letters don't shrink quite evenly
        return drawn, room

    def label(self, x: float, y: float, text: str, size: float = 11.5) -> None:
        """Words on an arrow, which doesn't run through them."""
        self._words(x, y, text, size, {"bold": True, "align": "center", "leading": 1.25}, **_halo(5))

    def slanted(self, x: float, y: float, text: str, degrees: float) -> None:
        """Words that rise to the right."""
        slant = {"rotation": degrees, "rotation_mode": "anchor", "va": "baseline"}
        self._words(x, y, text, 13, {"bold": True}, **slant)

    def arrow(self, start: Place, end: Place, color: str, bend: float = 0, *, dashed: bool = False) -> None:
        """An arrow between two places; ``bend`` is how far it swings out, as a part of its length."""
        from matplotlib.patches import FancyArrowPatch

        self._add(
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

    def cell(self, x: float, y: float, width: float, height: float, face: str, edge: str, hatch: str) -> None:
        """A cell of a table; x and y are its upper left corner. Its hatch is pale: words stay readable."""
        from matplotlib.patches import Rectangle

        self._add(Rectangle((x, y), width, height, fc=face, ec=LINE, hatch=hatch, lw=0))
        self._add(Rectangle((x, y), width, height, fc="none", ec=edge, lw=points(1.4)))

    def _add(self, patch: "Patch") -> None:
        self._axes.add_patch(patch)

    def _words(self, x: float, y: float, text: str, size: float, look: Look, **more: Any) -> "Text":
        asked = {THEIRS[name]: value for name, value in look.items() if name in THEIRS}
        weight = "bold" if look.get("bold") else "normal"
        return self._axes.text(
            x, y, text, size=points(size), weight=weight, **{"va": "center", **asked, **more}
        )


def _look(face: str, edge: str, width: float) -> dict[str, Any]:
    look: dict[str, Any] = {"fc": face, "lw": points(width)}
    return {**look, "ec": edge} if edge else look


def _halo(width: float) -> dict[str, Any]:
    from matplotlib.patheffects import withStroke

    return {"path_effects": [withStroke(linewidth=points(width), foreground=PAPER)]} if width else {}

"""What diagrams are drawn with: few shapes, which each kind of picture knows how to draw.

``agg`` draws the PNG of a notebook's output; ``svg`` draws for a page, where a picture changes often.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

from labkit.show.palette import INK

Place = tuple[float, float]
Align = Literal["left", "center", "right"]


class Pen(Protocol):
    """Places and sizes are in CSS pixels, from the sheet's upper left corner. Text is above all else.

    A shape without ``edge`` has none. ``dashes`` are the lengths of line and gap in line widths, none for a
    whole line.
    """

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 13,
        *,
        color: str = INK,
        bold: bool = False,
        align: Align = "left",
        leading: float = 0,
    ) -> None:
        """Words whose middle is at the height y; ``leading`` is from line to line, in heights of a line."""

    def polygon(self, corners: Sequence[Place], face: str, edge: str = "", width: float = 0) -> None:
        """A closed shape with corners."""

    def box(
        self, x: float, y: float, width: float, height: float, face: str, edge: str, thick: float
    ) -> None:
        """A box with round corners; x and y are its upper left one."""

    def ellipse(
        self, x: float, y: float, width: float, height: float, face: str, edge: str = "", thick: float = 0
    ) -> None:
        """An ellipse around a place."""

    def stroke(self, places: Sequence[Place], color: str, width: float, dashes: Sequence[float] = ()) -> None:
        """A line from place to place."""

"""What diagrams are drawn with: few shapes, which each kind of picture knows how to draw.

``agg`` draws the PNG of a notebook's output; ``svg`` draws for a page, where a picture changes often.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypedDict, Unpack

Place = tuple[float, float]
Align = Literal["left", "center", "right"]


class Look(TypedDict, total=False):
    """How words look, where not as most do: in ink, from x to the right. ``leading`` is from line to line,
    in heights of a line."""

    color: str
    bold: bool
    align: Align
    leading: float


class Pen(Protocol):
    """Places and sizes are in CSS pixels, from the sheet's upper left corner. Text is above all else.

    A shape without ``edge`` has none. ``dashes`` are the lengths of line and gap in line widths, none for a
    whole line.
    """

    def text(self, x: float, y: float, text: str, size: float = 13, **look: Unpack[Look]) -> None:
        """Words whose middle is at the height y."""

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

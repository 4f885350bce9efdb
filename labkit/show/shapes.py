"""The few shapes and signs that diagrams are made of. Places are in CSS pixels, as the pens have them."""

from collections.abc import Callable, Sequence

from labkit.show.palette import INK, LINE, PAPER, VERMILION, WARNING_TINT, YELLOW
from labkit.show.pen import Pen, Place

Sign = Callable[[Pen, float, float], None]  # drawn around a place


def area(pen: Pen, corners: Sequence[Place], face: str) -> None:
    """A part of the map."""
    pen.polygon(corners, face, LINE, 1.4)


def box(
    pen: Pen, x: float, y: float, width: float, height: float, edge: str = LINE, face: str = PAPER
) -> None:
    """A box with round corners; x and y are its upper left corner."""
    pen.box(x, y, width, height, face, edge, 1.4)


def band(pen: Pen, x: float, y: float, width: float, height: float) -> None:
    """A band behind a host and its arrow, that calls for attention."""
    box(pen, x, y, width, height, edge=INK, face=WARNING_TINT)


def strip(pen: Pen, left: float, right: float, top: float, bottom: float, face: str) -> None:
    """A strip across, that something is written on."""
    pen.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], face)


def wall(pen: Pen, x: float, width: float, top: float, bottom: float, gates: Sequence[float]) -> None:
    """A wall from ``top`` to ``bottom`` with gates, which are in order."""
    edges = [top, *(edge for gate in gates for edge in (gate - 11, gate + 11)), bottom]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        strip(pen, x, x + width, start, end, INK)


def line(
    pen: Pen, start: float, end: float, y: float, color: str, dashes: Sequence[float], width: float = 3.5
) -> None:
    """A level line; ``dashes`` as the pens take them."""
    pen.stroke([(start, y), (end, y)], color, width, dashes)


def upright(pen: Pen, x: float, top: float, bottom: float, color: str) -> None:
    """A thin line downwards."""
    pen.stroke([(x, top), (x, bottom)], color, 1.4)


def head(pen: Pen, x: float, y: float, color: str, side: int = 1) -> None:
    """An arrow's head that points to (x, y), from the left, or from the right where ``side`` is -1."""
    pen.polygon([(x, y), (x - side * 13, y - 7), (x - side * 13, y + 7)], color)


def tick(pen: Pen, x: float, y: float) -> None:
    """A tick: yes."""
    pen.stroke([(x - 7, y), (x - 2, y + 6), (x + 8, y - 7)], INK, 3)


def cross(pen: Pen, x: float, y: float, half: float = 5.5) -> None:
    """A cross: no. ``half`` is half its width."""
    for side in (-half, half):
        pen.stroke([(x - half, y - side), (x + half, y + side)], VERMILION, 3)


def stop(pen: Pen, x: float, y: float, radius: float = 12) -> None:
    """A cross in a circle: nobody gets through here."""
    pen.ellipse(x, y, 2 * radius, 2 * radius, PAPER, VERMILION, 3)
    cross(pen, x, y, radius * 5.5 / 12)


def dot(pen: Pen, x: float, y: float) -> None:
    """A dot on a line: something happens here."""
    pen.ellipse(x, y, 10, 10, INK)


def tunnel(pen: Pen, left: float, right: float, top: float, bottom: float, face: str) -> None:
    """A piece of a tunnel: nobody outside sees what passes through. Pieces above each other are one."""
    strip(pen, left, right, top, bottom, face)
    for x in (left, right):
        pen.stroke([(x, top), (x, bottom)], INK, 5)


def open_padlock(pen: Pen, x: float, y: float) -> None:
    """A padlock that hangs open: everybody can read."""
    pen.ellipse(x + 7, y - 6, 10, 15, "none", INK, 2.4)
    box(pen, x - 8.5, y - 2, 17, 12, edge=INK, face=PAPER)


def padlock(pen: Pen, x: float, y: float) -> None:
    """A shut padlock: TLS."""
    pen.ellipse(x, y - 3, 10, 15, "none", INK, 2.4)
    box(pen, x - 8.5, y - 3, 17, 13, edge=INK, face=INK)


def key(pen: Pen, x: float, y: float) -> None:
    """A key: a login."""
    pen.ellipse(x - 6, y, 10, 10, PAPER, INK, 2.6)
    pen.stroke([(x - 1, y), (x + 11, y), (x + 11, y + 5)], INK, 2.6)
    pen.stroke([(x + 6, y), (x + 6, y + 4)], INK, 2.6)


def warning(pen: Pen, x: float, y: float) -> None:
    """A warning sign: a hole."""
    pen.polygon([(x, y - 10), (x + 12, y + 10), (x - 12, y + 10)], YELLOW, INK, 2.2)
    pen.text(x, y + 3, "!", 14, bold=True, align="center")

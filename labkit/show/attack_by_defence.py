"""The table of attacks and defences as a picture: where something got through, and what it cost."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labkit.lab.matrix_table import HONEST, Matrix
from labkit.show.agg import Agg
from labkit.show.palette import HOLE_TINT, INK, LINE, PAPER, SOFT, WARNING_TINT
from labkit.show.picture import Picture
from labkit.show.sheet import MARGIN, WIDTH, Paint, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TOP, HEADS, ROW, BOTTOM = 92, 88, 36, 22  # CSS pixels: above the heads, the heads, a row, below it all
NAMES = 196  # the width of the defences' names
SLANT = 40  # degrees

CLAIM = (
    "{open:,} of {count:,} attacks get past a defence, and "
    "{lossy:,} of {defences:,} defences lose honest mail"
)
EXPLAINED = "A number is what the attack got, ✓ is nothing; in the last column: honest letters that were lost"
NOTHING = "✓"


def attack_by_defence(matrix: Matrix) -> Picture:
    """A picture of what ``labkit.matrix`` has found: a row for each defence, a column for each attack.

    The text equivalent is the table as it is printed.
    """
    return Picture(f"{claim(matrix)}.\n\n{matrix!r}", png(height(matrix), paint(matrix)), WIDTH)


def claim(matrix: Matrix) -> str:
    """What is to be seen, in a sentence without its full stop."""
    return CLAIM.format(
        open=sum(cell.harm > 0 for cell in matrix.cells),
        count=len(matrix.cells),
        lossy=sum(found.lost > 0 for found in matrix.rounds),
        defences=len(matrix.defences),
    )


def height(matrix: Matrix) -> int:
    """The height of the sheet."""
    return TOP + HEADS + ROW * len(matrix.defences) + BOTTOM


def paint(matrix: Matrix) -> Paint:
    """Paints the picture."""

    def painted(figure: "Figure") -> None:
        pen = Agg(figure, height(matrix))
        pen.text(MARGIN, 26, claim(matrix), 16, bold=True)
        pen.text(MARGIN, 54, EXPLAINED, color=SOFT)
        width = (WIDTH - 2 * MARGIN - NAMES - 24) / (len(matrix.attacks) + 1)
        for number, name in enumerate((*(attack.name for attack in matrix.attacks), HONEST)):
            x = MARGIN + NAMES + width * (number + 0.5)
            pen.slanted(x - 6, TOP + HEADS - 8, name, SLANT)
        for number, defence in enumerate(matrix.defences):
            y = TOP + HEADS + ROW * number
            pen.text(MARGIN, y + ROW / 2, defence.name, 13)
            for at, (harm, is_honest) in enumerate(_row(matrix, defence.name)):
                _cell(pen, MARGIN + NAMES + width * at, y, width, harm, is_honest=is_honest)

    return painted


def _row(matrix: Matrix, defence: str) -> Iterator[tuple[int, bool]]:
    for cell in matrix.cells:
        if cell.defence.name == defence:
            yield cell.harm, False
    yield matrix.honest(defence).lost, True


def _cell(pen: Agg, x: float, y: float, width: float, harm: int, *, is_honest: bool) -> None:
    left, tint = (x + 8, WARNING_TINT) if is_honest else (x, HOLE_TINT)
    face, edge = (tint, INK) if harm else (PAPER, LINE)
    hatch = "//" if harm and not is_honest else ""
    pen.cell(left + 2, y + 2, width - 4, ROW - 4, face, edge, hatch)
    if harm:
        pen.label(left + width / 2, y + ROW / 2, f"{harm:,}", size=14)
    else:
        pen.text(left + width / 2, y + ROW / 2, NOTHING, 13, color=SOFT, align="center")

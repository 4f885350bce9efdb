"""QR codes, drawn by segno: for a terminal, and as a file for a slide or a sheet of paper."""

from pathlib import Path

import segno

from labkit.errors import UsageError

# Which of two modules, one above the other, are dark.
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
QUIET = 4  # modules of light around it (ISO/IEC 18004), without which readers don't find it
SCALE = 8  # pixels a module in a picture
FORMS = (".svg", ".png")

FORM = "{file} can't be made: a QR code is written as .svg or .png. Give such a name: --qr code.svg"
THERE = "{file} is already there, and it stays as it is. Give another name: --qr FILE"
NOT_WRITTEN = "{file} can't be written: {why}. Give another place: --qr FILE"


def drawn(text: str) -> list[str]:
    """The code in half blocks, dark where they are: to be shown in black on white."""
    rows = [[bool(module) for module in row] for row in _code(text).matrix_iter(border=QUIET)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return [
        "".join(HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def save(codes: dict[Path, str]) -> None:
    """Write each text's code into its new file, .svg or .png.

    Raises UsageError, before anything is written: for another ending, and for a file that is there already;
    and for a file that can't be written.
    """
    for file in codes:
        if file.suffix.lower() not in FORMS:
            raise UsageError(FORM.format(file=file))
        if file.exists():
            raise UsageError(THERE.format(file=file))
    for file, text in codes.items():
        try:
            _code(text).save(str(file), scale=SCALE, border=QUIET, light="white")
        except OSError as error:
            raise UsageError(NOT_WRITTEN.format(file=file, why=error.strerror)) from error


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m")

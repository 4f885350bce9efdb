"""What goes into the bytes of a picture, and what does not."""

import struct
from io import BytesIO
from typing import TYPE_CHECKING

import matplotlib
import pytest
from matplotlib import image

from labkit.show import sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = struct.Struct(">II")


def dot(figure: "Figure") -> None:
    figure.add_axes((0.1, 0.1, 0.8, 0.8)).plot([1, 2], [3, 4])
    figure.text(0.5, 0.5, "1 $ and 2 $")


def test_a_sheet_has_two_pixels_for_each_css_pixel() -> None:
    assert SIZE.unpack_from(sheet.png(120, dot), 16) == (1800, 240)


def test_a_sheet_is_white_where_nothing_is_drawn() -> None:
    pixels = image.imread(BytesIO(sheet.png(50, lambda figure: None)))
    assert (pixels == 1).all()


def test_the_readers_own_settings_change_nothing() -> None:
    before = sheet.png(120, dot)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black", "savefig.dpi": 20}):
        assert sheet.png(120, dot) == before


def test_the_readers_own_settings_are_left_as_they_were() -> None:
    with matplotlib.rc_context({"font.size": 30, "font.family": ["serif"]}):
        before = dict(matplotlib.rcParams)
        sheet.png(120, dot)
        assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("secret", [b"Software", b"matplotlib", b"Creation Time", b"tIME"])
def test_no_version_and_no_date_is_in_the_file(secret: bytes) -> None:
    assert secret not in sheet.png(120, dot)

"""QR codes, each read by a reader that knows nothing of how it was drawn."""

import errno
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread

from labkit.errors import UsageError
from labkit.launch import qr

LINK = "https://mybinder.org/v2/gh/anna/smtp-relay-lab/v1?urlpath=lab%2Ftree%2Fnotebooks%2F00-welcome.ipynb"


def as_seen(rows: list[str]) -> np.ndarray:
    """A picture of half blocks, black on white: 255 is white."""
    halves = [[(half in "▀█", half in "▄█") for half in row] for row in rows]
    dark = np.array(halves).transpose(0, 2, 1).reshape(2 * len(rows), -1)
    return np.where(np.kron(dark, np.ones((4, 4), bool)), 0, 255).astype(np.uint8)


def painted(file: Path) -> np.ndarray:
    """An SVG of segno's: horizontal strokes (M, m: go to; h: draw), half a module below the line."""
    root = ElementTree.parse(file).getroot()
    stroke = next(path for path in root.iter() if path.get("stroke") == "#000")
    side = int(root.get("width", "")) // qr.SCALE
    dark, column, row = np.zeros((side, side), bool), 0.0, 0.0
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", stroke.get("d", "")):
        across, *down = map(float, re.findall(r"-?[\d.]+", numbers))
        if step == "h":
            dark[int(row), int(column) : int(column + across)] = True
            column += across
        else:
            column, row = column + across, row + down[0]
    return np.where(np.kron(dark, np.ones((4, 4), bool)), 0, 255).astype(np.uint8)


def read(picture: np.ndarray) -> str:
    (code,) = zxingcpp.read_barcodes(np.ascontiguousarray(picture))
    return str(code.text)


def test_the_code_in_the_terminal_can_be_read() -> None:
    assert read(as_seen(qr.drawn(LINK))) == LINK


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-._/%", min_size=1, max_size=300))
def test_a_code_of_any_size_can_be_read(text: str) -> None:
    rows = qr.drawn(LINK + text)
    assert len({len(row) for row in rows}) == 1
    assert read(as_seen(rows)) == LINK + text


def test_it_fits_a_terminal_of_eighty_columns_for_the_longest_names() -> None:
    longest = LINK.replace("anna", "a" * 39).replace("smtp-relay-lab", "l" * 100).replace("v1", "v" * 40)
    assert len(qr.drawn(longest)[0]) <= 80


def test_the_code_in_a_file_can_be_read(tmp_path: Path) -> None:
    png, svg = tmp_path / "code.png", tmp_path / "code.SVG"
    qr.save({png: LINK, svg: LINK})
    seen = imread(png)
    assert read((seen * 255).astype(np.uint8)) == LINK
    assert read(painted(svg)) == LINK


@pytest.mark.parametrize("name", ["code.pdf", "code", "code.svg.gz", ".svg"])
def test_another_form_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"is written as \.svg or \.png"):
        qr.save({tmp_path / "good.svg": LINK, tmp_path / name: LINK})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "b.svg").write_text("mine")
    with pytest.raises(UsageError, match=r"b\.svg is already there, and it stays as it is"):
        qr.save({tmp_path / "a.svg": LINK, tmp_path / "b.svg": LINK})
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("b.svg", "mine")]


def test_a_place_that_is_missing_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"No such file or directory\. Give another place"):
        qr.save({tmp_path / "missing" / "a.svg": LINK})


def test_a_full_disk_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("segno.QRCode.save", full)
    with pytest.raises(UsageError, match="No space left on device"):
        qr.save({tmp_path / "a.svg": LINK})

"""Every line of the cheat sheets works, in the order in which they stand there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from notebooks.conftest import NOTEBOOKS

import labkit
from labkit import Lab, Policy

SHEET = NOTEBOOKS / "cheat-sheet.md"
ROW = re.compile(r"^\| [^|]+ \| ([^|]*`[^|]*) \|$", re.MULTILINE)


def sections(page: Path) -> dict[str, list[str]]:
    """By heading: the lines of code that the section's rows tell to write."""
    parts = re.split(r"^## +(.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {
        heading: [line for cell in ROW.findall(text) for line in re.findall(r"`([^`]+)`", cell)]
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("labkit.lab.progress.PATIENCE", 600)  # no bar: pytest's plugins pass for a notebook
    yield tmp_path
    labkit.Lab().close()


@pytest.mark.parametrize("section", sections(SHEET))
def test_each_line_of_the_cheat_sheet_works(folder: Path, section: str) -> None:
    names: dict[str, object] = {"Lab": Lab, "Policy": Policy, "matrix": labkit.matrix, "lab": (lab := Lab())}
    names["report"] = lab.attacker.spam(5)
    lab.workstation.send()
    lines = sections(SHEET)[section]
    assert len(lines) > 2
    for line in lines:
        run(line, names)


def run(line: str, names: dict[str, object]) -> None:
    """An expression is shown as a notebook shows it; a statement is run."""
    try:
        code = compile(line, "cheat sheet", "eval")
    except SyntaxError:
        exec(line, names)
    else:
        repr(eval(code, names))

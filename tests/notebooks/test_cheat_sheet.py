"""Every line of the cheat sheet works, in the order in which they stand there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from notebooks.conftest import NOTEBOOKS
from notebooks.sheet import run, sections

import labkit
from labkit import Lab, Policy

SECTIONS = sections(NOTEBOOKS / "cheat-sheet.md")


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """What a reader has by then: a lab in which something has happened, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("labkit.lab.progress.PATIENCE", 600)  # no bar: pytest's plugins pass for a notebook
    lab = Lab()
    report = lab.attacker.spam(5)
    lab.workstation.send()
    yield {"Lab": Lab, "Policy": Policy, "matrix": labkit.matrix, "lab": lab, "report": report}
    Lab().close()


@pytest.mark.parametrize("section", SECTIONS)
def test_each_line_of_the_cheat_sheet_works(names: dict[str, object], section: str) -> None:
    assert len(SECTIONS[section]) > 2
    for line in SECTIONS[section]:
        run(line, names)


def test_what_it_says_to_keep_is_kept(names: dict[str, object], tmp_path: Path) -> None:
    for line in SECTIONS["Keep it, and go outside"]:
        run(line, names)
    assert {file.name for file in tmp_path.iterdir()} == {"run.html", "letter.pcapng"}

"""Nothing that people read has one of the spelling mistakes that codespell knows.

Words that are right all the same stand in pyproject.toml, under [tool.codespell].
"""

import subprocess
import sys
from pathlib import Path

import nbformat
from notebooks.conftest import NOTEBOOKS

ROOT = NOTEBOOKS.parent


def mistakes(*paths: Path) -> str:
    """What codespell says; empty if it knows every word."""
    command = [sys.executable, "-m", "codespell_lib", "--disable-colors", *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


def test_in_the_prose_of_notebooks(tmp_path: Path) -> None:
    for path in NOTEBOOKS.glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        (tmp_path / f"{path.stem}.md").write_text(prose, encoding="utf-8")
    assert mistakes(*sorted(tmp_path.iterdir())) == ""


def test_in_texts_and_in_what_the_lab_says() -> None:
    pages = [*ROOT.glob("*.md"), *NOTEBOOKS.rglob("*.md"), *(ROOT / "tests").rglob("*.md")]
    assert mistakes(ROOT / "labkit", *pages) == ""


def test_a_mistake_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("The server will recieve it.\n", encoding="utf-8")
    assert "recieve ==> receive" in mistakes(page)

"""Every test here that asks for `notebook` runs once for each notebook of the course."""

import html
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "path" in metafunc.fixturenames:
        # The dashboard is a page and no lesson: what holds for lessons alone is asked of the numbered ones.
        lessons = not metafunc.module.__name__.endswith("test_committed")
        paths = sorted(NOTEBOOKS.glob("[0-9]*.ipynb" if lessons else "*.ipynb"))
        metafunc.parametrize("path", paths, ids=[path.stem for path in paths], scope="module")


@pytest.fixture(scope="module")
def notebook(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def shown(notebook: NotebookNode) -> list[tuple[int, str]]:
    """What the reader sees below each code cell: (number of the cell, text of one output)."""
    return [
        (number, text_of(output))
        for number, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
    ]


def text_of(output: NotebookNode) -> str:
    """All text of an output, HTML both as written and as read, images left out."""
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return "\n".join([output.ename, output.evalue, *output.traceback])
    texts = [
        value if isinstance(value, str) else json.dumps(value)
        for kind, value in output.data.items()
        if kind not in ("image/png", "image/jpeg")
    ]
    as_read = html.unescape(re.sub(r"<[^>]+>", " ", output.data.get("text/html", "")))
    return "\n".join([*texts, as_read])

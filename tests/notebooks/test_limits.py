"""The shape of a notebook of the course, as far as a machine can judge it.

Short prose, small cells and something to look at early keep a student going, above all one who
reads English as a second or third language. A number that is out of its limits is an author's
cue to split, to cut or to move, not to reword until it fits.
"""

import ast
import re
import statistics
from itertools import pairwise

import pytest
from nbformat import NotebookNode

LIMITS = {
    #                                              least  most
    "cells": (30, 45),
    "words of prose": (700, 1_200),
    "words in the longest prose cell": (1, 120),
    "words before the first wire bytes": (0, 130),
    "lines in the longest code cell": (1, 10),
    "median lines of a code cell": (1, 3),
    "per cent of code cells right after prose": (90, 100),
    "definitions of functions and classes": (0, 0),
    "headings of level 1": (1, 1),
    "headings of level 2": (4, 12),
}
LAST_HEADINGS = ["Key points", "On a real server"]

WIRE = re.compile(r"\b220[ -]\S+\.example|\bC: ?EHLO ", re.MULTILINE)
MINUTES = re.compile(r"\b\d+ (?:to \d+ )?minutes\b")
BARE_REPR = re.compile(r"^<.*>$|^Figure\(")


@pytest.mark.parametrize("what", LIMITS)
def test_stays_within_the_limits(what: str, notebook: NotebookNode) -> None:
    least, most = LIMITS[what]
    assert least <= measure(notebook)[what] <= most


def measure(notebook: NotebookNode) -> dict[str, float]:
    """Every number that LIMITS speaks of."""
    words = [count_words(text) for text in prose(notebook)]
    lines = [count_lines(source) for source in code(notebook)]
    kinds = [cell.cell_type for cell in notebook.cells]
    after_prose = list(pairwise(kinds)).count(("markdown", "code"))
    return {
        "cells": len(kinds),
        "words of prose": sum(words),
        "words in the longest prose cell": max(words),
        "words before the first wire bytes": words_before_wire_bytes(notebook),
        "lines in the longest code cell": max(lines),
        "median lines of a code cell": statistics.median(lines),
        "per cent of code cells right after prose": 100 * after_prose / len(lines),
        "definitions of functions and classes": sum(map(count_definitions, shown_code(notebook))),
        "headings of level 1": len(headings(notebook, "#")),
        "headings of level 2": len(headings(notebook, "##")),
    }


def prose(notebook: NotebookNode) -> list[str]:
    """The markdown cells without fenced code and link targets, which nobody reads as prose."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return [re.sub(r"```.*?```|\]\([^)]*\)", "", text, flags=re.DOTALL) for text in texts]


def code(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def shown_code(notebook: NotebookNode) -> list[str]:
    """The code that a student only reads and runs: not an answer, which may be a rule of the student's own."""
    return [source for source in code(notebook) if "task.check(" not in source]


def headings(notebook: NotebookNode, level: str) -> list[str]:
    return re.findall(rf"^{level} +(.+?) *$", "\n".join(prose(notebook)), re.MULTILINE)


def count_words(text: str) -> int:
    return len([word for word in text.split() if re.search(r"\w", word)])


def count_lines(source: str) -> int:
    return len([line for line in source.splitlines() if line.strip()])


def count_definitions(source: str) -> int:
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
    return sum(isinstance(node, definitions) for node in ast.walk(ast.parse(source)))


def words_before_wire_bytes(notebook: NotebookNode) -> float:
    """Words of prose above the first output that shows SMTP; infinite if none does."""
    words = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            words += count_words(cell.source)
        elif any(WIRE.search(readable(output)) for output in cell.outputs):
            return words
    return float("inf")


def readable(output: NotebookNode) -> str:
    return str(output.get("text", "") or output.get("data", {}).get("text/plain", ""))


def test_opens_with_its_title_and_says_how_long_it_takes(notebook: NotebookNode) -> None:
    opening = [cell.source for cell in notebook.cells[:3] if cell.cell_type == "markdown"]
    assert notebook.cells[0].source.startswith("# ")
    assert MINUTES.search("\n".join(opening))


def test_ends_with_key_points_and_a_step_on_a_real_server(notebook: NotebookNode) -> None:
    assert headings(notebook, "##")[-2:] == LAST_HEADINGS


def test_every_output_with_a_picture_says_it_in_words_as_well(notebook: NotebookNode) -> None:
    silent = [
        (cell.execution_count, sorted(output.data))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if is_picture(output) and not says_it_in_words(output)
    ]
    assert silent == []


def is_picture(output: NotebookNode) -> bool:
    data = output.get("data", {})
    drawn = re.search(r"<(?:svg|img|canvas)\b", data.get("text/html", ""))
    return bool(drawn) or any(kind.startswith("image/") for kind in data)


def says_it_in_words(output: NotebookNode) -> bool:
    words = output.data.get("text/plain", "").strip()
    return count_words(words) >= 5 and not BARE_REPR.search(words)


def test_every_picture_in_the_prose_has_a_text_equivalent(notebook: NotebookNode) -> None:
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"!\[\s*\]\(", text)
    assert all('alt="' in tag for tag in re.findall(r"<img\b[^>]*>", text))

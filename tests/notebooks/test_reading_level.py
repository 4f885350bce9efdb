"""Sentences are short, because many read them in a second or third language.

Code counts as one word; tables, headings and listings aren't sentences. A sentence that is too long is an
author's cue to make two of it.
"""

import re
import statistics
from pathlib import Path

import pytest
from nbformat import NotebookNode
from notebooks.conftest import NOTEBOOKS

MEAN, LONGEST = 12, 30  # words of a sentence
PAGES = sorted(NOTEBOOKS.rglob("*.md"))

BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:-|\d+\.) )")
MARK = re.compile(r"^\s*(?:-|\d+\.) ")
END = re.compile(r"(?<=[.?!])[*\"”)]*\s+(?=[*\"“(]*(?:[A-Z]|code\b))")


def sentences(text: str) -> list[str]:
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`", "code", text)
    text = re.sub(r"!?\[([^]]*)\]\([^)]*\)", r"\1", text)
    blocks = [MARK.sub("", block).strip() for block in BLOCK.split(text)]
    prose = [" ".join(block.split()) for block in blocks if block and block[0] not in "#|"]
    return [one for block in prose for one in END.split(block) if re.search(r"\w", one)]


def too_long(text: str) -> list[str]:
    return [one for one in sentences(text) if len(one.split()) > LONGEST]


def mean(text: str) -> float:
    return statistics.mean(len(one.split()) for one in sentences(text))


def test_sentences_are_short(notebook: NotebookNode) -> None:
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert too_long(text) == []
    assert mean(text) <= MEAN


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_sentences_for_instructors_are_short(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert too_long(text) == []
    assert mean(text) <= MEAN


def test_a_sentence_ends_where_a_reader_stops() -> None:
    text = '# Title\n\nIt said "no." Then `a.b. C` came. **Why?** Look:\n\n- one thing;\n- two things.\n\n| a | b |\n'
    assert sentences(text) == [
        'It said "no.',
        "Then code came.",
        "**Why?",
        "Look:",
        "one thing;",
        "two things.",
    ]

"""Notebooks are committed executed, and show the same on every run and every machine.

Strict `--nbval` compares a run with what is committed; it compares nothing where a cell was never
executed. These tests make sure that there is something to compare and that it can be the same.
"""

import ast
import copy
import re
from typing import Any

import pytest
from nbformat import NotebookNode
from notebooks.execute import run

from labkit.clock import START

VARIES = {
    "a memory address": r"\b0x[0-9a-f]{6,}\b",
    "a Unix path": r"(?<![\w/])/(?:home|Users|root|tmp|usr|opt|var|work|private)/\w",
    "a Windows path": r"\b[A-Z]:\\\w",
    "a file of this machine": r"site-packages|ipykernel_\d+|<ipython-input|\.venv\b",
    "a loopback port": r"(?:127\.0\.0\.1|\[::1\]|localhost)[:#]\d+",
    "an ephemeral port": r"(?:\bport |:)(?:3276[89]|3[3-9]\d{3}|[45]\d{4}|6[0-5]\d{3})\b",
    # In the lab's own log the number in brackets is a session's.
    "a process id": r"\bpid[ =:]+\d+|\w(?<!postfix/smtpd)\[\d{2,7}\]:",
    "a measured time": r"\d (?:ms|µs|μs|us|ns)\b|\bWall time:|\bCPU times:",
    "a date that is not the lab's": (
        rf"\b\d{{1,2}} (?!{START:%b %Y})[A-Z][a-z]{{2}} 20\d\d\b|\b20\d\d-\d\d-\d\d\b(?<!{START:%Y-%m}-\d\d)"
    ),
    "a progress bar's clock": r"\d\d:\d\d<\d\d:\d\d|\d ?it/s",
    "a version of Python": r"\bPython 3\.\d+",
}


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_code_cell_was_executed_once_from_top_to_bottom(notebook: NotebookNode) -> None:
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_every_cell_that_shows_something_has_its_output(notebook: NotebookNode) -> None:
    empty = [cell.source for cell in code_cells(notebook) if must_show(cell.source) and not cell.outputs]
    assert empty == []


def must_show(source: str) -> bool:
    """True for a cell that prints, displays or ends with a value (a call may return None)."""
    tree = ast.parse(source)
    calls = {node.func.id for node in ast.walk(tree) if is_plain_call(node)}
    last = tree.body[-1] if tree.body else None
    ends_with_value = isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call | ast.Constant)
    return bool(calls & {"print", "display"}) or ends_with_value


def is_plain_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def test_nothing_was_written_to_stderr(notebook: NotebookNode) -> None:
    streams = [output for cell in code_cells(notebook) for output in cell.outputs if "text" in output]
    assert [stream.text for stream in streams if stream.name != "stdout"] == []


def test_only_cells_tagged_so_raise(notebook: NotebookNode) -> None:
    errors = [
        (cell.execution_count, output.ename)
        for cell in code_cells(notebook)
        for output in cell.outputs
        if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", [])
    ]
    assert errors == []


@pytest.mark.parametrize("what", VARIES)
def test_no_output_shows(what: str, shown: list[tuple[int, str]]) -> None:
    found = [(number, found[0]) for number, text in shown if (found := re.search(VARIES[what], text))]
    assert found == []


def test_no_output_is_kept_out_of_the_comparison(notebook: NotebookNode) -> None:
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
    sources = [cell.source for cell in code_cells(notebook)]
    assert tags <= {"raises-exception"}
    assert [source for source in sources if re.search(r"#\s*NBVAL|%%?capture", source)] == []


def test_no_clutter_in_the_metadata(notebook: NotebookNode) -> None:
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info == {"name": "python"}
    assert {key for cell in notebook.cells for key in cell.metadata} <= {"tags"}
    assert not any(cell.get("attachments") for cell in notebook.cells)


def test_no_live_widget_is_committed(notebook: NotebookNode) -> None:
    kinds = {
        kind for cell in code_cells(notebook) for output in cell.outputs for kind in output.get("data", {})
    }
    assert [kind for kind in kinds if "widget" in kind] == []


def test_running_all_cells_again_shows_the_same(notebook: NotebookNode) -> None:
    twice = copy.deepcopy(notebook)
    twice.cells = [copy.deepcopy(cell) for _ in range(2) for cell in code_cells(notebook)]
    for number, cell in enumerate(twice.cells):
        cell.id = f"cell-{number}"
    run(twice)

    half = len(twice.cells) // 2
    for first, second in zip(twice.cells[:half], twice.cells[half:], strict=True):
        assert comparable(second) == comparable(first), first.source


def comparable(cell: NotebookNode) -> list[dict[str, Any]]:
    """The cell's outputs without pictures' pixels, live widgets, tracebacks and execution counts."""
    kept = ("name", "text", "ename", "evalue")
    outputs = [
        {key: value for key, value in output.items() if key in kept}
        | {kind: value for kind, value in output.get("data", {}).items() if not is_skipped(kind)}
        for output in cell.outputs
    ]
    return [output for output in outputs if output]


def is_skipped(kind: str) -> bool:
    return kind.startswith("image/p") or "widget" in kind

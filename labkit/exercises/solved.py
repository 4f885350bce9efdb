"""``labkit solutions``: the instructor's copy of a notebook, with every answer filled in and explained.

The student's notebook is the only source. The answers come from the exercises themselves, which the tests
run, so a copy can't be out of date.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from labkit.errors import UsageError
from labkit.exercises import registry
from labkit.exercises.exercise import Exercise
from labkit.exercises.telling import told
from labkit.lab.stage import Stage, stage_of

Cell = dict[str, Any]

CARD = re.compile(r'exercise\("(\d\d\.\d)"')
CHECK = "task.check("
WHY = "**A solution.** {explanation}\n\n**What students answer, and what to say:**\n\n{reasons}"
NOT_READ = "{file} is no notebook that can be read: {why}. Give one of the course, such as 06-close-it.ipynb."
THERE = "{file} is already there, and it stays as it is. Give another folder: labkit solutions ... -o OTHER."
NOT_WRITTEN = "{file} can't be written: {why}. Give another folder: labkit solutions ... -o OTHER."
WROTE = "Notebooks written to {folder}: {count}, with answers: {answers}. They hold no outputs: run them."


def write(files: Sequence[Path], folder: Path, seed: str = "") -> str:
    """Write a copy of each notebook into ``folder``, and say so in a line.

    Raises UsageError: a file that is no notebook, one that is there already or can't be written, a bad seed.
    """
    stage = stage_of(seed)
    copies = {folder / file.name: solved(_read(file), stage) for file in files}
    for file in copies:
        if file.exists():
            raise UsageError(THERE.format(file=file))
    for file, copy in copies.items():
        _write(file, json.dumps(copy, indent=1, ensure_ascii=False) + "\n")
    answers = sum(CHECK in _source(cell) for copy in copies.values() for cell in copy["cells"])
    return WROTE.format(count=len(copies), answers=answers, folder=folder)


def solved(notebook: Cell, stage: Stage) -> Cell:
    """A notebook, in nbformat's JSON, with the solutions of a stage in the cells that check answers."""
    return {**notebook, "cells": list(_cells(notebook["cells"], stage))}


def _cells(cells: Iterable[Cell], stage: Stage) -> Iterator[Cell]:
    exercise: Exercise | None = None
    for cell in cells:
        source = _source(cell)
        if cell["cell_type"] != "code":
            yield cell
            continue
        if card := CARD.search(source):
            exercise = told(registry.find(card[1]), stage)
        if exercise and CHECK in source:
            yield {**_emptied(cell), "source": answered(exercise)}
            yield _explained(exercise)
        else:
            yield _emptied(cell)


def answered(exercise: Exercise) -> str:
    """The code of a cell that checks the solution, whichever exercise was looked at last."""
    call = exercise.kind.call(exercise.solution)
    return call.replace(CHECK, f'task = exercise("{exercise.id}")\n{CHECK}', 1)


def _source(cell: Cell) -> str:
    return "".join(cell["source"])


def _emptied(cell: Cell) -> Cell:
    return {**cell, "outputs": [], "execution_count": None}


def _explained(exercise: Exercise) -> Cell:
    reasons = "\n".join(f"- {wrong.reason}" for wrong in exercise.wrong)
    text = WHY.format(explanation=exercise.explanation, reasons=reasons)
    name = f"why-{exercise.id.replace('.', '-')}"
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def _read(file: Path) -> Cell:
    try:
        notebook = json.loads(file.read_text("utf-8"))
        if not all(cell["cell_type"] and isinstance(_source(cell), str) for cell in notebook["cells"]):
            raise KeyError
    except OSError as error:
        raise UsageError(NOT_READ.format(file=file, why=error.strerror)) from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(NOT_READ.format(file=file, why="its content is something else")) from None
    return dict(notebook)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(NOT_WRITTEN.format(file=file, why=error.strerror)) from None

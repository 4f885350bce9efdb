"""An instructor's copy of a notebook: the student's, with each answer filled in and explained."""

import json
from pathlib import Path

import nbformat
import pytest
from notebooks.conftest import NOTEBOOKS

from labkit import UsageError
from labkit.exercises import registry, solved
from labkit.lab.stage import stage_of

LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_exercise_has_its_solution_where_students_answer(path: Path) -> None:
    copy = solved.solved(json.loads(path.read_text("utf-8")), stage_of(""))
    sources = ["".join(cell["source"]) for cell in copy["cells"]]
    exercises = registry.of_notebook(path.name[:2])
    answers = [source for source in sources if "task.check(" in source and "`task.check(" not in source]
    assert answers == list(map(solved.answered, exercises))
    assert all(
        answer.count(f'exercise("{one.id}")') == 1 for one, answer in zip(exercises, answers, strict=True)
    )
    for one in exercises:
        (why,) = [source for source in sources if one.explanation in source]
        assert all(wrong.reason in why for wrong in one.wrong)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_copy_is_a_notebook_without_outputs_and_otherwise_the_students(
    path: Path, tmp_path: Path
) -> None:
    solved.write([path], tmp_path)
    copy, original = nbformat.read(tmp_path / path.name, 4), nbformat.read(path, 4)
    nbformat.validate(copy)
    assert not any(cell.get("outputs") for cell in copy.cells)
    same = {cell.id: cell.source for cell in copy.cells}
    changed = [cell for cell in original.cells if same[cell.id] != cell.source]
    assert all("task.check(" in cell.source for cell in changed)
    assert len(changed) == len(registry.of_notebook(path.name[:2]))


def test_a_seed_gives_that_students_answers(tmp_path: Path) -> None:
    said = solved.write(LESSONS[6:7], tmp_path, "anna")
    assert said == f"Notebooks written to {tmp_path}: 1, with answers: 3. They hold no outputs: run them."
    text = (tmp_path / LESSONS[6].name).read_text("utf-8")
    assert stage_of("anna").COPIER.address in text


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / LESSONS[3].name).write_text("mine")
    with pytest.raises(UsageError, match="is already there, and it stays as it is"):
        solved.write(LESSONS[2:4], tmp_path)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"cells": [{}]}', '{"cells": 3}', "\udcff"])
def test_what_is_no_notebook_is_explained(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "some.ipynb"
    if content is not None:
        file.write_text(content, "utf-8", "surrogateescape")
    with pytest.raises(UsageError, match="is no notebook that can be read: "):
        solved.write([file], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cant_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't be written: "):
        solved.write(LESSONS[:1], tmp_path / "file" / "folder")

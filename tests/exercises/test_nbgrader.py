"""The checks in autograder cells, with the real nbgrader: from a source notebook to the scores.

A cell that ends with ``grade(answer)`` gives all its points or none; one that ends with ``points(most,
answer)`` gives a part for a part.
"""

import csv
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pytest
from exercises.handing_in import POLICY, solution
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from notebooks.execute import listening

ASSIGNMENT, NOTEBOOK = "relay", "close.ipynb"
SOLVED = f'### BEGIN SOLUTION\nanswer = """\n{solution(POLICY)}\n"""\n### END SOLUTION'
OFFICE_AND_STRANGER = 'answer = "mynetworks = 192.0.2.0/24, 203.0.113.0/24"'
ALL_OR_NOTHING = f'exercise("{POLICY}").grade(answer)'
IN_PART = f'exercise("{POLICY}").points(4, answer)'


def graded(source: str, name: str, **settings: object) -> NotebookNode:
    """A cell with what nbgrader's own panel writes beside it."""
    usual = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return new_code_cell(source, metadata={"nbgrader": {**usual, "grade_id": name, **settings}})


def source() -> NotebookNode:
    return new_notebook(
        cells=[
            new_code_cell("from labkit import exercise"),
            graded(SOLVED, "answer", solution=True),
            graded(ALL_OR_NOTHING, "whole", grade=True, locked=True, points=3),
            graded(IN_PART, "part", grade=True, locked=True, points=4),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


def write(notebook: NotebookNode, folder: Path) -> None:
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / NOTEBOOK)


def nbgrader(*arguments: str) -> None:
    """Run it in the current folder, with no settings but its own. It looks for alembic in PATH."""
    mine = {
        name: str(Path(name).absolute()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        env={**os.environ, **mine, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one assignment, handed in by three students and graded."""
    before, course = Path.cwd(), tmp_path_factory.mktemp("course")
    os.chdir(course)
    try:
        write(source(), Path("source", ASSIGNMENT))
        nbgrader("generate_assignment", ASSIGNMENT, "--create")
        for student, answer in (("right", SOLVED), ("half", OFFICE_AND_STRANGER), ("nothing", None)):
            released = nbformat.read(Path("release", ASSIGNMENT, NOTEBOOK), 4)
            if answer:
                released.cells[1].source = answer
            if student == "half":
                released.cells[2].source = "pass  # a cell of the instructor's, changed"
            write(released, Path("submitted", student, ASSIGNMENT))
        with TemporaryDirectory() as sockets:
            kernels = [f"--KernelManager.{name}={value}" for name, value in listening(sockets).items()]
            nbgrader("autograde", ASSIGNMENT, *kernels)
        nbgrader("export")
    finally:
        os.chdir(before)
    return course


def test_what_students_get_has_the_checks_and_no_solution(course: Path) -> None:
    released = nbformat.read(course / "release" / ASSIGNMENT / NOTEBOOK, 4)
    assert "YOUR CODE HERE" in released.cells[1].source
    assert "mynetworks" not in nbformat.writes(released)
    assert [cell.source for cell in released.cells[2:]] == [ALL_OR_NOTHING, IN_PART]


def test_scores_are_what_the_answers_deserve(course: Path) -> None:
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert (scores["right"], scores["nothing"]) == (7, 0)
    assert 0 < scores["half"] < 4


def test_the_graded_notebook_says_what_was_seen(course: Path) -> None:
    graded = nbformat.read(course / "autograded" / "half" / ASSIGNMENT / NOTEBOOK, 4)
    (error,) = [output for output in graded.cells[2].outputs if output.output_type == "error"]
    shown = "\n".join(error.traceback)
    assert "not yet: A stranger can't send to customers." in shown
    assert "labkit/exercises" not in shown


def test_grading_keeps_no_progress(course: Path) -> None:
    assert not list(course.rglob("progress*.json"))

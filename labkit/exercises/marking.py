"""``labkit grade``: the marks of a class as a table, and a page about what was hard."""

from pathlib import Path

from labkit.errors import UsageError
from labkit.exercises import marks_table, summary
from labkit.exercises.grading import Mark, Marks, grade

TABLE, PAGE = "marks.csv", "summary.html"

THERE = "{file} is already there, and it stays as it is. Give another folder: labkit grade FOLDER -o OTHER."
NOT_WRITTEN = "{file} can't be written: {why}. Give another folder: labkit grade FOLDER -o OTHER."
WROTE = (
    "{table} and {page} are written. Files marked: {count}. Files left out: {left_out}. "
    "Answers to be read by hand: {by_hand}."
)


def mark(folder: Path, out: Path, *, run_code: bool = False) -> str:
    """Mark the files in ``folder``, write both files into ``out``, and say so in a line.

    Raises UsageError: nothing to mark, a file is there already, or can't be written.
    """
    table, page = out / TABLE, out / PAGE
    for file in (table, page):
        if file.exists():
            raise UsageError(THERE.format(file=file))
    marks = grade(folder, run_code=run_code)
    # With a byte order mark, by which spreadsheets know UTF-8.
    _write(table, marks_table.table(marks).encode("utf-8-sig"))
    _write(page, summary.page(marks).encode("utf-8", "replace"))
    return WROTE.format(
        table=table,
        page=page,
        count=len(marks.files),
        left_out=len(marks.left_out),
        by_hand=_by_hand(marks),
    )


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise UsageError(NOT_WRITTEN.format(file=file, why=error.strerror)) from None


def _by_hand(marks: Marks) -> int:
    return sum(one.mark is Mark.BY_HAND for student in marks.students for one in student.marks.values())

"""The table of marks, for a spreadsheet: a row for each student, and one for each file with other answers."""

import csv
from io import StringIO

from labkit.exercises.copying import of
from labkit.exercises.grading import Marks, Student

BEGINS_A_FORMULA = "=+-@＝＋－＠"  # a spreadsheet would compute what a student wrote
FITS, CHANGED = "ok", "changed"


def table(marks: Marks) -> str:
    """The marks as CSV (RFC 4180)."""
    text = StringIO()
    writer = csv.writer(text)
    numbers = [exercise.id for exercise in marks.exercises]
    writer.writerow(["name", "seed", *numbers, "total", "hash", "file"])
    for student in marks.students:
        writer.writerow(map(harmless, _row(student, numbers)))
    return text.getvalue()


def _row(student: Student, numbers: list[str]) -> list[str]:
    work = student.work
    seeds = sorted({handed.seed for handed in work.answers.values()})
    return [
        work.name,
        seeds[0] if len(seeds) == 1 else ", ".join(map(of, seeds)),
        *(student.marks[number].mark.value for number in numbers),
        str(student.done),
        FITS if work.whole else CHANGED,
        work.file,
    ]


def harmless(cell: str) -> str:
    """A cell that is nothing but text: an apostrophe before what would begin a formula says so."""
    return f"'{cell}" if cell.lstrip().startswith(tuple(BEGINS_A_FORMULA)) else cell

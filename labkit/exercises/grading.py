"""The answers of a class, looked at again: what each file holds is checked here, and its outcomes aren't
believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from labkit.errors import Interrupted, UsageError
from labkit.exercises import registry
from labkit.exercises.again import again
from labkit.exercises.apart import NotRun, apart
from labkit.exercises.checking import Outcome
from labkit.exercises.exercise import Exercise
from labkit.exercises.handed_in import Handed, NotOurs, Work, read, shown
from labkit.lab.progress import progress

NO_FOLDER = "There is no folder {folder}. Give the one in which your students' evidence files are."
NOTHING = "There is no file of labkit evidence in {folder}.{others}"
OTHERS = " Other files there: {names}."
SEVERAL = 3  # files that are named
TROUBLE = "The lab could not check this answer: {error}."


class Mark(Enum):
    """What an answer is worth. Its value is the word that stands in the table."""

    DONE = "done"
    NOT_YET = "not yet"
    NOT_ATTEMPTED = "not attempted"
    BY_HAND = "to be read by hand"


@dataclass(frozen=True, slots=True)
class Marked:
    """An answer and its mark.

    ``misses`` are the keys of claims that don't hold, ``reason`` says why, in the words of the usual stage;
    ``trouble`` says why an answer couldn't be read or run.
    """

    mark: Mark
    misses: frozenset[str] = frozenset()
    reason: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Student:
    """What a student handed in, and a mark for every exercise of the course."""

    work: Work
    marks: Mapping[str, Marked]

    @property
    def done(self) -> int:
        """How many exercises are done."""
        return sum(one.mark is Mark.DONE for one in self.marks.values())


@dataclass(frozen=True, slots=True)
class Marks:
    """A class. ``files`` are all that were read, ``left_out`` those that could not be, with the reason."""

    exercises: tuple[Exercise, ...]
    files: tuple[Student, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def students(self) -> tuple[Student, ...]:
        """The same without files that say what an earlier one of the same student says."""
        first: dict[tuple[str, str], Student] = {}
        for one in self.files:
            first.setdefault((one.work.name.casefold(), _answers(one.work)), one)
        return tuple(first.values())


def grade(folder: Path, *, run_code: bool = False) -> Marks:
    """Mark every evidence file in a folder, and in the folders within.

    Functions are run only with ``run_code``. Raises UsageError where there is no such file, and Interrupted.
    """
    works, left_out = _works(folder)
    exercises, marker = registry.exercises(), _Marker(run_code)
    students = []
    with progress(len(works), "students") as show:
        for work in works:
            marks = {one.id: marker.mark(one, work.answers.get(one.id)) for one in exercises}
            students.append(Student(work, marks))
            show(len(students))
    return Marks(exercises, tuple(students), tuple(left_out))


def _answers(work: Work) -> str:
    return repr(sorted((number, handed.answer, handed.seed) for number, handed in work.answers.items()))


def _works(folder: Path) -> tuple[list[Work], list[tuple[str, str]]]:
    if not folder.is_dir():
        raise UsageError(NO_FOLDER.format(folder=folder))
    works, left_out = [], []
    for path in sorted(folder.rglob("*.json")):
        file = path.relative_to(folder).as_posix()
        if not path.is_file():
            continue
        try:
            works.append(read(path, file))
        except NotOurs as error:
            left_out.append((shown(file), str(error)))
    if not works:
        names = ", ".join(name for name, _ in left_out[:SEVERAL])
        raise UsageError(NOTHING.format(folder=folder, others=OTHERS.format(names=names) if names else ""))
    return sorted(works, key=lambda work: (work.name.casefold(), work.file)), left_out


class _Marker:
    """Marks answers one after the other. What many have answered alike is looked at once."""

    def __init__(self, run_code: bool) -> None:
        self._run_code = run_code
        self._known: dict[tuple[str, str, str], Marked] = {}

    def mark(self, exercise: Exercise, handed: Handed | None) -> Marked:
        if handed is None:
            return Marked(Mark.NOT_ATTEMPTED)
        key = (exercise.id, handed.answer, handed.seed)
        if key not in self._known:
            self._known[key] = self._looked_at(exercise, handed)
        return self._known[key]

    def _looked_at(self, exercise: Exercise, handed: Handed) -> Marked:
        try:
            with apart(exercise, run=self._run_code) as safe:
                return _marked(exercise, again(safe, handed.answer, handed.seed))
        except NotRun as error:
            return Marked(Mark.BY_HAND, trouble=str(error))
        except Interrupted:
            raise
        except Exception as error:  # one answer that the lab can't bear must not cost the others their marks
            words = f"{type(error).__name__}: {shown(str(error))}".removesuffix(".")
            return Marked(Mark.BY_HAND, trouble=TROUBLE.format(error=words))


def _marked(exercise: Exercise, outcome: Outcome) -> Marked:
    mark = Mark(outcome.state.value)
    return Marked(mark, outcome.missed, _reason(exercise, outcome), outcome.trouble)


def _reason(exercise: Exercise, outcome: Outcome) -> str:
    """The reason as it is for everybody, not with the names of one student's seed."""
    for written, told in zip(exercise.wrong, outcome.exercise.wrong, strict=False):
        if told.reason == outcome.reason and not exercise.for_seed:
            return written.reason
    return outcome.reason

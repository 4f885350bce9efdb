"""What an instructor may want to ask about: two files of one student, answers that somebody else gave, files
that say something else than a check does. Nothing here changes a mark."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from labkit.exercises.exercise import Exercise
from labkit.exercises.grading import Mark, Marks, Student
from labkit.lab.stage import stage_of

TOKEN = re.compile(r"[\w.-]{3,}")

TWICE = "{name} handed in {count} files: {files}. {same}"
THE_SAME, DIFFERENT = "The answers in them are the same.", "The answers in them differ."
CHANGED = "{name}: the file {file} was changed after it was written."
OTHERWISE = '{name}, {number}: the file says "{claimed}", and a check says "{mark}".'
COPIED = (
    "{number}: {one} (seed {seed}) and {other} (seed {other_seed}) gave the same answer, "
    "with names of seed {owner}."
)


def remarks(marks: Marks) -> list[str]:
    """One sentence for each thing, in a steady order."""
    return [*_twice(marks), *_changed(marks), *_otherwise(marks), *_copied(marks)]


def _twice(marks: Marks) -> Iterator[str]:
    by_name: dict[str, list[Student]] = defaultdict(list)
    for student in marks.files:
        by_name[student.work.name.casefold()].append(student)
    for students in by_name.values():
        if len(students) > 1:
            alike = all(one not in marks.students for one in students[1:])
            files = ", ".join(one.work.file for one in students)
            same = THE_SAME if alike else DIFFERENT
            yield TWICE.format(name=students[0].work.name, count=len(students), files=files, same=same)


def _changed(marks: Marks) -> Iterator[str]:
    for student in marks.files:
        if not student.work.whole:
            yield CHANGED.format(name=student.work.name, file=student.work.file)


def _otherwise(marks: Marks) -> Iterator[str]:
    for student in marks.students:
        for number, handed in student.work.answers.items():
            marked = student.marks.get(number)
            if marked and marked.mark is not Mark.BY_HAND and marked.mark.value != handed.claimed:
                yield OTHERWISE.format(
                    name=student.work.name, number=number, claimed=handed.claimed, mark=marked.mark.value
                )


def _copied(marks: Marks) -> Iterator[str]:
    """Pairs whose answers are the same though their seeds differ, where the answer has a name of one seed."""
    for exercise in marks.exercises:
        by_answer: dict[str, list[Student]] = defaultdict(list)
        for student in marks.students:
            if handed := student.work.answers.get(exercise.id):
                by_answer[" ".join(handed.answer.split())].append(student)
        for answer, students in by_answer.items():
            for one, other in combinations(students, 2):
                yield from _pair(exercise, answer, one, other)


def _pair(exercise: Exercise, answer: str, one: Student, other: Student) -> Iterator[str]:
    seed, other_seed = (student.work.answers[exercise.id].seed for student in (one, other))
    if seed == other_seed:
        return
    names, other_names = _names(exercise, seed), _names(exercise, other_seed)
    used = _tokens(answer)
    for owner, only_there in ((seed, names - other_names), (other_seed, other_names - names)):
        if used & only_there:
            yield COPIED.format(
                number=exercise.id,
                one=one.work.name,
                other=other.work.name,
                seed=of(seed),
                other_seed=of(other_seed),
                owner=of(owner),
            )


def of(seed: str) -> str:
    """A seed as it is shown."""
    return repr(seed) if seed else "none"


def _names(exercise: Exercise, seed: str) -> set[str]:
    """The words of an exercise, as it is told for a seed. Which are names is seen beside another seed's."""
    shown = stage_of(seed).tell(exercise) if seed else exercise
    texts = (
        shown.given,
        shown.goal,
        *shown.hints,
        exercise.kind.text(shown.starter),
        exercise.kind.text(shown.solution),
    )
    return {token for text in texts for token in _tokens(text)}


def _tokens(text: str) -> set[str]:
    return {token.strip(".-") for token in TOKEN.findall(text)}

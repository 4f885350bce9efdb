"""The summary of a class as a page: what was hard, and what to talk about.

The page stands alone and loads nothing. Words and figures carry everything, so it prints in black. Names come
last, on a page of their own: what is before them can be shown to the class.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape

from labkit.exercises.copying import remarks
from labkit.exercises.exercise import Exercise
from labkit.exercises.grading import Mark, Marked, Marks
from labkit.exercises.sheets import TICKED

BAR = 20  # signs
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>The SMTP relay lab: summary of a class</title>
<style>
body {{ font: 16px/1.45 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em;
  color: #000; background: #fff; }}
table {{ border-collapse: collapse; margin: 1em 0; }}
th, td {{ border: 1px solid #000; padding: 3px 8px; text-align: left; vertical-align: top; }}
.number {{ text-align: right; }}
.bar {{ font-family: monospace; white-space: nowrap; }}
pre {{ border: 1px solid #000; padding: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }}
@media print {{ .names {{ break-before: page; }} tr, pre {{ break-inside: avoid; }} }}
</style>
</head>
<body>
<h1>Summary of a class</h1>
<p>Students: {students}. Files: {files}. Each answer was checked again for this page;
what the files say about outcomes was not used.</p>
{body}
</body>
</html>
"""
DONE = "How many did each exercise"
MISSED = "What most students miss"
MISSED_HOW = "These claims don't hold for the answers of so many. Below stands why such answers fall short."
NOTHING_MISSED = "Every answer that could be checked is done."
NAMES = "For you alone: names"
REMARKS = "Worth a question"
REMARKS_HOW = (
    "No mark depends on these sentences. Equal answers may come from honest work together: ask first."
)
LEFT_OUT = "Files that were left out"
BY_HAND = "To be read by hand"
BY_HAND_HOW = (
    "A function is somebody's program. labkit grade --run-code runs such answers, each in a process of its "
    "own with a time limit; this process may still read and write what you may. So read them first."
)
TIMES = "{count} × {words}"
COULD_NOT_BE_READ = "{count} × the answer could not be read or run"


def page(marks: Marks) -> str:
    """The whole page."""
    students = len({one.work.name.casefold() for one in marks.files})
    body = "\n".join([*_done(marks), *_missed(marks), *_names(marks)])
    return PAGE.format(files=len(marks.files), students=students, body=body)


def _done(marks: Marks) -> Iterator[str]:
    yield f"<h2>{DONE}</h2>"
    rows = []
    for exercise in marks.exercises:
        counts = Counter(student.marks[exercise.id].mark for student in marks.students)
        filled = BAR * counts[Mark.DONE] // len(marks.students)
        bar = f'<td class="bar" aria-hidden="true">{"█" * filled}{"·" * (BAR - filled)}</td>'
        rows.append(_title(exercise) + bar + "".join(_number(counts[mark]) for mark in Mark))
    yield _table(["exercise", "title", "share done", *(mark.value for mark in Mark)], rows)


def _missed(marks: Marks) -> Iterator[str]:
    yield f"<h2>{MISSED}</h2>"
    rows = sorted(_claims(marks), key=lambda row: -row[0])
    if not rows:
        yield f"<p>{NOTHING_MISSED}</p>"
        return
    yield f"<p>{MISSED_HOW}</p>"
    heads = ["missed by", "who tried", "exercise", "claim"]
    yield _table(
        heads,
        [_number(missed) + _number(tried) + _cells(number, says) for missed, tried, number, says in rows],
    )
    for exercise in marks.exercises:
        if reasons := list(_reasons(marks, exercise)):
            yield f"<h3>{_words(exercise)}</h3>\n<ul>\n{_items(reasons)}\n</ul>"


def _claims(marks: Marks) -> Iterator[tuple[int, int, str, str]]:
    """How many miss each claim, how many tried, the exercise's number, and what the claim says."""
    for exercise in marks.exercises:
        tried = _tried(marks, exercise)
        missed = Counter(key for one in tried for key in one.misses)
        says = {claim.key: claim.says for claim in exercise.claims}
        for key in sorted(missed):
            yield missed[key], len(tried), exercise.id, says.get(key, key)  # others are of a seed's own task


def _reasons(marks: Marks, exercise: Exercise) -> Iterator[str]:
    """Why answers fall short, the most frequent first, and what is said of those that couldn't be read."""
    tried = _tried(marks, exercise)
    reasons = Counter(one.reason for one in tried if one.reason)
    for words, count in reasons.most_common():
        yield TIMES.format(count=count, words=words)
    if unread := sum(bool(one.trouble) for one in tried):
        yield COULD_NOT_BE_READ.format(count=unread)


def _tried(marks: Marks, exercise: Exercise) -> list[Marked]:
    found = [student.marks[exercise.id] for student in marks.students]
    return [one for one in found if one.mark in (Mark.DONE, Mark.NOT_YET)]


def _names(marks: Marks) -> Iterator[str]:
    yield f'<div class="names">\n<h2>{NAMES}</h2>'
    if said := remarks(marks):
        yield f"<h3>{REMARKS}</h3>\n<p>{REMARKS_HOW}</p>\n<ul>\n{_items(said)}\n</ul>"
    if marks.left_out:
        yield f"<h3>{LEFT_OUT}</h3>"
        yield _table(["file", "why"], [_cells(*one) for one in marks.left_out])
    yield from _by_hand(marks)
    rows = [_cells(one.work.name) + _number(one.done) + _cells(one.work.file) for one in marks.students]
    yield _table(["name", "done", "file"], rows)
    yield "</div>"


def _by_hand(marks: Marks) -> Iterator[str]:
    found = [
        (student.work, exercise, student.marks[exercise.id].trouble)
        for exercise in marks.exercises
        for student in marks.students
        if student.marks[exercise.id].mark is Mark.BY_HAND
    ]
    if found:
        yield f"<h3>{BY_HAND}</h3>\n<p>{BY_HAND_HOW}</p>"
    for work, exercise, trouble in found:
        yield f"<p>{escape(work.name)}, {_words(exercise)}. {escape(trouble)}</p>"
        yield f"<pre>{escape(work.answers[exercise.id].answer)}</pre>"


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _title(exercise: Exercise) -> str:
    return f'<th scope="row">{escape(exercise.id)}</th><td>{escape(exercise.title)}</td>'


def _cells(*words: str) -> str:
    return "".join(f"<td>{escape(one)}</td>" for one in words)


def _number(count: int) -> str:
    return f'<td class="number">{count}</td>'


def _items(sentences: Iterable[str]) -> str:
    return "\n".join(f"<li>{_ticked(one)}</li>" for one in sentences)


def _ticked(sentence: str) -> str:
    return TICKED.sub(r"<code>\1</code>", escape(sentence))


def _words(exercise: Exercise) -> str:
    return escape(f"{exercise.id} {exercise.title}")

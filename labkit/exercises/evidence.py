"""``labkit evidence``: what a student hands in, in one file that people can read.

It is made from the progress file of the current folder. Each answer is checked once more, so what the check
saw is in the file as well: for every claim the line that decided, and the session in which it stands.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labkit.errors import UsageError
from labkit.exercises import keeping, registry
from labkit.exercises.again import again
from labkit.exercises.checking import Evidence, Outcome, State
from labkit.exercises.exercise import Exercise
from labkit.exercises.handed_in import FORMAT, LONGEST_NAME, sealed
from labkit.exercises.keeping import Entry
from labkit.exercises.room import Room
from labkit.lab.progress import progress
from labkit.wire.reading.line import Line
from labkit.wire.reading.lines import lines
from labkit.wire.views.fold import fold
from labkit.wire.views.page import heading

NAME = "evidence.json"

NO_PROGRESS = (
    "There is no file progress.json in this folder, so there is nothing to hand in yet.\n"
    "Go to the folder with your notebooks, check an exercise, and run labkit evidence there."
)
NO_ANSWERS = "No exercise was checked yet, so there is nothing to hand in. Check one, and try again."
DAMAGED = (
    "The file progress.json can't be read: it is damaged, or it isn't the lab's.\n"
    "Run a cell with progress: it puts that file aside and begins a new one. Then check your answers again."
)
THERE = "{file} is already there, and it stays as it is. Give another name: labkit evidence -o FILE."
NOT_WRITTEN = "{file} can't be written: {why}. Give another place: labkit evidence -o FILE."
NO_NAME = "A name is one line of 1 to {longest} characters, as in: labkit evidence --name 'Anna Example'."
WROTE = "{file} is ready to hand in: {done} of {total} exercises done, and {not_yet} not yet."


def write(file: Path, name: str = "") -> str:
    """Write the evidence for the progress in the current folder, and say in a line what was written.

    Raises UsageError: there is nothing to hand in, the file is there already, or it can't be written.
    """
    entries = _entries()
    if name and (len(name.strip()) not in range(1, LONGEST_NAME + 1) or not name.isprintable()):
        raise UsageError(NO_NAME.format(longest=LONGEST_NAME))
    if file.exists():
        raise UsageError(THERE.format(file=file))
    exercises = _exercises(entries)
    content = sealed({"format": FORMAT, "name": name.strip(), "exercises": exercises})
    create(file, _text(content))
    outcomes = [one["outcome"] for one in exercises.values()]
    done, not_yet = (outcomes.count(state.value) for state in (State.DONE, State.NOT_YET))
    return WROTE.format(file=file, done=done, not_yet=not_yet, total=len(registry.exercises()))


def _text(content: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8. What UTF-8 doesn't have is escaped, and JSON writes it in the same way."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace")


def _entries() -> dict[str, Entry]:
    try:
        found = keeping.kept_in(Path(keeping.NAME))
    except FileNotFoundError:
        raise UsageError(NO_PROGRESS) from None
    except (OSError, ValueError, RecursionError):
        raise UsageError(DAMAGED) from None
    if all(one.state is State.NOT_ATTEMPTED for one in found.values()):
        raise UsageError(NO_ANSWERS)
    return found


def create(file: Path, content: bytes) -> None:
    """Write a new file, whole or not at all. Raises UsageError when it is there, or can't be written."""
    try:
        with file.open("xb") as opened:
            try:
                opened.write(content)
            except BaseException:
                opened.close()
                file.unlink()
                raise
    except FileExistsError:
        raise UsageError(THERE.format(file=file)) from None
    except OSError as error:
        raise UsageError(NOT_WRITTEN.format(file=file, why=error.strerror)) from None


def _exercises(entries: Mapping[str, Entry]) -> dict[str, dict[str, Any]]:
    """What there is to say of each exercise that anything is kept of, in the order of the course."""
    kept = [(one, entries[one.id]) for one in registry.exercises() if one.id in entries]
    found = {}
    with progress(len(kept), "exercises") as show:
        for exercise, entry in kept:
            found[exercise.id] = _looked_at(exercise, entry)
            show(len(found))
    return found


def _looked_at(exercise: Exercise, entry: Entry) -> dict[str, Any]:
    sessions = _Sessions()
    outcome = again(exercise, entry.answer, entry.seed, sessions.look)
    return {
        "title": exercise.title,
        "outcome": outcome.state.value,
        "in progress.json": entry.state.value,
        "checks": entry.checks,
        "hints": entry.hints,
        "seed": entry.seed,
        "answer": entry.answer.split("\n"),
        **_words(outcome),
        "claims": [_claim(one, sessions) for one in outcome.evidence],
        "sessions": sessions.shown,
    }


def _words(outcome: Outcome) -> dict[str, str]:
    return {
        name: words for name, words in (("trouble", outcome.trouble), ("reason", outcome.reason)) if words
    }


def _claim(one: Evidence, sessions: "_Sessions") -> dict[str, Any]:
    return {
        "claim": one.claim.says,
        "holds": one.seen.holds,
        "tried": one.seen.tried,
        "seen": one.seen.line,
        "expected": one.seen.expected,
        "session": sessions.of_claim.get(one.claim.key, ""),
    }


class _Sessions:
    """The sessions in which deciding lines stand: ``shown`` by their headings, and the heading of each claim.

    Only these: a claim may look at hundreds of sessions that say the same.
    """

    def __init__(self) -> None:
        self.shown: dict[str, list[str]] = {}
        self.of_claim: dict[str, str] = {}

    def look(self, one: Evidence, room: Room) -> None:
        """Find the newest session with the line that a claim has just seen."""
        for session in reversed(room.sessions if one.seen.line.startswith(("S: ", "C: ")) else ()):
            said = lines(session)
            if any(one.seen.line.startswith(line) for line in _texts(said)):
                self.of_claim[one.claim.key] = heading(session)
                self.shown[heading(session)] = _texts(fold(said))
                return


def _texts(said: tuple[Line, ...]) -> list[str]:
    """The session view, line by line; names and passwords are masked."""
    return [f"{line.who}: {line.text}" for line in said]

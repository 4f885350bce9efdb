"""What tests of evidence and marks share: progress with real answers, and what is handed in of it."""

from pathlib import Path

from labkit.exercises import evidence, registry
from labkit.exercises.checking import State
from labkit.exercises.keeping import Book
from labkit.exercises.progress import Progress
from labkit.exercises.telling import told
from labkit.lab.stage import stage_of

POLICY, CODE = "06.1", "06.3"


def solution(number: str, seed: str = "") -> str:
    shown = told(registry.find(number), stage_of(seed))
    return shown.kind.text(shown.solution)


def wrong(number: str, which: int = 0, seed: str = "") -> str:
    shown = told(registry.find(number), stage_of(seed))
    return shown.kind.text(shown.wrong[which].answer)


def answered(answers: dict[str, str], seed: str = "", state: State = State.DONE) -> None:
    """Progress in the current folder, as checks would have left it; whatever they would have said."""
    for number, answer in answers.items():
        Progress(Book()).checked(number, state, answer, seed)


def handed_in(file: Path, answers: dict[str, str], name: str = "", seed: str = "") -> Path:
    """An evidence file, made as students make it."""
    Progress(Book()).reset()
    answered(answers, seed)
    file.parent.mkdir(parents=True, exist_ok=True)
    evidence.write(file, name)
    return file

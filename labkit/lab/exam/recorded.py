"""The exams that a Postfix sat, as they were recorded: for machines on which none is installed.

``tests/postfix/test_exam.py`` lets a Postfix sit them again, and writes the file anew when it is asked to.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from labkit.relay.policy import Policy

FILE = Path(__file__).with_name("postfix-3.7.txt")
EXAM, SIDE, ANSWER = "=== ", "--- ", "-> "

Dialogues = Mapping[str, tuple[str, tuple[str, ...]]]


class Recorded(NamedTuple):
    """One exam: the server, its policy, and each side's answer and dialogue by the side's key."""

    server: str
    policy: Policy
    dialogues: Dialogues


def exams(tell: Callable[[str], str]) -> Iterator[Recorded]:
    """Every recorded exam, in the words of a stage."""
    _, *parts = f"\n{tell(FILE.read_text(encoding='utf-8'))}".split(f"\n{EXAM}")
    for part in parts:
        head, *sides = part.split(f"\n{SIDE}")
        server, _, main_cf = head.partition("\n")
        yield Recorded(server, Policy.parse(main_cf), dict(map(_side, sides)))


def _side(text: str) -> tuple[str, tuple[str, tuple[str, ...]]]:
    key, answer, *said = text.strip().splitlines()
    return key, (answer.removeprefix(ANSWER), tuple(said))


def write(exams: Mapping[tuple[str, str], Dialogues]) -> str:
    """The text of such a file: dialogues by server and main.cf."""
    return "".join(
        f"{EXAM}{server}\n{main_cf.strip()}\n"
        + "".join(
            "\n".join([f"{SIDE}{key}", f"{ANSWER}{answer}", *said, ""])
            for key, (answer, said) in dialogues.items()
        )
        for (server, main_cf), dialogues in exams.items()
    )

"""Two sessions lined up, line by line, and what changed from one to the other.

Lines belong together by what they do: commands by their verb, replies by the command that they
answer, header lines by their names. So addresses, nonces and queue ids, which differ in every
session, neither break the alignment nor count as changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from labkit.wire.reading.line import Line, Part

# Addresses, host names (not enhanced status codes such as 5.7.1), and queue ids.
NAMES = re.compile(
    r"<[^>]*>|\[[^]]*]|\S+@\S+|(?<![\w.-])(?!\d\.\d+\.\d+\b)[\w-]+(?:\.[\w-]+)+|(?<=queued as )\S+"
)
HEADER = re.compile(r"([!-9;-~]+):")
DIFFERENT_EVERY_TIME = frozenset({"date", "message-id", "received"})
NUMBERS = re.compile(r"\S*\d\S*")


class Sign(Enum):
    """What happened to a step."""

    SAME = " "
    CHANGED = "~"
    ONLY_BEFORE = "-"
    ONLY_AFTER = "+"


@dataclass(frozen=True, slots=True)
class Row:
    """A step of the session before and of the one after; one of them may be missing."""

    sign: Sign
    before: Line | None
    after: Line | None


def align(before: tuple[Line, ...], after: tuple[Line, ...]) -> Iterator[Row]:
    """The rows of two sessions, in order."""
    steps = SequenceMatcher(None, [*map(_key, before)], [*map(_key, after)], autojunk=False)
    for tag, i, j, m, n in steps.get_opcodes():
        if tag == "equal":
            yield from map(_pair, before[i:j], after[m:n])
        else:
            yield from (Row(Sign.ONLY_BEFORE, line, None) for line in before[i:j])
            yield from (Row(Sign.ONLY_AFTER, None, line) for line in after[m:n])


def _pair(before: Line, after: Line) -> Row:
    same = _essence(before) == _essence(after)
    return Row(Sign.SAME if same else Sign.CHANGED, before, after)


def _key(line: Line) -> tuple[str, ...]:
    match line.part:
        case Part.REPLY:
            return line.who, line.step, _capability(line)
        case Part.CONTENT if line.text == ".":
            return line.who, "."
        case Part.CONTENT:
            return line.who, "content", _header(line)
        case Part.EVENT:
            return line.who, NUMBERS.sub("", line.text)
        case _:
            return line.who, line.part.value, line.step, _mechanism(line)


def _essence(line: Line) -> tuple[str, ...]:
    """What must differ for a change to be shown; commands that stand at the same step are the same."""
    match line.part:
        case Part.REPLY:
            return line.text[:3], line.rule, NAMES.sub("", line.text[4:])
        case Part.CONTENT if _header(line) not in DIFFERENT_EVERY_TIME:
            return (NUMBERS.sub("", NAMES.sub("", line.text)),)
        case Part.EVENT | Part.TLS:
            return (line.text,)
        case _:
            return ()


def _capability(line: Line) -> str:
    """The capability that a line of the reply to EHLO offers; its first line only names the host."""
    word = line.text[4:].partition(" ")[0]
    return word if line.step == "EHLO" and line.code == 250 and "." not in word else ""


def _mechanism(line: Line) -> str:
    words = line.text.split(maxsplit=2)
    return words[1].upper() if line.verb == "AUTH" and len(words) > 1 else ""


def _header(line: Line) -> str:
    header = HEADER.match(line.text)
    return header[1].lower() if header else ""

"""A file that is handed in: what is in it, its hash, and how it is read.

The hash shows that a file was changed after it was written. It is no signature: whoever knows how can make a
new one. So nothing that a file says about outcomes is believed; its answers are looked at again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from labkit.errors import UsageError
from labkit.exercises import keeping
from labkit.exercises.progress import LONGEST
from labkit.lab.stage import stage_of

FORMAT = "smtp-relay-lab evidence 1"
HASH = "sha256"
LONGEST_NAME = 100  # characters of a student's name
UNSEEN = "\N{REPLACEMENT CHARACTER}"

FOREIGN = "This is no file that labkit evidence has written."
DAMAGED = "This file is damaged: something in it is missing, or isn't what it should be."
UNREADABLE = "This file can't be read: {why}."


class NotOurs(ValueError):
    """The file holds something else, or is damaged; the message says which."""


@dataclass(frozen=True, slots=True)
class Handed:
    """One answer: its text, the seed that it was given under, and the outcome that the file claims."""

    answer: str
    seed: str
    claimed: str


@dataclass(frozen=True, slots=True)
class Work:
    """What one student handed in. ``file`` is the file's place in its folder; ``whole`` says that the hash
    fits; ``answers`` go by the exercises' numbers."""

    file: str
    name: str
    whole: bool
    answers: Mapping[str, Handed]


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its hash, which comes last."""
    return {**content, HASH: _hash(content)}


def _hash(content: Mapping[str, Any]) -> str:
    """Over the content alone: spaces, line ends and the order of names may change on the way."""
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(plain.encode("ascii")).hexdigest()


def read(path: Path, file: str) -> Work:
    """The work in a file, which is known as ``file``. Raises NotOurs."""
    try:
        return _work(json.loads(keeping.text_in(path)), file)
    except NotOurs:
        raise
    except OSError as error:
        raise NotOurs(UNREADABLE.format(why=error.strerror)) from None
    except (ValueError, RecursionError):  # JSON and UTF-8 errors are ValueErrors
        raise NotOurs(FOREIGN) from None


def _work(found: Any, file: str) -> Work:
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise NotOurs(FOREIGN)
    name, exercises = found.get("name"), found.get("exercises")
    if not isinstance(name, str) or not isinstance(exercises, dict):
        raise NotOurs(DAMAGED)
    content = {key: value for key, value in found.items() if key != HASH}
    answers = {shown(number): _handed(one) for number, one in exercises.items()}
    known = shown(name) or shown(file.removesuffix(".json"))
    return Work(shown(file), known[:LONGEST_NAME], found.get(HASH) == _hash(content), answers)


def _handed(found: Any) -> Handed:
    if not isinstance(found, dict) or not all(
        isinstance(found.get(name), str) for name in ("outcome", "seed")
    ):
        raise NotOurs(DAMAGED)
    lines = found.get("answer")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise NotOurs(DAMAGED)
    answer, seed = "\n".join(lines), found["seed"]
    if len(answer) > LONGEST:
        raise NotOurs(DAMAGED)
    return Handed(answer, _seed(seed), shown(found["outcome"]))


def _seed(text: str) -> str:
    try:
        return text and stage_of(text).seed
    except UsageError:
        raise NotOurs(DAMAGED) from None


def shown(text: str) -> str:
    """A text in one line; a sign that can't be printed has another in its place."""
    return "".join(sign if sign.isprintable() else UNSEEN for sign in " ".join(text.split()))

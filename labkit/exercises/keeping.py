"""The file in which progress is kept: progress.json in the folder that the notebook runs in.

It is written whole, into another file that then takes its name: so whatever happens meanwhile, there is the
old one or the new one, never half of one. A file that isn't ours, or is damaged, is kept under another name.
Where the folder can't be written to, everything goes on in memory.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from labkit.exercises.checking import State

NAME = "progress.json"
ASIDE = "progress-kept-{number}.json"
FORMAT = "smtp-relay-lab progress 1"
MOST = 10 * 2**20  # octets; a file of ours has a few thousand

PUT_ASIDE = "The file progress.json could not be read. It is now {name}, and a new one was begun."
NOT_KEPT = (
    "Your progress can't be written to a file in this folder. It is kept until you restart; "
    "progress.resume_code carries it over."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of one exercise. ``answer`` is the last one as text, or the last one that was done."""

    state: State = State.NOT_ATTEMPTED
    answer: str = ""
    checks: int = 0
    hints: int = 0
    seed: str = ""


class NotOurs(ValueError):
    """The file holds something else, or only a part."""


class Book:
    """All entries, in the file of the current folder, or in memory where that can't be written."""

    def __init__(self) -> None:
        self._memory: dict[str, Entry] | None = None
        self._to_say: list[str] = []

    def read(self) -> dict[str, Entry]:
        """The entries, by the exercises' numbers."""
        if self._memory is not None:
            return dict(self._memory)
        try:
            return kept_in(Path(NAME))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):  # JSON and UTF-8 errors are ValueErrors
            self._put_aside()
            return {}

    def write(self, entries: Mapping[str, Entry]) -> tuple[str, ...]:
        """Keep these entries and no others; give what must be said about it, once."""
        if self._memory is None:
            try:
                _replace(Path(NAME), _text(entries))
            except OSError:
                self._go_on_in_memory()
        if self._memory is not None:
            self._memory = dict(entries)
        return self.said()

    def said(self) -> tuple[str, ...]:
        """What wasn't said yet."""
        words, self._to_say = tuple(self._to_say), []
        return words

    def _put_aside(self) -> None:
        try:
            name = next(
                name for number in range(1, 10_000) if not Path(name := ASIDE.format(number=number)).exists()
            )
            Path(NAME).rename(name)
        except (OSError, StopIteration):
            self._go_on_in_memory()
        else:
            self._to_say.append(PUT_ASIDE.format(name=name))

    def _go_on_in_memory(self) -> None:
        self._memory = {}
        self._to_say.append(NOT_KEPT)


def kept_in(path: Path) -> dict[str, Entry]:
    """The entries in a file. Raises OSError, and ValueError or RecursionError when it isn't one of ours."""
    return _entries(text_in(path))


def text_in(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MOST + 1)
    if len(content) > MOST:
        raise NotOurs
    return content.decode("utf-8")


def _entries(content: str) -> dict[str, Entry]:
    """The entries that a file's content stands for. Raises ValueError for any other content."""
    found: Any = json.loads(content)
    if (
        not isinstance(found, dict)
        or found.get("format") != FORMAT
        or not isinstance(found.get("exercises"), dict)
    ):
        raise NotOurs
    return {str(number): _entry(kept) for number, kept in found["exercises"].items()}


def _entry(kept: Any) -> Entry:
    wanted = {"outcome": str, "answer": str, "checks": int, "hints": int, "seed": str}
    if not isinstance(kept, dict) or any(type(kept.get(name)) is not kind for name, kind in wanted.items()):
        raise NotOurs
    return Entry(State(kept["outcome"]), kept["answer"], kept["checks"], kept["hints"], kept["seed"])


def _text(entries: Mapping[str, Entry]) -> str:
    exercises = {
        number: {
            "outcome": one.state.value,
            "answer": one.answer,
            "checks": one.checks,
            "hints": one.hints,
            "seed": one.seed,
        }
        for number, one in sorted(entries.items())
    }
    return json.dumps({"format": FORMAT, "exercises": exercises}, indent=1) + "\n"


def _replace(path: Path, text: str) -> None:
    """Let the file have this content, all of it or, whatever happens, what it had before. Raises OSError."""
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=".progress-", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            os.replace(file.name, path)  # noqa: PTH105 - the file is named by its text
        except BaseException:
            file.close()
            with suppress(OSError):
                Path(file.name).unlink()
            raise

"""The relay's log, as Postfix writes it to /var/log/mail.log: bounded, in lab time.

The number in brackets is a process in Postfix. Here it is the session of an smtpd, as in
``lab.transcripts``, and 1 for all other programs: so the log is the same on every run.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from typing import TypeVar

from labkit.clock import Clock

T = TypeVar("T")

MOST_LINES = 20_000
LONGEST = 1_000  # characters of a line
HEAD, TAIL = 20, 20  # lines that are shown of many
EMPTY = "The log is empty."

_UNPRINTABLE = dict.fromkeys([*range(32), 127], "?")  # as Postfix's printable()


class Lines(tuple[str, ...]):
    """Some lines of the log. A long list is folded in the middle when it is shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(_folded(self)) or EMPTY

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


class MailLog:
    """The log of the host ``name``. Iterating gives the lines, oldest first."""

    def __init__(self, clock: Clock, name: str, limit: int = MOST_LINES) -> None:
        self._clock, self._name = clock, name
        self._lines: deque[tuple[datetime, str, int, str]] = deque(maxlen=limit)
        self.written = 0

    def write(self, program: str, text: str, number: int = 1) -> None:
        """Log a line of a program, now."""
        self.written += 1
        self._lines.append((self._clock.now, program, number, text))

    @property
    def dropped(self) -> int:
        """How many lines, the oldest, are no longer in it."""
        return self.written - len(self._lines)

    def grep(self, text: str) -> Lines:
        """The lines that hold this text; capitals don't matter."""
        wanted = text.lower()
        return Lines(line for line in self if wanted in line.lower())

    def __iter__(self) -> Iterator[str]:
        # A copy: students look while the lab's thread goes on writing.
        return map(self._shown, list(self._lines))

    def __len__(self) -> int:
        return len(self._lines)

    def _shown(self, line: tuple[datetime, str, int, str]) -> str:
        moment, program, number, text = line
        plain = text if text.isprintable() else text.translate(_UNPRINTABLE)
        stamp = f"{moment:%b} {moment.day:2} {moment:%H:%M:%S}"
        return f"{stamp} {self._name} postfix/{program}[{number}]: {plain[:LONGEST]}"

    def __repr__(self) -> str:
        lines = [each if isinstance(each, str) else self._shown(each) for each in _folded(list(self._lines))]
        if self.dropped:
            lines.insert(0, f"({self.dropped:,} older lines were dropped: the log was full)")
        return "\n".join(lines) or EMPTY

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


def _folded(lines: Sequence[T]) -> list[T | str]:
    """The first and the last lines, with how many were left out between them."""
    if len(lines) <= HEAD + TAIL:
        return list(lines)
    return [*lines[:HEAD], f"… {len(lines) - HEAD - TAIL:,} more lines …", *lines[-TAIL:]]

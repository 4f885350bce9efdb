"""What became of the letters of a session: how many were accepted, how many refused, and by what.

A letter is a mail transaction (RFC 5321, section 3.3): it begins with MAIL and ends with the reply
to the final dot, or earlier.
"""

from dataclasses import dataclass
from enum import Enum

from labkit.wire.reading.line import Line, Part

DOTS = frozenset({".", "BDAT LAST"})  # the letter is complete (RFC 5321, and RFC 3030 for BDAT)
ENDS = frozenset({"RSET", "QUIT", "EHLO", "HELO", "STARTTLS"})  # they drop a letter that isn't finished


class Fate(Enum):
    """What became of a letter."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. ``reply`` decided about it: the first refusal, or the first accepted recipient."""

    fate: Fate
    reply: Line


@dataclass(frozen=True, slots=True)
class Outcome:
    """The letters of a session, in order, and the first reply in which a rule refused anything."""

    letters: tuple[Letter, ...]
    refusal: Line | None

    def count(self, fate: Fate) -> int:
        """How many letters met this fate."""
        return sum(letter.fate is fate for letter in self.letters)


WORDS = {"": "the connection", ".": "the final dot"}


def outcome(lines: tuple[Line, ...]) -> Outcome:
    """What became of the letters in a session's lines, which must not be folded."""
    reading = _Reading()
    replies = [line for line in lines if line.part is Part.REPLY and line.last]
    for line in replies:
        reading.reply(line)
    reading.close()
    ruled = (line for line in replies if line.refused and line.rule and (line.step or line is replies[0]))
    return Outcome(tuple(reading.letters), next(ruled, None))


def step_of(reply: Line) -> str:
    """What a reply answers, in words."""
    return WORDS.get(reply.step, reply.step)


class _Reading:
    """The letter that is open while the replies go by."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.begun: Line | None = None
        self.refusal: Line | None = None
        self.recipient: Line | None = None

    def reply(self, line: Line) -> None:
        if line.step == "MAIL":
            self._mail(line)
        elif line.step in ENDS and not line.refused:
            self.close()
        elif self.begun and line.refused:
            self._refused(line)
        elif self.begun and line.step == "RCPT":
            self.recipient = self.recipient or line
        elif self.begun and line.step in DOTS:
            self._end(Fate.ACCEPTED, self.recipient or line)

    def close(self) -> None:
        """A letter is left behind: refused for all its recipients, or just not finished."""
        if self.begun and self.refusal and not self.recipient:
            self._end(Fate.REFUSED, self.refusal)
        elif self.begun:
            self._end(Fate.UNFINISHED, self.refusal or self.begun)

    def _mail(self, line: Line) -> None:
        if not line.refused:
            self.close()
            self.begun = line
        elif not self.begun:
            self._end(Fate.REFUSED, line)

    def _refused(self, line: Line) -> None:
        self.refusal = self.refusal or line
        if line.step in ("DATA", "BDAT"):
            self.recipient = None  # nobody gets this letter
        if line.step in DOTS:
            self._end(Fate.REFUSED, line)

    def _end(self, fate: Fate, reply: Line) -> None:
        self.letters.append(Letter(fate, reply))
        self.begun = self.refusal = self.recipient = None

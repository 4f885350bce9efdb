"""A session as exchanges: each command with the answer that it got, sorted by the letter they are about."""

import re
from collections import deque
from dataclasses import dataclass, field, replace

from labkit.wire.reading.letters import DOTS, ENDS
from labkit.wire.reading.line import Line, Part
from labkit.wire.reading.lines import lines
from labkit.wire.record import Kind, Recording

CHALLENGE = 334  # AUTH isn't answered yet (RFC 4954, section 4)
QUEUED = re.compile(r"queued as ([\w.-]+)")
MARK = re.compile(r"(?i)message-id: *<([^@>\s]+)@")
OF_A_LETTER = frozenset({"MAIL", "RCPT", "DATA", "BDAT", *DOTS})


@dataclass(frozen=True, slots=True)
class Exchange:
    """A command and its answer. ``step`` is as in a line; ``at`` is lab time since the session opened.

    ``hidden`` says that TLS hid the answer.
    """

    step: str
    command: str
    reply: str
    code: int
    rule: str
    at: float
    hidden: bool

    @property
    def refused(self) -> bool:
        """Whether the answer says no, for now (4yz) or for good (5yz)."""
        return self.code >= 400


@dataclass(frozen=True, slots=True)
class Offer:
    """A letter as it was offered (RFC 5321 section 3.3); ``mark`` is its Message-ID, up to the @ sign."""

    exchanges: tuple[Exchange, ...]
    mark: str = ""

    @property
    def queue_id(self) -> str:
        """The id that the server gave it, or ""."""
        last = self.exchanges[-1]
        found = QUEUED.search(last.reply) if last.step in DOTS and not last.refused else None
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A session: what was said before the first letter, the letters, and how it ended if oddly.

    ``tls`` is the version of TLS, "" where there was none.
    """

    opening: tuple[Exchange, ...]
    offers: tuple[Offer, ...]
    tls: str
    end: str


def dialogue(recording: Recording) -> Dialogue:
    """The exchanges of a session."""
    found = _Sorting()
    for line in lines(recording):
        found.line(line)
    begun = next((frame for frame in recording.frames if frame.kind is Kind.TLS), None)
    version = begun.data.decode().partition("\n")[0] if begun else ""
    return Dialogue(tuple(found.opening), tuple(found.offers), version, found.end)


@dataclass
class _Sorting:
    """The exchanges so far, and what isn't answered yet."""

    opening: list[Exchange] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    end: str = ""
    said: deque[Line] = field(default_factory=deque)
    reply: list[str] = field(default_factory=list)
    is_open: bool = False
    in_headers: bool = False

    def line(self, line: Line) -> None:
        match line.part:
            case Part.TLS:
                self.said.clear()
            case Part.COMMAND | Part.SECRET:
                self.said.append(line)
            case Part.CONTENT:
                self._content(line.text)
            case Part.EVENT:
                self.end = line.text
            case Part.REPLY:
                self.reply.append(line.text)
                if line.last:
                    self._answered(line)

    def _content(self, text: str) -> None:
        self.in_headers = self.in_headers and bool(text)
        found = MARK.match(text) if self.in_headers else None
        if found and self.is_open and not self.offers[-1].mark:
            self.offers[-1] = replace(self.offers[-1], mark=found[1])

    def _answered(self, line: Line) -> None:
        text = "\n".join(self.reply)
        self.reply.clear()
        if line.code == CHALLENGE:
            return
        one = Exchange(line.step, self._command(line.step), text, line.code, line.rule, line.at, line.hidden)
        if one.step == "MAIL" and not (self.is_open and one.refused):
            self.offers.append(Offer((one,)))
            self.is_open = not one.refused
            self.in_headers = True
        elif one.step in OF_A_LETTER and self.is_open:
            self.offers[-1] = replace(self.offers[-1], exchanges=(*self.offers[-1].exchanges, one))
            self.is_open = one.step not in DOTS
        elif not self.offers:
            self.opening.append(one)
        if one.step in ENDS and not one.refused:
            self.is_open = False

    def _command(self, step: str) -> str:
        """What a reply to this step answers: the first such command that is still without an answer."""
        while step not in ("", ".") and self.said:
            line = self.said.popleft()
            if line.step == step:
                return line.text
        return step

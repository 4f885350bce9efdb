"""A recording as lines: session view and wire view, side by side.

Every other view (text, HTML, diff) is made from these lines, so what a line means is decided here
once: what was a command, a reply, a secret or a part of the letter, what TLS hid, and which rule
stood behind a reply.
"""

import re
from collections import deque
from dataclasses import dataclass, replace
from enum import Enum

from labkit.wire.record import Frame, Kind, Recording

MASK = "********"
AUTH = re.compile(r"(?i)(AUTH(?: |\\t)+[\w-]+)(?: |\\t)+\S.*")  # a tab was escaped before we look


class Part(Enum):
    """What a line is."""

    COMMAND = "command"
    REPLY = "reply"
    SECRET = "secret"  # an answer within AUTH
    CONTENT = "content"  # headers and body, between 354 and the final dot
    TLS = "tls"  # nobody said it: TLS begins here
    EVENT = "event"  # nobody said it: the session breaks off, lines are left out


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a session.

    ``who`` is "C", "S" or "=" (an event). ``text`` is the session view; ``wire`` is what a listener
    on the path reads at the same moment: the same text, the noise that TLS made of it, or nothing
    where the noise stands at an earlier line. ``step`` is the command that the line belongs to: its
    own name, the name of the one that a reply answers, "." at the end of a letter, or nothing, as
    with the greeting. ``hidden`` says that TLS hid the text. ``rule`` and ``reason`` are of the
    decision behind a reply, or empty. ``at`` is lab time in seconds since the session opened.
    """

    who: str
    part: Part
    text: str
    wire: str
    step: str = ""
    hidden: bool = False
    rule: str = ""
    reason: str = ""
    at: float = 0.0

    @property
    def code(self) -> int:
        """The reply code, or 0 where this line isn't a reply."""
        return int(self.text[:3]) if self.part is Part.REPLY and self.text[:3].isdecimal() else 0

    @property
    def verb(self) -> str:
        """The command's name in capitals, or the empty string."""
        return self.step if self.part is Part.COMMAND else ""

    @property
    def last(self) -> bool:
        """Whether this line ends a reply (RFC 5321, section 4.2.1); of other lines each is whole."""
        return self.part is not Part.REPLY or self.text[3:4] != "-"

    @property
    def refused(self) -> bool:
        """Whether this is a reply that says no, for now (4yz) or for good (5yz)."""
        return self.code >= 400


def lines(recording: Recording, *, reveal: bool = False) -> tuple[Line, ...]:
    """The lines of a session in the order in which they crossed the network.

    Credentials are masked in the session view unless ``reveal``; the wire view shows what the wire
    showed.
    """
    return tuple(_Reading(reveal).read(recording.frames))


def printable(data: bytes) -> str:
    """Bytes as text that no terminal and no page will obey: what can't be printed is escaped."""
    text = data.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class _Reading:
    """The state of reading one session: what TLS, AUTH and DATA make of the next line."""

    def __init__(self, reveal: bool) -> None:
        self.reveal = reveal
        self.secure = self.shaking_hands = self.in_auth = self.in_content = self.greeted = False
        self.waiting: deque[str] = deque()  # the steps that the server hasn't answered yet
        self.rest = {"C": b"", "S": b""}
        self.noise = 0
        self.rule = self.reason = ""
        self.done: list[Line] = []
        self.block = 0  # where the server's newest block of hidden lines begins

    def read(self, frames: tuple[Frame, ...]) -> list[Line]:
        for frame in frames:
            self._frame(frame)
        self._half_lines(frames[-1].at if frames else 0.0)
        return self.done

    def _frame(self, frame: Frame) -> None:
        match frame.kind:
            case Kind.CLIENT | Kind.SERVER:
                self._wire(frame)
            case Kind.CLIENT_INSIDE | Kind.SERVER_INSIDE:
                self._inside(frame)
            case Kind.TLS:
                self._tls(frame)
            case Kind.DECISION:
                self.rule, _, self.reason = frame.data.decode().partition("\n")
            case Kind.END:
                self._event(frame, frame.data.decode())
            case Kind.LOST:
                self._event(frame, f"{int(frame.data):,} more bytes were not recorded")

    def _half_lines(self, at: float) -> None:
        for who, rest in self.rest.items():
            if rest:
                self._line(who, rest, at)
        self.rest = {"C": b"", "S": b""}

    def _wire(self, frame: Frame) -> None:
        if self.secure:
            self._add_noise(frame)
        elif self.shaking_hands or (not self.done and frame.data.startswith(b"\x16\x03")):
            self.shaking_hands = True
        else:
            self._split("C" if frame.kind is Kind.CLIENT else "S", frame)

    def _add_noise(self, frame: Frame) -> None:
        if frame.kind is Kind.CLIENT:
            self.noise += len(frame.data)
        elif self.block < len(self.done) and not self.done[self.block].wire:
            self.done[self.block] = replace(self.done[self.block], wire=_noise(len(frame.data)))

    def _inside(self, frame: Frame) -> None:
        start = len(self.done)
        self._split("C" if frame.kind is Kind.CLIENT_INSIDE else "S", frame)
        if frame.kind is Kind.SERVER_INSIDE:
            self.block = start
        elif start < len(self.done):
            self.done[start] = replace(self.done[start], wire=_noise(self.noise))
            self.noise = 0

    def _tls(self, frame: Frame) -> None:
        version, _, read_ahead = frame.data.decode().partition("\n")
        self._half_lines(frame.at)
        self.secure, self.shaking_hands = True, False
        self.noise = int(read_ahead)
        self.waiting.clear()  # what came before TLS counts for nothing (RFC 3207, section 4.2)
        text, wire = f"TLS begins here ({version})", "from here on a listener reads noise"
        self.done.append(Line("=", Part.TLS, text, wire, at=frame.at))

    def _event(self, frame: Frame, text: str) -> None:
        self._half_lines(frame.at)
        self.done.append(Line("=", Part.EVENT, text, text, at=frame.at))

    def _split(self, who: str, frame: Frame) -> None:
        *whole, self.rest[who] = (self.rest[who] + frame.data).split(b"\n")
        for raw in whole:
            self._line(who, raw.removesuffix(b"\r"), frame.at)

    def _line(self, who: str, raw: bytes, at: float) -> None:
        # In a letter a tab is only white space; in a command it is a trick to be seen.
        text = printable(raw.expandtabs(4) if who == "C" and self.in_content else raw)
        part, step = self._reply(text) if who == "S" else self._from_client(text)
        shown = text if self.reveal else _masked(text, part)
        line = Line(who, part, shown, "" if self.secure else text, step, self.secure, at=at)
        if part is Part.REPLY and self.rule and line.last:
            line = replace(line, rule=self.rule, reason=self.reason)
            self.rule = self.reason = ""
        self.done.append(line)

    def _reply(self, text: str) -> tuple[Part, str]:
        code, whole = text[:3], text[3:4] != "-"
        step = self.waiting[0] if self.waiting and self.greeted else ""
        if step and whole:
            self.waiting.popleft()
        self.greeted = self.greeted or whole
        self.in_auth = code == "334"
        self.in_content = code == "354"
        self.shaking_hands = code == "220" and step == "STARTTLS"
        return Part.REPLY, step

    def _from_client(self, text: str) -> tuple[Part, str]:
        if self.in_auth:
            self.waiting.append("AUTH")
            return Part.SECRET, "AUTH"
        if self.in_content and text != ".":
            return Part.CONTENT, "."
        part = Part.CONTENT if self.in_content else Part.COMMAND
        step = text.partition(" ")[0].upper()
        self.in_content = False
        self.waiting.append(step)
        return part, step


def _masked(text: str, part: Part) -> str:
    if part is Part.SECRET:
        return text if text == "*" else MASK  # the star gives up (RFC 4954, section 4)
    return AUTH.sub(rf"\g<1> {MASK}", text) if part is Part.COMMAND else text


def _noise(size: int) -> str:
    return f"{size:,} bytes of noise"

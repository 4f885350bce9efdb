"""A line of a session, and what it is: the value that every view is made from."""

import re
from dataclasses import dataclass
from enum import Enum

from labkit.wire.record import Step

ENHANCED = re.compile(r"[0-9]{3}[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])")


class Part(Enum):
    """What a line is."""

    COMMAND = "command"
    REPLY = "reply"
    SECRET = "secret"  # an answer within AUTH
    CONTENT = "content"  # headers and body: from 354 to the final dot, or the octets behind BDAT
    TLS = "tls"  # nobody said it: TLS begins here
    EVENT = "event"  # nobody said it: the session breaks off, lines are left out


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a session.

    ``who`` is "C", "S" or "=" (an event). ``text`` is the session view; ``wire`` is what a listener
    on the path reads at the same moment: the same text, the noise that TLS made of it, or nothing
    where the noise stands at an earlier line. ``step`` is the command that the line belongs to: its
    own name, the name of the one that a reply answers, "." at the end of a letter, "BDAT LAST" at its
    last chunk, or nothing, as with the greeting. ``hidden`` says that TLS hid the text. ``rule`` and
    ``reason`` are of the decision behind a reply, and ``tried`` the restrictions that were asked for
    it, in order; or empty. ``at`` is lab time in seconds since the session opened, and ``size`` counts
    the line's octets with its line end. ``left_out`` are the lines that an event stands for.
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
    tried: tuple[Step, ...] = ()
    size: int = 0
    left_out: tuple["Line", ...] = ()

    @property
    def code(self) -> int:
        """The reply code, or 0 where this line isn't a reply."""
        return int(self.text[:3]) if self.part is Part.REPLY and self.text[:3].isdecimal() else 0

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 3463) such as "5.7.1", or the empty string."""
        found = ENHANCED.match(self.text) if self.part is Part.REPLY else None
        return found[1] if found else ""

    @property
    def verb(self) -> str:
        """The command's name in capitals, or the empty string."""
        return self.step.removesuffix(" LAST") if self.part is Part.COMMAND else ""

    @property
    def last(self) -> bool:
        """Whether this line ends a reply (RFC 5321, section 4.2.1); of other lines each is whole."""
        return self.part is not Part.REPLY or self.text[3:4] != "-"

    @property
    def refused(self) -> bool:
        """Whether this is a reply that says no, for now (4yz) or for good (5yz)."""
        return self.code >= 400


def printable(data: bytes) -> str:
    """Bytes as text that no terminal and no page will obey: what can't be printed is escaped."""
    text = data.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

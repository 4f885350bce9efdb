"""What somebody gets who can read a mail session: the logins, and the letters.

A listener reads what the wire shows; a man in the middle of TLS reads all. Both go through the same lines.
What was never meant for SMTP is read leniently: who can't be understood gives nothing away.
"""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_string

from labkit.wire.reading.line import Line, Part, printable

GO_ON = 334  # RFC 4954 section 4
LONGEST_QUOTE = 120


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password, as they were sent; ``code`` is how the server answered, 0 if it didn't.

    ``quoted`` is what stood on the line.
    """

    user: str
    password: str
    quoted: str
    code: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was read; a header that it hasn't is "". ``mark`` is the left part of its Message-ID."""

    header_from: str
    subject: str
    mark: str
    lines: int


@dataclass
class _Login:
    """An AUTH that isn't over yet: its mechanism, and what the client has sent."""

    mechanism: str
    said: list[str]
    quoted: list[str] = field(default_factory=list)

    def credentials(self, code: int = 0) -> Iterator[Credentials]:
        found = _plain(self.said) if self.mechanism == "PLAIN" else _login(self.said)
        if found and self.mechanism in ("PLAIN", "LOGIN"):
            yield Credentials(*found, " / ".join(self.quoted)[:LONGEST_QUOTE], code)


def credentials(lines: Iterable[Line]) -> Iterator[Credentials]:
    """Every login by AUTH PLAIN (RFC 4616) or AUTH LOGIN, with or without an initial response."""
    login: _Login | None = None
    for line in lines:
        if line.verb == "AUTH":
            _, mechanism, *first = [*line.text.split(), ""]
            login = _Login(mechanism.upper(), [word for word in first if word][:1], [line.text])
        elif login and line.part is Part.SECRET:
            login.said.append(line.text)
            login.quoted.append(line.text)
        elif login and line.part is Part.REPLY and line.last and line.code != GO_ON:
            yield from login.credentials(line.code)
            login = None
    if login:
        yield from login.credentials()


def letters(lines: Iterable[Line]) -> Iterator[Letter]:
    """Every letter, by DATA or by BDAT."""
    content: list[str] = []
    for line in lines:
        if line.part is Part.CONTENT:
            content.append(line.text)
        elif content and line.part is not Part.REPLY:  # the next command: between two chunks there is BDAT
            if line.verb == "BDAT":
                continue
            yield _letter(content)
            content = []
    if content:
        yield _letter(content)


def _letter(lines: list[str]) -> Letter:
    if lines[-1] == ".":
        lines = lines[:-1]
    headers = message_from_string("\n".join(line.removeprefix(".") for line in lines))
    shown = {name: " ".join(str(headers.get(name, "")).split()) for name in ("From", "Subject", "Message-ID")}
    mark = shown["Message-ID"].removeprefix("<").partition("@")[0]
    return Letter(shown["From"], shown["Subject"], mark, len(lines))


def _plain(said: list[str]) -> tuple[str, str] | None:
    decoded = _decoded(said[0]) if said else None
    parts = decoded.split(b"\0") if decoded else []
    return (printable(parts[1]), printable(parts[2])) if len(parts) == 3 else None


def _login(said: list[str]) -> tuple[str, str] | None:
    user, password = (_decoded(word) for word in (*said, "*", "*")[:2])
    return (printable(user), printable(password)) if user and password else None


def _decoded(word: str) -> bytes | None:
    try:
        return b64decode(word, validate=True)
    except ValueError:
        return None

"""A reply as a value: how it crosses the wire, and how it is read back (RFC 5321 section 4.2).

What servers say stands in ``reply``.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

# What a client put into an address must not end the reply.
_CONTROLS = dict.fromkeys([*range(0x20), 0x7F], " ")


@dataclass(frozen=True)
class Reply:
    """A reply: three-digit code (RFC 5321 section 4.2), enhanced code (RFC 3463) or "", and text.

    A text of several lines becomes a multi-line reply.
    """

    code: int
    enhanced: str
    text: str

    @property
    def is_positive(self) -> bool:
        """2yz or 3yz: go on."""
        return self.code < 400

    @property
    def is_transient(self) -> bool:
        """4yz: not now, try again later."""
        return 400 <= self.code < 500

    @property
    def status(self) -> str:
        """The code and the enhanced code, without the text."""
        return f"{self.code} {self.enhanced}".rstrip()

    @property
    def softened(self) -> "Reply":
        """For now instead of for good (Postfix: soft_bounce)."""
        if self.code < 500:
            return self
        enhanced = f"4{self.enhanced[1:]}" if self.enhanced.startswith("5") else self.enhanced
        return Reply(self.code - 100, enhanced, self.text)

    @cached_property
    def wire(self) -> bytes:
        """The reply as it crosses the network, with its line ends."""
        prefix = f"{self.enhanced} " if self.enhanced else ""
        lines = self.text.split("\n")
        *first, last = [line if line.isprintable() else line.translate(_CONTROLS) for line in lines]
        lines = [f"{self.code}-{prefix}{line}\r\n" for line in first]
        return "".join([*lines, f"{self.code} {prefix}{last}\r\n"]).encode()

    def __str__(self) -> str:
        return self.wire.decode().rstrip("\r\n").replace("\r\n", "\n")


USUAL = 100  # octets that most replies don't exceed

_CODE = re.compile("[2-5][0-9][0-9]")


def parse(lines: list[bytes]) -> Reply | None:
    """The reply that a server sent as these lines; None when that isn't a reply."""
    if len(lines) == 1 and len(lines[0]) <= USUAL:
        return _usual(lines[0])
    return _parsed(lines)


@lru_cache(maxsize=256)  # servers say the same thing over and over
def _usual(line: bytes) -> Reply | None:
    return _parsed([line])


def _parsed(lines: list[bytes]) -> Reply | None:
    texts = [line.decode("utf-8", "replace").rstrip("\r\n") for line in lines]
    code = texts[-1][:3]
    if not _CODE.fullmatch(code):
        return None
    enhanced, texts = _enhanced(code, [text[4:] for text in texts])
    return Reply(int(code), enhanced, "\n".join(texts))


def _enhanced(code: str, texts: list[str]) -> tuple[str, list[str]]:
    found = texts[0].partition(" ")[0]
    parts = found.split(".")
    if len(parts) == 3 and parts[0] == code[0] and all(part.isdigit() for part in parts):
        return found, [text.removeprefix(found).removeprefix(" ") for text in texts]
    return "", texts

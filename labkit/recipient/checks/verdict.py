"""What a check says, and the letter as the checks see it.

Letters are written by strangers: whatever is wrong with one, reading it raises nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape

from labkit.smtp.address import Path

_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_END_OF_HEAD = re.compile(rb"(?:\A|\r?\n)\r?\n")
_CONTROL = re.compile(r"[^\x20-\x7e\xa0-\uffff]+")
SHOWN = 200  # characters of what a stranger wrote, in a reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    ``result`` is in the check's own words (for spf, dkim, dmarc and arc those of RFC 8601), ``reason``
    one sentence for a student, ``evidence`` what it rests on as pairs of label and value.
    """

    result: str
    reason: str
    evidence: tuple[tuple[str, str], ...] = ()

    def shows(self, label: str) -> str:
        """The first piece of evidence with this label; empty when there is none."""
        return next((value for name, value in self.evidence if name == label), "")

    def __repr__(self) -> str:
        return "\n".join([f"{self.result}: {self.reason}", *(f"  {k:14} {v}" for k, v in self.evidence)])

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(label)}</th>'
            f'<td style="text-align:left">{escape(value)}</td></tr>'
            for label, value in self.evidence
        )
        title = f"<b>{escape(self.result)}</b>: {escape(self.reason)}"
        return f'<table><caption style="text-align:left">{title}</caption>{cells}</table>'


@dataclass(frozen=True)
class Message:
    """A letter as the checks see it: its content, and the envelope that brought it.

    ``recipient`` is one of the forward-paths: a letter for three people is checked for each of them.
    """

    content: bytes
    reverse_path: Path
    recipient: Path

    @cached_property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """(name in lower case, unfolded text) of each header field, from the top; lines that are none are
        left out."""
        return tuple(_fields(self._halves[0]))

    def headers(self, name: str) -> tuple[str, ...]:
        """The texts of all fields with this name, from the top; capitals don't matter."""
        wanted = name.lower()
        return tuple(text for field, text in self.fields if field == wanted)

    def header(self, name: str) -> str:
        """The text of the topmost field with this name; empty when there is none."""
        return next(iter(self.headers(name)), "")

    @property
    def body(self) -> bytes:
        """What stands behind the first empty line."""
        return self._halves[1]

    @cached_property
    def _halves(self) -> tuple[bytes, bytes]:
        """Head and body; a letter that begins with an empty line has no head."""
        end = _END_OF_HEAD.search(self.content)
        return (self.content[: end.start()], self.content[end.end() :]) if end else (self.content, b"")


def _fields(block: bytes) -> Iterator[tuple[str, str]]:
    text = _FOLD.sub("", block.decode("utf-8", "replace"))
    for line in text.split("\n"):
        found = _FIELD.match(line)
        if found:
            yield found[1].lower(), found[2].strip(" \t\r\0")


def one_line(text: str, limit: int = SHOWN) -> str:
    """What a stranger wrote, fit to be shown: one line, no control characters, not too long."""
    plain = _CONTROL.sub(" ", text).strip()
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"

"""What stands behind a mask: a name and a password, which base64 only dresses up."""

import re
from base64 import b64decode
from binascii import Error

from labkit.wire.reading.line import Line, Part, printable
from labkit.wire.reading.lines import MASK

INITIAL = re.compile(r"(?i)\s*AUTH\s+[\w-]+\s+(\S+)\s*")
SPELLED = {
    1: "base64 for: {0}",
    2: "base64 for the name {0} and the password {1}",
}


def is_masked(line: Line) -> bool:
    """Whether a credential stands behind a mask in this line."""
    return line.step == "AUTH" and MASK in line.text and line.part is not Part.REPLY


def spelled(line: Line, text: str) -> str:
    """What ``text``, the line without its mask, says to somebody who undoes base64; often nothing.

    After AUTH PLAIN it holds both name and password (RFC 4616), after AUTH LOGIN one of them.
    """
    found = INITIAL.fullmatch(text) if line.part is Part.COMMAND else None
    answer = found[1] if found else text if line.part is Part.SECRET else ""
    try:
        words = [*map(printable, b64decode(answer, validate=True).split(b"\0")[-2:])]
    except (Error, ValueError):
        return ""
    # What isn't text is escaped by now, and says nothing to a reader.
    readable = all(words) and not any("\\" in word for word in words)
    return SPELLED[len(words)].format(*words) if readable else ""

"""Reading a letter's content, from 354 to the final dot.

Only <CR><LF>.<CR><LF> ends it: a letter can't hide a second one behind a dot that only some servers
believe in (SMTP smuggling). But for a server that is ``loose``, as Postfix is with
``smtpd_forbid_bare_newline = no``: it takes a bare line feed for a line end, and can be fooled.
"""

import asyncio
import re
from collections.abc import Callable
from typing import NamedTuple

PIECE = 2**16  # octets
RECORD = 2048  # octets; Postfix: line_length_limit. A longer line is kept in pieces of this length

_END = re.compile(rb"\r\n\.\r\n")
_LOOSE_END = re.compile(rb"\n\.\r*\n")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_LOOSE_LINE_END = re.compile(rb"\r*\n")
_LINE = re.compile(rb"[^\n]*\n")
_FULL_RECORD = re.compile(rb"[^\n]{%d}" % RECORD)
_MAILBOX_LINE = re.compile(rb">*From ")


class Content(NamedTuple):
    """A letter's content. ``octets`` is None when it was longer than allowed: then it isn't kept.

    ``size`` is its length as Postfix counts it: with a line end behind each line, and behind
    each full record of a longer one. ``bare_newlines`` says that a line ended in a bare line feed.
    """

    octets: bytes | None
    size: int = 0
    bare_newlines: bool = False

    @property
    def is_too_big(self) -> bool:
        """Whether it was longer than allowed."""
        return self.octets is None


async def read_content(
    reader: asyncio.StreamReader, limit: int, progress: Callable[[], None], *, loose: bool = False
) -> Content:
    """The content with its line ends, without dot-stuffing (RFC 5321 section 4.5.2).

    One that is longer than ``limit`` octets is read to its end; 0 is no limit. ``progress`` is called
    for each piece, so that a slow letter isn't taken for a silent client.
    """
    content = bytearray(b"\r\n")  # the line end before the first line: the final dot may be that line
    end, seen, dropped, bare = _LOOSE_END if loose else _END, 0, False, False
    while not (found := end.search(content, seen)):
        seen = max(0, content.rfind(b"\n") - 1)
        # Twice the limit, because dots may have been added.
        if limit and len(content) > 2 * limit + PIECE:
            dropped, bare = True, bare or bool(_BARE_LF.search(content, 0, seen + 1))
            del content[:seen]
            seen = 0
        content += await _piece(reader)
        progress()
    _unread(reader, content[found.end() :])
    del content[found.start() + (1 if loose else 2) :]
    bare = bare or has_bare_newlines(content)
    return Content(None, 0, bare) if dropped else _within(limit, _unstuffed(bytes(content), loose), bare)


def _within(limit: int, octets: bytes, bare: bool) -> Content:
    if limit and len(octets) * (1 + 2 / RECORD) > limit and counted(octets) > limit:
        return Content(None, 0, bare)
    return Content(well_begun(octets), len(octets), bare)


async def _piece(reader: asyncio.StreamReader) -> bytes:
    piece = await reader.read(PIECE)
    if not piece:
        raise asyncio.IncompleteReadError(b"", None)
    return piece


def _unread(reader: asyncio.StreamReader, rest: bytes | bytearray) -> None:
    # What comes behind the letter are commands; a stream has no official way to take them back.
    if rest:
        reader._buffer[:0] = rest  # type: ignore[attr-defined]


def _unstuffed(content: bytes, loose: bool) -> bytes:
    if not loose and has_bare_newlines(content):
        content = _without_false_ends(content)
    return with_line_ends(content, loose=loose).replace(b"\r\n.", b"\r\n")[2:]


def _without_false_ends(content: bytes) -> bytes:
    """As Postfix does, drop the lines that hold a lone dot beside a bare line feed."""
    kept, after_bare = [], False
    for line in _LINE.findall(content):
        bare = not line.endswith(b"\r\n")
        if line not in (b".\n", b".\r\n") or not (bare or after_bare):
            kept.append(line)
        after_bare = bare
    return b"".join(kept)


def with_line_ends(content: bytes, *, loose: bool) -> bytes:
    """Every line with <CR><LF> at its end."""
    if loose:
        plain = b"\r\r\n" not in content and not has_bare_newlines(content)
        return content if plain else _LOOSE_LINE_END.sub(b"\r\n", content)
    return _BARE_LF.sub(b"\r\n", content) if has_bare_newlines(content) else content


def has_bare_newlines(content: bytes | bytearray) -> bool:
    """Whether a line ends in a line feed alone."""
    return content.count(b"\n") != content.count(b"\r\n")


def counted(content: bytes) -> int:
    """The size of lines as Postfix counts it."""
    return len(content) + 2 * len(_FULL_RECORD.findall(content))


def well_begun(content: bytes) -> bytes:
    """What can't be the first line of a header is kept from being taken for one, as Postfix does it."""
    if content.startswith((b" ", b"\t")):
        return b"\r\n" + content
    if _MAILBOX_LINE.match(content):
        return b"X-Mailbox-Line: " + content
    return content

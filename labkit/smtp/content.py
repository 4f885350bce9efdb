"""Reading a letter's content, from 354 to the final dot.

Only <CR><LF>.<CR><LF> ends it, and a bare line feed inside becomes <CR><LF>, as with Postfix's
``smtpd_forbid_bare_newline = normalize``: a letter can't hide a second one behind a dot that only
some servers believe in (SMTP smuggling).
"""

import asyncio
import re
from collections.abc import Callable

END = b"\r\n.\r\n"
BARE_LF = re.compile(rb"(?<!\r)\n")


async def read_content(
    reader: asyncio.StreamReader, limit: int, progress: Callable[[], None]
) -> bytes | None:
    """The content with its line ends, without dot-stuffing (RFC 5321 section 4.5.2).

    None when it is longer than ``limit`` octets: then it is read to its end and not kept.
    ``progress`` is called for each piece, so that a slow letter isn't taken for a silent client.
    """
    content = bytearray(b"\r\n")  # the line end before the first line: the final dot may be that line
    too_long = False
    while not content.endswith(END):
        content += await _piece(reader)
        progress()
        if len(content) > limit + len(END):
            too_long = True
            del content[: -len(END)]
    return None if too_long else _plain(bytes(content[: 2 - len(END)]))


async def _piece(reader: asyncio.StreamReader) -> bytes:
    """Up to a dot that could be the final one, or as much as the buffer holds."""
    try:
        return await reader.readuntil(b".\r\n")
    except asyncio.LimitOverrunError as overrun:
        return await reader.readexactly(overrun.consumed)


def _plain(content: bytes) -> bytes:
    if content.count(b"\n") != content.count(b"\r\n"):
        content = BARE_LF.sub(b"\r\n", content)
    return content.replace(b"\r\n.", b"\r\n")[2:]

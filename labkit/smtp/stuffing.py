"""A letter as DATA carries it."""

import re

LONGEST_LINE = 998  # octets without the line end; Postfix: smtp_line_length_limit
_LONG_LINE = re.compile(rb"[^\r\n]{%d,}" % (LONGEST_LINE + 1))


def stuffed(content: bytes) -> bytes:
    """The content with its dots doubled, and the final dot (RFC 5321 section 4.5.2)."""
    body = content if content.endswith(b"\r\n") else content + b"\r\n"
    if body.startswith(b"."):
        body = b"." + body
    return body.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def folded(content: bytes) -> bytes:
    """The content without lines that are longer than a server must take (RFC 5321 section 4.5.3.1.6).

    The rest of such a line goes on in the next one, behind a blank, as Postfix does it.
    """
    if len(content) <= LONGEST_LINE or max(map(len, content.split(b"\r\n"))) <= LONGEST_LINE:
        return content
    return _LONG_LINE.sub(_in_pieces, content)


def _in_pieces(line: re.Match[bytes]) -> bytes:
    first, rest = line[0][:LONGEST_LINE], line[0][LONGEST_LINE:]
    room = LONGEST_LINE - 1
    return b"\r\n ".join([first, *(rest[start : start + room] for start in range(0, len(rest), room))])

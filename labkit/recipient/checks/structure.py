"""Whether a letter is built as RFC 5322 and RFC 2045 say. What is not can fool one reader and not another."""

import re
from collections.abc import Iterator, Sequence

from labkit.smtp.parts import Part

LONGEST_LINE = 998  # octets, RFC 5322 section 2.1.1
MOST_CONTAINERS = 100  # letters and multiparts in one letter

_HEADER = re.compile(rb"(?:[!-9;-~]+[ \t]*:|[ \t])")
_FIELDS = re.compile(rb"(?im)^(from|date|subject|sender|to|cc|reply-to|message-id)[ \t]*:")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n\t ]*={0,2}[\r\n\t ]*")
_BARE_RETURN = re.compile(rb"\r(?!\n)")
_LONG_LINE = re.compile(rb"[^\n]{%d,}" % (LONGEST_LINE + 1))


def faults(content: bytes, parts: Sequence[Part]) -> Iterator[str]:
    """Each thing that is wrong, as the end of a sentence that begins with "The letter has"."""
    head, _, _ = content.partition(b"\r\n\r\n")
    if not _HEADER.match(content):
        yield "no headers"
    else:
        yield from _header_faults(head)
    yield from _line_faults(content)
    yield from _mime_faults(content, parts)


def _header_faults(head: bytes) -> Iterator[str]:
    names = [found.lower().decode() for found in _FIELDS.findall(head)]
    if "from" not in names:
        yield "no From: header"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{names.count(name)} {name.capitalize()}: headers, where there may be one"
    if any(line and not _HEADER.match(line) for line in head.split(b"\r\n")):
        yield "a line among its headers that is none"
    if not head.isascii() and not _is_utf8(head):
        yield "octets in its headers that are no text"


def _line_faults(content: bytes) -> Iterator[str]:
    if b"\0" in content:
        yield "a NUL octet"
    if _BARE_RETURN.search(content):
        yield "a carriage return that ends no line"
    longest = max((len(line.rstrip(b"\r")) for line in _LONG_LINE.findall(content)), default=0)
    if longest > LONGEST_LINE:
        yield f"a line of {longest:,} octets, where there may be {LONGEST_LINE}"


def _mime_faults(content: bytes, parts: Sequence[Part]) -> Iterator[str]:
    containers = sum(part.is_container for part in parts)
    if containers > MOST_CONTAINERS:
        yield f"{containers:,} letters and multiparts inside it, where {MOST_CONTAINERS} are more than enough"
    if any(part.type.startswith("multipart/") for part in parts) and b"\n--" not in content:
        yield "a multipart without any part"
    for part in parts:
        if part.encoding == "base64" and not _BASE64.fullmatch(_without_boundary(part.raw)):
            yield "base64 with characters that don't belong there"
            return


def _without_boundary(raw: bytes) -> bytes:
    """Without a line that begins with two dashes: it is the boundary behind the part."""
    return raw.partition(b"\n--")[0]


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True

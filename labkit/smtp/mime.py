"""A letter's content, taken apart as Postfix's cleanup(8) sees it: headers, and lines of text.

One pass, and its cost is bounded whatever a stranger sends: headers are cut at their limit, boundaries
and nesting as well. Headers are those of the letter, of its parts, and of letters inside it (RFC 2045,
RFC 2046); a line that is no header ends them. What is out of order is put right, as Postfix does it.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from quopri import decodestring

HEADER_LIMIT = 102_400  # octets; Postfix: header_size_limit
LINE_LIMIT = 2048  # octets, after which a line is taken for two; Postfix: line_length_limit
BOUNDARY_LIMIT = 2048  # octets; Postfix: mime_boundary_length_limit
NESTING_LIMIT = 100  # parts in parts; Postfix: mime_nesting_limit

HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]*")
DROPPED = (b"bcc", b"content-length", b"resent-bcc", b"return-path")  # Postfix: message_drop_headers

# Headers that go on as they are, up to the empty line. The first letter is looked at first: it's quicker.
_TIDY = re.compile(
    rb"(?:(?![BbCcRr](?i:cc|ontent-length|esent-bcc|eturn-path):)[!-9;-~]+:[^\n]*+\n|[ \t][^\n]*+\n)*+"
    rb"(?:\r?\n|\Z)"
)
_LINES = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_STRAY_RETURN = re.compile(rb"\r(?!\n)")
_TYPE = re.compile(rb"\s*([\w.+-]+)\s*/\s*([\w.+-]+)")
_BOUNDARY = re.compile(rb';\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A header, unfolded to one text with line feeds in it, or a line of text.

    ``raw`` is what goes on of it, with its line ends; empty for a header that Postfix drops
    (message_drop_headers). ``part`` counts the MIME parts, ``encoding`` is their
    Content-Transfer-Encoding. ``offset`` is how many octets of text the part has before this line.
    """

    is_header: bool
    text: bytes
    raw: bytes
    part: int = 0
    encoding: str = ""
    offset: int = 0

    @property
    def line_end(self) -> bytes:
        """The line end; empty within a line that was too long for one piece."""
        return self.raw[len(_without_end(self.raw)) :]


def pieces(content: bytes) -> Iterator[Piece]:
    """The content, piece by piece."""
    return _Reader().read(content)


def tidied(content: bytes) -> bytes:
    """The content as it goes on: without the headers that Postfix drops, without white space before the
    colon of a header, and with an empty line behind the headers where there was none."""
    # Nearly every letter is tidy; one look at its own headers must do here, for all letters pass here.
    return content if _TIDY.match(content) else b"".join(piece.raw for piece in pieces(content))


def without_stray_returns(content: bytes) -> bytes:
    """The content with a space for each carriage return that ends no line (cleanup_replace_stray_cr_lf)."""
    if content.count(b"\r") == content.count(b"\r\n"):
        return content
    return _STRAY_RETURN.sub(b" ", content)


def texts(content: bytes) -> Iterator[bytes]:
    """What the reader of each part gets: base64 and quoted-printable are undone (RFC 2045 section 6)."""
    lines = (piece for piece in pieces(content) if not piece.is_header)
    for (_, encoding), part in groupby(lines, key=lambda piece: (piece.part, piece.encoding)):
        yield decoded(b"".join(piece.raw for piece in part), encoding)


def decoded(text: bytes, encoding: str) -> bytes:
    """What a Content-Transfer-Encoding hides (RFC 2045 section 6); what is wrong in it is passed over."""
    if encoding == "quoted-printable":
        return decodestring(text)
    if encoding != "base64":
        return text
    whole = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
    return binascii.a2b_base64(whole[: len(whole) // 4 * 4] + _last(whole))


def _last(whole: bytes) -> bytes:
    """The last few characters of base64, filled up to four; one alone says nothing."""
    rest = len(whole) % 4
    return whole[-rest:] + b"=" * (4 - rest) if rest > 1 else b""


class _Reader:
    """Where the reading stands: ``open`` are the boundaries of the parts that we are in, outermost first."""

    def __init__(self) -> None:
        self._open: list[tuple[bytes, bytes]] = []  # boundary, and the type of its parts unless they say
        self._is_first = self._in_headers = True
        self._type = b"text/plain"
        self._encoding, self._part, self._offset = "", 0, 0

    def read(self, content: bytes) -> Iterator[Piece]:
        header: list[bytes] = []
        for found in _LINES.finditer(content):
            raw = found[0]
            if header and raw[:1] in (b" ", b"\t"):
                header.append(raw)
                continue
            if header:
                yield self._header(header)
                header = []
            if self._in_headers and HEADER.match(raw):
                header = [raw]
            else:
                yield from self._line(raw)
        if header:
            yield self._header(header)

    def _header(self, lines: list[bytes]) -> Piece:
        raw = b"".join(lines)
        text = b"\n".join(map(_without_end, lines))[:HEADER_LIMIT]
        colon = HEADER.match(text)
        assert colon
        name, value = colon[1], text[colon.end() :]
        if name.lower() == b"content-type":
            self._note_type(value)
        elif name.lower() == b"content-transfer-encoding":
            self._encoding = value.split(b";")[0].strip().lower().decode("ascii", "replace")
        dropped = self._is_first and name.lower() in DROPPED
        written = name + raw[colon.end(1) :].lstrip(b" \t")
        return Piece(
            True, name + text[colon.end(1) :].lstrip(b" \t"), b"" if dropped else written, self._part
        )

    def _note_type(self, value: bytes) -> None:
        found = _TYPE.match(value)
        self._type = b"/".join(found.groups()).lower() if found else b"text/plain"
        if not self._type.startswith(b"multipart/"):
            return
        inner = b"message/rfc822" if self._type == b"multipart/digest" else b"text/plain"
        for boundary in _BOUNDARY.finditer(value):
            if len(self._open) <= NESTING_LIMIT:
                self._open.append(((boundary[1] or boundary[2] or b"")[:BOUNDARY_LIMIT], inner))

    def _line(self, raw: bytes) -> Iterator[Piece]:
        text = _without_end(raw)
        if self._in_headers:
            if self._is_first and text:
                yield Piece(False, b"", b"\r\n", self._part)
            self._end_headers(text)
        if text.startswith(b"--") and len(text) > 2:
            self._at_boundary(text[2:])
        for start in range(0, max(len(text), 1), LINE_LIMIT):
            end = start + LINE_LIMIT
            chunk = raw[start:end] if end < len(text) else raw[start:]
            yield Piece(False, text[start:end], chunk, self._part, self._encoding, self._offset)
            self._offset += len(text[start:end]) + 1

    def _end_headers(self, text: bytes) -> None:
        self._is_first = self._in_headers = False
        self._offset = self._offset if text else 0
        self._part += 1
        if not text and self._type in (b"message/rfc822", b"message/global"):
            self._in_headers, self._type, self._encoding = True, b"text/plain", ""

    def _at_boundary(self, text: bytes) -> None:
        for depth in reversed(range(len(self._open))):
            boundary, inner = self._open[depth]
            if text.startswith(boundary):
                ends = text[len(boundary) :].startswith(b"--")
                del self._open[depth if ends else depth + 1 :]
                self._in_headers, self._type, self._encoding = not ends, inner, ""
                self._part += 1
                return


def _without_end(raw: bytes) -> bytes:
    return raw.removesuffix(b"\n").removesuffix(b"\r")

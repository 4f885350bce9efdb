"""A letter's parts, as its reader's program shows them: a type, a file name, and the decoded content.

Built on ``mime``, so it is one pass, without recursion, and nothing in a letter makes it raise anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import unquote_to_bytes

from labkit.smtp.mime import Piece, decoded, pieces

_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
# A parameter (RFC 2045 section 5.1), one that is encoded, or one in pieces (RFC 2231).
_PARAMETER = re.compile(r';\s*(file)?name(\*(?:\d+\*?)?)?\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]+)', re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=\?([\w-]+)(?:\*[\w-]*)?\?([bqBQ])\?([^?]*)\?=(?:\s+(?==\?))?")
CHARSETS = {"us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"}
CONTAINERS = ("multipart/", "message/")


@dataclass(frozen=True, slots=True)
class Part:
    """One part. ``type`` is in lower case, "text/plain" unless the part says otherwise; ``filename`` is
    empty for one without; ``encoding`` is its Content-Transfer-Encoding; ``raw`` is what stands in the
    letter, ``content`` what its reader gets."""

    type: str
    filename: str
    encoding: str
    raw: bytes

    @property
    def content(self) -> bytes:
        """Without base64 and quoted-printable (RFC 2045 section 6)."""
        return decoded(self.raw, self.encoding)

    @property
    def is_container(self) -> bool:
        """Whether it is made of other parts."""
        return self.type.startswith(CONTAINERS)


def parts(content: bytes) -> Iterator[Part]:
    """The parts of a letter, in order; its own headers belong to the first."""
    headers: list[Piece] = []
    for (is_header, _, encoding), group in groupby(pieces(content), key=_key):
        found = list(group)
        if is_header:
            headers = found
            continue
        yield _part(headers, encoding, found)
        headers = []
    if headers:
        yield _part(headers, "", [])


def _key(piece: Piece) -> tuple[bool, int, str]:
    return (True, piece.part, "") if piece.is_header else (False, piece.part, piece.encoding)


def _part(headers: Sequence[Piece], encoding: str, lines: Sequence[Piece]) -> Part:
    said = _field(headers, b"content-type")
    found = _TYPE.match(said)
    name = _filename(_field(headers, b"content-disposition")) or _filename(said)
    text = lines[1:] if lines and not lines[0].text else lines  # the empty line belongs to the headers
    raw = b"".join(line.raw for line in text)
    return Part(found[1].lower() if found else "text/plain", name, encoding, raw)


def _field(headers: Sequence[Piece], name: bytes) -> str:
    """The last field of that name, as programs that read letters take it; unfolded."""
    for piece in reversed(headers):
        key, _, value = piece.text.partition(b":")
        if key.rstrip().lower() == name:
            return value.replace(b"\n", b"").decode("utf-8", "replace")
    return ""


def _filename(value: str) -> str:
    """The file name that a header gives: whole, encoded, or in pieces."""
    found = [(mark, text) for _, mark, text in _PARAMETER.findall(value)]
    named = "".join(_parameter(mark, text) for mark, text in found if mark)
    return named or next((words(_unquoted(text)) for mark, text in found if not mark), "")


def _parameter(mark: str, text: str) -> str:
    plain = _unquoted(text)
    if not mark.endswith("*"):
        return plain
    charset, quote, rest = plain.partition("'")
    if not quote:
        return _text(unquote_to_bytes(plain), "utf-8")
    return _text(unquote_to_bytes(rest.partition("'")[2]), charset)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


def words(text: str) -> str:
    """A header's text with its encoded words undone (RFC 2047); what can't be read stays as it is."""
    return _ENCODED_WORD.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    charset, how, text = found.groups()
    encoded = text.encode("utf-8", "replace")
    if how in "qQ":
        return _text(decoded(encoded.replace(b"_", b" "), "quoted-printable"), charset)
    return _text(decoded(encoded, "base64"), charset)


def _text(octets: bytes, charset: str) -> str:
    known = charset.lower() if charset.lower() in CHARSETS else "utf-8"
    return octets.decode(known, "replace")

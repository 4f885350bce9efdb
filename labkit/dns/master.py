"""Reads master files (RFC 1035 section 5), and says which line it can't read.

dnspython knows how the data of each type are written; here is what stands before them: owner, TTL and
class. Its own reader of whole zones takes longer to load than a lab takes to start.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.tokenizer
import dns.ttl

from labkit.errors import UsageError

TTL = 3600  # seconds, where the file doesn't say
STRING_OCTETS = 255  # the longest character-string (RFC 1035 section 3.3); a longer text is several


class Record(NamedTuple):
    """One resource record; ``ttl`` in seconds; ``rdata`` is dnspython's, with the fields of its type.

    ``first`` and ``last`` are the lines that it was read from, counted from 1.
    """

    owner: dns.name.Name
    kind: str
    ttl: int
    rdata: Any
    first: int = 0
    last: int = 0

    def __str__(self) -> str:
        """The record in one line, as ``dig`` writes it."""
        return f"{self.owner} {self.ttl} IN {self.kind} {self.rdata}"


class NotARecord(UsageError):
    """A line that is no record: its ``text``, its number, and the type that was understood, if any was."""

    def __init__(self, line: int, text: str, kind: str) -> None:
        super().__init__(
            f"Line {line} of the zone is not a DNS record: {text!r}. "
            "Write it like this one: customer.example. IN MX 10 mx1.customer.example."
        )
        self.line, self.text, self.kind = line, text, kind


def read(text: str, *, only_quoted: bool = False) -> Iterator[Record]:
    """The records of a master file, in order. Raises NotARecord with the number of a line that is none.

    ``only_quoted`` takes texts in quotation marks only, without which each word is a text of its own and
    a semicolon begins a comment.
    """
    lines = text.splitlines()
    reader = _Reader(lines, only_quoted)
    try:
        yield from reader.records()
    except dns.exception.DNSException as error:
        raise NotARecord(reader.line, lines[reader.line - 1].strip(), reader.kind) from error


class _Reader:
    """``line`` is where the entry begins that is being read; lines count from 1. ``kind`` is its type."""

    def __init__(self, lines: list[str], only_quoted: bool) -> None:
        self.line, self.kind, self._ttl, self._only_quoted = 1, "", TTL, only_quoted
        self._origin = self._owner = dns.name.root
        self._lexer = dns.tokenizer.Tokenizer("\n".join(lines))

    def records(self) -> Iterator[Record]:
        while not (token := self._first()).is_eof():
            if token.value == "$TTL":
                self._ttl = self._lexer.get_ttl()
                self._lexer.get_eol()
            elif token.value == "$ORIGIN":
                self._origin = self._lexer.get_name(self._origin)
                self._lexer.get_eol()
            elif not token.is_eol():
                yield self._record(token)

    def _first(self) -> dns.tokenizer.Token:
        """The first token of an entry; white space where the owner is the one before."""
        self.line, self.kind = self._lexer.where()[1], ""
        token = self._lexer.get(want_leading=True)
        if token.is_whitespace():
            following = self._lexer.get()
            if following.is_eol_or_eof():
                return following
            self._lexer.unget(following)
        return token

    def _record(self, first: dns.tokenizer.Token) -> Record:
        if not first.is_whitespace():
            self._owner = self._lexer.as_name(first, self._origin)
        ttl, token = self._ttl, self._lexer.get()
        while token.value.upper() == "IN" or token.value[:1].isdigit():  # in either order
            if token.value.upper() != "IN":
                ttl = dns.ttl.from_text(token.value)
            token = self._lexer.get()
        kind = dns.rdatatype.from_text(token.value)
        self.kind = dns.rdatatype.to_text(kind)
        rdata = self._texts() if kind is dns.rdatatype.TXT else self._rdata(kind)
        last = max(self.line, self._lexer.where()[1] - 1)
        return Record(self._owner, self.kind, ttl, rdata, self.line, last)

    def _rdata(self, kind: dns.rdatatype.RdataType) -> dns.rdata.Rdata:
        return dns.rdata.from_text(dns.rdataclass.IN, kind, self._lexer, self._origin, relativize=False)

    def _texts(self) -> dns.rdata.Rdata:
        """The data of a TXT record; what is too long for one string becomes several."""
        tokens = self._lexer.get_remaining()
        self._lexer.get_eol()
        if not tokens or (self._only_quoted and not all(token.is_quoted_string() for token in tokens)):
            raise dns.exception.UnexpectedEnd
        try:
            strings = [part for token in tokens for part in _parts(token.unescape_to_bytes().value)]
        except UnicodeEncodeError:  # half a character
            raise dns.exception.SyntaxError from None
        return dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings)


def _parts(string: bytes) -> list[bytes]:
    starts = range(0, max(1, len(string)), STRING_OCTETS)
    return [string[start : start + STRING_OCTETS] for start in starts]

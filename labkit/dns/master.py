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
import dns.tokenizer
import dns.ttl

from labkit.errors import UsageError

TTL = 3600  # seconds, where the file doesn't say


class Record(NamedTuple):
    """One resource record; ``ttl`` in seconds; ``rdata`` is dnspython's, with the fields of its type."""

    owner: dns.name.Name
    kind: str
    ttl: int
    rdata: Any


def read(text: str) -> Iterator[Record]:
    """The records of a master file, in order. Raises UsageError with the number of a line that is none."""
    lines = text.splitlines()
    reader = _Reader(lines)
    try:
        yield from reader.records()
    except dns.exception.DNSException as error:
        raise UsageError(
            f"Line {reader.line} of the zone is not a DNS record: {lines[reader.line - 1].strip()!r}. "
            "Write it like this one: customer.example. IN MX 10 mx1.customer.example."
        ) from error


class _Reader:
    """``line`` is where the entry begins that is being read; lines count from 1."""

    def __init__(self, lines: list[str]) -> None:
        self.line, self._ttl = 1, TTL
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
        self.line = self._lexer.where()[1]
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
        rdata = dns.rdata.from_text(dns.rdataclass.IN, kind, self._lexer, self._origin, relativize=False)
        return Record(self._owner, dns.rdatatype.to_text(kind), ttl, rdata)

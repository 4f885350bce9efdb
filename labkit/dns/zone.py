"""The records of the lab's domains, written as a master file (RFC 1035 section 5).

The zone is data that students can read and change; the server only looks things up in it. A zone never
changes itself: a change makes another zone, so that a question on its way finds one or the other.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.dns.master import Record

NOERROR, NXDOMAIN = 0, 3  # RFC 1035 section 4.1.1

_DIGITS = re.compile(r"(\bTLSA +\d \d 1 )[0-9A-Fa-f]{64}\b")


class Zone:
    """Records by name and type, and what a question about them gets.

    ``text`` is in master-file format. Raises UsageError, at the first question, for a line that isn't.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def all(self) -> "tuple[Record, ...]":
        """Every record, in the order of the text."""
        from labkit.dns.master import read  # here: a lab is ready before its first question

        return tuple(read(self.text))

    @cached_property
    def records(self) -> "dict[tuple[str, str], list[Record]]":
        """Records by (lower-case name without the final dot, type)."""
        found: dict[tuple[str, str], list[Record]] = {}
        for record in self.all:
            found.setdefault((plain(record.owner), record.kind), []).append(record)
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that has a record, or has one below it (RFC 8020); the root is the empty name."""
        return frozenset(
            ".".join(labels[i:])
            for name, _ in self.records
            for labels in [name.split(".")]
            for i in range(len(labels) + 1)
        )

    def look_up(self, name: str, kind: str) -> "tuple[int, list[Record]]":
        """The RCODE and the records for a question: NOERROR with none where only the type is missing.

        An alias is followed, and stands before what it leads to (RFC 1034 section 3.6.2).
        """
        asked, aliases = plain(name), []
        found = self.of(asked, kind)
        while not found and (alias := self.records.get((asked, "CNAME"))) and alias[0] not in aliases:
            aliases.append(alias[0])
            asked = plain(alias[0].rdata)
            found = self.of(asked, kind)
        return (NOERROR if asked in self.names else NXDOMAIN), aliases + found

    def of(self, name: str, kind: str) -> "list[Record]":
        """The records of exactly this name, of one type or of "ANY"."""
        asked = plain(name)
        if kind.upper() != "ANY":
            return self.records.get((asked, kind.upper()), [])
        return [
            record for (owner, _), records in self.records.items() if owner == asked for record in records
        ]

    def with_records(self, records: "Iterable[Record]") -> "Zone":
        """The same zone with these records behind it, each in a line of its own."""
        new = list(records)
        if not new:
            return self
        lines = self.text.splitlines()
        zone = Zone("\n".join([*lines, *map(str, new), ""]))
        places = enumerate(new, len(lines) + 1)
        zone.all = (*self.all, *(record._replace(first=line, last=line) for line, record in places))
        return zone

    def without(self, records: "Collection[Record]") -> "Zone":
        """The same zone without these of its records; the other lines stay as they are."""
        heirs = list(self._heirs(records))
        gone = {line for record in (*records, *heirs) for line in range(record.first, record.last + 1)}
        named = {record.first: str(record) for record in heirs}
        lines = enumerate(self.text.splitlines(), 1)
        kept = (named.get(number, line) for number, line in lines if number not in gone or number in named)
        return Zone("\n".join([*kept, ""]))

    def _heirs(self, gone: "Collection[Record]") -> "Iterator[Record]":
        """Records that take their owner from one that goes: from now on they need to name it."""
        lines, orphaned = self.text.splitlines(), False
        for record in self.all:
            orphaned = orphaned and lines[record.first - 1][:1].isspace()
            if record in gone:
                orphaned = True
            elif orphaned:
                yield record
                orphaned = False


def shown(lines: str) -> str:
    """Records as they are shown: without the digits of keys, which are made anew in each run of the lab."""
    return _DIGITS.sub(r"\1(the SHA-256 of a key)", lines)


def plain(name: object) -> str:
    """A name in lower case, without the final dot."""
    return str(name).lower().rstrip(".")

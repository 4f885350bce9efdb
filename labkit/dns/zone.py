"""The records of the lab's domains, written as a master file (RFC 1035 section 5).

The zone is data that students can read and, later, change; the server only looks things up in it.
"""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.dns.master import Record

NOERROR, NXDOMAIN = 0, 3  # RFC 1035 section 4.1.1


class Zone:
    """Records by name and type, and what a question about them gets.

    ``text`` is in master-file format. Raises UsageError, at the first question, for a line that isn't.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def records(self) -> "dict[tuple[str, str], list[Record]]":
        """Records by (lower-case name without the final dot, type)."""
        from labkit.dns.master import read  # here: a lab is ready before its first question

        found: dict[tuple[str, str], list[Record]] = {}
        for record in read(self.text):
            found.setdefault((_plain(record.owner), record.kind), []).append(record)
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
        plain, aliases = _plain(name), []
        found = self._at(plain, kind)
        while not found and (alias := self.records.get((plain, "CNAME"))) and alias[0] not in aliases:
            aliases.append(alias[0])
            plain = _plain(alias[0].rdata)
            found = self._at(plain, kind)
        return (NOERROR if plain in self.names else NXDOMAIN), aliases + found

    def _at(self, plain: str, kind: str) -> "list[Record]":
        if kind != "ANY":
            return self.records.get((plain, kind), [])
        return [record for (name, _), records in self.records.items() if name == plain for record in records]


def _plain(name: object) -> str:
    return str(name).lower().rstrip(".")

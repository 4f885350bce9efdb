"""The records of the lab's domains, written as a master file (RFC 1035 section 5).

The zone is data that students can read and, later, change; the server only looks things up in it.
"""

from functools import cached_property

from dnslib import CLASS, QTYPE, RCODE, RR, DNSError

from labkit.errors import UsageError


class Zone:
    """Records by name and type, and what a question about them gets.

    ``text`` is in master-file format. Raises UsageError, at the first question, for a line that isn't.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def records(self) -> dict[tuple[str, str], list[RR]]:
        """Records by (lower-case name without the final dot, type)."""
        found: dict[tuple[str, str], list[RR]] = {}
        for record in self._parse():
            found.setdefault((_plain(record.rname), QTYPE[record.rtype]), []).append(record)
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that has a record, or has one below it (RFC 8020)."""
        return frozenset(
            ".".join(labels[i:])
            for name, _ in self.records
            for labels in [name.split(".")]
            for i in range(len(labels))
        )

    def look_up(self, name: str, kind: str) -> tuple[int, list[RR]]:
        """The RCODE and the records for a question: NOERROR with none where only the type is missing."""
        plain = _plain(name)
        found = self.records.get((plain, kind), []) or self.records.get((plain, "CNAME"), [])
        return (RCODE.NOERROR if plain in self.names else RCODE.NXDOMAIN), found

    def _parse(self) -> list[RR]:
        try:
            records: list[RR] = RR.fromZone(self.text)
        except (DNSError, ValueError, KeyError, IndexError) as error:
            raise UsageError(f"The zone has a line that isn't a DNS record: {error}") from error
        return [record for record in records if record.rclass == CLASS.IN]


def _plain(name: object) -> str:
    return str(name).lower().rstrip(".")

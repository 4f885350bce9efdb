"""A resolver for tests of the checks: answers from a master file, at once, and counts the questions."""

from datetime import datetime

from labkit.clock import START
from labkit.dns.resolver import Answer, TemporaryFailure
from labkit.dns.zone import NXDOMAIN, Zone


class Answering:
    """Has the methods of Resolver that checks use; names in ``silent`` get no answer now."""

    def __init__(self, text: str, *, silent: tuple[str, ...] = (), now: datetime = START) -> None:
        self.zone, self.silent, self.now = Zone(text), silent, now
        self.asked: list[tuple[str, str]] = []

    async def look_up(self, name: str, kind: str) -> Answer:
        self.asked.append((name, kind))
        if name in self.silent:
            raise TemporaryFailure("The name server doesn't answer.")
        code, records = self.zone.look_up(name, kind)
        found = [str(record.rdata) for record in records if record.kind == kind]
        return Answer(
            code != NXDOMAIN, tuple(text if text == "." else text.removesuffix(".") for text in found)
        )

    async def texts(self, name: str) -> tuple[str, ...]:
        await self.look_up(name, "TXT")
        records = self.zone.look_up(name, "TXT")[1]
        return tuple(
            b"".join(one.rdata.strings).decode("utf-8", "replace") for one in records if one.kind == "TXT"
        )

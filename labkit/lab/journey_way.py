"""A letter's way while it is being followed: the rows so far, and the small things that make a row."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from labkit.dns.questions import Question
from labkit.lab import journey_rows
from labkit.lab.journey import MAILBOX, Kind, Row
from labkit.lab.journey_claims import Fate
from labkit.lab.scenery import Scenery
from labkit.lab.usual import DNS
from labkit.recipient.mailbox import Received
from labkit.wire.reading.line import printable
from labkit.wire.record import Party
from labkit.wire.views.columns import cut

ROOM = 70  # cells of a remark
RECEIVED = re.compile(rb"(?im)^Received:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*")
MOST_ROWS = 80

MORE_ROWS = "… {count:,} more steps …"
KNOWN = "knows {what} from before"
KNOWN_AND_MORE = "knows {what} from before, and {count} more"
INTO = "into the mailbox {mailbox}: {folder}"
MORE_MAILBOXES = "and into {count:,} more"
NOWHERE = "has taken it, and it is in no mailbox"


@dataclass
class Way:
    """A letter's way so far: the rows, who appeared in them, and what became of it for each recipient."""

    scenery: Scenery
    rows: list[Row] = field(default_factory=list)
    parties: dict[str, Party] = field(default_factory=dict)
    fates: Counter[Fate] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    told: bool = False

    def __post_init__(self) -> None:
        scenery = self.scenery
        self.relays = {relay.site.host.address: relay for relay in (scenery.relay, scenery.smarthost)}
        self.questions = list(scenery.resolver.questions)

    def in_order(self) -> Iterator[tuple[str, Party]]:
        """As they appeared; the name server stands beside the first relay, the mailboxes at the end."""
        last = (DNS.name, MAILBOX.name)
        names = [name for name in self.parties if name not in last]
        at = next((at for at, name in enumerate(names, 1) if name == self.scenery.relay.site.host.name), 1)
        for name in (*names[:at], DNS.name, *names[at:], MAILBOX.name):
            yield name, self.parties.get(name, MAILBOX)

    def shown(self) -> list[Row]:
        """The rows; of very many, the first and the last."""
        if len(self.rows) <= MOST_ROWS:
            return self.rows
        first, last = self.rows[: MOST_ROWS // 2], self.rows[-MOST_ROWS // 2 :]
        words = MORE_ROWS.format(count=len(self.rows) - MOST_ROWS)
        return [*first, Row(Kind.SESSION, last[0].moment, first[-1].source, first[-1].target, words), *last]

    def last_until(self, moment: datetime) -> int:
        """The number of the last look-up until then."""
        return max((one.number for one in self.questions if one.moment <= moment), default=0)

    def asks(self, asker: str, asked: Sequence[Question]) -> None:
        """A host looks something up; what it knows already, it doesn't ask again."""
        known = [one for one in asked if one.kept]
        names = [f"{one.kind} {one.name}" for one in known]
        if not self.known.issuperset(names):
            words = KNOWN_AND_MORE if len(names) > 1 else KNOWN
            self.note(asker, known[0].moment, words.format(what=cut(names[0], ROOM), count=len(names) - 1))
        self.known.update(f"{one.kind} {one.name}" for one in asked)
        self.rows += journey_rows.look_ups(asker, [one for one in asked if not one.kept])

    # Where it ends

    def stored(self, server: Party, queue_id: str, count: int) -> None:
        """A server has put a letter into mailboxes, or should have, for so many recipients."""
        found = [one for one in self._letters() if _came_by(one, self._domain(server), queue_id)]
        self.parties.setdefault(server.name, server)
        for one in found[: journey_rows.SHOWN + 1]:
            words = INTO.format(mailbox=one.mailbox, folder=one.folder)
            self.rows.append(Row(Kind.STORED, one.arrived, server.name, MAILBOX.name, words))
        if len(found) > journey_rows.SHOWN + 1:
            words = MORE_MAILBOXES.format(count=len(found) - journey_rows.SHOWN - 1)
            self.rows.append(Row(Kind.STORED, found[-1].arrived, server.name, MAILBOX.name, words))
        self.fates[Fate.ARRIVED] += len(found)
        if len(found) < count:
            self.note(server.name, self.rows[-1].moment, NOWHERE)
            self.fates[Fate.LOST] += count - len(found)

    def _letters(self) -> Iterator[Received]:
        scenery = self.scenery
        for mailboxes in (scenery.customer, scenery.company, scenery.drop, scenery.provider):
            yield from mailboxes

    def _domain(self, server: Party) -> str:
        hosts = self.scenery.network.hosts
        return next((host.domain for host in hosts if host.address == server.address), server.name)

    def note(self, name: str, moment: datetime, words: str) -> None:
        """A remark about what a host does."""
        self.rows.append(Row(Kind.NOTED, moment, name, name, printable(words.encode())))


def _came_by(letter: Received, server: str, queue_id: str) -> bool:
    """Whether a server has written this id on a letter: on top, as what stands below may be forged."""
    found = RECEIVED.search(letter.content.partition(b"\r\n\r\n")[0])
    trace = b" ".join(found[0].split()).decode("ascii", "replace") if found else ""
    return f"by {server} (Postfix)" in trace and f" id {queue_id} " in f"{trace} ".replace(";", " ")

"""Greylisting: a stranger's first try is deferred, because a mail server comes back and a spammer doesn't.

The bare rule, as postgrey has it; a relay and a recipient each wrap it in their own way. All times are
lab time.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from labkit.smtp.envelope import Envelope, Session

DELAY = timedelta(seconds=300)  # postgrey: --delay
RETRY_WINDOW = timedelta(days=2)  # who comes back later than this is new again; postgrey: --retry-window
MAX_AGE = timedelta(days=35)  # postgrey: --max-age
MOST = 100_000  # triplets; those that weren't seen for longest go first
PREFIX = {4: 24, 6: 64}  # bits: the servers of one provider share a network

LET_IN = timedelta(0)

Triplet = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """When a triplet was first seen, and when last."""

    first: datetime
    last: datetime

    @property
    def was_let_in(self) -> bool:
        """Whether it was let in when it was last seen."""
        return self.last - self.first >= DELAY


class Triplets:
    """The triplets that were seen: client's network, reverse-path and recipient."""

    def __init__(self) -> None:
        self._seen: OrderedDict[Triplet, Seen] = OrderedDict()

    def wait(self, session: Session, envelope: Envelope, now: datetime) -> timedelta:
        """How much longer a client has to wait before it is let in: nothing for one that did wait."""
        triplet = _triplet(session, envelope)
        first = self._first_seen(triplet, now)
        self._seen[triplet] = Seen(first, now)
        self._seen.move_to_end(triplet)
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return max(LET_IN, DELAY - (now - first))

    def _first_seen(self, triplet: Triplet, now: datetime) -> datetime:
        seen = self._seen.get(triplet)
        if not seen or now - seen.last > MAX_AGE:
            return now
        if not seen.was_let_in and now - seen.first > RETRY_WINDOW:
            return now
        return seen.first

    def __len__(self) -> int:
        return len(self._seen)


def _triplet(session: Session, envelope: Envelope) -> Triplet:
    address = session.client.address
    bits = PREFIX[6 if ":" in address else 4]
    network = str(ip_network(f"{address}/{bits}", strict=False))
    return network, envelope.reverse_path.address.lower(), envelope.recipient.address.lower()

"""Greylisting: a stranger's first try is deferred, because a mail server comes back and a spammer doesn't.

It is a policy service, as postgrey is: ``check_policy_service inet:127.0.0.1:10023`` asks it at each
RCPT TO. All times are lab time.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from labkit.relay.language.restriction_lists import GREYLISTING
from labkit.smtp.envelope import Envelope, Session

DELAY = timedelta(seconds=300)  # postgrey: --delay
RETRY_WINDOW = timedelta(days=2)  # who comes back later than this is new again; postgrey: --retry-window
MAX_AGE = timedelta(days=35)  # postgrey: --max-age
MOST = 100_000  # triplets; those that weren't seen for longest go first
PREFIX = {4: 24, 6: 64}  # bits: the servers of one provider share a network

DUNNO = "DUNNO"

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


class Greylist:
    """The triplets that were seen: client's network, reverse-path and recipient."""

    def __init__(self) -> None:
        self._seen: OrderedDict[Triplet, Seen] = OrderedDict()

    async def __call__(self, name: str, session: Session, envelope: Envelope, now: datetime) -> str | None:
        """The action for a recipient (access(5)); None when ``name`` isn't this service."""
        return self.action(session, envelope, now) if name == GREYLISTING else None

    def action(self, session: Session, envelope: Envelope, now: datetime) -> str:
        """ "DUNNO", or for a triplet that isn't old enough DEFER_IF_PERMIT, with postgrey's words."""
        if envelope.recipient.is_null:  # asked before a recipient is known
            return DUNNO
        triplet = _triplet(session, envelope)
        first = self._first_seen(triplet, now)
        self._seen[triplet] = Seen(first, now)
        self._seen.move_to_end(triplet)
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)
        wait = DELAY - (now - first)
        if wait <= timedelta(0):
            return DUNNO
        return f"DEFER_IF_PERMIT 4.2.0 Greylisted for {wait.total_seconds():.0f} seconds"

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

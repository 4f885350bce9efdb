"""Greylisting as a policy service of the relay, as postgrey is one.

``check_policy_service inet:127.0.0.1:10023`` asks it at each RCPT TO.
"""

from datetime import datetime

from labkit.relay.language.restriction_lists import GREYLISTING
from labkit.smtp.envelope import Envelope, Session
from labkit.smtp.greylist import DELAY as DELAY
from labkit.smtp.greylist import LET_IN, Triplets

DUNNO = "DUNNO"


class Greylist:
    """The service, and the triplets that it has seen."""

    def __init__(self) -> None:
        self._triplets = Triplets()

    async def __call__(self, name: str, session: Session, envelope: Envelope, now: datetime) -> str | None:
        """The action for a recipient (access(5)); None when ``name`` isn't this service."""
        return self.action(session, envelope, now) if name == GREYLISTING else None

    def action(self, session: Session, envelope: Envelope, now: datetime) -> str:
        """ "DUNNO", or for a triplet that isn't old enough DEFER_IF_PERMIT, with postgrey's words."""
        if envelope.recipient.is_null:  # asked before a recipient is known
            return DUNNO
        wait = self._triplets.wait(session, envelope, now)
        if wait == LET_IN:
            return DUNNO
        return f"DEFER_IF_PERMIT 4.2.0 Greylisted for {wait.total_seconds():.0f} seconds"

    def __len__(self) -> int:
        return len(self._triplets)

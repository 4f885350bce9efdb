"""What stands in a live view: one look at the lab, taken on its own thread, so that the counts agree.

A look costs the lab next to nothing; all drawing and writing is done elsewhere, from this value.
"""

from dataclasses import dataclass
from datetime import datetime

from labkit.dns.zone import Zone
from labkit.errors import LabClosed, TookTooLong
from labkit.lab import Lab, usual
from labkit.lab.background import Undertaking
from labkit.relay.policy import Policy
from labkit.relay.traffic import Outcome, Traffic
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

PATIENCE = 2.0  # seconds of real time that a look may take
FAR_BACK = 200  # sessions among which the newest one of a client is looked for
CARRIERS = (usual.RELAY.name, usual.SMARTHOST.name)  # who carry mail on, in sessions of their own


@dataclass(frozen=True)
class State:
    """The lab at one moment.

    ``waiting`` are letters in the relay's queue. ``newest`` is the newest session that somebody opened to
    hand mail in. ``zone`` is what the lab's DNS tells, and ``holders`` are the addresses that know
    a password. ``undertaking`` is what was begun last in the background, and ``done`` how much of it.
    """

    now: datetime
    policy: Policy
    sessions: int
    delivered: int
    bounced: int
    waiting: int
    traffic: Traffic
    newest: Transcript | None
    faults: tuple[str, str]
    zone: Zone
    holders: frozenset[str]
    undertaking: Undertaking | None
    done: int

    @property
    def accepted(self) -> int:
        """Letters that the relay took."""
        return self.traffic.total(Outcome.ACCEPTED)

    @property
    def refused(self) -> int:
        """Recipients that the relay refused."""
        return self.traffic.total(Outcome.REFUSED)

    @property
    def is_busy(self) -> bool:
        """Whether something goes on in the background."""
        return bool(self.undertaking and not self.undertaking.is_over)


def look(lab: Lab) -> State | None:
    """The lab as it is now; None while there is nothing to see, as during a reset."""
    try:
        return lab.wait_for(_look(lab), "a look at the lab", limit=PATIENCE)
    except (LabClosed, TookTooLong):
        return None


async def _look(lab: Lab) -> State:
    scenery = lab.scenery
    relay, undertaking = scenery.relay, lab.undertaking
    return State(
        scenery.clock.now,
        relay.policy,
        scenery.recorder.opened,
        relay.queue.delivered,
        relay.queue.bounced,
        len(relay.queue),
        relay.traffic.copy(),
        _newest(scenery.recorder),
        (scenery.mx1.fault, scenery.mx2.fault),
        scenery.dns.zone,
        relay.logins.holders,
        undertaking,
        undertaking.done if undertaking else 0,
    )


def _newest(recorder: Recorder) -> Transcript | None:
    newest = None
    for number in range(recorder.opened, max(0, recorder.opened - FAR_BACK), -1):
        if number in recorder:
            session = recorder.transcript(number)
            if session.client.name not in CARRIERS:
                return session
            newest = newest or session
    return newest

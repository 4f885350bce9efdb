"""What became of each letter, event by event: to follow one letter's way. Bounded: the oldest events go.

The log says the same in Postfix's words. It names no session of the relay's own, so it can't lead to a
transcript; this can.
"""

from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from labkit.relay.delivering.outcome import Action, Outcome

MOST = 10_000
NAMED = 3  # recipients of one attempt whose outcome is kept in words


class Arrived(NamedTuple):
    """A letter was read in a session, and has an id now; it isn't promised yet."""

    queue_id: str
    moment: datetime
    session: int


class Began(NamedTuple):
    """An attempt to deliver it begins."""

    queue_id: str
    moment: datetime


class Offered(NamedTuple):
    """It was offered to a host in a session; or it couldn't be, because of ``trouble``.

    ``session`` is 0 where there was no session; ``number`` counts the letters that were offered there,
    from 0. ``asked`` is how many look-ups there had been by then.
    """

    queue_id: str
    moment: datetime
    name: str
    address: str
    port: int
    session: int
    number: int
    trouble: str
    asked: int


class Tried(NamedTuple):
    """One of its destinations was tried: how many recipients met with what, and the first ``results``.

    A result is the address, what became of it, and why. ``relay`` is the next hop, as in the log.
    """

    queue_id: str
    moment: datetime
    relay: str
    counts: tuple[tuple[Action, int], ...]
    results: tuple[tuple[str, Action, str], ...]

    def count(self, *actions: Action) -> int:
        """How many recipients met with one of these."""
        return sum(count for action, count in self.counts if action in actions)


class Told(NamedTuple):
    """A notice was written; ``subject`` is what the sender reads first, ``notice`` its own queue id."""

    queue_id: str
    moment: datetime
    subject: str
    notice: str


Event = Arrived | Began | Offered | Tried | Told


class Trail:
    """The latest events of all letters of a relay."""

    def __init__(self, limit: int = MOST) -> None:
        self._events: deque[Event] = deque(maxlen=limit)

    def note(self, event: Event) -> None:
        """Write down what happens now."""
        self._events.append(event)

    def tried(self, queue_id: str, moment: datetime, outcomes: Sequence[Outcome]) -> None:
        """Write down what came of a destination; nothing, where nobody was left to deliver to."""
        if not outcomes:
            return
        counts = tuple(Counter(outcome.action for outcome in outcomes).items())
        named = tuple((one.path.address, one.action, one.reason) for one in outcomes[:NAMED])
        self.note(Tried(queue_id, moment, outcomes[0].relay, counts, named))

    def of(self, queue_id: str) -> tuple[Event, ...]:
        """The events of one letter, in order."""
        # A copy first: students look while the lab's thread goes on.
        return tuple(event for event in list(self._events) if event.queue_id == queue_id)

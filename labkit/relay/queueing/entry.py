"""A letter in the queue, and the states that it goes through."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter


class State(StrEnum):
    """Postfix's queues, and the two ways out of them."""

    INCOMING = "incoming"  # is being written down: nobody has had a 250 for it yet
    ACTIVE = "active"
    DEFERRED = "deferred"
    HOLD = "hold"
    DELIVERED = "delivered"
    BOUNCED = "bounced"


@dataclass(slots=True, eq=False)
class Entry:
    """A letter in the queue, and what the relay still owes for it.

    ``duties`` are the recipients who are still to get it, each with the reason why the last attempt
    failed, or ""; those ``in_flight`` are being handed over. ``due`` is when a deferred letter is tried
    again. ``warned`` says that the sender has been told of the delay.
    """

    queue_id: str
    letter: Letter
    arrived: datetime
    client: str
    duties: dict[Path, str]
    state: State = State.INCOMING
    due: datetime | None = None
    warned: bool = False
    in_flight: set[Path] = field(default_factory=set)

    @property
    def size(self) -> int:
        """Octets of content."""
        return len(self.letter.content)

"""What came of an attempt to deliver to one recipient, in the words of RFC 3464."""

from enum import StrEnum
from typing import NamedTuple

from labkit.smtp.address import Path
from labkit.smtp.reply import Reply

NO_RELAY = "none"


class Action(StrEnum):
    """RFC 3464 section 2.3.3."""

    DELIVERED = "delivered"  # into a mailbox
    RELAYED = "relayed"  # to a server that sends no notices, or that asked for none
    DELAYED = "delayed"  # not now: it will be tried again
    FAILED = "failed"  # never


class Outcome(NamedTuple):
    """``reason`` is what Postfix's log says in parentheses; ``status`` the enhanced code (RFC 3463).

    ``host`` is the server that answered, as "mx1.customer.example", and ``answer`` what it said; empty
    and None when no server did. ``takes_notices`` says that the server offered DSN, and so is the one to
    send notices. ``relay`` is what Postfix's log calls the next hop: "local", name[address]:port, or "none".
    """

    path: Path
    action: Action
    status: str
    reason: str
    host: str = ""
    answer: Reply | None = None
    takes_notices: bool = False
    relay: str = NO_RELAY

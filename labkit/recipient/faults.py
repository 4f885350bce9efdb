"""What can go wrong at a recipient's mail server: two tables, by host and by address.

A relay shows what it is worth when the other side fails. The servers run these tables, and students
choose from them: ``lab.mx1.fault = "down"``, or a letter to ``full@customer.example``. Whatever takes
time takes lab time, so a fault is the same on every run.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import Enum

from labkit.errors import UsageError
from labkit.smtp import reply
from labkit.smtp.reply import Reply
from labkit.smtp.tls import Flaw

SLOW_SECONDS = 60.0  # of lab time, before each reply


class HangUp(Enum):
    """When the connection breaks off. Before the final dot, the letter is the sender's. After it, the
    letter is in the mailbox, and the sender can't know: to try again is its duty, and makes a second
    copy (RFC 5321 section 4.5.4.1 and RFC 1047)."""

    NEVER = "never"
    BEFORE_DOT = "before the dot"
    AFTER_DOT = "after the dot"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and what it does to a session; ``what`` is a sentence for a student.

    ``greeting``, ``at_recipient`` and ``at_dot`` answer in place of the healthy server; ``pause`` is in
    seconds of lab time before each reply.
    """

    name: str
    what: str
    is_down: bool = False
    speaks_smtp: bool = True
    greeting: Callable[[str], Reply] | None = None  # from the server's name
    at_recipient: Callable[[str], Reply] | None = None  # from the recipient's address
    at_dot: Reply | None = None
    hangs_up: HangUp = HangUp.NEVER
    pause: float = 0.0
    offers_tls: bool = True
    flaw: Flaw = Flaw.NONE

    @property
    def rule(self) -> str:
        """How a transcript names it beside a reply."""
        return f"fault {self.name!r}"


def _rejected(code: int, enhanced: str, text: str) -> Callable[[str], Reply]:
    return lambda address: reply.refused(code, enhanced, address, "Recipient address", text)


# For now, as Gmail says it: the owner can make room. RFC 5321's 552 would return the letter at once.
FULL = _rejected(452, "4.2.2", "Mailbox is full")

NO_FAULT = Fault("", "Nothing is wrong.")

_BY_HOST = (
    Fault("down", "Nobody listens: connections are refused.", is_down=True),
    Fault("refuse", "The greeting is a 554: no mail is taken here.", greeting=reply.not_accepting),
    Fault("busy", "The greeting is a 421: too busy to talk.", greeting=lambda _: reply.ALL_BUSY),
    Fault("garbage", "What answers isn't a mail server.", speaks_smtp=False),
    Fault(
        "defer",
        "Every recipient gets a 450: try again later.",
        at_recipient=_rejected(450, "4.2.0", "Try again later"),
    ),
    Fault("full", "Every mailbox is full: 452, for now.", at_recipient=FULL),
    Fault("slow", f"Every reply takes {SLOW_SECONDS:g} seconds.", pause=SLOW_SECONDS),
    Fault(
        "hangup before dot",
        "The connection breaks off before the final dot: nothing was taken.",
        hangs_up=HangUp.BEFORE_DOT,
    ),
    Fault(
        "hangup after dot",
        "The letter is taken, but the connection breaks off before the reply.",
        hangs_up=HangUp.AFTER_DOT,
    ),
    Fault("no tls", "STARTTLS is not offered.", offers_tls=False),
    Fault("wrong certificate", "The certificate has another host's name.", flaw=Flaw.NAME),
    Fault("expired certificate", "The certificate's time is over.", flaw=Flaw.EXPIRED),
    Fault("unknown authority", "Nobody known has signed the certificate.", flaw=Flaw.AUTHORITY),
)

_BY_ADDRESS = (
    Fault("full", "The mailbox is full: 452, for now.", at_recipient=FULL),
    Fault("421", "The server says 421 and hangs up.", at_recipient=lambda _: reply.ALL_BUSY),
    Fault("450", "The mailbox is busy: 450.", at_recipient=_rejected(450, "4.2.0", "Mailbox busy")),
    Fault("451", "The server has trouble: 451.", at_recipient=lambda _: reply.OUR_FAULT),
    Fault("452", "The server's disk is full: 452.", at_recipient=lambda _: reply.QUEUE_FULL),
    Fault("550", "There is no such mailbox: 550.", at_recipient=reply.user_unknown),
    Fault("551", "The user has moved: 551.", at_recipient=_rejected(551, "5.1.6", "User has moved")),
    Fault(
        "552",
        "The mailbox is full, and that is final: 552.",
        at_recipient=_rejected(552, "5.2.2", "Mailbox is full"),
    ),
    Fault(
        "553",
        "The name can't be a mailbox: 553.",
        at_recipient=_rejected(553, "5.1.3", "Mailbox name invalid"),
    ),
    Fault("554", "The server refuses: 554.", at_recipient=_rejected(554, "5.7.1", "Access denied")),
    Fault("dot451", "The letter is refused for now, after the dot: 451.", at_dot=reply.OUR_FAULT),
    Fault("dot554", "The letter is refused for good, after the dot: 554.", at_dot=reply.UNWANTED),
    Fault("hangup", "The connection breaks off before the final dot.", hangs_up=HangUp.BEFORE_DOT),
    Fault(
        "hangup-after",
        "The letter is taken, but the connection breaks off before the reply.",
        hangs_up=HangUp.AFTER_DOT,
    ),
    Fault("slow", f"From here on every reply takes {SLOW_SECONDS:g} seconds.", pause=SLOW_SECONDS),
)


class Table(dict[str, Fault]):
    """Faults by name, shown with what each does."""

    def __repr__(self) -> str:
        return "\n".join(f"{name:20} {fault.what}" for name, fault in self.items())


FAULTS = Table({fault.name: fault for fault in _BY_HOST})
ADDRESSES = Table({fault.name: fault for fault in _BY_ADDRESS})


def fault_named(name: str | None) -> Fault:
    """The fault of a host with that name; none for ``None`` or "".

    "slow 600" waits 600 seconds of lab time before each reply. Capitals, hyphens and underscores don't
    matter. Raises UsageError, with the nearest right name, for a fault that there isn't.
    """
    plain = re.sub(r"[-_\s]+", " ", str(name or "")).strip().lower()
    slow = re.fullmatch(r"slow ([1-9]\d{0,5})", plain)
    if slow:
        seconds = int(slow[1])
        return replace(
            FAULTS["slow"], name=plain, what=f"Every reply takes {seconds} seconds.", pause=seconds
        )
    if plain and plain not in FAULTS:
        close = get_close_matches(plain, FAULTS, 1, 0.5)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise UsageError(
            f"A mail server has no fault {name!r}.{hint} It can have {', '.join(map(repr, FAULTS))}; "
            "None ends it."
        )
    return FAULTS.get(plain, NO_FAULT)

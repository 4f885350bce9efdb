"""Honest mail, once round: what everybody sends on an ordinary morning, and how much of it arrives.

A fix that keeps the stranger out is worth nothing when it keeps these out as well.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from labkit.attacker.report import Attempt, Finding, Report
from labkit.lab.defence import Road
from labkit.lab.senders import Sender
from labkit.recipient.mailbox import INBOX

if TYPE_CHECKING:
    from labkit.lab.lab import Lab

AN_HOUR = 1  # of lab time: what was put off has come by then
SCAN = "A page of the scan, and another one of the same length, in sixty-four letters.\n" * 1_500
OFFER = "Hello,\n\nhere is our offer for the new year.\n\nThe office"

NEWSLETTER = tuple(f"{name}@customer.example" for name in ("orders", "accounts", "support", "press", "info"))


@dataclass(frozen=True, slots=True)
class Posted:
    """One letter: whom it was for, and what its program heard."""

    recipient: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind of sender has sent, how much of it has arrived, and the answers to what hasn't."""

    who: str
    sent: int
    arrived: int
    why: tuple[str, ...] = ()

    @property
    def lost(self) -> int:
        return self.sent - self.arrived

    def __str__(self) -> str:
        because = f": {'; '.join(self.why)}" if self.why else ""
        return f"{self.arrived} of {self.sent} arrived{because}"


@dataclass(frozen=True, repr=False, slots=True)
class HonestRound:
    """All honest mail of a morning. ``secrets`` is what a listener in the hotel's network, or on the way to
    the customer, has read of it meanwhile."""

    parts: tuple[Part, ...]
    secrets: tuple[Finding, ...]

    @property
    def sent(self) -> int:
        return sum(part.sent for part in self.parts)

    @property
    def arrived(self) -> int:
        """Letters that lie in the inbox that they were for."""
        return sum(part.arrived for part in self.parts)

    @property
    def lost(self) -> int:
        return self.sent - self.arrived

    def rows(self) -> Iterable[tuple[str, str]]:
        """The round as pairs of label and value, for every view."""
        for part in self.parts:
            yield part.who, str(part)
        yield "in clear", f"{len(self.secrets)} passwords and letters could be read on the way"

    def __repr__(self) -> str:
        head = f"Honest mail: {self.arrived} of {self.sent} letters arrived"
        return "\n".join([head, *(f"  {label:18} {value}" for label, value in self.rows())])

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


def honest_round(lab: "Lab", road: Road) -> HonestRound:
    """Send it all in a lab, with the mail programs on the road set up as ``road`` says.

    Raises Interrupted when it is stopped, and LabClosed.
    """
    before = max((session.number for session in lab.transcripts), default=0)
    posted = [(who, [send(lab, road) for send in sends]) for who, sends in ROUND]
    lab.wait(hours=AN_HOUR)
    listened = [lab.attacker.sniff(client, since=before) for client in ("laptop", "relay")]
    return HonestRound(
        tuple(_part(lab, who, letters) for who, letters in posted),
        tuple(finding for report in listened for finding in report.findings if finding.harm),
    )


def _part(lab: "Lab", who: str, letters: list[Posted]) -> Part:
    missing = [letter for letter in letters if not _has_arrived(lab, letter)]
    why = dict.fromkeys(_said(letter.attempt) for letter in missing)
    return Part(who, len(letters), len(letters) - len(missing), tuple(why))


def _has_arrived(lab: "Lab", letter: Posted) -> bool:
    mark = f"Message-ID: <{letter.attempt.nonce}@".encode()
    return any(
        received.folder == INBOX and mark in received.content.partition(b"\r\n\r\n")[0]
        for received in lab.mailbox(letter.recipient)
    )


def _said(attempt: Attempt) -> str:
    return str(attempt.reply) if attempt.reply else attempt.trouble


Send = Callable[["Lab", Road], Posted]


def _by(who: Callable[["Lab"], Sender], to: str, *, on_the_road: bool = False, **given: Any) -> Send:
    """Somebody's letter, as it is on the usual stage: a call that sends it."""

    def send(lab: "Lab", road: Road) -> Posted:
        settings = road.settings if on_the_road else {}
        recipient, told = lab.stage.tell((to, given))
        report: Report = who(lab).send(recipient, **settings, **told)
        return Posted(recipient, report.attempts[0])

    return send


def _office(lab: "Lab") -> Sender:
    return lab.workstation


def _copier(lab: "Lab") -> Sender:
    return lab.copier


def _laptop(lab: "Lab") -> Sender:
    return lab.laptop


def _customer(lab: "Lab") -> Sender:
    return Sender(lab, lab.stage.CUSTOMER_PROGRAM)


def _newcomer(lab: "Lab") -> Sender:
    return Sender(lab, lab.stage.NEWCOMER_PROGRAM)


_bounce = partial(_by, _customer, sender="", header_from="postmaster@customer.example", subject="Undelivered")

ROUND: tuple[tuple[str, tuple[Send, ...]], ...] = (
    ("the office", tuple(_by(_office, to, subject="Our offer", text=OFFER) for to in NEWSLETTER)),
    ("the copier", (_by(_copier, "staff@corp.example"), _by(_copier, NEWSLETTER[0], text=SCAN))),
    (
        "staff on the road",
        (
            _by(_laptop, NEWSLETTER[0], on_the_road=True),
            _by(_laptop, "director@corp.example", on_the_road=True),
        ),
    ),
    ("the customer", (_by(_customer, "staff@corp.example"), _by(_customer, "sales@corp.example"))),
    ("somebody new", (_by(_newcomer, "sales@corp.example"),)),
    ("delivery reports", (_bounce("staff@corp.example"),)),
)

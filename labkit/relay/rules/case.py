"""What a restriction looks at, and what it makes of it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from labkit.clock import Clock
from labkit.dns.resolver import Answer
from labkit.network.addresses import Host
from labkit.relay.rules.destination import Destination, resolve
from labkit.relay.site import PolicyService
from labkit.smtp.address import Path
from labkit.smtp.envelope import Session
from labkit.smtp.reply import Reply

if TYPE_CHECKING:
    from labkit.relay.policy import Policy


class Names(Protocol):
    """What the DNS is asked."""

    async def look_up(self, name: str, kind: str, /) -> Answer: ...

    async def texts(self, name: str, /) -> tuple[str, ...]: ...


class Recipients(Protocol):
    """Who is asked whether there is a mailbox."""

    def knows(self, local_part: str, /) -> bool: ...


class Place(Protocol):
    """What rules ask of the place where the relay stands: a part of ``Site``."""

    @property
    def host(self) -> Host: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def resolver(self) -> Names: ...

    @property
    def mailboxes(self) -> Recipients: ...

    @property
    def policy_service(self) -> PolicyService: ...


class Subject(NamedTuple):
    """What a list of restrictions is about: its name, and the words that Postfix has for its part."""

    name: str
    part: str


def client_subject(session: Session) -> Subject:
    """The client, as Postfix writes it: name[address]."""
    return Subject(f"{session.client_name}[{session.client.address}]", "Client host")


def helo_subject(name: str) -> Subject:
    """The name that the client greeted with."""
    return Subject(name, "Helo command")


def sender_subject(path: Path) -> Subject:
    """The reverse-path."""
    return Subject(path.address, "Sender address")


def recipient_subject(path: Path) -> Subject:
    """The forward-path."""
    return Subject(path.address, "Recipient address")


@dataclass(frozen=True)
class Case:
    """What is known when a list of restrictions is asked; ``asked`` is the list's name in main.cf.

    ``sender`` is None before MAIL, and ``recipient`` before RCPT, or when a letter has several.
    ``session.helo`` is empty for a client that didn't greet. ``about`` is what a table was asked for
    that named the rules: what they refuse is that.
    """

    policy: "Policy"
    site: Place
    session: Session
    sender: Path | None = None
    recipient: Path | None = None
    asked: str = "smtpd_recipient_restrictions"
    about: Subject | None = None

    @cached_property
    def subject(self) -> Subject:
        """What the list is about: a rule that isn't about anything in particular refuses that."""
        if self.about:
            return self.about
        if self.asked == "smtpd_client_restrictions":
            return client_subject(self.session)
        if self.asked == "smtpd_helo_restrictions":
            return helo_subject(self.session.helo)
        if self.asked == "smtpd_sender_restrictions" and self.sender:
            return sender_subject(self.sender)
        if self.asked != "smtpd_data_restrictions" and self.recipient:
            return recipient_subject(self.recipient)
        return Subject("DATA", "Data command")

    def before(self, asked: str) -> "Case":
        """The same case before another list."""
        return Case(self.policy, self.site, self.session, self.sender, self.recipient, asked)

    @property
    def destination(self) -> Destination | None:
        """Where the recipient's address leads."""
        return self.resolved(self.recipient) if self.recipient else None

    def resolved(self, path: Path) -> Destination:
        """Where an address leads."""
        return resolve(self.policy, self.site.host, path)


class Effect(StrEnum):
    """What becomes of the list after a verdict."""

    PERMIT = "permits"
    REFUSE = "refuses"
    GO_ON = "goes on"
    DEFER_IF_PERMIT = "goes on; a permission becomes a deferral"
    DEFER_IF_REJECT = "goes on; a refusal becomes a deferral"
    ASK = "asks other rules"


class Marks(NamedTuple):
    """What access tables want to be done with a letter, should it be taken."""

    hold: bool = False
    discard: bool = False
    prepend: tuple[str, ...] = ()

    def with_others(self, more: "Marks") -> "Marks":
        """These and those."""
        return Marks(self.hold or more.hold, self.discard or more.discard, self.prepend + more.prepend)


NO_MARKS = Marks()


class Verdict(NamedTuple):
    """What a rule makes of a case. ``saw`` is a sentence for a student, without its full stop.

    ``reply`` refuses, or defers; ``marks`` are for the letter; ``rules`` are asked next, ``about`` what
    a table was asked for.
    """

    effect: Effect
    saw: str
    reply: Reply | None = None
    marks: Marks = NO_MARKS
    rules: tuple[str, ...] = ()
    about: Subject | None = None

    @property
    def said(self) -> str:
        """The effect in a word or two."""
        refused = self.effect is Effect.REFUSE and self.reply
        return "defers" if refused and refused.is_transient else self.effect.value

    def marking(self, marks: Marks) -> "Verdict":
        """The same, and something is to be done with the letter."""
        return self._replace(marks=marks)


def permits(saw: str) -> Verdict:
    """The list permits."""
    return Verdict(Effect.PERMIT, saw)


def refuses(reply: Reply, saw: str) -> Verdict:
    """The list refuses; a reply 4yz defers."""
    return Verdict(Effect.REFUSE, saw, reply)


def goes_on(saw: str) -> Verdict:
    """The rule has nothing to say: the next one is asked."""
    return Verdict(Effect.GO_ON, saw)


def defers_if_permitted(reply: Reply, saw: str) -> Verdict:
    """The next rules are asked, and should they permit, this is said."""
    return Verdict(Effect.DEFER_IF_PERMIT, saw, reply)


def defers_if_rejected(reply: Reply, saw: str) -> Verdict:
    """The next rules are asked, and should they refuse, this is said."""
    return Verdict(Effect.DEFER_IF_REJECT, saw, reply)

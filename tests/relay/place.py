"""A place for rules to be asked in, without a network: a zone, some mailboxes, and a client."""

import asyncio
from dataclasses import dataclass, field

from labkit import Policy
from labkit.clock import Clock
from labkit.dns.resolver import Answer
from labkit.dns.zone import NXDOMAIN, Zone
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.relay.decide import Doorkeeper
from labkit.relay.rules.case import Case
from labkit.relay.site import PolicyService, nobody_to_ask
from labkit.smtp.address import NULL, Path, parse_path
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Session

RELAY = Host("relay", "192.0.2.25", "mail.corp.example")
STAFF, STRANGER = "192.0.2.50", "203.0.113.66"


@dataclass
class Place:
    """What the rules ask. ``silent`` are the names about which the DNS gives no answer."""

    zone: str = "corp.example. IN MX 10 mail.corp.example."
    names: frozenset[str] = frozenset({"staff", "director", "postmaster"})
    silent: frozenset[str] = frozenset()
    policy_service: PolicyService = nobody_to_ask
    host: Host = RELAY
    clock: Clock = field(default_factory=Clock)
    asked: list[str] = field(default_factory=list)

    @property
    def resolver(self) -> "Place":
        return self

    @property
    def mailboxes(self) -> "Place":
        return self

    def knows(self, local_part: str) -> bool:
        return local_part.lower() in self.names

    async def look_up(self, name: str, kind: str) -> Answer:
        self.asked.append(f"{name} {kind}")
        if name in self.silent:
            raise PeerError(f"no answer about {name}")
        code, records = Zone(self.zone).look_up(name, kind)
        return Answer(code != NXDOMAIN, tuple(str(record.rdata) for record in records))

    async def texts(self, name: str) -> tuple[str, ...]:
        _, records = Zone(self.zone).look_up(name, "TXT")
        return tuple(b"".join(record.rdata.strings).decode("utf-8", "replace") for record in records)


def path(text: str) -> Path:
    """The path of an address; the null path for nothing."""
    if not text:
        return NULL
    found = parse_path(f"<{text}>")
    assert found
    return found


def client(address: str = STRANGER, **known: object) -> Session:
    """A session that somebody has begun."""
    return Session(Host("client", address), 1, 25, helo="client.example")._replace(**known)  # type: ignore[arg-type]


def case(policy: Policy, session: Session | None = None, sender: str = "", recipient: str = "") -> Case:
    """A case for a single rule."""
    to = path(recipient) if recipient else None
    return Case(policy, Place(), session or client(), path(sender), to)


def rcpt(
    policy: Policy,
    recipient: str,
    sender: str = "ceo@bank.example",
    session: Session | None = None,
    place: Place | None = None,
) -> Decision:
    """What the relay says at RCPT, in a session that has come so far."""
    door = Doorkeeper(policy, place or Place())
    return asyncio.run(door.at_rcpt(session or client(), path(sender), path(recipient)))

"""What a relay finds where it stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from labkit.clock import Clock
from labkit.dns.resolver import Resolver
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.relay.accounts import Accounts
from labkit.relay.delivering.baton import Baton
from labkit.relay.language.home import USUAL, Home
from labkit.relay.trail import Trail
from labkit.smtp.address import Path
from labkit.smtp.envelope import Envelope, Letter, Session
from labkit.smtp.tls import Authority


class Mailboxes(Protocol):
    """Where mail for the relay's own domains ends."""

    def knows(self, local_part: str) -> bool: ...

    def octets(self, local_part: str) -> int: ...

    def deliver(self, recipient: Path, letter: Letter) -> None: ...


class PolicyService(Protocol):
    """Who is asked by ``check_policy_service``.

    The answer is an action of access(5), or None when there is no such service.
    """

    async def __call__(
        self, name: str, session: Session, envelope: Envelope, now: datetime, /
    ) -> str | None: ...


async def nobody_to_ask(_name: str, _session: Session, _envelope: Envelope, _now: datetime) -> str | None:
    """A site without policy services."""
    return None


@dataclass(frozen=True, slots=True)
class Site:
    """The network and the host, who can be asked, whose mail ends here, and who may log in.

    ``problems`` collects what goes wrong inside the lab itself. ``baton`` is one for all the relays of
    a lab. ``seed`` decides what a real relay leaves to chance. ``trail`` is where its letters have been.
    ``home`` are the company's names, and ``tell`` gives a text that is written for the usual ones in them.
    """

    network: Network
    host: Host
    clock: Clock
    resolver: Resolver
    authority: Authority
    mailboxes: Mailboxes
    accounts: Accounts
    problems: list[str]
    baton: Baton
    seed: int = 1
    policy_service: PolicyService = nobody_to_ask
    trail: Trail = field(default_factory=Trail)
    home: Home = USUAL
    tell: Callable[[str], str] = str

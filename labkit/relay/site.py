"""What a relay finds where it stands."""

from dataclasses import dataclass
from typing import Protocol

from labkit.clock import Clock
from labkit.dns.resolver import Resolver
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.relay.accounts import Accounts
from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter
from labkit.smtp.tls import Authority


class Mailboxes(Protocol):
    """Where mail for the relay's own domains ends."""

    def knows(self, local_part: str) -> bool: ...

    def deliver(self, recipient: Path, letter: Letter) -> None: ...


@dataclass(frozen=True, slots=True)
class Site:
    """The network and the host, who can be asked, whose mail ends here, and who may log in.

    ``problems`` collects what goes wrong inside the lab itself.
    """

    network: Network
    host: Host
    clock: Clock
    resolver: Resolver
    authority: Authority
    mailboxes: Mailboxes
    accounts: Accounts
    problems: list[str]

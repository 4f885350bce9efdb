"""Everything that a lab consists of: built on the loop, and taken down again without a trace."""

import itertools
from collections.abc import Iterator

from labkit.clock import Clock
from labkit.dns.resolver import Resolver
from labkit.dns.server import NameServer
from labkit.dns.zone import Zone
from labkit.lab import stage
from labkit.network.fabric import Network
from labkit.recipient.mailbox import Mailboxes
from labkit.recipient.server import Recipient
from labkit.relay.accounts import Accounts
from labkit.relay.policy import Policy
from labkit.relay.server import Relay
from labkit.relay.site import Site
from labkit.smtp.tls import Authority
from labkit.wire.recorder import Recorder


class Scenery:
    """The hosts of a lab and what connects them. Made and used on the lab's loop.

    ``problems`` collects what goes wrong inside the lab itself; an empty list is the normal case.
    """

    def __init__(self, policy: Policy, problems: list[str]) -> None:
        self.clock = Clock()
        self.recorder = Recorder(self.clock)
        self.network = Network(self.recorder)
        for role in stage.CAST:
            self.network.add(role.host)
        self.authority = Authority()
        self.problems = problems
        self.nonces = nonces()
        self.company = Mailboxes(stage.COMPANY, stage.COMPANY_MAILBOXES, self.clock)
        self.customer = Mailboxes(stage.CUSTOMER, stage.CUSTOMER_MAILBOXES, self.clock)
        self.dns = NameServer(Zone(stage.ZONE))
        self.resolver = Resolver(self.network, stage.DNS, self.clock)
        self.mx1, self.mx2 = (
            Recipient(host, self.customer, self.clock, self.resolver, self.authority, self.problems)
            for host in (stage.MX1, stage.MX2)
        )
        site = Site(
            network=self.network,
            host=stage.RELAY,
            clock=self.clock,
            resolver=self.resolver,
            authority=self.authority,
            mailboxes=self.company,
            accounts=Accounts(stage.ACCOUNTS),
            problems=problems,
        )
        self.relay = Relay(site, policy)
        self.clock.settle = self.relay.settle

    async def start(self) -> None:
        """Open every server. Raises MachineError when the machine has no port or file left."""
        await self.dns.start(self.network, stage.DNS)
        await self.mx1.start(self.network)
        await self.mx2.start(self.network)
        await self.relay.start()

    def holds(self, nonce: str) -> bool:
        """Whether a letter has arrived in any mailbox."""
        return self.company.holds(nonce) or self.customer.holds(nonce)

    async def close(self) -> None:
        """Close every server, break off every connection, and end the courier."""
        await self.relay.stop()
        await self.network.close()


def nonces() -> Iterator[str]:
    """Marks for letters, the same in every run."""
    return (f"n{number:06}" for number in itertools.count(1))

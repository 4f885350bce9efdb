"""Everything that a lab consists of: built on the loop, and taken down again without a trace."""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

from labkit.clock import Clock
from labkit.dns.resolver import Resolver
from labkit.dns.server import NameServer
from labkit.dns.zone import Zone
from labkit.lab.stage import USUAL, Stage
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.recipient.blocklist import Blocklist
from labkit.recipient.checks import authres
from labkit.recipient.checks.verdict import Message
from labkit.recipient.defence import Defence
from labkit.recipient.mailbox import Mailboxes
from labkit.recipient.policy_host import PolicyHost
from labkit.recipient.server import Recipient
from labkit.relay.accounts import Accounts
from labkit.relay.delivering.baton import Baton
from labkit.relay.policy import Policy
from labkit.relay.queueing.ledger import Ledger
from labkit.relay.queueing.pages import Pages
from labkit.relay.queueing.spool import Spool
from labkit.relay.rules.greylist import Greylist
from labkit.relay.server import Relay
from labkit.relay.site import Site
from labkit.smtp.envelope import Letter, Session
from labkit.smtp.tls import OTHER_NAME, Authority
from labkit.wire.recorder import Recorder


class Scenery:
    """The hosts of a lab and what connects them. Made and used on the lab's loop.

    ``problems`` collects what goes wrong inside the lab itself; an empty list is the normal case.
    """

    def __init__(
        self, policy: Policy, problems: list[str], stage: Stage = USUAL, spool: Path | None = None
    ) -> None:
        self.stage = stage
        self.clock = Clock()
        self.spool = Spool(spool, self.clock) if spool else None
        self.recorder = Recorder(self.clock)
        self.network = Network(self.recorder)
        for role in stage.CAST:
            self.network.add(role.host)
        for host in (stage.BLOCKLIST, stage.WEB):
            self.network.add(host)
        self.authority = Authority(stage.tell(OTHER_NAME))
        self.problems = problems
        self.nonces = nonces()
        self.company = Mailboxes(stage.COMPANY, stage.COMPANY_MAILBOXES, self.clock)
        self.customer = Mailboxes(
            stage.CUSTOMER, stage.CUSTOMER_MAILBOXES, self.clock, also=stage.CUSTOMER_ALSO
        )
        self.drop = Mailboxes(stage.DROP, stage.DROP_MAILBOXES, self.clock)
        self._drop_server: Recipient | None = None
        self.dns = NameServer(Zone(stage.ZONE))
        self.resolver = Resolver(self.network, stage.DNS, self.clock)
        self.dns.changed = self.resolver.forget
        self.blocklist = Blocklist(self.dns, self.clock)
        self.mta_sts = PolicyHost(stage.WEB, stage.CUSTOMER, self.dns, self.clock, self.authority)
        self.customer.add_unlisted(stage.CUSTOMER_TRAPS)
        self.defence = Defence(self.clock, stage.CUSTOMER_TRAPS)
        self.defence.reputation.listeners.append(self.blocklist.hear)
        self.mx1, self.mx2 = (
            Recipient(
                host, self.customer, self.clock, self.resolver, self.authority, self.problems, self.defence
            )
            for host in (stage.MX1, stage.MX2)
        )
        self.baton = Baton(problems)
        self.provider = Mailboxes(stage.PROVIDER, (), self.clock)
        self.relay = Relay(
            self._site(stage.RELAY, self.company, stage.ACCOUNTS), policy, self._ledger(stage.RELAY)
        )
        self.smarthost = Relay(
            self._site(stage.SMARTHOST, self.provider, stage.PROVIDER_ACCOUNTS),
            Policy.parse(stage.PROVIDER_POLICY, stage.home),
            self._ledger(stage.SMARTHOST),
        )
        self.clock.settle, self.clock.on_sleep = self.settle, self.baton.sleeps

    def _site(self, host: Host, mailboxes: Mailboxes, accounts: Mapping[str, str]) -> Site:
        return Site(
            network=self.network,
            host=host,
            clock=self.clock,
            resolver=self.resolver,
            authority=self.authority,
            mailboxes=mailboxes,
            accounts=Accounts(accounts),
            problems=self.problems,
            baton=self.baton,
            seed=self.stage.chance,
            policy_service=Greylist(),
            home=self.stage.home,
            tell=self.stage.tell,
        )

    def _ledger(self, host: Host) -> Ledger | None:
        return Pages(self.spool, host.name) if self.spool else None

    async def start(self, *, afresh: bool = False) -> None:
        """Open the spool, emptied if all begins ``afresh``, and every server.

        Raises MachineError when the machine has no port, file or room left, UsageError for a spool that
        can't be one.
        """
        if self.spool:
            await self.spool.open(afresh=afresh)
            self.nonces = nonces(self.spool.runs)
            for relay in (self.relay, self.smarthost):
                await self.spool.restore(relay.site.host.name, relay.queue)
        await self.dns.start(self.network, self.stage.DNS)
        await self.dns.start(self.network, self.stage.BLOCKLIST)
        await self.mta_sts.start(self.network)
        await self.mx1.start(self.network)
        await self.mx2.start(self.network)
        await self.relay.start()
        await self.smarthost.start()

    async def open_drop(self) -> Mailboxes:
        """The stranger's own mailboxes. Their server listens from the first time on."""
        if not self._drop_server:
            self._drop_server = Recipient(
                self.stage.ATTACKER, self.drop, self.clock, self.resolver, self.authority, self.problems
            )
            await self._drop_server.start(self.network)
        return self.drop

    async def settle(self) -> None:
        """Wait until no relay of the lab has anything left to do that needs no lab time."""
        await self.baton.settle()

    def holds(self, nonce: str) -> bool:
        """Whether a letter has arrived in any mailbox."""
        return any(mailboxes.holds(nonce) for mailboxes in (self.company, self.customer, self.drop))

    def contents(self, address: str) -> list[bytes]:
        """The letters in one mailbox; none where there is no such mailbox."""
        name, _, domain = address.lower().partition("@")
        found = (mailboxes for mailboxes in (self.company, self.customer) if domain in mailboxes.domains)
        return [letter.content for mailboxes in found for letter in mailboxes[name]]

    async def authenticate(self, letter: Letter, session: Session, server: str) -> bytes:
        """What SPF, DKIM, DMARC and ARC find about a letter that came so, as ``server`` would write it."""
        message = Message(letter.content, letter.reverse_path, letter.forward_paths[0])
        return (await authres.authenticate(message, session, self.resolver)).header(server)

    async def close(self) -> None:
        """Close every server, break off every connection, and end the courier."""
        await self.baton.stop()
        try:
            if self.spool:
                await self.spool.close()
        finally:
            await self.network.close()


def nonces(run: int = 1) -> Iterator[str]:
    """Marks for letters, the same each time; a later run with the same spool has marks of its own."""
    prefix = "n" if run == 1 else f"n{run}-"
    return (f"{prefix}{number:06}" for number in itertools.count(1))

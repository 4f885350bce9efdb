"""Who and what is in a lab, by the names that students use for them."""

from itertools import chain
from typing import TYPE_CHECKING

from labkit.dns.server import NameServer
from labkit.errors import UsageError
from labkit.lab.scenery import Scenery
from labkit.lab.views import AllMailboxes
from labkit.lab.watching import Watching
from labkit.recipient.blocklist import Blocklist
from labkit.recipient.mailbox import Received
from labkit.recipient.policy_host import PolicyHost
from labkit.recipient.server import Recipient
from labkit.relay.language.postfix_names import RESTRICTIONS
from labkit.relay.policy import PARAMETERS
from labkit.relay.server import Relay

if TYPE_CHECKING:
    from labkit.wire.asking.listing import Transcripts

RULES = RESTRICTIONS | set(PARAMETERS)  # what can decide about a reply


class Cast(Watching):
    """The part of a lab in which its hosts are found. Each raises LabClosed when the lab is closed."""

    @property
    def scenery(self) -> Scenery:
        """Everything that the lab consists of."""
        raise NotImplementedError

    @property
    def relay(self) -> Relay:
        """The relay: its policy, its queue, its accounts."""
        return self.scenery.relay

    @property
    def mx1(self) -> Recipient:
        """The customer's first mail server."""
        return self.scenery.mx1

    @property
    def mx2(self) -> Recipient:
        """The customer's second mail server."""
        return self.scenery.mx2

    @property
    def smarthost(self) -> Relay:
        """The mail server of the company's provider: a relay with a policy of its own."""
        return self.scenery.smarthost

    @property
    def dns(self) -> NameServer:
        """The name server: its zone, and what is wrong with it (``lab.dns.fault``)."""
        return self.scenery.dns

    @property
    def blocklist(self) -> Blocklist:
        """The list of addresses that have sent spam, bl.example: its rule, its entries, and a way off it."""
        return self.scenery.blocklist

    @property
    def mta_sts(self) -> PolicyHost:
        """The customer's MTA-STS policy, and the web server that tells it (RFC 8461)."""
        return self.scenery.mta_sts

    @property
    def transcripts(self) -> "Transcripts":
        """Every recorded session, numbered from 1."""
        from labkit.wire.asking.choosing import Words  # here: a lab starts sooner without its views
        from labkit.wire.asking.listing import Transcripts

        hosts = [host.name for host in self.scenery.network.hosts]
        return Transcripts(self.scenery.recorder, Words(hosts, RULES))

    @property
    def mailboxes(self) -> AllMailboxes:
        """The mailboxes of every domain in the lab."""
        return AllMailboxes((self.scenery.company, self.scenery.customer))

    def mailbox(self, address: str) -> list[Received]:
        """The letters in one mailbox, oldest first. Raises UsageError when there is no such mailbox."""
        name, _, domain = address.partition("@")
        for mailboxes in chain(self.mailboxes, [self.scenery.drop]):
            if mailboxes.domain == domain and mailboxes.knows(name):
                return mailboxes[name]
        raise UsageError(f"There is no mailbox {address!r} in this lab. Look at lab.mailboxes.")

    @property
    def ports(self) -> dict[str, int]:
        """The real ports on 127.0.0.1, for programs outside the lab: "relay:25" and so on.

        A program that connects there is "your terminal", which is in none of the lab's networks.
        """
        real = self.scenery.network.ports
        names = {host.address: host.name for host in self.scenery.network.hosts}
        return {f"{names[address]}:{port}": number for (address, port, _), number in real.items()}

"""A customer's mail server: takes mail for its own mailboxes and for nobody else."""

from dataclasses import replace

from labkit.clock import Clock
from labkit.dns.resolver import Resolver
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.recipient.mailbox import Mailboxes
from labkit.smtp import reply, trace
from labkit.smtp.address import Path
from labkit.smtp.decision import Decision
from labkit.smtp.dialogue import Answer
from labkit.smtp.envelope import Letter
from labkit.smtp.server import MailServer
from labkit.smtp.tls import Authority

PORT = 25


class Recipient:
    """A mail server at ``host`` in front of some mailboxes."""

    def __init__(
        self,
        host: Host,
        mailboxes: Mailboxes,
        clock: Clock,
        resolver: Resolver,
        authority: Authority,
        problems: list[str],
    ) -> None:
        self.host, self.mailboxes, self.clock, self.resolver = host, mailboxes, clock, resolver
        self.authority, self.problems = authority, problems
        self.tls_level = "may"
        self._taken = 0

    async def start(self, network: Network) -> None:
        """Listen. Raises what Network.listen raises."""
        await network.listen(self.host, PORT, lambda: RecipientServer(self))

    def next_id(self) -> str:
        """A queue id, the same in every run."""
        self._taken += 1
        return f"5C{self._taken:08X}"


class RecipientServer(MailServer):
    """One client's session with a customer's mail server."""

    def __init__(self, recipient: Recipient) -> None:
        self.recipient, self.tls_level = recipient, recipient.tls_level
        super().__init__(recipient.host.domain, recipient.authority.server_context, recipient.problems.append)

    def decide(self, recipient: Path) -> Decision:
        mailboxes = self.recipient.mailboxes
        if recipient.domain not in ("", mailboxes.domain):
            reason = f"This server takes mail for {mailboxes.domain} only."
            return Decision(reply.relay_denied(recipient.address), "reject_unauth_destination", reason)
        if not mailboxes.knows(recipient.local):
            reason = f"There is no mailbox {recipient.local!r} in {mailboxes.domain}."
            return Decision(
                reply.user_unknown(recipient.address), "smtpd_reject_unlisted_recipient = yes", reason
            )
        return Decision(
            reply.OK_RCPT, "permit_auth_destination", f"{recipient.address} is one of its mailboxes."
        )

    async def take(self, letter: Letter) -> Answer:
        queue_id, facts, now = self.recipient.next_id(), self.facts, self.recipient.clock.now
        name = await self.recipient.resolver.name_of(self.client.address)
        only = letter.forward_paths[0] if len(letter.forward_paths) == 1 else None
        stamp = trace.received(facts, name, self.hostname, queue_id, only, now)
        for path in letter.forward_paths:
            self.recipient.mailboxes.deliver(path, replace(letter, content=stamp + letter.content))
        return reply.queued(queue_id)

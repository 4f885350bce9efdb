"""The relay as its clients meet it, and the relay as a whole.

A session keeps the policy that was in force when it began; a new policy is for the next session.
"""

import asyncio
from dataclasses import replace

from labkit.errors import UsageError
from labkit.relay import restrictions
from labkit.relay.delivery import Courier
from labkit.relay.policy import Policy
from labkit.relay.queue import Entry, Queue
from labkit.relay.site import Site
from labkit.relay.traffic import Outcome, Traffic
from labkit.smtp import reply, trace
from labkit.smtp.address import Path
from labkit.smtp.decision import Decision
from labkit.smtp.dialogue import Answer
from labkit.smtp.envelope import Envelope, Letter
from labkit.smtp.server import MailServer

MX, SUBMISSION = 25, 587
PORTS = (MX, SUBMISSION)


class Relay:
    """A mail relay. Made and used on the lab's loop."""

    def __init__(self, site: Site, policy: Policy) -> None:
        self.site, self._policy = site, policy
        self.traffic = Traffic()
        self.sessions = 0
        self.courier = Courier(
            site, policy=lambda: self.policy, busy=lambda: self.sessions > 0, report=self._report
        )
        self.queue = Queue(site.clock, self.courier.wake)

    async def stop(self) -> None:
        """End the courier; what is in the queue stays there."""
        self._work.cancel()
        await asyncio.wait([self._work])

    @property
    def policy(self) -> Policy:
        """The settings in force from the next session on. Raises UsageError for anything but a Policy."""
        return self._policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        if not isinstance(policy, Policy):
            raise UsageError(
                'A relay needs a Policy: Policy(mynetworks="192.0.2.0/24") or Policy.parse("...").'
            )
        self._policy = policy

    async def start(self) -> None:
        """Listen, and begin to deliver. Raises what Network.listen raises."""
        for port in PORTS:
            await self.site.network.listen(self.site.host, port, lambda: RelayServer(self))
        self._work = asyncio.create_task(self.courier.work(self.queue))

    def session_began(self) -> None:
        self.sessions += 1

    def session_ended(self) -> None:
        self.sessions -= 1
        self.courier.wake()

    async def settle(self) -> None:
        """Wait until everything that was accepted has been tried, and the courier has hung up."""
        await self.courier.settle()

    def __repr__(self) -> str:
        accepted, delivered = self.queue.accepted, self.queue.delivered
        held = self.queue.held + self.queue.waiting
        return (
            f"Relay {self.site.host}: accepted {accepted:,}, delivered {delivered:,}, in the queue {held:,}"
        )

    def _report(self, entry: Entry, delivered: bool) -> None:
        outcome = Outcome.DELIVERED if delivered else Outcome.HELD
        self.traffic.note(self.site.clock.now, entry.client, outcome)


class RelayServer(MailServer):
    """One client's session with the relay."""

    def __init__(self, relay: Relay) -> None:
        self.relay, self.policy = relay, relay.policy
        self.tls_level = self.policy.smtpd_tls_security_level
        self.size_limit = self.policy.message_size_limit
        super().__init__(
            relay.site.host.domain, relay.site.authority.server_context, relay.site.problems.append
        )

    async def _handle_client(self) -> None:
        self.relay.session_began()
        try:
            await super()._handle_client()
        finally:
            self.relay.session_ended()

    def offers_auth(self) -> bool:
        return self.policy.smtpd_sasl_auth_enable and (self.secure or not self._auth_needs_tls)

    @property
    def _auth_needs_tls(self) -> bool:
        # As postconf(5) says: the level "encrypt" implies smtpd_tls_auth_only.
        return self.policy.smtpd_tls_auth_only or self.tls_level == "encrypt"

    def why_no_auth(self) -> tuple[str, str]:
        if not self.policy.smtpd_sasl_auth_enable:
            return "smtpd_sasl_auth_enable = no", "This relay asks nobody for a password."
        return "smtpd_tls_auth_only = yes", "A password must not cross the network before TLS hides it."

    def knows_password(self, user: str, password: bytes) -> bool:
        return self.relay.site.accounts.knows(user, password)

    def decide(self, recipient: Path) -> Decision:
        decision = restrictions.decide(self.policy, self.facts, Envelope(self.reverse_path, recipient))
        if decision.reply.is_positive and self._is_unknown_here(recipient):
            decision = Decision(
                reply.user_unknown(recipient.address),
                "smtpd_reject_unlisted_recipient = yes",
                f"There is no mailbox {recipient.local!r} in {recipient.domain}.",
            )
        if not decision.reply.is_positive:
            self.relay.traffic.note(self.relay.site.clock.now, self.client.name, Outcome.REFUSED)
        return decision

    def _is_unknown_here(self, recipient: Path) -> bool:
        own = not recipient.domain or recipient.domain in self.policy.mydestination
        return own and not self.relay.site.mailboxes.knows(recipient.local)

    async def take(self, letter: Letter) -> Answer:
        queue = self.relay.queue
        if queue.is_full:
            return reply.QUEUE_FULL
        queue_id, facts, now = queue.next_id(), self.facts, self.relay.site.clock.now
        name = await self.relay.site.resolver.name_of(self.client.address)
        only = letter.forward_paths[0] if len(letter.forward_paths) == 1 else None
        stamp = trace.received(facts, name, self.hostname, queue_id, only, now)
        queue.accept(queue_id, replace(letter, content=stamp + letter.content), self.client.name)
        self.relay.traffic.note(now, self.client.name, Outcome.ACCEPTED)
        return reply.queued(queue_id)

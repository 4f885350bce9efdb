"""The relay as its clients meet it, and the relay as a whole.

A session keeps the policy that was in force when it began; a new policy is for the next session.
"""

from collections.abc import Mapping
from functools import partial

from labkit.errors import UsageError
from labkit.network.fabric import YOUR_TERMINAL
from labkit.relay import intake
from labkit.relay.decide import Doorkeeper
from labkit.relay.delivering.courier import Courier
from labkit.relay.delivering.delivery import Delivery
from labkit.relay.delivering.sts_policies import StsPolicies
from labkit.relay.delivering.tls_reporter import TlsReporter
from labkit.relay.filtering.signer import Signer
from labkit.relay.limits import Anvil, Event, Quota, is_among
from labkit.relay.lockout import Lockout, Logins
from labkit.relay.monitoring.figures import Figures
from labkit.relay.monitoring.watch import Watch
from labkit.relay.monitoring.watched import WatchedServer
from labkit.relay.policy import Policy
from labkit.relay.queueing.ledger import Ledger
from labkit.relay.queueing.queue import Queue
from labkit.relay.rules.destination import resolve
from labkit.relay.services import PORTS, Services
from labkit.relay.site import Site
from labkit.relay.traffic import Outcome as Count
from labkit.smtp import reply
from labkit.smtp.address import Path, is_domain
from labkit.smtp.decision import Decision
from labkit.smtp.dialogue import Answer
from labkit.smtp.envelope import Letter, Session
from labkit.smtp.order import IN_TRANSACTION


class Relay:
    """A mail relay. Made and used on the lab's loop. ``server`` is what serves a client."""

    def __init__(self, site: Site, policy: Policy, ledger: Ledger | None = None) -> None:
        self.server = RelayServer
        self.site, self._policy, self._services = site, policy.at(site.home), Services()
        self.anvil = Anvil(site.clock)
        self.accounts = site.accounts
        self.logins = Logins(site.accounts, site.clock)
        self.signer = Signer(site.seed)
        self.sign = self.signer.add
        self.sessions = self._fed = 0
        self.queue = Queue(site.clock, site.baton.go_on, ledger)
        self.watch = Watch(site.clock, site.host, lambda: len(self.queue), lambda: self.sessions, site.trail)
        self.traffic, self.log = self.watch.traffic, self.watch.log
        self.sts = StsPolicies(site)
        self.tls_reports = TlsReporter(site, self.queue, lambda: self.policy, self.signer.signed)
        self.courier = Courier(
            site,
            self.queue,
            Delivery(site, lambda: self.policy, self.sts, self.tls_reports.note),
            policy=lambda: self.policy,
            is_busy=lambda: self.sessions > 0,
            is_fed=lambda: self._fed > 0,
            witness=self.watch,
        )

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
        self._policy = policy.at(self.site.home)

    @property
    def services(self) -> Services:
        """What is different at ports 25, 587 and 465, as lines of main.cf. Raises PolicyError when set."""
        return self._services

    @services.setter
    def services(self, lines: Mapping[str, str]) -> None:
        self._services = Services(lines)

    @property
    def lockout(self) -> Lockout | None:
        """When wrong passwords close an account: at first None, never. Raises UsageError when set."""
        return self.logins.rule

    @lockout.setter
    def lockout(self, rule: Lockout | None) -> None:
        if rule is not None and not isinstance(rule, Lockout):
            raise UsageError("A relay needs a Lockout(failures=5, minutes=15), or None.")
        self.logins.rule = rule

    @property
    def figures(self) -> Figures:
        """What the relay has done so far, minute by minute, as a value that can be kept."""
        return self.watch.record.figures()

    async def start(self) -> None:
        """Listen. Raises what Network.listen raises."""
        for service, port in PORTS.items():
            serve = partial(lambda service: self.server(self, service), service)
            await self.site.network.listen(self.site.host, port, serve)

    async def stop(self) -> None:
        """End what is under way; what is in the queue stays there."""
        await self.site.baton.stop()

    def session_began(self, session: Session) -> None:
        """A client has connected."""
        self.sessions += 1
        self._fed += session.client is not YOUR_TERMINAL

    def session_ended(self, session: Session) -> None:
        """A client is gone."""
        self.sessions -= 1
        self._fed -= session.client is not YOUR_TERMINAL
        self.site.baton.go_on()

    async def settle(self) -> None:
        """Wait until everything that can be tried now has been tried, and the courier has hung up."""
        await self.site.baton.settle()

    def __repr__(self) -> str:
        queue = self.queue
        return (
            f"Relay {self.site.host}{self.server.note}: accepted {queue.accepted:,}, "
            f"delivered {queue.delivered:,}, in the queue {queue.queued:,}"
        )


class RelayServer(WatchedServer):
    """One client's session with the relay, at one of its services. ``note`` is what to know about it."""

    note = ""
    offers_dsn = offers_chunking = offers_etrn = True
    _why_closed = ""

    def __init__(self, relay: Relay, service: str) -> None:
        self.relay, self.service, self.watch = relay, service, relay.watch
        self.policy = policy = relay.services.policy(service, relay.policy)
        self.doorkeeper = Doorkeeper(policy, relay.site)
        self.tls_level = "encrypt" if policy.smtpd_tls_wrappermode else policy.smtpd_tls_security_level
        self.wrapper_mode = policy.smtpd_tls_wrappermode
        self.asks_certificate = policy.smtpd_tls_ask_ccert
        self.requires_certificate = policy.smtpd_tls_req_ccert
        self.size_limit = policy.message_size_limit
        self.recipient_limit = policy.smtpd_recipient_limit
        self.hard_error_limit = policy.smtpd_hard_error_limit
        self.helo_required = policy.smtpd_helo_required
        self.vrfy_enabled = not policy.disable_vrfy_command
        self.strict_envelopes = policy.strict_rfc821_envelopes
        self.bare_newline = policy.smtpd_forbid_bare_newline
        self.unauth_pipelining_forbidden = policy.smtpd_forbid_unauth_pipelining
        self.soft_bounce = policy.soft_bounce
        super().__init__(
            relay.site.host.domain, relay.site.authority.server_context, relay.site.problems.append
        )

    async def _handle_client(self) -> None:
        session = self.facts
        self.relay.session_began(session)
        self.quota = Quota(self.relay.anvil, self.policy, self.service, self.client, self.hostname)
        try:
            await super()._handle_client()
        finally:
            self.quota.leave()
            self.relay.session_ended(session)

    # Who may log in

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
        self._why_closed = self.relay.logins.why_closed(user, self.client.address)
        return self.relay.logins.know(user, password, self.client.address)

    def why_wrong(self) -> tuple[str, str]:
        return (str(self.relay.lockout), self._why_closed) if self._why_closed else super().why_wrong()

    # What is asked at each command

    def leads_somewhere(self, path: Path, *, utf8: bool) -> bool:
        found = resolve(self.policy, self.relay.site.host, path).path
        return is_domain(found.domain, utf8=utf8) and not found.local.startswith("-")

    async def on_connect(self) -> Answer:
        self.client_name = await self.relay.site.resolver.verified_name(self.client.address)
        self.begin_watch()
        if is_among(self.policy.smtpd_forbid_bare_newline_exclusions, self.client.address):
            self.bare_newline = "no"
        refusal = self.quota.connect()
        if refusal:
            return refusal
        return await self.doorkeeper.at_connect(self.facts)

    async def on_helo(self, name: str) -> Answer:
        return await self.doorkeeper.at_helo(self.facts._replace(helo=name))

    async def on_auth(self) -> Answer:
        return self.quota.spend(Event.AUTH)

    async def on_count(self, verb: str) -> Answer:
        return self.quota.spend(Event.MESSAGE if verb == "MAIL" else Event.RECIPIENT)

    async def on_mail(self, path: Path) -> Answer:
        self.doorkeeper.forget_letter()
        refusal = await self.doorkeeper.at_mail(self.facts, path)
        return refusal or (reply.QUEUE_FULL if self.relay.queue.is_full else None)

    async def on_rcpt(self, path: Path) -> Decision:
        decision = await self.doorkeeper.at_rcpt(self.facts, self.reverse_path, path)
        if not decision.reply.is_positive:
            self.relay.traffic.note(self.relay.site.clock.now, self.client.name, Count.REFUSED)
        return decision

    async def on_data(self) -> Answer:
        return await self.doorkeeper.at_data(self.facts, self.reverse_path, self.forward_paths)

    async def on_vrfy(self, path: Path) -> Answer:
        sender = self.reverse_path if self.state in IN_TRANSACTION else None
        decision = await self.doorkeeper.at_rcpt(self.facts, sender, path)
        return None if decision.reply.is_positive else decision

    async def on_etrn(self, domain: str) -> Answer:
        refusal = await self.doorkeeper.at_etrn(self.facts)
        if refusal:
            return refusal
        allowed = self.policy.fast_flush_domains
        if not any(f".{domain}".lower().endswith(f".{name}") for name in allowed):
            return Decision(
                reply.no_flush(domain),
                f"fast_flush_domains = {', '.join(allowed)}",
                f"{domain} is not a domain that this relay sends mail to on demand.",
            )
        self.relay.queue.flush(domain.lower())
        return None

    async def take(self, letter: Letter) -> Answer:
        return await intake.take(self.relay, self.policy, self.facts, self.doorkeeper.marks, letter)

"""A customer's mail server: takes mail for its own mailboxes and for nobody else, unless it has a fault."""

import asyncio
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NoReturn

from labkit.clock import Clock
from labkit.dns.resolver import Resolver
from labkit.errors import LabClosed, UsageError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.recipient.actions import Action
from labkit.recipient.defence import Defence
from labkit.recipient.dmarc_report import DmarcReport
from labkit.recipient.faults import ADDRESSES, FAULTS, NO_FAULT, Fault, HangUp, Table, fault_named
from labkit.recipient.inspection import Inspected, Inspection, accepted, refused
from labkit.recipient.mailbox import INBOX, JUNK, Mailboxes
from labkit.recipient.policy import RecipientPolicy, a_policy
from labkit.smtp import reply, trace
from labkit.smtp.address import Path
from labkit.smtp.decision import Decision
from labkit.smtp.dialogue import Answer
from labkit.smtp.envelope import Envelope, Letter, Session
from labkit.smtp.reply import Reply
from labkit.smtp.server import MailServer
from labkit.smtp.tls import Authority

PORT = 25
NO_SMTP = b"* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot ready."  # somebody forwarded the wrong port
NO_SMTP_SECONDS = 180.0  # of lab time, until it hangs up on a client that says nothing it knows
HUNG_UP = "the server hung up"
A_DAY = 86_400.0  # seconds of real time: who waits for lab time isn't hurried
PATIENCE = 10.0  # seconds of real time, for a door to open or close


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
        defence: Defence | None = None,
    ) -> None:
        self.defence = defence or Defence(clock)
        self._checks: RecipientPolicy | None = None
        self.host, self.mailboxes, self.clock, self.resolver = host, mailboxes, clock, resolver
        self.authority, self.problems = authority, problems
        self.tls_level = "may"
        self.bare_newline = "normalize"  # as smtpd_forbid_bare_newline: no, normalize or reject
        self.trouble = NO_FAULT
        self._taken = 0
        self._network: Network
        self._loop: asyncio.AbstractEventLoop
        mailboxes.add_unlisted(ADDRESSES)

    async def start(self, network: Network) -> None:
        """Listen. Raises what Network.listen raises."""
        self._network, self._loop = network, asyncio.get_running_loop()
        await network.listen(self.host, PORT, lambda: RecipientServer(self))

    @property
    def fault(self) -> str:
        """What is wrong with this server: a name from ``faults``, or "" for nothing.

        It holds for sessions that begin from now on; None or "" ends it. A server that was down listens
        on another real port afterwards: see ``lab.ports``. Raises UsageError for an unknown fault, and
        on the lab's own thread, where ``change`` is to be awaited; LabClosed; MachineError.
        """
        return self.trouble.name

    @fault.setter
    def fault(self, name: str | None) -> None:
        fault_named(name)
        if _running_loop() is self._loop:
            raise UsageError("The lab's own thread can't wait for itself: await change() there.")
        change = self.change(name)
        try:
            done = asyncio.run_coroutine_threadsafe(change, self._loop)
        except RuntimeError:
            change.close()
            raise LabClosed("This lab is closed. Start a new one with lab = Lab().") from None
        done.result(PATIENCE)

    @property
    def checks(self) -> RecipientPolicy:
        """What is checked, from the next session on: the domain's policy, unless this server has its own.

        None gives it up again. Raises UsageError for anything but a RecipientPolicy.
        """
        return self._checks or self.defence.policy

    @checks.setter
    def checks(self, policy: RecipientPolicy | None) -> None:
        self._checks = None if policy is None else a_policy(policy)

    def dmarc_report(self, domain: str) -> DmarcReport:
        """Today's report to a domain about the letters in its name: a table, and ``xml`` as it is sent."""
        return self.defence.dmarc.report(domain, self.host.domain, self.clock.now)

    @property
    def faults(self) -> Table:
        """Every fault that this server can have, and what each does."""
        return FAULTS

    @property
    def addresses(self) -> Table:
        """Local parts at which every customer's server has a fault (``full@customer.example``)."""
        return ADDRESSES

    async def change(self, name: str | None) -> None:
        """Begin or end a fault, on the lab's own thread. Raises UsageError, MachineError."""
        before, self.trouble = self.trouble, fault_named(name)
        if self.trouble.is_down and not before.is_down:
            self._network.shut(self.host, PORT)
            self._network.hang_up(self.host)
        elif before.is_down and not self.trouble.is_down:
            await self.start(self._network)

    def next_id(self) -> str:
        """A queue id, the same in every run."""
        self._taken += 1
        return f"5C{self._taken:08X}"

    def __repr__(self) -> str:
        fault = f"fault = {self.fault!r}: {self.trouble.what}" if self.fault else self.trouble.what
        return f"{self.host}, takes mail for {self.mailboxes.domain}. {fault}"


class RecipientServer(MailServer):
    """One client's session with a customer's mail server."""

    def __init__(self, recipient: Recipient) -> None:
        self.recipient, self.trouble = recipient, recipient.trouble
        self.tls_level = recipient.tls_level if self.trouble.offers_tls else "none"
        self.bare_newline = recipient.bare_newline
        self._pause = self.trouble.pause
        self._policy = recipient.checks
        certificate = partial(recipient.authority.server_context, flaw=self.trouble.flaw)
        super().__init__(recipient.host.domain, certificate, recipient.problems.append)

    async def on_connect(self) -> Answer:
        if not self.trouble.speaks_smtp:
            await self.push(NO_SMTP)
            await self.recipient.clock.sleep(NO_SMTP_SECONDS)
            self._break_off()
        if not self.trouble.greeting:
            return None
        return Decision(self.trouble.greeting(self.hostname), self.trouble.rule, self.trouble.what)

    async def on_rcpt(self, path: Path) -> Decision:
        mailboxes = self.recipient.mailboxes
        if path.domain and path.domain not in mailboxes.domains:
            reason = f"This server takes mail for {mailboxes.domain} only."
            return Decision(reply.relay_denied(path.address), "reject_unauth_destination", reason)
        for fault in self._faults([path]):
            self._pause = max(self._pause, fault.pause)
            if fault.at_recipient:
                return Decision(fault.at_recipient(path.address), fault.rule, fault.what)
        if not mailboxes.knows(path.local):
            reason = f"There is no mailbox {path.local!r} in {mailboxes.domain}."
            return Decision(reply.user_unknown(path.address), "smtpd_reject_unlisted_recipient = yes", reason)
        return await self._judged_at_recipient(path)

    async def _judged_at_recipient(self, path: Path) -> Decision:
        envelope, now = Envelope(self.reverse_path, path), self.recipient.clock.now
        judged = await self._inspection.at_recipient(self.facts, envelope, now)
        refusal = refused(judged, self.facts, envelope)
        reason = f"{path.address} is one of its mailboxes."
        return refusal or Decision(reply.OK_RCPT, "permit_auth_destination", reason, judged.steps)

    async def on_mail(self, path: Path) -> Answer:
        self._inspection = Inspection(
            self._policy, self.recipient.defence, self.recipient.resolver, self.hostname
        )
        return await super().on_mail(path)

    async def push(self, status: Reply | str | bytes) -> None:
        if self._pause:
            self._reset_timeout(A_DAY)
            await self.recipient.clock.sleep(self._pause)
            self._reset_timeout()
        await super().push(status)
        if status is reply.GO_AHEAD:
            self._perhaps_hang_up(HangUp.BEFORE_DOT, self.forward_paths)

    async def take(self, letter: Letter) -> Answer:
        # With BDAT there is no dot, and no 354 before it.
        self._perhaps_hang_up(HangUp.BEFORE_DOT, letter.forward_paths)
        for fault in self._faults(letter.forward_paths):
            if fault.at_dot:
                return Decision(fault.at_dot, fault.rule, fault.what)
        name = await self.recipient.resolver.verified_name(self.client.address)
        session = self.facts._replace(client_name=name)
        inspected = await self._inspection.at_dot(session, letter)
        refusal = refused(inspected.judgement, session, inspected.envelope)
        if refusal:
            return refusal
        queue_id = self._keep(letter, session, inspected)
        self._perhaps_hang_up(HangUp.AFTER_DOT, letter.forward_paths)
        return accepted(inspected.judgement, reply.queued(queue_id))

    def _keep(self, letter: Letter, session: Session, inspected: Inspected) -> str:
        queue_id, now = self.recipient.next_id(), self.recipient.clock.now
        only = letter.forward_paths[0] if len(letter.forward_paths) == 1 else None
        stamp = trace.received(session, session.client_name, self.hostname, queue_id, only, now)
        content = inspected.header + stamp + self._inspection.cleaned(letter.content)
        for path in letter.forward_paths:
            self.recipient.mailboxes.deliver(
                path,
                letter._replace(content=content),
                folder=JUNK if inspected.judgement.action is Action.JUNK else INBOX,
                client=self.client.address,
                domain=inspected.domain,
                verdicts=inspected.judgement,
            )
        return queue_id

    def _faults(self, paths: Iterable[Path]) -> Iterator[Fault]:
        """The host's fault, and those of the addresses."""
        yield self.trouble
        yield from (ADDRESSES[path.local.lower()] for path in paths if path.local.lower() in ADDRESSES)

    def _perhaps_hang_up(self, moment: HangUp, paths: Iterable[Path]) -> None:
        if any(fault.hangs_up is moment for fault in self._faults(paths)):
            self._break_off()

    def _break_off(self) -> NoReturn:
        self.track.close(HUNG_UP)
        self._hang_up()
        raise ConnectionAbortedError(HUNG_UP)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None

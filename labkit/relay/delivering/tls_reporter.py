"""Counts a relay's sessions by the day, and sends the reports about them when the day is over."""

from collections import deque
from collections.abc import Callable
from datetime import date, datetime

from labkit.dns.resolver import TemporaryFailure
from labkit.errors import MachineError
from labkit.relay.delivering.baton import Step
from labkit.relay.delivering.session import Terms
from labkit.relay.delivering.tls_policy import TlsPolicy
from labkit.relay.delivering.tls_rpt import Sessions, TlsReport, addresses, next_day
from labkit.relay.filtering.scanners import SIGNER
from labkit.relay.policy import Policy
from labkit.relay.queueing.queue import Queue
from labkit.relay.site import Site
from labkit.smtp.envelope import Session

MOST_POLICIES = 1000  # that are counted on a day
REMEMBERED = 100  # reports that were sent

Day = dict[TlsPolicy, Sessions]
Sign = Callable[[bytes, Policy, Session, datetime], bytes]


class TlsReporter:
    """The book of a relay's sessions (Postfix 3.10: smtp_tlsrpt_enable). Made and used on the lab's loop.

    ``sent`` are the newest reports that went out. ``sign`` signs them, if the relay has a signer: they must
    be signed to be believed (RFC 8460 section 3).
    """

    is_handed_letters = False

    def __init__(self, site: Site, queue: Queue, policy: Callable[[], Policy], sign: Sign) -> None:
        self.sent: deque[TlsReport] = deque(maxlen=REMEMBERED)
        self._site, self._queue, self._policy, self._sign = site, queue, policy, sign
        self._days: dict[date, Day] = {}
        self._due: deque[date] = deque()
        site.baton.join(self)

    def note(self, terms: Terms, kind: str) -> None:
        """A session on these terms took place, or failed by ``kind`` (RFC 8460 section 4.3)."""
        if not terms.policy or not self._policy().smtp_tlsrpt_enable:
            return
        today = self._site.clock.now.date()
        if today not in self._days:
            self._days[today] = {}
            self._site.clock.call_at(next_day(self._site.clock.now), lambda: self._is_over(today))
        day = self._days[today]
        if terms.policy in day or len(day) < MOST_POLICIES:
            day.setdefault(terms.policy, Sessions(terms.policy)).note(terms.host, kind or terms.policy.fault)

    def report(self, domain: str) -> TlsReport:
        """What would be reported to a domain about today."""
        return self._report(domain, self._site.clock.now.date())

    def _report(self, domain: str, day: date) -> TlsReport:
        found = tuple(
            sessions for policy, sessions in self._days.get(day, {}).items() if policy.domain == domain
        )
        return TlsReport(domain, day, self._site.host.domain, self._site.host.address, found)

    def _is_over(self, day: date) -> None:
        self._due.append(day)
        self._site.baton.go_on()

    # For the baton

    def next_step(self) -> Step | None:
        """The reports of a day that is over."""
        return Step(self._send) if self._due else None

    async def _send(self) -> None:
        day = self._due.popleft()
        for domain in dict.fromkeys(policy.domain for policy in self._days.get(day, {})):
            await self._send_to(domain, self._report(domain, day))
        self._days.pop(day, None)

    async def _send_to(self, domain: str, report: TlsReport) -> None:
        try:
            readers = addresses(await self._site.resolver.texts(f"_smtp._tls.{domain}"))
        except TemporaryFailure:
            return  # as for a domain that wants none: a report isn't worth keeping
        if not readers or self._queue.is_full:
            return
        queue_id, now, policy = self._queue.next_id(), self._site.clock.now, self._policy()
        letter = report.letter(readers, queue_id, now)
        if SIGNER in policy.smtpd_milters:
            # The relay's own program hands it in from the relay's own host.
            here = Session(self._site.host, 0, 25)
            letter = letter._replace(content=self._sign(letter.content, policy, here, now))
        try:
            await self._queue.accept(queue_id, letter, self._site.host.name)
        except MachineError as error:
            self._site.problems.append(f"the TLS report to {domain}: {error}")
            return
        self.sent.append(report)

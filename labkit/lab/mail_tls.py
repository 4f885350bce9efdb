"""TLS of mail servers, as students look at it: ``lab.tls``."""

from html import escape
from typing import TYPE_CHECKING

from labkit.errors import UsageError
from labkit.lab.tls_survey import Survey, survey
from labkit.network.addresses import lab_domain
from labkit.relay.delivering import dane
from labkit.relay.delivering.dane import DaneResult
from labkit.relay.delivering.mta_sts import BadPolicy, StsPolicy
from labkit.relay.delivering.tls_rpt import TlsReport

if TYPE_CHECKING:
    from labkit.dns.changes import Records
    from labkit.lab.lab import Lab

MAIL_SERVERS = ("relay", "smarthost", "mx1", "mx2")


class FoundPolicy:
    """The MTA-STS policy that the relay has for a domain, or why it has none."""

    def __init__(self, domain: str, policy: StsPolicy | None, problem: str = "") -> None:
        self.domain, self.policy, self.problem = domain, policy, problem

    def __repr__(self) -> str:
        if self.problem:
            return f"{self.domain} announces an MTA-STS policy, but there is none that counts. {self.problem}"
        if not self.policy:
            return f"{self.domain} has no MTA-STS policy."
        lines = "\n".join(f"  {line}" for line in self.policy.lines)
        return f"The relay knows the MTA-STS policy of {self.domain}:\n{lines}"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


class MailTls:
    """What is known of the TLS of mail servers. Each call raises LabClosed, and Interrupted."""

    def __init__(self, lab: "Lab") -> None:
        self._lab = lab

    def survey(self, *servers: str) -> Survey:
        """Ask mail servers at port 25 whether they offer TLS, and look at their certificates: all that the
        lab has at first, unless you name some.

        Raises UsageError for a host that the lab doesn't have.
        """
        scenery = self._lab.scenery
        known = {host.name: host for host in scenery.network.hosts}
        chosen = servers or MAIL_SERVERS
        for name in chosen:
            if name not in known:
                raise UsageError(f"{name!r} is no host of this lab. Ask {', '.join(MAIL_SERVERS)}.")
        asking = survey(scenery, known["workstation"], [known[name] for name in chosen])
        return self._lab.wait_for(asking, "the servers to say what they offer")

    def policy(self, domain: str) -> FoundPolicy:
        """The MTA-STS policy (RFC 8461) that a domain publishes, or that the relay still remembers.

        Raises OutsideTheLab for a domain that could be somebody's.
        """

        async def work() -> FoundPolicy:
            try:
                return FoundPolicy(plain, await self._lab.relay.sts.of(plain))
            except BadPolicy as error:
                return FoundPolicy(plain, None, f"{error.reason} ({error.fault})")

        plain = lab_domain(_text(domain))
        return self._lab.wait_for(work(), "the policy")

    def report(self, domain: str) -> TlsReport:
        """What the relay would report to a domain about today's sessions (RFC 8460).

        It counts where smtp_tlsrpt_enable = yes, and sends the report at midnight of lab time, if the domain
        asks for it in a TXT record _smtp._tls. Raises OutsideTheLab.
        """

        async def work() -> TlsReport:
            return self._lab.relay.tls_reports.report(plain)

        plain = lab_domain(_text(domain))
        return self._lab.wait_for(work(), "the report")

    def dane(self, host: str) -> DaneResult:
        """A simulation of DANE (RFC 7672): a mail server's TLSA record against the key that it shows.

        Raises OutsideTheLab.
        """
        return self._lab.wait_for(dane.check(self._lab.relay.site, lab_domain(_text(host))), "the key")

    def publish_dane(self, host: str) -> "Records":
        """Write the TLSA record for the key that a mail server shows now into the zone.

        Raises OutsideTheLab, UsageError for a server without TLS, PeerError for one that can't be asked.
        """
        name = lab_domain(_text(host))
        line = self._lab.wait_for(dane.published(self._lab.relay.site, name), "the key")
        if self._lab.dns.records(dane.owner(name)):
            self._lab.dns.remove(dane.owner(name))
        return self._lab.dns.add(line)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{value!r} is not a text: write a name in quotation marks.")
    return value

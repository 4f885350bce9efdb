"""Reports about TLS (RFC 8460): what a sender tells a domain about the sessions of a day.

Somebody who takes STARTTLS away isn't seen by the domain that is attacked: its servers are never reached. The
senders see it, and they tell.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import Any

from labkit.clock import header_date
from labkit.relay.delivering.route import MailHost
from labkit.relay.delivering.tls_policy import TlsPolicy
from labkit.smtp import trace
from labkit.smtp.address import Path, is_domain
from labkit.smtp.envelope import Letter

MOST_KINDS = 1000  # failures that are told apart in a report
SPECIFIED = "v=TLSRPTv1"


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong (RFC 8460 section 4.3) with which host."""

    kind: str
    host: MailHost


@dataclass(slots=True)
class Sessions:
    """The sessions of a day under one policy. A session that failed is in ``failures``, once."""

    policy: TlsPolicy
    successes: int = 0
    failures: Counter[Failure] = field(default_factory=Counter)

    def note(self, host: MailHost, kind: str) -> None:
        """A session took place, or failed by ``kind``."""
        failure = Failure(kind, host)
        if not kind:
            self.successes += 1
        elif failure in self.failures or len(self.failures) < MOST_KINDS:
            self.failures[failure] += 1

    def as_json(self, sender: str) -> dict[str, Any]:
        """As section 4.4 writes them; ``sender`` is the address of the sending server."""
        return {
            "policy": _policy(self.policy),
            "summary": {
                "total-successful-session-count": self.successes,
                "total-failure-session-count": self.failures.total(),
            },
            "failure-details": [_failure(failure, count, sender) for failure, count in self.failures.items()],
        }


@dataclass(frozen=True, repr=False, slots=True)
class TlsReport:
    """What is reported to a domain about one day of lab time."""

    domain: str
    day: date
    hostname: str
    address: str
    sessions: tuple[Sessions, ...] = ()

    @property
    def report_id(self) -> str:
        """Unique for this sender, this domain and this day."""
        return f"{self.day}T00:00:00Z_{self.domain}"

    @property
    def _organization(self) -> str:
        return self.hostname.partition(".")[2]

    @property
    def json(self) -> str:
        """The report as programs read it (section 4.4)."""
        import json  # here: a lab is ready before its first report

        return json.dumps(self._as_json(), indent=2)

    def _as_json(self) -> dict[str, Any]:
        return {
            "organization-name": self._organization,
            "date-range": {
                "start-datetime": f"{self.day}T00:00:00Z",
                "end-datetime": f"{self.day}T23:59:59Z",
            },
            "contact-info": f"postmaster@{self._organization}",
            "report-id": self.report_id,
            "policies": [sessions.as_json(self.address) for sessions in self.sessions],
        }

    def letter(self, addresses: Iterable[Path], queue_id: str, now: datetime) -> Letter:
        """The report as a letter to these addresses (section 5.3)."""
        sender = Path("postmaster", self._organization)
        return Letter(sender, tuple(addresses), self._content(tuple(addresses), queue_id, now))

    def _content(self, addresses: tuple[Path, ...], queue_id: str, now: datetime) -> bytes:
        head = trace.received_here(self.hostname, queue_id, now)
        lines = [*self._header(addresses, queue_id, now), "", *self._parts(queue_id)]
        return head + "".join(f"{line}\r\n" for line in lines).encode()

    def _header(self, addresses: tuple[Path, ...], queue_id: str, now: datetime) -> Iterator[str]:
        yield f"Date: {header_date(now)}"
        yield f"From: TLS reports of {self.hostname} <postmaster@{self._organization}>"
        yield f"To: {', '.join(path.address for path in addresses)}"
        yield f"Subject: Report Domain: {self.domain} Submitter: {self.hostname}"
        yield f" Report-ID: <{self.report_id}>"
        yield f"Message-Id: <{now:%Y%m%d%H%M%S}.{queue_id}@{self.hostname}>"
        yield "Auto-Submitted: auto-generated"
        yield f"TLS-Report-Domain: {self.domain}"
        yield f"TLS-Report-Submitter: {self.hostname}"
        yield "TLS-Required: No"
        yield "MIME-Version: 1.0"
        yield 'Content-Type: multipart/report; report-type="tlsrpt";'
        yield f'\tboundary="{_boundary(queue_id)}"'

    def _parts(self, queue_id: str) -> Iterator[str]:
        begins = int(datetime.combine(self.day, time(), UTC).timestamp())
        name = f"{self.hostname}!{self.domain}!{begins}!{begins + 86_399}!001.json"
        yield f"--{_boundary(queue_id)}"
        yield "Content-Type: text/plain; charset=us-ascii"
        yield ""
        yield from repr(self).encode("ascii", "replace").decode().split("\n")
        yield ""
        yield f"--{_boundary(queue_id)}"
        yield "Content-Type: application/tlsrpt+json"
        yield f'Content-Disposition: attachment; filename="{name}"'
        yield ""
        yield from self.json.split("\n")
        yield f"--{_boundary(queue_id)}--"

    def __repr__(self) -> str:
        return "\n".join(self._words())

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"

    def _words(self) -> Iterator[str]:
        yield f"TLS report of {self.hostname} to {self.domain} about {self.day}"
        if not self.sessions:
            yield "  There were no sessions."
        for sessions in self.sessions:
            yield f"  policy {_policy(sessions.policy)['policy-type']}"
            yield f"    sessions as the policy asks   {sessions.successes:6,}"
            yield f"    sessions that failed          {sessions.failures.total():6,}"
            for failure, count in sessions.failures.items():
                yield f"      {count:,} x {failure.kind} at {failure.host}"


def addresses(texts: Iterable[str]) -> tuple[Path, ...]:
    """Whom the TXT records of ``_smtp._tls.domain`` name for reports (section 3): their mail addresses.

    Two such records, or one that isn't right, name nobody. Reports by HTTPS aren't sent.
    """
    found = [text for text in texts if text.partition(";")[0].strip() == SPECIFIED]
    if len(found) != 1:
        return ()
    fields = dict(_field(part) for part in found[0].split(";")[1:])
    uris = (uri.strip() for uri in fields.get("rua", "").split(","))
    return tuple(path for uri in uris if uri[:7].lower() == "mailto:" and (path := _path(uri[7:])))


def next_day(now: datetime) -> datetime:
    """The midnight that follows."""
    return datetime.combine(now.date() + timedelta(days=1), time(), UTC)


def _path(address: str) -> Path | None:
    local, _, domain = address.partition("?")[0].rpartition("@")
    if not local or not local.isascii() or not local.isprintable() or set(local) & set('<>()[]\\,;:@" '):
        return None
    return Path(local, domain.lower()) if is_domain(domain, utf8=False) else None


def _field(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key.strip(), value.strip()


def _boundary(queue_id: str) -> str:
    return f"tlsrpt.{queue_id}"


def _policy(policy: TlsPolicy) -> dict[str, Any]:
    if policy.sts:
        found = {"policy-type": "sts", "policy-string": list(policy.sts.lines)}
        return found | {"policy-domain": policy.domain, "mx-host": list(policy.sts.mx)}
    kind = "sts" if policy.fault else "no-policy-found"
    return {"policy-type": kind, "policy-domain": policy.domain}


def _failure(failure: Failure, count: int, sender: str) -> dict[str, Any]:
    return {
        "result-type": failure.kind,
        "sending-mta-ip": sender,
        "receiving-mx-hostname": failure.host.name,
        "receiving-ip": failure.host.address,
        "failed-session-count": count,
    }

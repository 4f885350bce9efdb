"""What a recipient tells a domain about letters in its name: DMARC's aggregate report (RFC 7489 7.2).

Once a day, one file for each domain: which addresses have sent how many letters in its name, and what came
of them. A domain that doesn't know all its senders finds them here, before it asks for p=reject.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from labkit.recipient.checks.authres import AuthResults
from labkit.recipient.checks.dmarc_record import Record, parse
from labkit.recipient.checks.domains import are_aligned
from labkit.recipient.checks.verdict import one_line
from labkit.recipient.sheet import Sheet
from labkit.smtp.envelope import Session

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_ROWS = 10_000  # different ones; later ones aren't counted
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """What letters have in common that are one row of a report.

    ``reason`` is why the policy wasn't followed, or empty; ``dkim`` are (domain, selector, result), ``spf``
    is (domain, scope, result).
    """

    day: datetime
    record: Record
    address: str
    disposition: str
    reason: str
    dkim_aligned: bool
    spf_aligned: bool
    envelope_from: str
    header_from: str
    dkim: tuple[tuple[str, str, str], ...]
    spf: tuple[str, str, str]


class DmarcTally:
    """What a recipient has counted for its reports."""

    def __init__(self) -> None:
        self._rows: Counter[Row] = Counter()

    def note(
        self, results: AuthResults, session: Session, moment: datetime, done: str, *, excused: bool = False
    ) -> None:
        """Count a letter, if the domain in its From: has a DMARC record.

        ``done`` is what became of it because of DMARC: "none", "quarantine" or "reject"; ``excused`` says
        that a trusted forwarder's seal was believed.
        """
        row = _row(results, session, moment, done, _override(results, done, excused=excused))
        if row and (row in self._rows or len(self._rows) < MOST_ROWS):
            self._rows[row] += 1

    def report(self, domain: str, server: str, moment: datetime) -> "DmarcReport":
        """The report of ``server`` to a domain about the day of ``moment``."""
        day = _day(moment)
        wanted = domain.lower().rstrip(".")
        rows = [(row, n) for row, n in self._rows.items() if row.record.domain == wanted and row.day == day]
        return DmarcReport(wanted, server, day, tuple(rows))


@dataclass(frozen=True, repr=False)
class DmarcReport:
    """One day's report about one domain: ``rows`` with how many letters each stands for."""

    domain: str
    server: str
    day: datetime
    rows: tuple[tuple[Row, int], ...]

    @property
    def xml(self) -> str:
        """The report as it is sent (RFC 7489 appendix C); empty when there is nothing to tell."""
        from xml.etree import ElementTree  # here: few recipients write reports

        if not self.rows:
            return ""
        feedback = ElementTree.Element("feedback")
        _fill(feedback, self._content())
        ElementTree.indent(feedback)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(feedback, "unicode") + "\n"

    def _content(self) -> "Iterator[Node]":
        begin = int(self.day.timestamp())
        end = begin + int(A_DAY.total_seconds()) - 1
        yield "version", "1.0"
        yield (
            "report_metadata",
            [
                ("org_name", self.server),
                ("email", f"postmaster@{self.server}"),
                ("report_id", f"{self.domain}-{begin}"),
                ("date_range", [("begin", str(begin)), ("end", str(end))]),
            ],
        )
        yield "policy_published", list(_published(self.rows[-1][0].record))
        for row, count in self.rows:
            yield "record", list(_record(row, count))

    def _sheet(self) -> Sheet:
        rows = tuple(
            (row.address, f"{count:,}", _word(row.spf_aligned), _word(row.dkim_aligned), row.disposition)
            for row, count in self.rows
        )
        title = f"{self.server} to {self.domain}: letters in its name on {self.day:%Y-%m-%d}"
        notes = () if rows else ("There were none, or the domain has no DMARC record.",)
        return Sheet(title, ("from address", "letters", "SPF", "DKIM", "disposition"), rows, notes)

    def __repr__(self) -> str:
        return repr(self._sheet())

    def _repr_html_(self) -> str:
        return self._sheet()._repr_html_()


Node = tuple[str, "str | list[Node]"]  # the name of an element, and its text or what is in it


def _row(
    results: AuthResults, session: Session, moment: datetime, disposition: str, reason: str
) -> Row | None:
    name, _, text = results.dmarc.shows("record").partition(": ")
    record = parse(name.removeprefix("_dmarc."), text)
    if not text or not isinstance(record, Record):
        return None
    seen, sent = results.header_from, results.spf.shows("domain")
    good = [one.domain for one in results.signatures if one.result == "pass"]
    return Row(
        _day(moment),
        record,
        session.client.address,
        disposition,
        reason,
        any(are_aligned(domain, seen, strict=record.adkim) for domain in good),
        results.spf.result == "pass" and are_aligned(sent, seen, strict=record.aspf),
        one_line(results.mail_from.rpartition("@")[2].lower()),
        seen,
        tuple((one.domain, one.selector, one.result) for one in results.signatures if one.domain),
        (sent, "mfrom" if results.mail_from else "helo", results.spf.result),
    )


def _override(results: AuthResults, done: str, *, excused: bool) -> str:
    """Why the policy wasn't followed, in RFC 7489's words; empty where it was."""
    if results.dmarc.shows("pct") and done == results.disposition:
        return "sampled_out"
    if done == results.disposition:
        return ""
    return "trusted_forwarder" if excused else "local_policy"


def _published(record: Record) -> Iterator[Node]:
    yield "domain", record.domain
    yield "adkim", "s" if record.adkim else "r"
    yield "aspf", "s" if record.aspf else "r"
    yield "p", record.p
    yield "sp", record.sp
    yield "pct", str(record.pct)
    yield "fo", "0"


def _record(row: Row, count: int) -> Iterator[Node]:
    evaluated: list[Node] = [
        ("disposition", row.disposition),
        ("dkim", _word(row.dkim_aligned)),
        ("spf", _word(row.spf_aligned)),
    ]
    if row.reason:
        evaluated.append(("reason", [("type", row.reason)]))
    yield "row", [("source_ip", row.address), ("count", str(count)), ("policy_evaluated", evaluated)]
    yield "identifiers", [("envelope_from", row.envelope_from), ("header_from", row.header_from)]
    signatures: list[Node] = [
        ("dkim", [("domain", domain), ("selector", selector), ("result", result)])
        for domain, selector, result in row.dkim
    ]
    domain, scope, result = row.spf
    yield "auth_results", [*signatures, ("spf", [("domain", domain), ("scope", scope), ("result", result)])]


def _fill(parent: "Element", nodes: "Iterator[Node] | list[Node]") -> None:
    from xml.etree.ElementTree import SubElement

    for name, content in nodes:
        element = SubElement(parent, name)
        if isinstance(content, str):
            element.text = content
        else:
            _fill(element, content)


def _word(aligned: bool) -> str:
    return "pass" if aligned else "fail"


def _day(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time(), UTC)

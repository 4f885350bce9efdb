"""The rules that large mailbox providers make for those who send much mail, each with a verdict.

Sources: Google's "Email sender guidelines" and their FAQ (support.google.com/a/answer/81126 and
/14229414), in force since February 2024; Yahoo's "Sender Best Practices" (senders.yahooinc.com), since
February 2024; Microsoft's "Outlook's New Requirements for High-Volume Senders" (April 2025), with
refusals since May 2025. Google and Microsoft draw the line at 5,000 letters a day from one domain, and
whoever was above it once stays a bulk sender for Google; Yahoo names no number. The lab is smaller by a
hundred, so its line is 50.

Google asks for less than 0.1 per cent of complaints, and helps nobody who reaches 0.3; Yahoo's limit is
0.3, too. One-click unsubscribe (RFC 8058) is asked for newsletters and advertisements; a letter that a
machine wrote in answer to its reader needs none, and says so with Auto-Submitted (RFC 3834).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from labkit.recipient.checks.bulk_rules import (
    FAIL,
    NOT_ASKED,
    PASS,
    RULES,
    WARNS,
    Facts,
    Rule,
    sender_domain,
)
from labkit.recipient.checks.verdict import Verdict, one_line
from labkit.recipient.sheet import Sheet
from labkit.recipient.tally import Event

ONLY_BULK = "Only of bulk senders."


class Finding(NamedTuple):
    """What became of one rule for one letter."""

    rule: Rule
    result: str
    reason: str


@dataclass(frozen=True, slots=True)
class BulkVerdict(Verdict):
    """A verdict that rests on one finding a rule; shown as a table."""

    findings: tuple[Finding, ...] = ()

    @property
    def sheet(self) -> Sheet:
        """The rules and what became of them."""
        rows = tuple(
            (found.rule.name, found.result, found.reason, found.rule.asked_by) for found in self.findings
        )
        return Sheet(
            f"The rules for senders of much mail: {self.result}",
            ("rule", "result", "why", "asked by"),
            rows,
            (self.reason,),
        )

    def __repr__(self) -> str:
        return repr(self.sheet)

    def _repr_html_(self) -> str:
        return self.sheet._repr_html_()


def judge(facts: Facts) -> BulkVerdict:
    """The verdict that follows from the facts."""
    found = tuple(_findings(facts))
    failed = [one for one in found if one.result == FAIL]
    worst = FAIL if failed else WARNS if any(one.result == WARNS for one in found) else PASS
    first = next((one for one in found if one.result == worst), None)
    reason = _size(facts) if worst == PASS or not first else f"{first.rule.name}: {first.reason}"
    evidence = (
        ("domain", one_line(sender_domain(facts.message)) or "none"),
        ("letters", f"{facts.day[Event.LETTER]:,} in 24 hours; {facts.threshold:,} make a bulk sender"),
        ("rule", failed[0].rule.name if failed else ""),
    )
    return BulkVerdict(worst, reason, evidence, found)


def _size(facts: Facts) -> str:
    if facts.is_bulk:
        return "This is a bulk sender, and keeps every rule."
    return "This sender keeps the rules that hold for everybody."


def _findings(facts: Facts) -> Iterator[Finding]:
    for rule in RULES:
        if rule.bulk_only and not facts.is_bulk:
            yield Finding(rule, NOT_ASKED, ONLY_BULK)
        else:
            yield Finding(rule, *rule.judge(facts))

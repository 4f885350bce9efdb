"""Each of the rules for senders of much mail, as one pure function of the facts.

A function says "pass", "warn", "fail" or "not asked", and why.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from labkit.recipient.checks.domains import are_aligned
from labkit.recipient.checks.verdict import Message, Verdict, one_line
from labkit.recipient.tally import Event
from labkit.smtp.envelope import Session
from labkit.smtp.lenient import addresses_in

WARN, LIMIT = 0.001, 0.003  # complaints, as a part of the letters that readers saw
ENOUGH = 20  # letters from which on a rate says something
NONE = Verdict("none", "It wasn't looked at.")

PASS, WARNS, FAIL, NOT_ASKED = "pass", "warn", "fail", "not asked"

_ONE_CLICK = re.compile(r"\s*list-unsubscribe\s*=\s*one-click\s*", re.IGNORECASE)
_HTTPS = re.compile(r"<\s*https://[^>\s]+\s*>", re.IGNORECASE)
_SIGNED = re.compile(r"(?:^|;)\s*h\s*=([^;]*)", re.IGNORECASE)

Outcome = tuple[str, str]


@dataclass(frozen=True)
class Facts:
    """What the rules look at.

    ``authentication`` has the verdicts of spf, dkim and dmarc. ``day`` are the events of the From:
    domain in the last 24 hours, ``threshold`` the letters that make a bulk sender, and ``was_bulk``
    that the domain has been one before.
    """

    message: Message
    session: Session
    authentication: Mapping[str, Verdict]
    day: Counter[Event]
    threshold: int
    was_bulk: bool = False

    @property
    def is_bulk(self) -> bool:
        """Whether all the rules hold for this sender."""
        return self.was_bulk or self.day[Event.LETTER] >= self.threshold

    def verdict(self, check: str) -> Verdict:
        """What another check said."""
        return self.authentication.get(check, NONE)


def sender_domain(message: Message) -> str:
    """The domain of the one address in the one From: header, in lower case; empty when there is none."""
    texts = message.headers("From")
    addresses = addresses_in(texts[0]) if len(texts) == 1 else ()
    return (
        addresses[0].rpartition("@")[2].lower().rstrip(".")
        if len(addresses) == 1 and "@" in addresses[0]
        else ""
    )


def _from(facts: Facts) -> Outcome:
    count = len(facts.message.headers("from"))
    if count != 1:
        return FAIL, f"There are {count} From: headers instead of one."
    domain = sender_domain(facts.message)
    if not domain:
        return FAIL, "The From: header doesn't hold exactly one address."
    return PASS, f"It has one address, of {one_line(domain)}."


def _ptr(facts: Facts) -> Outcome:
    address, name = facts.session.client.address, facts.session.client_name
    if name == "unknown":
        return FAIL, f"{address} has no name in the DNS that leads back to it."
    return PASS, f"{address} is {name}, and {name} is {address}."


def _tls(facts: Facts) -> Outcome:
    return (
        (PASS, "The letter came over TLS.") if facts.session.secure else (FAIL, "The letter came in clear.")
    )


def _either(facts: Facts) -> Outcome:
    passed = [check.upper() for check in ("spf", "dkim") if facts.verdict(check).result == "pass"]
    if passed:
        return PASS, f"{' and '.join(passed)} passed."
    return FAIL, "Neither SPF nor DKIM passed."


def _passed(check: str, facts: Facts) -> Outcome:
    verdict = facts.verdict(check)
    return (PASS if verdict.result == "pass" else FAIL), verdict.reason


def _dmarc(facts: Facts) -> Outcome:
    verdict = facts.verdict("dmarc")
    if verdict.result in ("none", "permerror", "temperror"):
        return FAIL, verdict.reason
    return PASS, "The domain of From: has a DMARC record."


def _alignment(facts: Facts) -> Outcome:
    dmarc, domain = facts.verdict("dmarc"), sender_domain(facts.message)
    proved = any(are_aligned(one, domain, strict=False) for one in _proved(facts) if domain)
    if dmarc.result == "pass" or (dmarc.result == "none" and proved):  # without a record it isn't strict
        return PASS, "The domain of From: is one that SPF or DKIM proved."
    return FAIL, "Neither SPF nor DKIM proved the domain of From:."


def _proved(facts: Facts) -> Iterator[str]:
    """The domains that SPF and DKIM proved."""
    spf = facts.verdict("spf")
    if spf.result == "pass":
        yield spf.shows("domain")
    holds = False
    for label, value in facts.verdict("dkim").evidence:
        if label == "signature":
            holds = value.startswith("pass")
        elif label == "domain" and holds:
            yield value


def _complaints(facts: Facts) -> Outcome:
    seen, complaints = facts.day[Event.INBOX], facts.day[Event.COMPLAINT]
    said = f"{complaints:,} complaints about {seen:,} letters in 24 hours"
    if seen < ENOUGH:
        return PASS, f"{said}: too few letters for a rate."
    rate = complaints / seen
    if rate >= LIMIT:
        return FAIL, f"{said}: {rate:.2%}, and {LIMIT:.1%} is the limit."
    if rate >= WARN:
        return WARNS, f"{said}: {rate:.2%}. Stay below {WARN:.1%}; {LIMIT:.1%} is the limit."
    return PASS, f"{said}: {rate:.2%}."


def _unsubscribe(facts: Facts) -> Outcome:
    message = facts.message
    if message.reverse_path.is_null or message.header("auto-submitted").lower().strip() not in ("", "no"):
        return NOT_ASKED, "A machine wrote this letter for one reader."
    if not _HTTPS.search(message.header("list-unsubscribe")):
        return FAIL, "No List-Unsubscribe header has an address with https: (RFC 8058 section 3.1)."
    if not _ONE_CLICK.fullmatch(message.header("list-unsubscribe-post")):
        return FAIL, "List-Unsubscribe-Post isn't List-Unsubscribe=One-Click (RFC 8058 section 3.1)."
    if facts.verdict("dkim").result != "pass" or not _covered(message):
        return FAIL, "No valid DKIM signature covers both headers (RFC 8058 section 4)."
    return PASS, "One click is enough, and the signature covers it."


def _covered(message: Message) -> bool:
    wanted = {"list-unsubscribe", "list-unsubscribe-post"}
    signed = (_SIGNED.search(text) for text in message.headers("dkim-signature"))
    return any(wanted <= {name.strip().lower() for name in found[1].split(":")} for found in signed if found)


ALL = "Google, Yahoo, Microsoft"
BOTH = "Google, Yahoo"


class Rule(NamedTuple):
    """A rule: its name, whether only bulk senders must keep it, who asks for it, and how it is judged."""

    name: str
    bulk_only: bool
    asked_by: str
    judge: Callable[[Facts], Outcome]


RULES = (
    Rule("From: header", False, ALL, _from),
    Rule("PTR", False, BOTH, _ptr),
    Rule("TLS", False, "Google", _tls),
    Rule("SPF or DKIM", False, BOTH, _either),
    Rule("complaints", False, BOTH, _complaints),
    Rule("SPF", True, ALL, lambda facts: _passed("spf", facts)),
    Rule("DKIM", True, ALL, lambda facts: _passed("dkim", facts)),
    Rule("DMARC record", True, ALL, _dmarc),
    Rule("alignment", True, ALL, _alignment),
    Rule("one-click unsubscribe", True, BOTH, _unsubscribe),
)

"""The restrictions that ask the DNS. Each fetches first, and decides after.

An answer that doesn't come is held against nobody: a block list that is down blocks no mail, and a
sender whose domain can't be looked up is asked to come again.
"""

import re
from dataclasses import dataclass

from labkit.dns.lists import question
from labkit.errors import PeerError
from labkit.relay.rules.case import (
    Case,
    Names,
    Verdict,
    client_subject,
    defers_if_permitted,
    goes_on,
    refuses,
    sender_subject,
)
from labkit.relay.rules.destination import Kind
from labkit.relay.rules.hostnames import in_ascii
from labkit.smtp import reply

REASON_LIMIT = 500  # characters of a block list's reason
NULL_MX = "."  # RFC 7505


async def reject_unknown_sender_domain(case: Case) -> Verdict:
    """Refuse a sender whose domain takes no mail: nobody could answer, and no bounce would arrive."""
    if not case.sender or case.sender.is_null:
        return goes_on("There is no sender's address")
    path, kind, _ = case.resolved(case.sender)
    if kind is Kind.OWN:
        return goes_on(f"{path.domain} is a domain of this relay")
    if path.domain.startswith("["):
        return goes_on(f"{path.domain} is an address")
    return sender_domain(case, path.domain, await mail_standing(case.site.resolver, path.domain))


@dataclass(frozen=True, slots=True)
class Standing:
    """What the DNS says about a domain and mail. ``certain`` is False where an answer is missing."""

    takes_mail: bool = False
    null_mx: bool = False
    certain: bool = True


async def mail_standing(resolver: Names, domain: str) -> Standing:
    """Whether a domain has mail hosts, or is a host itself."""
    certain = True
    for kind in ("MX", "A", "AAAA"):
        try:
            found = (await resolver.look_up(in_ascii(domain), kind)).values
        except PeerError:
            certain = False
            continue
        if kind == "MX" and any(value.split()[1] == NULL_MX for value in found):
            return Standing(null_mx=True)
        if found:
            return Standing(takes_mail=True)
    return Standing(certain=certain)


def sender_domain(case: Case, domain: str, standing: Standing) -> Verdict:
    """What the standing of the sender's domain means."""
    assert case.sender
    subject = sender_subject(case.sender)
    if standing.takes_mail:
        return goes_on(f"The DNS says that {domain} takes mail")
    if standing.null_mx:
        text = f"Domain {domain} does not accept mail (nullMX)"
        return refuses(reply.refused(550, "5.7.27", *subject, text), f"{domain} says that it takes no mail")
    answer = reply.refused(450, "4.1.8", *subject, "Domain not found")
    if standing.certain:
        return refuses(answer, f"The DNS knows no {domain}")
    return defers_if_permitted(answer, f"The DNS gave no answer about {domain}")


async def reject_rbl_client(case: Case, entry: str) -> Verdict:
    """Refuse a client that a block list has; ``entry`` is the list's domain, or domain=address."""
    asked = question(case.session.client.address, entry.partition("=")[0])
    return listed_client(case, entry, await listing(case.site.resolver, asked))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a block list says about an address (RFC 5782): codes as addresses, and the reason as text."""

    answered: bool
    codes: tuple[str, ...] = ()
    reason: str = ""


async def listing(resolver: Names, asked: str) -> Listing:
    """What the list answers to a question; the reason is asked for only if there is one."""
    try:
        codes = (await resolver.look_up(asked, "A")).values
    except PeerError:
        return Listing(answered=False)
    return Listing(True, codes, await _reason(resolver, asked) if codes else "")


def listed_client(case: Case, entry: str, found: Listing) -> Verdict:
    """What the answer of a block list means."""
    name, equals, wanted = entry.partition("=")
    address = case.session.client.address
    if not found.answered:
        return goes_on(f"{name} gave no answer, which is held against nobody")
    if not found.codes:
        return goes_on(f"{name} doesn't list {address}")
    if equals and not any(_matches(code, wanted) for code in found.codes):
        return goes_on(f"{name} lists {address} as {', '.join(found.codes)}, which is not {wanted}")
    answer = reply.blocked(client_subject(case.session).part, address, name, found.reason)
    return refuses(answer, f"{name} lists {address} as {', '.join(found.codes)}")


async def _reason(resolver: Names, asked: str) -> str:
    try:
        text = " / ".join(await resolver.texts(asked))
    except PeerError:
        return ""
    # As Postfix does (smtpd_expansion_filter): what comes from outside goes into a reply as plain ASCII.
    return re.sub(r"[^\t -~]", "_", text.encode().decode("latin-1"))[:REASON_LIMIT]


def _matches(code: str, pattern: str) -> bool:
    """Whether an address is d.d.d.d; a d can also be several numbers, as in 127.0.0.[2;4..8]."""
    octets, wanted = code.split("."), re.findall(r"\[[^\]]*\]|[^.\[\]]+", pattern)
    return len(wanted) == len(octets) and all(map(_is_among, octets, wanted))


def _is_among(octet: str, wanted: str) -> bool:
    spans = (span.partition("..") for span in wanted.strip("[]").split(";"))
    return any(int(first) <= int(octet) <= int(last or first) for first, _, last in spans)

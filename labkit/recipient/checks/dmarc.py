"""DMARC: does SPF or DKIM speak for the domain that the reader sees, and what if not (RFC 7489)?

SPF and DKIM each prove a domain; neither has to be the one in From:. DMARC asks whether one of them is
("alignment"), and the domain's owner says in the DNS what is to happen with letters that fail.
"""

import zlib
from collections.abc import Mapping, Sequence

from labkit.dns.resolver import Resolver
from labkit.recipient.checks.dkim import Signature, fetched
from labkit.recipient.checks.dmarc_record import Record, is_record, parse
from labkit.recipient.checks.domains import are_aligned, from_domains, organisation
from labkit.recipient.checks.verdict import Message, Verdict, one_line

Texts = Mapping[str, tuple[str, ...] | None]  # TXT records by name; None where the DNS can't say

LONGEST_RECORD = 1000  # characters that are shown

_MILDER = {"reject": "quarantine", "quarantine": "none", "none": "none"}  # for those that pct= spares


async def check(message: Message, spf: Verdict, signatures: Sequence[Signature], dns: Resolver) -> Verdict:
    """Whether the domain of From: stands behind the letter, given what SPF and DKIM have found."""
    names = _places(message)
    texts: dict[str, tuple[str, ...] | None] = {}
    for name in names:
        texts[name] = await fetched(dns, name)
        if texts[name] is None or any(map(is_record, texts[name] or ())):
            break
    return decide(message, spf, signatures, texts)


def _places(message: Message) -> tuple[str, ...]:
    """The names at which the DNS may have the record: the domain itself, then its organisation."""
    domains = from_domains(message)
    found = (domains[0], organisation(domains[0])) if len(domains) == 1 else ()
    return tuple(dict.fromkeys(f"_dmarc.{domain}" for domain in found))


def decide(message: Message, spf: Verdict, signatures: Sequence[Signature], texts: Texts) -> Verdict:
    """The verdict that follows from these records."""
    domains = from_domains(message)
    if len(domains) != 1:
        named = ", ".join(map(one_line, domains[:5]))
        reason = "From: names senders of several domains" if domains else "From: names no sender"
        return Verdict("permerror", f"{reason}, so nobody can be asked.", (("domain", named or "none"),))
    domain = domains[0]
    evidence = (("domain", one_line(domain)),)
    record = _record(texts)
    if isinstance(record, Verdict):
        return Verdict(record.result, record.reason.format(domain=one_line(domain)), evidence)
    return _judged(message, domain, record, spf, signatures)


def _record(texts: Texts) -> Record | Verdict:
    """The record that holds, or why there is none."""
    for name, found in texts.items():
        if found is None:
            return Verdict("temperror", "The DNS can't say now what {domain} asks for.")
        records = [text for text in found if is_record(text)]
        if len(records) > 1:
            return Verdict("permerror", "There are two DMARC records for {domain}, so none of them holds.")
        if records:
            record = parse(name.removeprefix("_dmarc."), records[0])
            if isinstance(record, Record):
                return record
            problem = one_line(record).replace("{", "(").replace("}", ")")
            return Verdict("permerror", f"The DMARC record for {{domain}} is wrong: {problem}.")
    return Verdict("none", "{domain} asks for nothing: it has no DMARC record.")


def _judged(
    message: Message, domain: str, record: Record, spf: Verdict, signatures: Sequence[Signature]
) -> Verdict:
    by_spf = _spf_says(domain, record, spf)
    by_dkim = _dkim_says(domain, record, signatures)
    policy = record.p if domain == record.domain else record.sp
    evidence = [
        ("domain", one_line(domain)),
        ("record", one_line(f"_dmarc.{record.domain}: {record.text}", LONGEST_RECORD)),
        ("SPF", by_spf[1]),
        ("DKIM", by_dkim[1]),
        ("policy", policy),
    ]
    if by_spf[0] or by_dkim[0]:
        reason = f"{one_line(domain)} stands behind this letter: {_which(by_spf[0], by_dkim[0])}."
        return Verdict("pass", reason, (*evidence, ("disposition", "none")))
    if spf.result == "temperror" or any(one.result == "temperror" for one in signatures):
        reason = f"The DNS can't say now whether {one_line(domain)} stands behind this letter."
        return Verdict("temperror", reason, (*evidence, ("disposition", "none")))
    is_meant = _number(message) < record.pct
    if not is_meant:
        evidence.append(("pct", f"the policy is for {record.pct} of 100 letters; this one is spared"))
    evidence.append(("disposition", policy if is_meant else _MILDER[policy]))
    reason = f"Neither SPF nor DKIM proves that this letter is from {one_line(domain)}."
    return Verdict("fail", reason, tuple(evidence))


def _which(spf: bool, dkim: bool) -> str:
    if spf and dkim:
        return "both SPF and DKIM prove it"
    return "SPF proves it" if spf else "DKIM proves it"


def _spf_says(domain: str, record: Record, spf: Verdict) -> tuple[bool, str]:
    """Whether SPF proves the domain, and a few words about it."""
    proved = spf.shows("domain")
    if spf.result != "pass":
        return False, f"proves nothing ({spf.result})"
    aligned = are_aligned(proved, domain, strict=record.aspf)
    return aligned, _alignment(proved, domain, aligned=aligned, strict=record.aspf)


def _dkim_says(domain: str, record: Record, signatures: Sequence[Signature]) -> tuple[bool, str]:
    """Likewise for DKIM."""
    proved = [one.domain for one in signatures if one.result == "pass"]
    if not proved:
        return False, f"proves nothing ({signatures[0].result if signatures else 'none'})"
    aligned = [each for each in proved if are_aligned(each, domain, strict=record.adkim)]
    shown = (aligned or proved)[0]
    return bool(aligned), _alignment(shown, domain, aligned=bool(aligned), strict=record.adkim)


def _alignment(proved: str, domain: str, *, aligned: bool, strict: bool) -> str:
    mode = "strict" if strict else "relaxed"
    verb = "is aligned with" if aligned else "isn't aligned with"
    return f"proves {proved}, which {verb} {one_line(domain)} ({mode})"


def _number(message: Message) -> int:
    """A number below 100, the same for the same letter: no chance, so that every run is alike."""
    mark = message.header("Message-ID").encode() or message.content
    return zlib.crc32(mark) % 100

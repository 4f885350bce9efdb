"""What a domain asks of those who get letters in its name: its DMARC record (RFC 7489 section 6.3)."""

import re
from dataclasses import dataclass

POLICIES = ("none", "quarantine", "reject")
_PERCENT = re.compile(r"\d{1,2}|100")


@dataclass(frozen=True, slots=True)
class Record:
    """A record that can be used: ``p`` for the domain itself, ``sp`` for names below it.

    ``adkim`` and ``aspf`` are True for strict alignment; ``pct`` is for how many letters of a hundred
    the policy is meant; ``rua`` says where reports are wanted. ``domain`` is where the record was found.
    """

    domain: str
    text: str
    p: str = "none"
    sp: str = "none"
    adkim: bool = False
    aspf: bool = False
    pct: int = 100
    rua: str = ""


def is_record(text: str) -> bool:
    """Whether a TXT record is meant for DMARC."""
    return bool(re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", text))


def parse(domain: str, text: str) -> Record | str:
    """The record, or a few words about what is wrong with it."""
    pairs = [pair.partition("=") for pair in text.split(";") if pair.strip()]
    tags = {name.strip().lower(): value.strip() for name, _, value in reversed(pairs)}
    for pair in pairs:
        if not pair[1]:
            return f"{pair[0].strip()!r} has no ="
    p = tags.get("p", "").lower()
    if p not in POLICIES:
        return f"p={p} is none of {', '.join(POLICIES)}" if p else "it has no p="
    sp, pct = tags.get("sp", p).lower(), tags.get("pct", "100")
    if sp not in POLICIES:
        return f"sp={sp} is none of {', '.join(POLICIES)}"
    if not _PERCENT.fullmatch(pct):
        return f"pct={pct} is no number from 0 to 100"
    modes = [tags.get(name, "r").lower() for name in ("adkim", "aspf")]
    if not {"r", "s"}.issuperset(modes):
        return "adkim= and aspf= can be r or s"
    return Record(domain, text, p, sp, modes[0] == "s", modes[1] == "s", int(pct), tags.get("rua", ""))

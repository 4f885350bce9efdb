"""What each part of an Authentication-Results: header says, in plain English (RFC 8601)."""

import re
from collections.abc import Iterator

from labkit.recipient.checks.authres import HEADER
from labkit.recipient.checks.comments import parts
from labkit.recipient.checks.verdict import Message, one_line
from labkit.recipient.sheet import Sheet
from labkit.smtp.address import NULL

TRUST = "Who has looked. Believe it only if that is your own server: anybody can write such a header."
NO_RESULT = "The server hasn't checked anything."
UNKNOWN = "Nothing that this lab knows."

RESULTS = {
    "spf": {
        "pass": "The domain of the envelope lists this client as one of its senders.",
        "fail": "The domain of the envelope says: not from this client.",
        "softfail": "The domain of the envelope says: probably not from this client.",
        "neutral": "The domain of the envelope says neither yes nor no.",
        "none": "The domain of the envelope doesn't say who may send for it.",
        "temperror": "The DNS couldn't be asked; later it might.",
        "permerror": "The domain's SPF record is wrong.",
    },
    "dkim": {
        "pass": "A signature holds: what it covers is as the domain in header.d has signed it.",
        "fail": "A signature doesn't hold: the letter was changed, or somebody else has signed.",
        "none": "There is no signature.",
        "policy": "There is a signature, but this server doesn't take such ones.",
        "neutral": "There is a signature that can't be read.",
        "temperror": "The DNS couldn't be asked for the key; later it might.",
        "permerror": "There is no usable key in the DNS.",
    },
    "dmarc": {
        "pass": "SPF or DKIM has proved the domain that the reader sees in From:.",
        "fail": "Neither SPF nor DKIM has proved the domain that the reader sees in From:.",
        "none": "The domain in From: has no DMARC record.",
        "temperror": "The DNS couldn't be asked; later it might.",
        "permerror": "The DMARC record is wrong, or From: isn't one sender.",
    },
    "arc": {
        "pass": "Servers on the way have sealed what they saw, and all seals hold.",
        "fail": "Servers on the way have sealed the letter, but the seals don't hold.",
        "none": "No server on the way has sealed the letter.",
    },
}
PROPERTIES = {
    "smtp.mailfrom": "The address of MAIL FROM, in the envelope. Readers don't see it.",
    "smtp.helo": "The name that the client gave with EHLO.",
    "header.d": "The domain that has signed.",
    "header.s": "The selector: which of the domain's keys it was.",
    "header.i": "In whose name the domain has signed.",
    "header.a": "How it was signed.",
    "header.b": "How the signature begins, to tell several apart.",
    "header.from": "The domain in From:, which the reader sees.",
}

_RESULT = re.compile(r"([A-Za-z0-9_-]+)\s*(?:/\s*\d+\s*)?=\s*([A-Za-z0-9_-]+)")
_PROPERTY = re.compile(r'([A-Za-z]+)\s*\.\s*([A-Za-z0-9_-]+)\s*=\s*("(?:[^"\\]|\\.)*+"|[^\s;]+)')


def explain(header: str | bytes) -> Sheet:
    """Every part of the header with its meaning. From a whole letter, the topmost such header is taken."""
    text = _value(header.decode("utf-8", "replace") if isinstance(header, bytes) else header)
    if not text.strip():
        return Sheet(f"There is no {HEADER} header.", ("part", "what it says"), ())
    return Sheet(f"What the {HEADER} header says", ("part", "what it says"), tuple(_rows(text)))


def _value(text: str) -> str:
    if not re.search(rf"^{HEADER}[ \t]*:", text, re.IGNORECASE | re.MULTILINE):
        return "" if re.match(r"[!-9;-~]+:", text) else text
    return Message(text.encode("utf-8", "replace"), NULL, NULL).header(HEADER)


def _rows(text: str) -> Iterator[tuple[str, str]]:
    (server, _), *found = parts(text)
    yield one_line(server.split()[0]) if server else "", TRUST
    for plain, comment in found:
        yield from _part(plain, comment)


def _part(plain: str, comment: str) -> Iterator[tuple[str, str]]:
    result = _RESULT.match(plain)
    if not result:
        if plain:
            yield one_line(plain), NO_RESULT if plain.lower() == "none" else UNKNOWN
        return
    method, word = result[1].lower(), result[2].lower()
    meaning = RESULTS.get(method, {}).get(word, UNKNOWN)
    yield f"{method}={word}", meaning
    if comment:
        yield f"({one_line(comment)})", "The server's own words about it."
    for kind, name, value in _PROPERTY.findall(plain[result.end() :]):
        label = f"{kind}.{name}".lower()
        yield one_line(f"{label}={value}"), PROPERTIES.get(label, UNKNOWN)

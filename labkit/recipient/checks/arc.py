"""ARC: what did servers on the way see before they changed the letter (RFC 8617)?

A forwarder breaks SPF, and often DKIM too. One that seals writes down what it has found, and signs that
together with the letter. A seal that holds proves who has sealed; whether to believe what stands there
is the recipient's own choice.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from labkit.dns.resolver import Resolver
from labkit.recipient.checks.dkim import Keys, Signature, Unusable, fetched, usable_key
from labkit.recipient.checks.verdict import Message, Verdict, one_line
from labkit.signing.library import HEAD_LIMIT, dkimpy, head_size, relaxed

MOST_SETS = 50  # RFC 8617 section 4.2.1
LONGEST = 4096  # octets of one header of a set

_HEADERS = ("arc-seal", "arc-message-signature", "arc-authentication-results")
_LONG_BLANKS = re.compile(rb"[ \t]{100}")
_TAG = re.compile(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)")


async def check(message: Message, dns: Resolver) -> Verdict:
    """Whether the chain of seals holds, and what the first of them says that it saw."""
    names = key_names(message)
    if not any(message.headers(name) for name in _HEADERS):
        return decide(message, {}, dns.now)
    return decide(message, {name: await fetched(dns, name) for name in names}, dns.now)


def key_names(message: Message) -> tuple[str, ...]:
    """Where the DNS has the keys of the chain."""
    texts = [text for name in _HEADERS[:2] for text in message.headers(name)[:MOST_SETS]]
    tags = [_tags(text) for text in texts]
    names = (f"{one['s']}._domainkey.{one['d']}".lower() for one in tags if one.get("d") and one.get("s"))
    return tuple(dict.fromkeys(names))


def decide(message: Message, keys: Keys, moment: datetime) -> Verdict:
    """The verdict that follows from these keys at this moment."""
    texts = [text for name in _HEADERS for text in message.headers(name)]
    if not texts:
        return Verdict("none", "No server on the way has sealed this letter.")
    if len(texts) > MOST_SETS * len(_HEADERS) or max(map(len, texts)) > LONGEST:
        return Verdict("fail", "There are more seals, or longer ones, than anybody needs.")
    if None in keys.values():
        return Verdict("fail", "The DNS can't say now what the keys of the seals are.")
    with dkimpy(moment) as library:
        result, reason = _verified(library, message, keys)
    return Verdict(result, reason, tuple(_evidence(message)))


def _verified(library: Any, message: Message, keys: Keys) -> tuple[str, str]:
    def key(name: bytes, **_: int) -> bytes:
        plain = name.decode("utf-8", "replace").rstrip(".").lower()
        selector, domain = plain.split("._domainkey.", 1)
        usable_key(library, Signature("", "", domain, selector), keys)
        return (keys[plain] or ("",))[0].encode()

    try:
        if head_size(message.content) > HEAD_LIMIT:
            return "fail", "The head of the letter is too long to be verified."
        letter = library.ARC(message.content)
        letter.body = _without_traps(message, letter.body)
        result, _, problem = letter.verify(dnsfunc=key)
    except Unusable as trouble:
        return "fail", str(trouble)
    except (library.DKIMException, ValueError, LookupError, TypeError, AttributeError) as error:
        return "fail", f"The seals can't be read: {one_line(str(error))}."
    if result == library.CV_Pass:
        return "pass", "Every seal holds: the letter is as the last server that sealed it has sent it."
    if result == library.CV_None:
        return "fail", "The headers of the seals aren't complete."
    return "fail", f"The chain of seals is broken: {one_line(problem)}."


def _without_traps(message: Message, body: bytes) -> bytes:
    """The text without blanks that cost the library time. Raises Unusable where they must stay."""
    if all(_tags(text).get("c", "/relaxed").endswith("/relaxed") for text in message.headers(_HEADERS[1])):
        return relaxed(body)
    if _LONG_BLANKS.search(body):
        raise Unusable("fail", "The text has longer blanks than any that a seal is verified for.")
    return body


def _evidence(message: Message) -> "list[tuple[str, str]]":
    seals = sorted((_instance(text), _tags(text).get("d", "")) for text in message.headers("ARC-Seal"))
    saw = sorted((_instance(text), text) for text in message.headers("ARC-Authentication-Results"))
    pairs = [("sealed by", one_line(domain).lower()) for _, domain in seals]
    return [*pairs, *(("it saw", one_line(text.partition(";")[2], 450)) for _, text in saw[:1])]


def _instance(text: str) -> int:
    digits = _tags(text).get("i", "")
    return int(digits) if digits.isdecimal() and len(digits) < 4 else 0


def _tags(text: str) -> Mapping[str, str]:
    return {name: "".join(value.split()) for name, value in _TAG.findall(text[:LONGEST])}

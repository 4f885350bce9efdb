"""DKIM: has a domain signed this letter, and is it still what was signed (RFC 6376)?

The signature names a domain and a selector, under which the DNS has the key. Any domain can sign any
letter: whether it is the one that the reader sees, DKIM doesn't say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labkit.dns.resolver import Resolver, TemporaryFailure
from labkit.recipient.checks.verdict import Message, Verdict, one_line
from labkit.signing.library import HEAD_LIMIT, dkimpy, head_size, relaxed

MOST_SIGNATURES = 5  # are looked at, from the top
LONGEST_SIGNATURE = 4096  # octets of its header
SHORTEST_KEY = 1024  # bits of an RSA key (RFC 8301 section 3.2)

Keys = Mapping[str, tuple[str, ...] | None]  # TXT records by name; None where the DNS can't say

_TAG = re.compile(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)")
_RANK = ("pass", "fail", "policy", "permerror", "temperror", "neutral", "none")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, and what came of it; ``domain`` and ``selector`` as it names them."""

    result: str
    reason: str
    domain: str = ""
    selector: str = ""
    algorithm: str = ""

    @property
    def key_name(self) -> str:
        """Where the DNS has its key."""
        return f"{self.selector}._domainkey.{self.domain}"


async def check(message: Message, dns: Resolver) -> Verdict:
    """What the letter's signatures are worth."""
    return summary(await signatures(message, dns))


async def signatures(message: Message, dns: Resolver) -> tuple[Signature, ...]:
    """The letter's signatures from the top, at most ``MOST_SIGNATURES``."""
    named = claims(message)
    keys = {one.key_name: await fetched(dns, one.key_name) for one in named if one.domain}
    return decide(message, named, keys, dns.now)


def claims(message: Message) -> tuple[Signature, ...]:
    """What the letter says that it is signed with, before anything is verified."""
    return tuple(map(_claim, message.headers("DKIM-Signature")[:MOST_SIGNATURES]))


def _claim(header: str) -> Signature:
    tags = {name: "".join(value.split()) for name, value in _TAG.findall(header[:LONGEST_SIGNATURE])}
    domain, selector = (one_line(tags.get(tag, ""), 253).lower() for tag in "ds")
    return Signature("neutral", "", domain if selector else "", selector, one_line(tags.get("a", ""), 40))


def decide(
    message: Message, named: tuple[Signature, ...], keys: Keys, moment: datetime
) -> tuple[Signature, ...]:
    """The signatures with their results, as these keys and this moment decide."""
    if not named:
        return ()
    with dkimpy(moment) as library:
        verifier = _Verifier(library, message.content)
        return tuple(verifier.verified(index, one, keys) for index, one in enumerate(named))


def summary(found: tuple[Signature, ...]) -> Verdict:
    """The best of the signatures: one that is good is enough."""
    if not found:
        return Verdict("none", "No domain has signed this letter.")
    best = min(found, key=lambda one: _RANK.index(one.result))
    return Verdict(best.result, best.reason, tuple(_evidence(found)))


def _evidence(found: tuple[Signature, ...]) -> "list[tuple[str, str]]":
    pairs = []
    for one in found:
        pairs.append(("signature", f"{one.result}: {one.reason}"))
        if one.domain:
            pairs += [("domain", one.domain), ("key", one.key_name), ("algorithm", one.algorithm)]
    return pairs


async def fetched(dns: Resolver, name: str) -> tuple[str, ...] | None:
    """The texts at the name of a key; None where the DNS can't say now."""
    try:
        return await dns.texts(name)
    except TemporaryFailure:
        return None


class Unusable(Exception):
    """A signature that can't be verified; ``result`` is the word for it."""

    def __init__(self, result: str, reason: str) -> None:
        super().__init__(reason)
        self.result = result


class _Verifier:
    """The library with one letter in its hands."""

    def __init__(self, library: Any, content: bytes) -> None:
        self._library, self._trouble = library, ""
        try:
            if head_size(content) > HEAD_LIMIT:
                raise Unusable("policy", "")
            self._letter = library.DKIM(content)
            self._body: bytes = self._letter.body
        except (library.DKIMException, IndexError, Unusable):
            self._trouble = "The head of the letter can't be read, so its signatures can't be verified."

    def verified(self, index: int, claim: Signature, keys: Keys) -> Signature:
        """One signature with its result."""
        try:
            if self._trouble:
                raise Unusable("neutral", self._trouble)
            if self._is_good(index, claim, keys):
                result, reason = "pass", f"{claim.domain} has signed this letter as it is now."
            else:
                result = "fail"
                reason = f"Not signed by the key of {claim.domain}, or the head was changed."
        except Unusable as trouble:
            result, reason = trouble.result, str(trouble)
        return Signature(result, reason, claim.domain, claim.selector, claim.algorithm)

    def _is_good(self, index: int, claim: Signature, keys: Keys) -> bool:
        library, letter = self._library, self._letter
        try:
            header = [value for name, value in letter.headers if name.lower() == b"dkim-signature"][index]
            if len(header) > LONGEST_SIGNATURE:
                raise Unusable("policy", "The signature is too long.")
            tags, names, headers = letter.verify_headerprep(index)
            letter.pk, letter.keysize, letter.ktag, letter.seqtlsrpt = usable_key(library, claim, keys)
            is_relaxed = tags.get(b"c", b"").endswith(b"/relaxed")
            letter.body = relaxed(self._body) if is_relaxed else self._body
            return bool(letter.verify_sig_process(tags, names, headers[index], None))
        except library.ValidationError as error:
            raise _explained(str(error), claim) from error
        except (library.DKIMException, ValueError, IndexError, TypeError) as error:
            raise Unusable("neutral", f"The signature can't be read: {one_line(str(error))}.") from error


def usable_key(library: Any, claim: Signature, keys: Keys) -> tuple[Any, int, bytes, bool]:
    """The key that the DNS has for a signature, as the library wants it. Raises Unusable."""
    texts, name = keys.get(claim.key_name, ()), claim.key_name
    if texts is None:
        raise Unusable("temperror", f"The DNS can't say now what the key {name} is.")
    if not texts:
        raise Unusable("permerror", f"There is no key {name} in the DNS.")
    if re.search(r"(?:^|;)\s*p\s*=\s*(?:;|$)", texts[0]):
        raise Unusable("permerror", f"The key {name} was withdrawn: its p= is empty.")
    try:
        key, bits, kind, for_reports = library.evaluate_pk(name, texts[0].encode())
    except (library.DKIMException, ValueError, TypeError, LookupError, AttributeError) as error:
        raise Unusable("permerror", f"The key {name} can't be used: {one_line(str(error))}.") from error
    if claim.algorithm and not claim.algorithm.startswith(kind.decode()):
        raise Unusable("permerror", f"The key {name} isn't for {claim.algorithm}: it is for {kind.decode()}.")
    if kind == b"rsa" and bits < SHORTEST_KEY:
        raise Unusable("policy", f"The key {name} has {bits} bits: fewer than {SHORTEST_KEY} prove nothing.")
    return key, bits, kind, for_reports


def _explained(problem: str, claim: Signature) -> Unusable:
    if problem.startswith("body hash mismatch"):
        return Unusable("fail", f"The text was changed after {claim.domain} had signed it.")
    if problem.startswith("x= value is past"):
        return Unusable("fail", f"The signature of {claim.domain} has expired.")
    return Unusable("neutral", f"The signature can't be used: {one_line(problem)}.")

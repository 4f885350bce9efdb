"""DANE for mail (RFC 7672), as a simulation: a TLSA record against the key that a mail server shows.

A TLSA record "3 1 1" holds the SHA-256 of the server's public key, so no authority is needed (RFC 6698). But
whoever can change the DNS can change the record: it counts only where the zone is signed (DNSSEC), and this
lab's isn't. So nothing here decides about a letter; it shows what would be compared.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from labkit.dns.resolver import TemporaryFailure
from labkit.errors import PeerError, UsageError
from labkit.relay.site import Site
from labkit.smtp.client import SmtpClient

PORT = 25
SIMULATED = (
    "Simulated: this lab's DNS isn't signed (no DNSSEC), so a real mail server would ignore the record "
    "(RFC 7672 section 2.2)."
)
DIGESTS: dict[str, Callable[[bytes], str]] = {
    "0": lambda key: key.hex(),
    "1": lambda key: sha256(key).hexdigest(),
}
NONE, MATCH, MISMATCH, UNUSABLE, NO_TLS, NO_ANSWER = (
    "no record",
    "match",
    "mismatch",
    "unusable",
    "no TLS",
    "no answer",
)

WORDS = {
    MATCH: "The key that {host} shows is the one in its TLSA record. A signed zone would make this proof.",
    MISMATCH: "{host} shows another key than its TLSA record says: a sender with DANE would keep the mail.",
    NONE: "{host} has no TLSA record: DANE asks nothing of anybody.",
    UNUSABLE: "No TLSA record of {host} is of a kind that mail uses: write 3 1 1 and the SHA-256 of the key.",
    NO_TLS: "{host} offers no TLS although it has a TLSA record: a sender with DANE would keep the mail.",
    NO_ANSWER: "{trouble}",
}  # fmt: skip


@dataclass(frozen=True, repr=False, slots=True)
class DaneResult:
    """What a sender with DANE would find: ``result`` is one of the words above. Digits are never shown: the
    lab's keys are made anew in each run.
    """

    host: str
    result: str
    reason: str

    def __repr__(self) -> str:
        return f"DANE for {self.host}: {self.result}\n  {self.reason}\n  {SIMULATED}"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


def owner(host: str) -> str:
    """The name of a mail server's TLSA records (RFC 7672 section 2.2.3)."""
    return f"_{PORT}._tcp.{host.rstrip('.')}"


async def check(site: Site, host: str) -> DaneResult:
    """Compare a server's TLSA records with the key that it shows now.

    The records are asked for first: without any, nobody connects.
    """
    try:
        records = (await site.resolver.look_up(owner(host), "TLSA")).values
        usable = [record for record in map(str.split, records) if is_usable(record)]
        key = await shown_key(site, host) if usable else b""
    except (TemporaryFailure, PeerError) as error:
        return _found(host, NO_ANSWER, str(error))
    return _found(host, decide(records, usable, key))


def decide(records: Iterable[str], usable: Iterable[list[str]], key: bytes | None) -> str:
    """What the records and the server's key mean; ``key`` is None where the server offers no TLS."""
    wanted = list(usable)
    if not wanted:
        return UNUSABLE if tuple(records) else NONE
    if key is None:
        return NO_TLS
    is_it = any(DIGESTS[kind](key) == "".join(digits).lower() for _, _, kind, *digits in wanted)
    return MATCH if is_it else MISMATCH


async def published(site: Site, host: str) -> str:
    """The TLSA record for the key that a server shows now, as a line of a zone.

    Raises UsageError where it offers no TLS, and PeerError where it can't be asked.
    """
    key = await shown_key(site, host)
    if key is None:
        raise UsageError(f"{host} offers no TLS, so it has no key for a TLSA record.")
    return f"{owner(host)}. IN TLSA 3 1 1 {sha256(key).hexdigest()}"


async def shown_key(site: Site, host: str) -> bytes | None:
    """The public key (SubjectPublicKeyInfo) in the certificate of a mail server; None where it has no TLS.

    Raises PeerError.
    """
    addresses = await site.resolver.addresses(host)
    if not addresses:
        raise PeerError(f"There is no host {host}.")
    client = await SmtpClient.connect(site.network, site.host, addresses[0], PORT)
    try:
        await client.ehlo(site.host.domain)
        if "STARTTLS" not in client.capabilities:
            return None
        answer = await client.starttls(site.authority.trusting, host)
        return client.server_key if answer.is_positive else None
    finally:
        with suppress(PeerError):
            await client.quit()


def is_usable(record: list[str]) -> bool:
    """Whether mail can use a record, given as the words that stand in the zone."""
    # Of the usages only 3 and 2 are for mail (RFC 7672 section 3.1); the lab compares keys: 3 1 and 0 or 1.
    return len(record) >= 4 and record[:2] == ["3", "1"] and record[2] in DIGESTS


def _found(host: str, result: str, trouble: str = "") -> DaneResult:
    return DaneResult(host, result, WORDS[result].format(host=host, trouble=trouble))

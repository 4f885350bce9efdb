"""A domain's keys: the secret half signs, the open half stands in the DNS for all (RFC 6376 section 3.6).

Whoever can write into a domain's DNS can publish a key there. So a signature that fits proves that the
domain's owner has signed, without a word about who that is.
"""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass, field
from functools import lru_cache

from labkit.errors import UsageError
from labkit.network.addresses import lab_domain
from labkit.signing.primes import EXPONENT, prime_pair

ALGORITHMS = {"rsa": b"rsa-sha256", "ed25519": b"ed25519-sha256"}  # RFC 6376, RFC 8463
BITS = 2048  # of an RSA key; RFC 8301 wants at least 1024
STRING_LIMIT = 255  # octets of one string of a TXT record (RFC 1035 section 3.3)

_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


class TxtRecord(str):
    """A line for a zone that publishes a key. Shown short: a key is long, and nobody reads it."""

    __slots__ = ()

    def __repr__(self) -> str:
        head, _, key = self.replace('" "', "").partition("p=")
        return f'{head}p={key[:8]}…" ({len(key) - 1} characters of key)'


@dataclass(frozen=True)
class Key:
    """A domain's key under one selector; ``secret`` is PEM for rsa, base64 for ed25519."""

    domain: str
    selector: str
    algorithm: str
    secret: bytes = field(repr=False)
    public: str = field(repr=False)

    @property
    def name(self) -> str:
        """Where the DNS has the open half."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def text(self) -> str:
        """What the DNS says there."""
        return f"v=DKIM1; k={self.algorithm}; p={self.public}"

    @property
    def record(self) -> TxtRecord:
        """The line for the zone, for ``lab.dns.add``."""
        pieces = (self.text[at : at + STRING_LIMIT] for at in range(0, len(self.text), STRING_LIMIT))
        return TxtRecord(f"{self.name}. IN TXT " + " ".join(f'"{piece}"' for piece in pieces))


def make_key(domain: str, selector: str, algorithm: str = "rsa", *, seed: int = 1, bits: int = BITS) -> Key:
    """A key, the same for the same words and the same seed.

    Raises UsageError for a selector or an algorithm that can't be, OutsideTheLab for a domain that could
    be real.
    """
    domain, selector, algorithm = lab_domain(domain), str(selector).lower(), str(algorithm).lower()
    if not _SELECTOR.fullmatch(selector):
        raise UsageError(f"{selector!r} is no selector: choose a short name such as 'mail2026'.")
    if algorithm not in ALGORITHMS:
        raise UsageError(f"{algorithm!r} is no algorithm for signatures: choose 'rsa' or 'ed25519'.")
    words = f"{seed} {selector} {domain} {algorithm}"
    secret, public = _rsa(words, bits) if algorithm == "rsa" else _ed25519(words)
    return Key(domain, selector, algorithm, secret, public)


@lru_cache(maxsize=64)  # a lab that starts again makes the same key
def _rsa(words: str, bits: int) -> tuple[bytes, str]:
    from cryptography.hazmat.primitives import serialization  # here: few labs sign
    from cryptography.hazmat.primitives.asymmetric import rsa

    p, q = prime_pair(words, bits)
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(EXPONENT, p * q)
    )
    key = numbers.private_key()
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return secret, b64encode(public).decode()


def _ed25519(words: str) -> tuple[bytes, str]:
    import nacl.signing

    key = nacl.signing.SigningKey(hashlib.sha256(words.encode()).digest())
    return b64encode(bytes(key)), b64encode(bytes(key.verify_key)).decode()

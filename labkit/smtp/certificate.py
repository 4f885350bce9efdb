"""What a client's certificate says, as far as a mail server asks (Postfix: relay_clientcerts)."""

import ssl
from hashlib import sha256

from labkit.smtp.envelope import Certificate
from labkit.smtp.tls import ORGANIZATION


def shown_in(handshake: ssl.SSLObject) -> Certificate | None:
    """The certificate that the client showed; None when it showed none.

    The handshake has verified who signed it: the lab's own authority, or the one that nobody trusts.
    """
    encoded = handshake.getpeercert(binary_form=True)
    facts = handshake.getpeercert()
    if not encoded or not facts:
        return None
    issuer, subject = (_names(facts[part]) for part in ("issuer", "subject"))
    return Certificate(
        fingerprint=_hexadecimal(encoded),
        key_fingerprint=_hexadecimal(public_key(encoded)),
        trusted=issuer.get("organizationName") == ORGANIZATION,
        common_name=subject.get("commonName", ""),
    )


def _names(name: object) -> dict[str, str]:
    """A distinguished name as the ssl module gives it: a tuple of tuples of pairs."""
    assert isinstance(name, tuple)
    return dict(pair for parts in name for pair in parts)


def public_key(encoded: bytes) -> bytes:
    """The key in a certificate, as a SubjectPublicKeyInfo (RFC 5280 section 4.1)."""
    from cryptography import x509  # only here: a lab without TLS needn't wait for this library
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = x509.load_der_x509_certificate(encoded).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _hexadecimal(data: bytes) -> str:
    return sha256(data).digest().hex(":").upper()

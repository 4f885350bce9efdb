"""Certificates, made when the lab runs and gone when it ends.

One small authority per lab signs a certificate for each server name that is asked for. Elliptic
curve keys, as trustme makes them, cost under a millisecond; nothing is made before TLS is used.
"""

import ssl
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, cached_property
from typing import TYPE_CHECKING

from labkit.errors import PeerError
from labkit.smtp.keylog import logging_context

if TYPE_CHECKING:
    import trustme


ORGANIZATION = "The SMTP relay lab"
OTHER_NAME = "shared.hosting.example"
LONG_AGO = datetime(2025, 1, 5, 9, 0, tzinfo=UTC)  # on the lab's clock and on every machine's


class HandshakeFailed(PeerError):
    """TLS was agreed on, and didn't come about."""


class DistrustedServer(HandshakeFailed):
    """The server's certificate has another name, is too old, or is signed by nobody who is known.

    ``code`` is OpenSSL's number for what was wrong (X509_V_ERR in x509_vfy.h).
    """

    EXPIRED, OTHER_NAME = 10, 62

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


class Flaw(StrEnum):
    """What can be wrong with a server's certificate."""

    NONE = "none"
    NAME = "name"  # it is another host's
    EXPIRED = "expired"
    AUTHORITY = "authority"  # nobody known has signed it


class Authority:
    """The lab's certificate authority, and the TLS settings of its servers and clients.

    ``other_name`` stands in a certificate that has a name which isn't its server's.
    """

    def __init__(self, other_name: str = OTHER_NAME) -> None:
        self._other_name = other_name
        self.server_context = cache(self._server_context)

    @cached_property
    def _ca(self) -> "trustme.CA":
        import trustme  # only here: a lab without TLS needn't wait for the cryptography library

        return trustme.CA(organization_name=ORGANIZATION)

    @cached_property
    def _stranger(self) -> "trustme.CA":
        import trustme

        return trustme.CA(organization_name="Nobody you know")

    def _server_context(self, name: str, flaw: Flaw = Flaw.NONE, *, asks: bool = False) -> ssl.SSLContext:
        """Settings for the server of that name, with what is wrong about its certificate.

        ``asks`` is for a server that asks clients for a certificate, and then decides for itself.
        """
        context = logging_context()
        # Session tickets would add noise to the wire that belongs to no line of the dialogue.
        context.num_tickets = 0
        authority = self._stranger if flaw is Flaw.AUTHORITY else self._ca
        shown = self._other_name if flaw is Flaw.NAME else name
        leaf = authority.issue_cert(
            shown,
            common_name=shown,
            organization_name=ORGANIZATION,
            not_after=LONG_AGO if flaw is Flaw.EXPIRED else None,
        )
        leaf.configure_cert(context)
        if asks:
            # A handshake fails with a certificate of an authority that the server hasn't heard of. So that
            # a distrusted one can be looked at, the server knows both, and tells them apart by name.
            context.verify_mode = ssl.CERT_OPTIONAL
            self._ca.configure_trust(context)
            self._stranger.configure_trust(context)
        return context

    def client_context(self, name: str, *, known: bool = True) -> ssl.SSLContext:
        """Settings for a client that proves with a certificate to be ``name``.

        Not ``known`` is one whose certificate is signed by an authority that nobody trusts.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._ca.configure_trust(context)
        authority = self._ca if known else self._stranger
        authority.issue_cert(name, common_name=name, organization_name=ORGANIZATION).configure_cert(context)
        return context

    @cached_property
    def verifying(self) -> ssl.SSLContext:
        """Settings for a client that insists on the server's name and this authority, as mail programs do."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._ca.configure_trust(context)
        return context

    @cached_property
    def trusting(self) -> ssl.SSLContext:
        """Settings for a client that encrypts to whoever answers, as between mail servers (RFC 7435)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

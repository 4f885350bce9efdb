"""Certificates, made when the lab runs and gone when it ends.

One small authority per lab signs a certificate for each server name that is asked for. Elliptic
curve keys, as trustme makes them, cost under a millisecond; nothing is made before TLS is used.
"""

import ssl
from functools import cache, cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme


ORGANIZATION = "The SMTP relay lab"


class Authority:
    """The lab's certificate authority, and the TLS settings of its servers and clients."""

    def __init__(self) -> None:
        self.server_context = cache(self._server_context)

    @cached_property
    def _ca(self) -> "trustme.CA":
        import trustme  # only here: a lab without TLS needn't wait for the cryptography library

        return trustme.CA(organization_name=ORGANIZATION)

    def _server_context(self, name: str) -> ssl.SSLContext:
        """Settings for the server of that name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # Session tickets would add noise to the wire that belongs to no line of the dialogue.
        context.num_tickets = 0
        leaf = self._ca.issue_cert(name, common_name=name, organization_name=ORGANIZATION)
        leaf.configure_cert(context)
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

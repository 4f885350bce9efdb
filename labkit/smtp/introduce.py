"""How a proper client begins: it greets, and encrypts as far as its settings ask for it."""

import ssl

from labkit.errors import PeerError
from labkit.smtp.client import SmtpClient, Tls
from labkit.smtp.tls import Authority


async def introduce(
    client: SmtpClient,
    own_name: str,
    server_name: str,
    level: Tls,
    authority: Authority,
    certificate: str = "",
) -> None:
    """EHLO and, where it is offered and wanted, STARTTLS (RFC 3207).

    ``certificate`` is the name in the client's own, which it shows to no server that it can't trust.

    Raises PeerError when TLS is required and can't be had, or the certificate can't be trusted where
    that matters; the session is over then.
    """
    await client.ehlo(own_name)
    if level is Tls.NONE:
        return
    if "STARTTLS" in client.capabilities:
        answer = await client.starttls(settings(authority, level, certificate), server_name)
        if answer.is_positive:
            await client.ehlo(own_name)
            return
    if level is not Tls.MAY:
        await client.quit()
        raise PeerError(f"{server_name} offers no TLS, and this client sends nothing without.")


def settings(authority: Authority, level: Tls, certificate: str = "") -> ssl.SSLContext:
    """What a client with such a certificate and such a setting brings to TLS."""
    if certificate:
        return authority.client_context(certificate)
    return authority.verifying if level is Tls.VERIFY else authority.trusting

"""How a proper client begins: it greets, and encrypts as far as its settings ask for it."""

from labkit.errors import PeerError
from labkit.smtp.client import SmtpClient, Tls
from labkit.smtp.tls import Authority


async def introduce(
    client: SmtpClient, own_name: str, server_name: str, level: Tls, authority: Authority
) -> None:
    """EHLO and, where it is offered and wanted, STARTTLS (RFC 3207).

    Raises PeerError when TLS is required and can't be had, or the certificate can't be trusted where
    that matters; the session is over then.
    """
    await client.ehlo(own_name)
    if level is Tls.NONE:
        return
    if "STARTTLS" in client.capabilities:
        context = authority.verifying if level is Tls.VERIFY else authority.trusting
        answer = await client.starttls(context, server_name)
        if answer.is_positive:
            await client.ehlo(own_name)
            return
    if level is not Tls.MAY:
        await client.quit()
        raise PeerError(f"{server_name} offers no TLS, and this client sends nothing without.")

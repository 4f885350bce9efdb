"""A relay's session with the next mail server: greeted, encrypted and logged in as the policy asks for.

Every way in which that can fail has the words of Postfix's log, because a postmaster knows them.
"""

from itertools import product
from typing import NamedTuple

from labkit.errors import LabError, MachineError, OutsideTheLab, PeerError
from labkit.relay.delivering.route import MailHost
from labkit.relay.delivering.tls_policy import TlsPolicy
from labkit.relay.language.tables import table
from labkit.relay.policy import Policy
from labkit.relay.site import Site
from labkit.smtp.client import SmtpClient, Tls
from labkit.smtp.ear import Silence
from labkit.smtp.reply import Reply
from labkit.smtp.stage import GREETING
from labkit.smtp.tls import DistrustedServer, HandshakeFailed

NO_STARTTLS = "starttls-not-supported"

_DISTRUSTED = {
    DistrustedServer.EXPIRED: "certificate-expired",
    DistrustedServer.OTHER_NAME: "certificate-host-mismatch",
}


class Trouble(LabError):
    """Why a host couldn't be used: ``status`` and ``reason`` as in Postfix's log (RFC 3463).

    ``host`` and ``answer`` are the server and what it said, where it said something; ``session`` is the
    number of the session, where there was one.
    """

    def __init__(self, status: str, reason: str, host: str = "", answer: Reply | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.host, self.answer = status, reason, host, answer
        self.session = 0


class TlsTrouble(Trouble):
    """The letter didn't go because of TLS; ``kind`` as in TLS reports (RFC 8460 section 4.3)."""

    def __init__(
        self, kind: str, status: str, reason: str, host: str = "", answer: Reply | None = None
    ) -> None:
        super().__init__(status, reason, host, answer)
        self.kind = kind


class NotNamed(TlsTrouble):
    """The policy of the destination doesn't name the host; nobody has asked it anything."""


class NoTls(TlsTrouble):
    """The server agreed to TLS, and the handshake failed."""


class Terms(NamedTuple):
    """How the policy wants a host to be spoken to. Sessions with the same terms can be shared."""

    host: MailHost
    tls: Tls
    user: str = ""
    password: str = ""
    policy: TlsPolicy | None = None


def terms(policy: Policy, host: MailHost, destination: str, tls: TlsPolicy | None = None) -> Terms:
    """What the policy says about this host, which was found for this destination.

    ``tls`` is what holds for the destination in particular, if anything does. A login is looked up by the
    host's name, and then by the destination (Postfix: smtp_sasl_password_maps).
    """
    asked = product((host.name, destination), policy.smtp_sasl_password_maps)
    found = (login for key, text in asked if (login := table(text).find(key)))
    login = next(found, "") if policy.smtp_sasl_auth_enable else ""
    user, _, password = login.partition(":")
    level = tls.level if tls else Tls(policy.smtp_tls_security_level)
    return Terms(host, level, user, password, tls)


async def opened(site: Site, terms: Terms) -> SmtpClient:
    """A session on these terms. Raises Trouble."""
    host, policy = terms.host, terms.policy
    if policy and not policy.names(host.name):
        raise NotNamed("validation-failure", "4.7.5", f"{policy.what} doesn't name host {host}")
    client = await _connected(site, host)
    try:
        await _introduced(client, site, terms)
    except PeerError as error:
        client.abort()
        raise broken(client, host, error) from None
    except BaseException as error:
        client.abort()
        if isinstance(error, Trouble):
            error.session = client.session
        raise
    return client


def broken(client: SmtpClient, host: MailHost, error: PeerError) -> Trouble:
    """What it means that a conversation ended as it shouldn't."""
    said = f"lost connection with {host}"
    if isinstance(error, Silence):
        said = f"conversation with {host} timed out"
    trouble = Trouble("4.4.2", f"{said} while {client.stage.doing}")
    trouble.session = client.session
    return trouble


async def _connected(site: Site, host: MailHost) -> SmtpClient:
    where = f"connect to {host}:{host.port}"
    try:
        return await SmtpClient.open(site.network, site.host, host.address, host.port, site.clock)
    except OutsideTheLab:
        raise Trouble("4.4.1", f"{where}: No route to host") from None
    except MachineError:
        raise Trouble("4.4.1", f"{where}: Resource temporarily unavailable") from None
    except Silence:
        raise Trouble("4.4.1", f"{where}: Connection timed out") from None
    except PeerError:
        raise Trouble("4.4.1", f"{where}: Connection refused") from None


async def _introduced(client: SmtpClient, site: Site, terms: Terms) -> None:
    host, own_name = terms.host, site.host.domain
    greeting = await client.hear(GREETING)
    if not greeting.is_positive:
        # Postfix: smtp_skip_5xx_greeting; a server that is closed today isn't closed for ever.
        raise _refused(host, greeting, "4" + (greeting.enhanced or "5.0.0")[1:])
    await _greet(client, host, own_name)
    if terms.tls is not Tls.NONE and await _encrypted(client, site, terms):
        await _greet(client, host, own_name)
    if terms.user and "AUTH" in client.capabilities:
        await _log_in(client, terms)


async def _greet(client: SmtpClient, host: MailHost, own_name: str) -> None:
    answer = await client.ehlo(own_name)
    if not answer.is_positive and answer.code != 421:
        answer = await client.command(f"HELO {own_name}")
    if not answer.is_positive:
        raise _refused(host, answer, status(answer))


async def _encrypted(client: SmtpClient, site: Site, terms: Terms) -> bool:
    """Whether TLS is on; not having it is fine for the level "may" alone."""
    host = terms.host
    if "STARTTLS" not in client.capabilities:
        if terms.tls is Tls.MAY:
            return False
        raise TlsTrouble(NO_STARTTLS, "4.7.4", f"TLS is required, but was not offered by host {host}")
    context = site.authority.verifying if terms.tls is Tls.VERIFY else site.authority.trusting
    try:
        answer = await client.starttls(context, host.name)
    except DistrustedServer as error:
        kind = _DISTRUSTED.get(error.code, "certificate-not-trusted")
        raise TlsTrouble(kind, "4.7.5", "Server certificate not verified") from None
    except HandshakeFailed:
        raise NoTls("validation-failure", "4.7.5", "Cannot start TLS: handshake failure") from None
    if answer.is_positive:
        return True
    if terms.tls is Tls.MAY:
        return False
    said = f"TLS is required, but host {host} refused to start TLS: {one_line(answer)}"
    raise TlsTrouble(NO_STARTTLS, status(answer), said, host.name, answer)


async def _log_in(client: SmtpClient, terms: Terms) -> None:
    host = terms.host
    if not client.is_secure or "PLAIN" not in client.capabilities["AUTH"].upper().split():
        # Postfix: smtp_sasl_security_options = noplaintext; no password crosses the network in clear.
        raise Trouble(
            "4.7.0",
            f"SASL authentication failed; cannot authenticate to server {host}: no mechanism available",
        )
    answer = await client.login(terms.user, terms.password)
    if not answer.is_positive:
        # Postfix: smtp_sasl_auth_soft_bounce; a wrong password is the postmaster's fault, not the sender's.
        said = f"SASL authentication failed; server {host} said: {one_line(answer)}"
        raise Trouble("4" + status(answer)[1:], said, host.name, answer)


def _refused(host: MailHost, answer: Reply, status: str) -> Trouble:
    return Trouble(status, f"host {host} refused to talk to me: {one_line(answer)}", host.name, answer)


def status(answer: Reply) -> str:
    """The enhanced code of an answer, or the one that stands for its class (RFC 3463 section 2)."""
    return answer.enhanced or f"{answer.code // 100}.0.0"


def one_line(answer: Reply) -> str:
    """A reply of several lines as Postfix logs it."""
    return str(answer).replace("\n", " ")

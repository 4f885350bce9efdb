"""How an honest mail program hands over one letter: greet, encrypt, log in, send, take leave."""

import ssl
from dataclasses import dataclass

from labkit.attacker.letters import Draft
from labkit.attacker.report import Attempt, Verdict, judged
from labkit.errors import PeerError
from labkit.lab.scenery import Scenery
from labkit.lab.stage import RELAY
from labkit.network.addresses import Host
from labkit.smtp.client import SmtpClient, Tls
from labkit.smtp.introduce import introduce

IMPLICIT_TLS_PORT = 465  # RFC 8314 section 7.3


@dataclass(frozen=True, slots=True)
class Account:
    """A mail program's settings: the relay's port, how it treats TLS, and the login, if it has one."""

    port: int
    tls: Tls
    user: str = ""
    password: str = ""


async def send(scenery: Scenery, source: Host, account: Account, draft: Draft) -> Attempt:
    """Hand one letter to the relay, and look into the mailboxes once the relay is quiet."""
    nonce = next(scenery.nonces)
    try:
        client = await SmtpClient.connect(
            scenery.network, source, RELAY.address, account.port, _implicit_tls(scenery, account)
        )
    except PeerError as error:
        return Attempt(nonce, Verdict.NOT_SENT, trouble=str(error))
    try:
        attempt = await _hand_over(client, scenery, source, account, draft, nonce)
    except PeerError as error:
        attempt = Attempt(nonce, Verdict.NOT_SENT, session=client.session, trouble=str(error))
    finally:
        client.abort()
    await scenery.relay.settle()
    return attempt.looked_up(scenery.holds)


def _implicit_tls(scenery: Scenery, account: Account) -> tuple[ssl.SSLContext, str] | None:
    """At port 465 TLS comes first, unless the program is set to use none."""
    if account.port != IMPLICIT_TLS_PORT or account.tls is Tls.NONE:
        return None
    authority = scenery.authority
    return (authority.verifying if account.tls is Tls.VERIFY else authority.trusting), RELAY.domain


async def _hand_over(
    client: SmtpClient, scenery: Scenery, source: Host, account: Account, draft: Draft, nonce: str
) -> Attempt:
    level = Tls.NONE if client.is_secure else account.tls
    await introduce(client, source.domain, RELAY.domain, level, scenery.authority)
    refusal = await _log_in(client, account, nonce) if account.user else None
    if not refusal:
        letter = draft.letter(nonce, scenery.clock.now, source.domain)
        refusal = judged(nonce, await client.send(letter), client.session)
    await client.quit()
    return refusal


async def _log_in(client: SmtpClient, account: Account, nonce: str) -> Attempt | None:
    """None when the login worked; otherwise the attempt ends here, as in a real mail program."""
    if "AUTH" not in client.capabilities:
        trouble = "The relay offers no AUTH on this connection, so the password was not sent, nor the letter."
        return Attempt(nonce, Verdict.NOT_SENT, session=client.session, trouble=trouble)
    answer = await client.login(account.user, account.password)
    if answer.is_positive:
        return None
    return Attempt(nonce, Verdict.REFUSED, "AUTH", answer, client.session)

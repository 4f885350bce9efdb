"""How an honest mail program hands letters over: greet, encrypt, log in, send, take leave."""

import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace

from labkit.attacker.letters import Draft
from labkit.attacker.report import Attempt, Verdict, judged
from labkit.errors import PeerError
from labkit.lab.scenery import Scenery
from labkit.network.addresses import Host
from labkit.smtp.client import SmtpClient, Tls
from labkit.smtp.introduce import introduce, settings

IMPLICIT_TLS_PORT = 465  # RFC 8314 section 7.3

BOTH_WAIT = (
    "Nobody said anything. At port {port} the relay waits until the client begins TLS, and the client was "
    "set to use none: it waited for a greeting."
)


@dataclass(frozen=True, slots=True)
class Account:
    """A mail program's settings: the relay's port, how it treats TLS, and the login, if it has one.

    ``certificate`` is the name in the certificate that it shows, "" if it has none. With ``bare_newlines`` it
    is an old program: it ends the lines of a letter with a line feed alone.
    """

    port: int
    tls: Tls
    user: str = ""
    password: str = ""
    certificate: str = ""
    bare_newlines: bool = False


async def send(scenery: Scenery, source: Host, account: Account, drafts: Sequence[Draft]) -> list[Attempt]:
    """Hand letters to the relay in one session, and look into the mailboxes once the relay is quiet."""
    nonces = [next(scenery.nonces) for _ in drafts]
    attempts: list[Attempt] = []
    session = 0
    try:
        if _both_wait(scenery, account):
            session = await _in_vain(scenery, source, account.port)
            raise PeerError(BOTH_WAIT.format(port=account.port))
        client = await SmtpClient.connect(
            scenery.network,
            source,
            scenery.stage.RELAY.address,
            account.port,
            _implicit_tls(scenery, account),
        )
        session = client.session
        try:
            async for attempt in _handed_over(
                client, scenery, source, account, zip(nonces, drafts, strict=True)
            ):
                attempts.append(attempt)
        finally:
            client.abort()
    except PeerError as error:
        unsent = nonces[len(attempts) :]
        attempts += [Attempt(each, Verdict.NOT_SENT, session=session, trouble=str(error)) for each in unsent]
    await scenery.relay.settle()
    return [attempt.looked_up(scenery.holds) for attempt in attempts]


def _implicit_tls(scenery: Scenery, account: Account) -> tuple[ssl.SSLContext, str] | None:
    """At port 465 TLS comes first, unless the program is set to use none."""
    if account.port != IMPLICIT_TLS_PORT or account.tls is Tls.NONE:
        return None
    return settings(scenery.authority, account.tls, account.certificate), scenery.stage.RELAY.domain


def _both_wait(scenery: Scenery, account: Account) -> bool:
    """Whether the relay waits for TLS to begin, and the program for a greeting."""
    relay = scenery.relay
    return not _implicit_tls(scenery, account) and relay.services.begins_with_tls(account.port, relay.policy)


async def _in_vain(scenery: Scenery, source: Host, port: int) -> int:
    """Connect, and hang up when nothing was said; the number of the session."""
    client = await SmtpClient.open(scenery.network, source, scenery.relay.site.host.address, port)
    client.abort()
    await client.caller.over()
    return client.session


async def _handed_over(
    client: SmtpClient,
    scenery: Scenery,
    source: Host,
    account: Account,
    letters: Iterable[tuple[str, Draft]],
) -> AsyncIterator[Attempt]:
    """Each letter, with its nonce, in its turn; when the login is refused, so is every one of them."""
    level = Tls.NONE if client.is_secure else account.tls
    await introduce(
        client, source.domain, scenery.stage.RELAY.domain, level, scenery.authority, account.certificate
    )
    refusal = await _log_in(client, account) if account.user else None
    for nonce, draft in letters:
        if refusal:
            yield replace(refusal, nonce=nonce)
            continue
        letter = draft.letter(nonce, scenery.clock.now, source.domain)
        if account.bare_newlines:
            letter = letter._replace(content=letter.content.replace(b"\r\n", b"\n"))
        yield judged(nonce, await client.send(letter), client.session)
    await client.quit()


async def _log_in(client: SmtpClient, account: Account) -> Attempt | None:
    """None when the login worked; otherwise the attempt ends here, as in a real mail program."""
    if "AUTH" not in client.capabilities:
        trouble = "The relay offers no AUTH on this connection, so the password was not sent, nor the letter."
        return Attempt("", Verdict.NOT_SENT, session=client.session, trouble=trouble)
    answer = await client.login(account.user, account.password)
    if answer.is_positive:
        return None
    return Attempt("", Verdict.REFUSED, "AUTH", answer, client.session)

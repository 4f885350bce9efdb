"""How a stranger hands letters over: a few in each session, with TLS where it is offered, and a login."""

from collections.abc import Sequence
from typing import NamedTuple

from labkit.attacker.letters import Draft
from labkit.attacker.means.visitor import enter
from labkit.attacker.report import Attempt, Verdict, judged
from labkit.attacker.scene import Scene
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp.client import SmtpClient, Tls

LETTERS_PER_SESSION = 10
NO_AUTH = "The server offers no AUTH on this connection."


class Login(NamedTuple):
    """An account, and what opens it."""

    user: str
    password: str


async def post(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    drafts: Sequence[Draft],
    *,
    port: int = 25,
    login: Login | None = None,
    tls: Tls = Tls.MAY,
) -> list[Attempt]:
    """Hand letters over, one after the other; an attempt for each, also for one that couldn't be sent.

    The mailboxes haven't been looked into yet: ``Scene.report`` does that.
    """
    attempts: list[Attempt] = []
    for first in range(0, len(drafts), LETTERS_PER_SESSION):
        batch = [(draft, next(scene.nonces)) for draft in drafts[first : first + LETTERS_PER_SESSION]]
        for attempt in await _session(network, source, target, scene, batch, port, login, tls):
            attempts.append(attempt)
            scene.progress(attempt)
    return attempts


async def _session(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    batch: Sequence[tuple[Draft, str]],
    port: int,
    login: Login | None,
    tls: Tls,
) -> list[Attempt]:
    """One connection; when it breaks, the rest of its letters wasn't sent."""
    attempts: list[Attempt] = []
    client: SmtpClient | None = None
    try:
        client = await enter(network, source, target, scene, port, tls)
        if login:
            await _log_in(client, login)
        for draft, nonce in batch:
            letter = draft.letter(nonce, scene.clock.now, source.domain or source.name)
            attempts.append(judged(nonce, await client.send(letter), client.session))
        await client.quit()
    except PeerError as error:
        number = client.session if client else 0
        unsent = batch[len(attempts) :]
        attempts += [Attempt(nonce, Verdict.NOT_SENT, "", None, number, str(error)) for _, nonce in unsent]
    finally:
        if client:
            client.abort()
    return attempts


async def _log_in(client: SmtpClient, login: Login) -> None:
    """Raises PeerError when it doesn't work: nothing is sent then."""
    if "AUTH" not in client.capabilities:
        raise PeerError(NO_AUTH)
    answer = await client.login(*login)
    if not answer.is_positive:
        raise PeerError(f"The login was refused: {answer}")

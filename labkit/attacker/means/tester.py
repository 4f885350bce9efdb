"""Who tests a relay: connects, gets into a state, and hands over the letter of each pattern, whole.

Written by hand, step by step: no mail program would say such addresses.
"""

from collections import deque
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace

from labkit.attacker.letters import Draft
from labkit.attacker.means.patterns import Names, Pattern
from labkit.attacker.means.post import Login
from labkit.attacker.means.relaytest import AUTH, PLAIN, TLS, Trial
from labkit.attacker.report import Attempt, Verdict
from labkit.attacker.scene import Scene
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp.address import NULL, Path, is_domain
from labkit.smtp.client import SmtpClient
from labkit.smtp.reply import Reply
from labkit.smtp.stage import DOT

IMPLICIT_TLS_PORT = 465  # RFC 8314 section 7.3
PER_SESSION = 7  # a server may get slow, or hang up, after many errors (Postfix: smtpd_soft_error_limit)
NO_NAME = "localhost"  # of a server that has none
SENDER = "tester"
CONNECTION = "the connection"  # what a greeting answers
SUBJECT = "Relay test, pattern {number}, {state}"
TEXT = "This letter tests whether a server relays for strangers.\nNobody needs to answer it."

UNFIT = "this port speaks nothing but TLS"
NO_TLS, TLS_REFUSED = "the server offers no STARTTLS", "STARTTLS was refused: {answer}"
NO_ACCOUNT, NO_AUTH = "the tester has no account", "the server offers no AUTH"
LOGIN_REFUSED = "the login was refused: {answer}"


class NotOffered(Exception):
    """A state that this server, or this tester, can't bring about; the text says why."""


class TurnedAway(Exception):
    """A server that refuses whoever comes, before a word is said; its greeting, and the session."""

    def __init__(self, greeting: Reply, session: int) -> None:
        super().__init__(str(greeting))
        self.greeting, self.session = greeting, session


class Tester:
    """One test of one server. ``drop`` is the tester's own mailbox.

    ``names`` are what the letters in patterns stand for; the server's name is its own word, once heard.
    """

    def __init__(
        self,
        network: Network,
        source: Host,
        target: Host,
        port: int,
        scene: Scene,
        drop: Path,
        login: Login | None = None,
        literal: str = "",
    ) -> None:
        self._network, self._source, self._target, self._port = network, source, target, port
        self._scene, self._drop, self._login = scene, drop, login
        literal = f"[{literal or target.address}]"
        self.names = Names(SENDER, drop.local, drop.domain, target.domain or NO_NAME, literal)
        self._heard_name = False

    async def tried(self, state: str, patterns: Iterable[Pattern]) -> AsyncGenerator[Trial, None]:
        """Every pattern in a state, a few a session; a server that hangs up is called again.

        A pattern for which there was no connection wasn't sent. Raises NotOffered before the first one.
        """
        waiting = deque(patterns)
        while waiting:
            try:
                client = await self._opened(state)
            except PeerError as error:
                for pattern in waiting:
                    yield self._unsent(pattern, state, error)
                return
            except TurnedAway as why:
                for pattern in waiting:
                    yield self._turned_away(pattern, state, why)
                return
            try:
                async for trial in self._session(client, state, waiting):
                    yield trial
            finally:
                client.abort()

    async def _session(
        self, client: SmtpClient, state: str, waiting: deque[Pattern]
    ) -> AsyncGenerator[Trial, None]:
        """Take patterns off the waiting ones until the session ends; at least one."""
        try:
            for turn in range(min(PER_SESSION, len(waiting))):
                if turn:
                    await client.command("RSET")
                attempt = await self._attempt(client, waiting[0], state)
                yield Trial(waiting.popleft(), state, attempt)
            await client.quit()
        except PeerError as error:
            if not turn:
                yield self._unsent(waiting.popleft(), state, error, client.session)

    def _unsent(self, pattern: Pattern, state: str, error: PeerError, session: int = 0) -> Trial:
        nonce = next(self._scene.nonces)
        return Trial(pattern, state, Attempt(nonce, Verdict.NOT_SENT, session=session, trouble=str(error)))

    def _turned_away(self, pattern: Pattern, state: str, why: TurnedAway) -> Trial:
        nonce, verdict = next(self._scene.nonces), _refusal(why.greeting)
        return Trial(pattern, state, Attempt(nonce, verdict, CONNECTION, why.greeting, why.session))

    # One letter

    async def _attempt(self, client: SmtpClient, pattern: Pattern, state: str) -> Attempt:
        nonce = next(self._scene.nonces)
        mail, rcpt = self.names.put_into(pattern.mail), self.names.put_into(pattern.rcpt)
        for step, line in (("MAIL", f"MAIL FROM:{mail}"), ("RCPT", f"RCPT TO:{rcpt}")):
            answer = await client.command(line)
            if not answer.is_positive:
                return Attempt(nonce, _refusal(answer), step, answer, client.session)
        try:
            verdict, step, answer = await self._content(client, self._letter(pattern, state, nonce))
        except PeerError as error:  # the letter may have been taken all the same
            return Attempt(nonce, Verdict.ACCEPTED_AT_RCPT, "DATA", None, client.session, str(error))
        return Attempt(nonce, verdict, step, answer, client.session)

    async def _content(self, client: SmtpClient, letter: bytes) -> tuple[Verdict, str, Reply]:
        answer = await client.command("DATA")
        if answer.code != 354:
            return Verdict.ACCEPTED_AT_RCPT, "DATA", answer
        client.say(f"{letter.decode()}.")
        answer = await client.hear(DOT)
        return (Verdict.ACCEPTED if answer.is_positive else Verdict.ACCEPTED_AT_RCPT), ".", answer

    def _letter(self, pattern: Pattern, state: str, nonce: str) -> bytes:
        sender = f"Relay test <{self.names.F}@{self.names.D}>"
        subject = SUBJECT.format(number=pattern.number, state=state)
        draft = Draft(NULL, self._drop, sender, subject, TEXT)
        return draft.letter(nonce, self._scene.clock.now, self._source.domain).content

    # One session

    async def _opened(self, state: str) -> SmtpClient:
        """A session in this state. Raises NotOffered, TurnedAway and PeerError."""
        is_implicit = self._port == IMPLICIT_TLS_PORT
        if is_implicit and state == PLAIN:
            raise NotOffered(UNFIT)
        if state == AUTH and not self._login:
            raise NotOffered(NO_ACCOUNT)
        client = await self._connected(is_implicit)
        try:
            await self._prepare(client, state)
        except NotOffered:
            await client.quit()
            raise
        except BaseException:
            client.abort()
            raise
        return client

    async def _connected(self, is_implicit: bool) -> SmtpClient:
        network, source, address = self._network, self._source, self._target.address
        if is_implicit:
            tls = self._scene.authority.trusting, self._server_name
            return await SmtpClient.connect(network, source, address, self._port, tls)
        client = await SmtpClient.open(network, source, address, self._port)
        try:
            greeting = await client.hear()
        except BaseException:
            client.abort()
            raise
        if greeting.is_positive:
            return client
        client.abort()
        raise TurnedAway(greeting, client.session)

    async def _prepare(self, client: SmtpClient, state: str) -> None:
        self._learn_name(await client.ehlo(self._source.domain))
        if state != PLAIN and not client.is_secure:
            await self._encrypt(client, state)
        if state == AUTH:
            await self._log_in(client)

    async def _encrypt(self, client: SmtpClient, state: str) -> None:
        """STARTTLS; a login may do without it where the server doesn't offer it."""
        if "STARTTLS" not in client.capabilities:
            if state == TLS:
                raise NotOffered(NO_TLS)
            return
        answer = await client.starttls(self._scene.authority.trusting, self._server_name)
        if not answer.is_positive:
            raise NotOffered(TLS_REFUSED.format(answer=answer))
        await client.ehlo(self._source.domain)

    async def _log_in(self, client: SmtpClient) -> None:
        assert self._login
        if "AUTH" not in client.capabilities:
            raise NotOffered(NO_AUTH)
        answer = await client.login(*self._login)
        if not answer.is_positive:
            raise NotOffered(LOGIN_REFUSED.format(answer=answer))

    @property
    def _server_name(self) -> str:
        return self._target.domain or NO_NAME

    def _learn_name(self, greeting: Reply) -> None:
        """What the server calls itself is the first word of its answer to EHLO (RFC 5321 section 4.1.1.1)."""
        name = greeting.text.partition("\n")[0].partition(" ")[0]
        if not self._heard_name and greeting.is_positive and is_domain(name):
            self.names, self._heard_name = replace(self.names, S=name), True


def _refusal(answer: Reply) -> Verdict:
    return Verdict.DEFERRED if answer.is_transient else Verdict.REFUSED

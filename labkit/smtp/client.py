"""The client side of SMTP: says each step, and keeps each answer.

Small on purpose, and our own: attackers must be able to say what no proper library would let them
say, and the relay's deliveries use PIPELINING (RFC 2920), which doubles their speed.
"""

import asyncio
import ssl
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp.address import Path
from labkit.smtp.ear import Ear
from labkit.smtp.envelope import Letter
from labkit.smtp.reply import Reply


class Tls(StrEnum):
    """How a client treats TLS; the words are those of Postfix's smtp_tls_security_level.

    ``MAY`` encrypts when that is offered, ``ENCRYPT`` always, both to whoever answers; ``VERIFY``
    insists on the server's name and an authority it trusts.
    """

    NONE = "none"
    MAY = "may"
    ENCRYPT = "encrypt"
    VERIFY = "verify"


@dataclass(frozen=True)
class Handover:
    """What came of one letter: the answer that decided about it, at which step, for which recipients."""

    step: str  # MAIL, RCPT, DATA or the final dot
    reply: Reply
    accepted: tuple[Path, ...]
    refused: tuple[tuple[Path, Reply], ...]


class SmtpClient:
    """One session with a server, from the client's side.

    Every method raises PeerError when the server hangs up, says nothing for a minute, or doesn't
    speak SMTP.
    """

    def __init__(self, target: str, ear: Ear, transport: asyncio.Transport, session: int) -> None:
        self.session = session
        self.capabilities: dict[str, str] = {}
        self._target, self._ear, self._transport = target, ear, transport
        self._in_transaction = False

    @classmethod
    async def connect(cls, network: Network, source: Host, target: str, port: int) -> "SmtpClient":
        """Connect to the host at address ``target`` and hear its greeting. Raises as Network.connect does."""
        ear = Ear()
        transport, session = await network.connect(source, target, port, ear)
        client = cls(network.host_at(target).name, ear, transport, session)
        try:
            greeting = await client.hear()
        except BaseException:
            client.abort()
            raise
        if not greeting.is_positive:
            client.abort()
            raise PeerError(f"{client._target} greeted with: {greeting}")
        return client

    async def hear(self) -> Reply:
        """The server's next reply."""
        try:
            return await self._ear.next()
        except PeerError as error:
            raise PeerError(f"{self._target} {error} (session {self.session}).") from None

    def say(self, line: str) -> None:
        """Send one line, whatever it is."""
        self._transport.write(f"{line}\r\n".encode())

    async def command(self, line: str) -> Reply:
        """Send one line and hear the reply."""
        self.say(line)
        return await self.hear()

    async def ehlo(self, name: str) -> Reply:
        """Introduce the client, and learn what the server offers."""
        answer = await self.command(f"EHLO {name}")
        offers = answer.text.split("\n")[1:] if answer.is_positive else []
        self.capabilities = {word.upper(): rest for word, _, rest in (o.partition(" ") for o in offers)}
        return answer

    async def starttls(self, context: ssl.SSLContext, server_name: str) -> Reply:
        """Ask for TLS, and begin it when the server agrees; EHLO must follow (RFC 3207)."""
        answer = await self.command("STARTTLS")
        if answer.is_positive:
            self._ear.forget()
            self.capabilities = {}
            await self._shake_hands(context, server_name)
        return answer

    async def _shake_hands(self, context: ssl.SSLContext, server_name: str) -> None:
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self._transport, self._ear, context, server_hostname=server_name
            )
        except ssl.SSLCertVerificationError as error:
            raise PeerError(
                f"{self._target} showed a certificate that can't be trusted: {error.verify_message}."
            ) from None
        except (OSError, ssl.SSLError):
            raise PeerError(f"{self._target} agreed to TLS, but the handshake failed.") from None
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    async def login(self, user: str, password: str) -> Reply:
        """Prove to be ``user`` by AUTH PLAIN (RFC 4616)."""
        proof = b64encode(f"\0{user}\0{password}".encode()).decode()
        return await self.command(f"AUTH PLAIN {proof}")

    async def send(self, letter: Letter) -> Handover:
        """Hand a letter over, step by step: each command waits for the answer to the one before."""
        if self._in_transaction:
            await self.command("RSET")
        self._in_transaction = True
        answer = await self.command(f"MAIL FROM:{letter.reverse_path}")
        if not answer.is_positive:
            self._in_transaction = False
            return Handover("MAIL", answer, (), tuple((path, answer) for path in letter.forward_paths))
        answers = [(path, await self.command(f"RCPT TO:{path}")) for path in letter.forward_paths]
        if not any(answer.is_positive for _, answer in answers):
            return _handover("RCPT", answers[-1][1], answers)
        answer = await self.command("DATA")
        return await self._content(letter.content, answer, answers)

    async def send_pipelined(self, letter: Letter) -> Handover:
        """The same in one breath, as mail servers do among themselves (RFC 2920)."""
        if self._in_transaction:
            self.say("RSET")
        paths = letter.forward_paths
        lines = [f"MAIL FROM:{letter.reverse_path}", *(f"RCPT TO:{path}" for path in paths), "DATA"]
        self.say("\r\n".join(lines))
        if self._in_transaction:
            await self.hear()
        self._in_transaction = True
        mail = await self.hear()
        answers = [(path, await self.hear()) for path in paths]
        data = await self.hear()
        if not mail.is_positive:
            self._in_transaction = False
            return Handover("MAIL", mail, (), tuple((path, mail) for path in paths))
        return await self._content(letter.content, data, answers)

    async def _content(self, content: bytes, data: Reply, answers: list[tuple[Path, Reply]]) -> Handover:
        taken = any(answer.is_positive for _, answer in answers)
        if data.code != 354:
            return _handover("DATA" if taken else "RCPT", data if taken else answers[-1][1], answers)
        # Told to go ahead without a recipient, the client sends an empty letter (RFC 2920 section 3.1).
        self._transport.write(stuffed(content) if taken else b".\r\n")
        answer = await self.hear()
        self._in_transaction = False
        return _handover(".", answer, answers) if taken else _handover("RCPT", answers[-1][1], answers)

    async def quit(self) -> None:
        """Take leave, and close the connection. A server that is gone already is no trouble any more."""
        self.say("QUIT")
        with suppress(PeerError):
            await self.hear()
        self._transport.close()

    def abort(self) -> None:
        """Break the connection off."""
        self._transport.abort()


def stuffed(content: bytes) -> bytes:
    """A letter as DATA carries it: dots doubled, and the final dot (RFC 5321 section 4.5.2)."""
    body = content if content.endswith(b"\r\n") else content + b"\r\n"
    if body.startswith(b"."):
        body = b"." + body
    return body.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _handover(step: str, decisive: Reply, answers: list[tuple[Path, Reply]]) -> Handover:
    accepted = tuple(path for path, answer in answers if answer.is_positive) if decisive.is_positive else ()
    refused = [
        (path, decisive if answer.is_positive else answer) for path, answer in answers if path not in accepted
    ]
    return Handover(step, decisive, accepted, tuple(refused))

"""The client side of SMTP: says each step, and keeps each answer.

Small on purpose, and our own: attackers must be able to say what no proper library would let them
say, and the relay's deliveries use PIPELINING (RFC 2920), which doubles their speed.
"""

import asyncio
import ssl
from base64 import b64encode
from contextlib import suppress
from enum import StrEnum
from typing import Self

from labkit.clock import Clock
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Connection, Network
from labkit.smtp import certificate
from labkit.smtp.address import Path
from labkit.smtp.ear import Ear
from labkit.smtp.envelope import Letter
from labkit.smtp.extensions import after_mail, after_rcpt
from labkit.smtp.handover import Handover, Refusal
from labkit.smtp.reply import Reply
from labkit.smtp.stage import BY_VERB, DATA, DOT, GREETING, MAIL, QUIT, RCPT, RSET, Stage
from labkit.smtp.stuffing import stuffed
from labkit.smtp.tls import DistrustedServer, HandshakeFailed


class Tls(StrEnum):
    """How a client treats TLS; the words are those of Postfix's smtp_tls_security_level.

    ``MAY`` encrypts when that is offered, ``ENCRYPT`` always, both to whoever answers; ``VERIFY``
    insists on the server's name and an authority it trusts.
    """

    NONE = "none"
    MAY = "may"
    ENCRYPT = "encrypt"
    VERIFY = "verify"


class SmtpClient:
    """One session with a server, from the client's side.

    Every method raises PeerError when the server hangs up, says nothing for too long, or doesn't
    speak SMTP. ``stage`` is what the client was doing then. ``refusals`` are what the last letter's
    recipients were refused with so far. ``caller`` is the client as the server's end knows it.
    """

    def __init__(self, target: str, ear: Ear, connection: Connection) -> None:
        self.session = connection.session
        self.capabilities: dict[str, str] = {}
        self.stage = GREETING
        self.refusals: list[Refusal] = []
        self._target, self._ear, self._transport = target, ear, connection.transport
        self.caller = connection.caller
        self._in_transaction = False

    @classmethod
    async def open(
        cls, network: Network, source: Host, target: str, port: int, clock: Clock | None = None
    ) -> Self:
        """Connect to the host at address ``target``. Raises as Network.connect does.

        With a ``clock``, the client is patient in lab time, for as long as Postfix is at each stage.
        """
        ear = Ear(clock)
        connection = await network.connect(source, target, port, ear)
        return cls(network.host_at(target).name, ear, connection)

    @classmethod
    async def connect(
        cls,
        network: Network,
        source: Host,
        target: str,
        port: int,
        implicit_tls: tuple[ssl.SSLContext, str] | None = None,
    ) -> "SmtpClient":
        """Connect, and hear the greeting. Raises as Network.connect does, and PeerError for a refusal.

        ``implicit_tls`` is a context and the server's name, for a port where TLS comes before everything
        else (RFC 8314).
        """
        client = await cls.open(network, source, target, port)
        try:
            if implicit_tls:
                await client.shake_hands(*implicit_tls)
            greeting = await client.hear()
        except BaseException:
            client.abort()
            raise
        if not greeting.is_positive:
            client.abort()
            raise PeerError(f"{client._target} greeted with: {greeting}")
        return client

    @property
    def is_fresh(self) -> bool:
        """Whether the session can be used again: the server is there, and has said nothing unasked."""
        return not self._ear.trouble and not self._ear.replies

    @property
    def is_secure(self) -> bool:
        """Whether TLS is on."""
        return self._transport.get_extra_info("ssl_object") is not None

    @property
    def server_key(self) -> bytes:
        """The public key that the server has shown, as a SubjectPublicKeyInfo. TLS must be on."""
        shown = self._transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return certificate.public_key(shown)

    async def hear(self, stage: Stage | None = None) -> Reply:
        """The server's next reply; ``stage`` is what it is about, unless that is as before."""
        self.stage = stage or self.stage
        self.caller.is_current_task()
        try:
            return await self._ear.next(self.stage.seconds)
        except PeerError as error:
            raise type(error)(f"{self._target} {error} (session {self.session}).") from None

    def say(self, line: str) -> None:
        """Send one line, whatever it is."""
        self._transport.write(f"{line}\r\n".encode("utf-8", "surrogateescape"))

    def write(self, octets: bytes) -> None:
        """Send octets as they are: no dot is doubled, no line end added."""
        self._transport.write(octets)

    async def command(self, line: str) -> Reply:
        """Send one line and hear the reply."""
        self.say(line)
        return await self.hear(BY_VERB.get(line.partition(" ")[0].upper()))

    async def ehlo(self, name: str) -> Reply:
        """Introduce the client, and learn what the server offers."""
        answer = await self.command(f"EHLO {name}")
        offers = answer.text.split("\n")[1:] if answer.is_positive else []
        self.capabilities = {word.upper(): rest for word, _, rest in (o.partition(" ") for o in offers)}
        return answer

    async def starttls(self, context: ssl.SSLContext, server_name: str) -> Reply:
        """Ask for TLS, and begin it when the server agrees; EHLO must follow (RFC 3207).

        Raises HandshakeFailed, or DistrustedServer where the context verifies.
        """
        answer = await self.command("STARTTLS")
        if answer.is_positive:
            self._ear.forget()
            self.capabilities = {}
            await self.shake_hands(context, server_name)
        return answer

    async def shake_hands(self, context: ssl.SSLContext, server_name: str) -> None:
        """Begin TLS, now. Raises as ``starttls`` does."""
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self._transport, self._ear, context, server_hostname=server_name
            )
        except ssl.SSLCertVerificationError as error:
            raise DistrustedServer(
                f"{self._target} showed a certificate that can't be trusted: {error.verify_message}.",
                error.verify_code,
            ) from None
        except (OSError, ssl.SSLError):
            raise HandshakeFailed(f"{self._target} agreed to TLS, but the handshake failed.") from None
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    async def login(self, user: str, password: str) -> Reply:
        """Prove to be ``user`` by AUTH PLAIN (RFC 4616)."""
        proof = b64encode(f"\0{user}\0{password}".encode()).decode()
        return await self.command(f"AUTH PLAIN {proof}")

    async def send(self, letter: Letter, *, extended: bool = False) -> Handover:
        """Hand a letter over, step by step: each command waits for the answer to the one before.

        ``extended`` adds what the server understands: SIZE, BODY, SMTPUTF8 and the DSN parameters.
        """
        if self._in_transaction:
            await self.command("RSET")
        self._in_transaction, self.refusals = True, []
        mail, *rcpts = self._envelope(letter, extended)
        answer = await self.command(mail)
        if not answer.is_positive:
            self._in_transaction = False
            self.refusals = [Refusal(path, answer, "MAIL") for path in letter.forward_paths]
            return self._outcome(letter, "MAIL", answer)
        for path, rcpt in zip(letter.forward_paths, rcpts, strict=True):
            self._note(path, await self.command(rcpt))
        if len(self.refusals) == len(letter.forward_paths):
            return self._outcome(letter, "RCPT", self.refusals[-1].reply)
        return await self._content(letter, await self.command("DATA"))

    async def send_pipelined(self, letter: Letter, *, extended: bool = False) -> Handover:
        """The same in one breath, as mail servers do among themselves (RFC 2920)."""
        reset = ["RSET"] if self._in_transaction else []
        self.say("\r\n".join([*reset, *self._envelope(letter, extended), "DATA"]))
        if reset:
            await self.hear(RSET)
        self._in_transaction, self.refusals = True, []
        mail = await self.hear(MAIL)
        for path in letter.forward_paths:
            answer = await self.hear(RCPT)
            if mail.is_positive:
                self._note(path, answer)
        if not mail.is_positive:
            self.refusals = [Refusal(path, mail, "MAIL") for path in letter.forward_paths]
        return await self._content(letter, await self.hear(DATA))

    def _envelope(self, letter: Letter, extended: bool) -> list[str]:
        offered = self.capabilities if extended else {}
        rcpts = (f"RCPT TO:{path}{after_rcpt(letter, path, offered)}" for path in letter.forward_paths)
        return [f"MAIL FROM:{letter.reverse_path}{after_mail(letter, offered)}", *rcpts]

    def _note(self, path: Path, answer: Reply) -> None:
        if not answer.is_positive:
            self.refusals.append(Refusal(path, answer, "RCPT"))

    async def _content(self, letter: Letter, data: Reply) -> Handover:
        taken = len(self.refusals) < len(letter.forward_paths)
        if data.code != 354:
            return self._outcome(letter, "DATA", data)
        # Told to go ahead without a recipient, the client sends an empty letter (RFC 2920 section 3.1).
        self._transport.write(stuffed(letter.content) if taken else b".\r\n")
        answer = await self.hear(DOT)
        self._in_transaction = False
        return self._outcome(letter, ".", answer)

    def _outcome(self, letter: Letter, step: str, decisive: Reply) -> Handover:
        """What the answers so far, and the one that decided about the rest, mean for each recipient."""
        own = {refusal.path: refusal for refusal in self.refusals}
        rest = [path for path in letter.forward_paths if path not in own]
        if not rest:
            _, decisive, step = self.refusals[-1]
        elif step == "." and decisive.is_positive:
            return Handover(step, decisive, tuple(rest), tuple(self.refusals))
        refused = (own.get(path) or Refusal(path, decisive, step) for path in letter.forward_paths)
        return Handover(step, decisive, (), tuple(refused))

    async def quit(self) -> None:
        """Take leave, and close the connection. A server that is gone already is no trouble any more."""
        self.say("QUIT")
        with suppress(PeerError):
            await self.hear(QUIT)
        self._transport.close()

    def abort(self) -> None:
        """Break the connection off."""
        self._transport.abort()

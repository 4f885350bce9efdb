"""A server's end of a connection: aiosmtpd's, with its gaps closed and every byte above TLS recorded.

aiosmtpd carries the stream, TLS and the mechanisms of AUTH. What is said, and when, is decided above,
in ``dialogue``. Every reply passes ``push``.
"""

import asyncio
import logging
import ssl
from asyncio.sslproto import SSLProtocol
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, LoginPassword

from labkit.network.addresses import Host
from labkit.network.tap import RecordedTransport
from labkit.smtp import certificate, reply
from labkit.smtp.envelope import Certificate
from labkit.smtp.keylog import note_tls
from labkit.smtp.reply import Reply
from labkit.wire.record import Kind
from labkit.wire.recorder import Track

# aiosmtpd logs what the transcript shows already; without a handler Python would print it on stderr.
logging.getLogger("mail.log").addHandler(logging.NullHandler())

TIMEOUT = 300.0  # seconds of real time; Postfix: smtpd_timeout
AUTH_LIMIT = 12_288  # octets of one answer within AUTH; Postfix: smtpd_sasl_response_limit
STREAM_BUFFER = 2**16  # octets

# What aiosmtpd says itself, within the mechanisms that are left to it, in Postfix's words.
IN_OUR_WORDS = {
    "220 Ready to start TLS": reply.READY_FOR_TLS,
    "501 5.5.2 Can't decode base64": reply.AUTH_BAD_BASE64,
    "501 5.5.2 Can't split auth value": reply.AUTH_FAILED,
}


class Connection(SMTP):
    """One connection to a server.

    ``certificate`` gives the TLS settings for a server name, when a client wants TLS, and with
    ``asks=True`` those that ask the client for a certificate; ``problem`` is told what went wrong inside
    the lab itself.
    """

    line_length_limit = STREAM_BUFFER  # the limits of SMTP are checked above, not by the stream
    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    wrapper_mode = False  # as smtpd_tls_wrappermode: TLS begins before the greeting
    asks_certificate = False
    requires_certificate = False
    soft_bounce = False
    mechanism = ""  # of the last AUTH (RFC 4954)
    track: Track
    client: Host

    def __init__(
        self,
        hostname: str,
        certificate: Callable[..., ssl.SSLContext],
        problem: Callable[[str], None],
        timeout: float = TIMEOUT,
    ) -> None:
        self._certificate, self._problem = certificate, problem
        self.secure = self._has_ended = False
        self.certificate: Certificate | None = None
        super().__init__(
            self,
            hostname=hostname,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._authenticate_login,
            timeout=timeout,
            loop=asyncio.get_running_loop(),
        )
        self.event_handler = None  # not needed any more, and a circle of references

    def __dir__(self) -> Iterable[str]:
        # At every connection upstream looks for commands, mechanisms and hooks among all names, which costs
        # more than anything else about a connection. They are found by name here, when one is needed.
        return ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        handshake = transport.get_extra_info("ssl_object")
        self.user = self.helo = ""
        if handshake is None:
            self.track = transport.get_extra_info("track")
            self.client = transport.get_extra_info("client")
            if self.wrapper_mode:
                self._begin_tls(transport)
                return
        super().connection_made(transport)
        if handshake is not None:
            self._secured(handshake)

    def _begin_tls(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands before anything is said (RFC 8314 section 3)."""
        self._tls_protocol = SSLProtocol(self.loop, self, self._tls_settings(), None, server_side=True)  # type: ignore[arg-type]
        assert isinstance(transport, asyncio.Transport)
        transport.set_protocol(self._tls_protocol)
        self._tls_protocol.connection_made(transport)

    def _secured(self, handshake: ssl.SSLObject) -> None:
        assert self._tls_protocol is not None
        self.secure = True
        self.certificate = certificate.shown_in(handshake)
        note_tls(self.track, handshake, self._tls_protocol._incoming.pending)  # type: ignore[attr-defined]

    def _tls_settings(self) -> ssl.SSLContext:
        if self.asks_certificate or self.requires_certificate:
            return self._certificate(self.hostname, asks=True)
        return self._certificate(self.hostname)

    def data_received(self, data: bytes) -> None:
        if self.secure:
            self.track.add(Kind.CLIENT_INSIDE, data)
        super().data_received(data)

    async def start_tls(self) -> None:
        """Agree to TLS, and shake hands. Raises ConnectionResetError for a client that is gone already."""
        if self._has_ended:
            raise ConnectionResetError
        self.tls_context = self._tls_settings()
        await super().smtp_STARTTLS("")

    def eof_received(self) -> bool | None:
        self._has_ended = True
        # Upstream stops at once; but what was said before the end still wants its answers.
        asyncio.StreamReaderProtocol.eof_received(self)
        return self._tls_protocol is None

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        # TLS has 256 KB of buffers, and upstream's circle of references would keep them for a while.
        self._tls_protocol = self._original_transport = self.session = None
        del self._reader, self._writer

    async def push(self, status: Reply | str | bytes) -> None:
        self._write(status + b"\r\n" if isinstance(status, bytes) else self.worded(status).wire)
        if self._paused:  # type: ignore[attr-defined]
            await self._writer.drain()

    def worded(self, status: Reply | str) -> Reply:
        """A reply as this server gives it."""
        said = status if isinstance(status, Reply) else IN_OUR_WORDS[status]
        return said.softened if self.soft_bounce else said

    def _write(self, data: bytes) -> None:
        if self.secure:
            self.track.add(Kind.SERVER_INSIDE, data)
        # A client that has said more already hears the answers together.
        if self.has_more and isinstance(self.transport, RecordedTransport):
            self.transport.write_soon(data)
        else:
            self._writer.write(data)

    def _reset_timeout(self, duration: float | None = None) -> None:
        # One timer that is put off, and not a new one for each line, as upstream has it.
        self._deadline = self.loop.time() + (duration or self._timeout_duration)
        if self._timeout_handle is None or self._timeout_handle.when() > self._deadline:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._timeout_handle = self.loop.call_at(self._deadline, self._timeout_cb)

    def _timeout_cb(self) -> None:
        if self.loop.time() < self._deadline:
            self._set_timer()
            return
        self.track.unasked()
        self._write(reply.timed_out(self.hostname).wire)
        self.track.close("the client said nothing for too long")
        super()._timeout_cb()  # type: ignore[no-untyped-call]

    async def _line(self, limit: int) -> bytes:
        """The next line with its line feed. One of more than ``limit`` octets is cut there and has none."""
        try:
            line = self._line_at_hand() or await self._reader.readuntil(b"\n")
            return line if len(line) <= limit + 2 else line[:limit]
        except asyncio.LimitOverrunError as overrun:
            line = (await self._reader.readexactly(overrun.consumed))[:limit]
        # The rest of the line is read, piece by piece, and not kept.
        while True:
            try:
                await self._reader.readuntil(b"\n")
                return line
            except asyncio.LimitOverrunError as overrun:
                await self._reader.readexactly(overrun.consumed)

    def _line_at_hand(self) -> bytes:
        """A whole line that is here already: of a group of commands, only the first is waited for."""
        buffer: bytearray = self._reader._buffer  # type: ignore[attr-defined]
        end = buffer.find(b"\n") + 1
        line = bytes(buffer[:end])
        del buffer[:end]
        self._reader._maybe_resume_transport()  # type: ignore[attr-defined]
        return line

    @property
    def has_more(self) -> bool:
        """Whether the client has sent more than was read so far."""
        return bool(self._reader._buffer)  # type: ignore[attr-defined]

    def _hang_up(self) -> None:
        # The dialogue is over: how TLS and TCP take leave differs between clients and is nothing to show.
        self.track.close()
        if self.transport is not None:
            self.transport.close()

    async def challenge_auth(
        self, challenge: str | bytes, encode_to_b64: bool = True, log_client_response: bool = False
    ) -> Any:
        # Upstream reads an answer of any length.
        asked = challenge.encode() if isinstance(challenge, str) else challenge
        await self.push(b"334 " + b64encode(asked))
        line = await self._line(AUTH_LIMIT)
        trouble = None if line.endswith(b"\n") else reply.AUTH_TOO_LONG
        if line.strip() == b"*":
            trouble = reply.AUTH_ABORTED
        try:
            answer = b64decode(line.strip(), validate=True)
        except ValueError:
            trouble = trouble or reply.AUTH_BAD_BASE64_LATER
        if trouble:
            await self.push(trouble)
            return MISSING
        return answer

    def knows_password(self, user: str, password: bytes) -> bool:
        """Whether this is the user's password; a server without accounts knows none."""
        return False

    def _authenticate_login(
        self, server: object, session: object, envelope: object, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        user = data.login.decode("utf-8", "replace")
        self.mechanism = mechanism
        if not self.knows_password(user, data.password):
            return AuthResult(success=False, handled=False)
        self.user = user
        return AuthResult(success=True)

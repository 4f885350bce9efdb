"""The dialogue: aiosmtpd's connection, with its gaps closed and every line recorded.

aiosmtpd carries the connection, TLS and the AUTH mechanisms; which command is allowed when is the
table in ``order``; what a command does is in ``server``. Every reply passes ``push``, and every byte
above TLS ``data_received``: there the session view is recorded.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, TLSSetupException

from labkit.network.addresses import Host
from labkit.smtp import reply
from labkit.smtp.decision import Decision
from labkit.smtp.order import IDLE, ORDER, State
from labkit.smtp.reply import Reply
from labkit.wire.record import Kind
from labkit.wire.recorder import Track

# aiosmtpd logs what the transcript shows already; without a handler Python would print it on stderr.
logging.getLogger("mail.log").addHandler(logging.NullHandler())

Answer = Reply | Decision | None

HARD_ERROR_LIMIT = 20  # Postfix: smtpd_hard_error_limit
TIMEOUT = 300.0  # seconds of real time; Postfix: smtpd_timeout
COMMAND_LINE_LIMIT = 2048  # octets; Postfix: line_length_limit
STREAM_BUFFER = 2**16  # octets

BEFORE_TLS = frozenset({"HELO", "EHLO", "STARTTLS", "NOOP", "QUIT"})
FORBIDDEN = re.compile(rb"(?i)(CONNECT|GET|POST)\b|[!-9;-~]+:")  # web browsers, and letters without DATA
HANG_UP = (221, 421)

# What aiosmtpd says itself, within the mechanisms that are left to it, in Postfix's words.
IN_OUR_WORDS = {
    "220 Ready to start TLS": reply.READY_FOR_TLS,
    "501 5.5.2 Can't decode base64": reply.AUTH_BAD_BASE64,
    "501 5.5.2 Can't split auth value": reply.AUTH_FAILED,
    "501 5.7.0 Auth aborted": reply.AUTH_ABORTED,
}


class Dialogue(SMTP):
    """One connection to a server.

    ``certificate`` gives the TLS settings for a server name, when a client wants TLS; ``problem``
    is told what went wrong inside the lab itself.
    """

    line_length_limit = STREAM_BUFFER  # the limits of SMTP are checked here, not by the stream
    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    tls_level = "none"  # as smtpd_tls_security_level: none, may or encrypt
    track: Track
    client: Host
    state: State

    def __init__(
        self,
        hostname: str,
        certificate: Callable[[str], ssl.SSLContext],
        problem: Callable[[str], None],
        timeout: float = TIMEOUT,
    ) -> None:
        self._certificate, self._problem = certificate, problem
        self.secure = False
        super().__init__(
            None,
            hostname=hostname,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._authenticate_login,
            timeout=timeout,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        shook_hands = self._tls_protocol is not None
        self.user = self.helo = ""
        self.extended = False
        if not shook_hands:
            self.track = transport.get_extra_info("track")
            self.client = transport.get_extra_info("client")
        super().connection_made(transport)
        if shook_hands:
            assert self._tls_protocol is not None
            self.secure = True
            version = transport.get_extra_info("ssl_object").version()
            self.track.secured(version, self._tls_protocol._incoming.pending)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if self.secure:
            self.track.add(Kind.CLIENT_INSIDE, data)
        super().data_received(data)

    def eof_received(self) -> bool | None:
        # Upstream stops at once; but what was said before the end still wants its answers.
        asyncio.StreamReaderProtocol.eof_received(self)
        return not self.secure

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        # TLS has 256 KB of buffers, and upstream's circle of references would keep them for a while.
        self._tls_protocol = self._original_transport = self.session = None
        del self._reader, self._writer

    async def push(self, status: Reply | str | bytes) -> None:
        if not isinstance(status, bytes):
            data = (status if isinstance(status, Reply) else IN_OUR_WORDS[status]).wire
        else:
            data = status + b"\r\n"
        self._write(data)
        await self._writer.drain()

    def _write(self, data: bytes) -> None:
        if self.secure:
            self.track.add(Kind.SERVER_INSIDE, data)
        self._writer.write(data)

    def _timeout_cb(self) -> None:
        self._write(reply.timed_out(self.hostname).wire)
        self.track.close("the client said nothing for too long")
        super()._timeout_cb()  # type: ignore[no-untyped-call]

    async def _handle_client(self) -> None:
        try:
            await self.push(reply.greeting(self.hostname))
            await self._converse()
        except TLSSetupException:
            self.track.close("the TLS handshake failed")
            self._hang_up()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.track.close("the client hung up without QUIT")
            self._hang_up()
        except Exception as error:
            self._problem(f"{self.hostname}, session {self.track.number}: {error!r}")
            await self.push(reply.OUR_FAULT)
            self._hang_up()

    async def _converse(self) -> None:
        errors = 0
        while self.transport is not None:
            self._reset_timeout()
            answer = await self._answer(await self._line())
            if answer is None:
                continue
            said = await self._say(answer)
            errors += not said.is_positive
            if errors >= HARD_ERROR_LIMIT:
                said = await self._say(reply.too_many_errors(self.hostname))
            if said.code in HANG_UP:
                self._hang_up()
                return

    async def _line(self) -> bytes | None:
        """The next command line; None for one that is too long to be one."""
        try:
            return await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError as overrun:
            await self._reader.readexactly(overrun.consumed)
        # The rest of the line is read, piece by piece, and not kept.
        while True:
            try:
                await self._reader.readuntil(b"\n")
                return None
            except asyncio.LimitOverrunError as overrun:
                await self._reader.readexactly(overrun.consumed)

    async def _answer(self, line: bytes | None) -> Answer:
        if line is None or len(line) > COMMAND_LINE_LIMIT:
            return reply.LINE_TOO_LONG
        if not line.endswith(b"\r\n"):
            return reply.bare_newline(self.hostname)
        try:
            text = line[:-2].decode()
        except UnicodeDecodeError:
            return reply.BAD_UTF8
        if FORBIDDEN.match(line):
            return reply.NOT_HTTP
        verb, _, rest = text.strip().partition(" ")
        if not verb:
            return reply.BAD_SYNTAX
        return await self._command(verb.upper(), rest.strip())

    async def _command(self, verb: str, rest: str) -> Answer:
        if verb not in ORDER:
            return reply.NO_SUCH_COMMAND
        if self.tls_level == "encrypt" and not self.secure and verb not in BEFORE_TLS:
            return Decision(
                reply.NEED_TLS,
                "smtpd_tls_security_level = encrypt",
                "This server does nothing before the connection is encrypted.",
            )
        following = ORDER[verb][self.state]
        if isinstance(following, Reply):
            return following
        answer: Answer = await self._smtp_methods[verb](rest)
        if answer is not None and _reply_of(answer).is_positive:
            self.state = following
        return answer

    async def _say(self, answer: Reply | Decision) -> Reply:
        if isinstance(answer, Decision):
            self.track.decided(answer.rule, answer.reason)
        said = _reply_of(answer)
        await self.push(said)
        return said

    def _hang_up(self) -> None:
        # The dialogue is over: how TLS and TCP take leave differs between clients and is nothing to show.
        self.track.close()
        if self.transport is not None:
            self.transport.close()

    def _set_rset_state(self) -> None:
        super()._set_rset_state()  # type: ignore[no-untyped-call]
        self.state = IDLE

    def _authenticate_login(
        self, server: object, session: object, envelope: object, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        user = data.login.decode("utf-8", "replace")
        if not self.knows_password(user, data.password):
            return AuthResult(success=False, handled=False)
        self.user = user
        return AuthResult(success=True)

    def knows_password(self, user: str, password: bytes) -> bool:
        """Whether this is the user's password; a server without accounts knows none."""
        return False


def _reply_of(answer: Reply | Decision) -> Reply:
    return answer.reply if isinstance(answer, Decision) else answer

"""The dialogue: reads commands, and answers each of them in its order.

Which command is allowed when is the table in ``order``; what a command does is in ``server``. The
questions are asked in the order in which Postfix asks them, since the first objection is the answer.
"""

import asyncio
import re

from aiosmtpd.smtp import TLSSetupException

from labkit.smtp import reply
from labkit.smtp.connection import Connection
from labkit.smtp.decision import Answer as Answer
from labkit.smtp.decision import Decision
from labkit.smtp.order import BEFORE_TLS, IDLE, IDLE_TALK, LAST_OF_GROUP, ORDER, State
from labkit.smtp.reply import Reply
from labkit.smtp.role import Role
from labkit.smtp.words import SPACE
from labkit.wire.record import CLIENT_HUNG_UP

COMMAND_LINE_LIMIT = 2048  # octets without the line end; Postfix: line_length_limit
MOMENT = 10  # turns of the loop that a client gets to speak out of turn
IDLE_TALK_LIMIT = 100  # Postfix: smtpd_junk_command_limit
HANG_UP = (221, 421, 521)

_COMMAND = re.compile(rf"[{SPACE}]*([^{SPACE}]+)[{SPACE}]*(.*?)[{SPACE}]*", re.DOTALL)
# Web browsers, letters without DATA, and noise (Postfix: smtpd_forbidden_commands).
_NOT_MAIL = re.compile(r"(?i:CONNECT|GET|POST)$|[!-9;-~]*:|[^A-Za-z]")


class Dialogue(Connection, Role):
    """One dialogue with a client.

    ``errors`` and ``idle_talk`` count since it last sent a letter; ``pipelined`` says that it has sent
    commands without waiting where it must wait (RFC 2920 section 3.1).
    """

    tls_level = "none"  # as smtpd_tls_security_level: none, may or encrypt
    bare_newline = "normalize"  # as smtpd_forbid_bare_newline: no, normalize or reject
    unauth_pipelining_forbidden = False
    hard_error_limit = 20
    client_name = "unknown"
    state: State

    errors = 0
    pipelined = False
    extended = False
    idle_talk = 0
    _is_over = False
    _closed_to: Reply | None = None  # what the client heard instead of a greeting

    async def _handle_client(self) -> None:
        try:
            await self._serve()
        except TLSSetupException:
            self._hang_up()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.track.close(CLIENT_HUNG_UP)
            self._hang_up()
        except Exception as error:
            self._problem(f"{self.hostname}, session {self.track.number}: {error!r}")
            await self.push(reply.OUR_FAULT)
            self._hang_up()

    async def _serve(self) -> None:
        said = await self._say(await self._opening())
        self._closed_to = None if said.is_positive else said
        going_on = self._goes_on_after(said)
        while going_on and self.transport is not None:
            going_on = await self._exchange()
        self._hang_up()

    async def _opening(self) -> Reply | Decision:
        if self._is_distrusted:
            # As Postfix does: it says why it won't talk, and then greets before it hangs up.
            await self._say(self._no_certificate)
            self._is_over = True
            return reply.greeting(self.hostname)
        if self.unauth_pipelining_forbidden:
            await _moment()
        if self._is_out_of_step():
            return reply.NOT_IN_STEP
        refusal = await self.on_connect()
        if self.bare_newline == "no":
            self.track.takes_bare_newlines()
        return refusal or reply.greeting(self.hostname)

    async def _exchange(self) -> bool:
        """Read a command and answer it; whether the dialogue goes on."""
        if self.errors >= self.hard_error_limit:
            self.track.unasked()
            await self._say(reply.too_many_errors(self.hostname))
            return False
        self._reset_timeout()
        line = await self._line(COMMAND_LINE_LIMIT)
        answer = self._no_certificate if self._is_distrusted else await self._answer(line)
        return answer is None or self._goes_on_after(await self._say(answer))

    async def _answer(self, line: bytes) -> Answer:
        if self.bare_newline == "reject" and line.endswith(b"\n") and not line.endswith(b"\r\n"):
            self._is_over = True
            return reply.bare_newline(self.hostname)
        try:
            text = line.partition(b"\0")[0].decode()
        except UnicodeDecodeError:
            return reply.BAD_UTF8
        found = _COMMAND.fullmatch(text)
        return await self._command(found[1].upper(), found[2]) if found else reply.BAD_SYNTAX

    async def _command(self, verb: str, rest: str) -> Answer:
        if verb not in ORDER and _NOT_MAIL.match(verb):
            return reply.NOT_HTTP
        if self._closed_to and verb != "QUIT":
            return self._closed_to if self._closed_to.code % 100 == 21 else reply.not_welcome(self._caller)
        if verb not in ORDER:
            return reply.NO_SUCH_COMMAND
        if self.tls_level == "encrypt" and not self.secure and verb not in BEFORE_TLS:
            return Decision(
                reply.NEED_TLS,
                "smtpd_tls_security_level = encrypt",
                "This server does nothing before the connection is encrypted.",
            )
        if (not self.extended or verb in LAST_OF_GROUP) and self._is_out_of_step():
            return reply.NOT_IN_STEP
        answer = await self._obey(verb, rest)
        if verb in IDLE_TALK:
            self.errors += self.idle_talk > IDLE_TALK_LIMIT
            self.idle_talk += 1
        return answer

    async def _obey(self, verb: str, rest: str) -> Answer:
        objection = await self.before(verb)
        if objection:
            return objection
        before, following = self.state, ORDER[verb][self.state]
        if isinstance(following, Reply):
            return following
        answer: Answer = await getattr(self, f"smtp_{verb}")(rest)
        if answer is not None and _reply_of(answer).is_positive and self.state is before:
            self.state = following
        return answer

    async def _say(self, answer: Reply | Decision) -> Reply:
        if isinstance(answer, Decision):
            self.track.decided(answer.rule, answer.reason, answer.tried)
        said = self.worded(_reply_of(answer))
        self.errors += not said.is_positive
        await self.push(said)
        return said

    def _goes_on_after(self, said: Reply) -> bool:
        return said.code not in HANG_UP and not self._is_over

    def _is_out_of_step(self) -> bool:
        """Whether this is the first time that the client didn't wait, and the server won't have it."""
        if self.pipelined or not self.has_more:
            return False
        self.pipelined = True
        self._is_over = self.unauth_pipelining_forbidden
        return self._is_over

    @property
    def _is_distrusted(self) -> bool:
        if not self.requires_certificate or not self.secure or self.tls_level != "encrypt":
            return False
        return self.certificate is None or not self.certificate.trusted

    @property
    def _no_certificate(self) -> Reply:
        return reply.no_certificate(self.hostname, shown=self.certificate is not None)

    @property
    def _caller(self) -> str:
        return f"{self.client_name}[{self.client.address}]"

    def _set_rset_state(self) -> None:
        self.state = IDLE

    async def before(self, verb: str) -> Answer:
        """What is wrong with a command before its order is looked at."""
        return None


async def _moment() -> None:
    """Let what is on its way arrive."""
    for _ in range(MOMENT):
        await asyncio.sleep(0)


def _reply_of(answer: Reply | Decision) -> Reply:
    return answer.reply if isinstance(answer, Decision) else answer

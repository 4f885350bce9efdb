"""The commands of a mail server (RFC 5321), each answered as Postfix answers it.

What differs between a relay and a recipient's server are the few methods at the end, which a role
overrides: what it offers, whom it knows, whether it takes a recipient and what it does with a letter.
"""

from abc import ABC, abstractmethod

from labkit.smtp import parameters, reply
from labkit.smtp.address import NULL, Path, parse_path
from labkit.smtp.content import read_content
from labkit.smtp.decision import Decision
from labkit.smtp.dialogue import Answer, Dialogue
from labkit.smtp.envelope import Letter, Session
from labkit.smtp.order import IDLE
from labkit.smtp.reply import Reply

RECIPIENT_LIMIT = 1000  # Postfix: smtpd_recipient_limit
WRONG_PASSWORD = "The user name or the password is wrong. The server doesn't say which."


class MailServer(Dialogue, ABC):
    """One connection to a mail server."""

    size_limit = 10_240_000  # octets; Postfix: message_size_limit
    reverse_path: Path
    forward_paths: list[Path]

    async def smtp_HELO(self, hostname: str) -> Answer:
        return self._greeted(hostname, extended=False) or reply.HELO_SYNTAX

    async def smtp_EHLO(self, hostname: str) -> Answer:
        return self._greeted(hostname, extended=True) or reply.EHLO_SYNTAX

    def _greeted(self, hostname: str, *, extended: bool) -> Reply | None:
        if not hostname or not hostname.isprintable():
            return None
        self._set_rset_state()
        self.helo, self.extended = hostname, extended
        return reply.hello(self.hostname, self.capabilities() if extended else ())

    async def smtp_STARTTLS(self, arg: str) -> Answer:
        if arg:
            return reply.STARTTLS_SYNTAX
        if self.secure:
            return reply.TLS_ALREADY
        if self.tls_level == "none":
            return Decision(
                reply.NOT_IMPLEMENTED, "smtpd_tls_security_level = none", "This server offers no TLS."
            )
        self.tls_context = self._certificate(self.hostname)
        await super().smtp_STARTTLS("")
        return None

    async def smtp_AUTH(self, arg: str) -> Answer:
        if not self.offers_auth():
            return Decision(reply.NO_AUTH, *self.why_no_auth())
        if self.user:
            return reply.AUTH_DONE
        mechanism, *initial = arg.split() or [""]
        if not mechanism:
            return reply.AUTH_SYNTAX
        method = self._auth_methods.get(mechanism.upper())
        if not method:
            return reply.AUTH_NO_MECHANISM
        try:
            result = await method.method(self, [mechanism, *initial])
        except ValueError:  # from the stream: an answer without a line end, longer than its buffer
            return reply.LINE_TOO_LONG
        if result.success:
            return reply.AUTHENTICATED
        return (
            None if result.handled else Decision(reply.AUTH_FAILED, "smtpd_sasl_auth_enable", WRONG_PASSWORD)
        )

    async def smtp_MAIL(self, arg: str) -> Answer:
        path = _path_after("FROM:", arg)
        if path is None:
            return reply.MAIL_SYNTAX if not arg.upper().startswith("FROM:") else reply.BAD_SENDER
        refusal = parameters.refusal(path[1], self.size_limit, auth=self.offers_auth())
        if not refusal:
            self.reverse_path, self.forward_paths = path[0], []
        return refusal or reply.OK_MAIL

    async def smtp_RCPT(self, arg: str) -> Answer:
        path = _path_after("TO:", arg)
        if path is None or path[0].is_null:
            return reply.RCPT_SYNTAX if not arg.upper().startswith("TO:") else reply.BAD_RECIPIENT
        if path[1]:
            return reply.unsupported(path[1].split()[0])
        if len(self.forward_paths) >= RECIPIENT_LIMIT:
            return reply.TOO_MANY_RECIPIENTS
        decision = self.decide(path[0])
        if decision.reply.is_positive:
            self.forward_paths.append(path[0])
        return decision

    async def smtp_DATA(self, arg: str) -> Answer:
        if arg:
            return reply.DATA_SYNTAX
        await self.push(reply.GO_AHEAD)
        content = await read_content(self._reader, self.size_limit, self._reset_timeout)
        self.state = IDLE  # whatever becomes of the letter, this transaction is over
        if content is None:
            return parameters.too_big(reply.TOO_BIG_SEEN, self.size_limit)
        letter = Letter(self.reverse_path, tuple(self.forward_paths), content)
        return await self.take(letter)

    async def smtp_RSET(self, arg: str) -> Answer:
        if arg:
            return reply.RSET_SYNTAX
        self._set_rset_state()
        return reply.OK

    async def smtp_NOOP(self, arg: str) -> Answer:
        return reply.OK

    async def smtp_VRFY(self, arg: str) -> Answer:
        return reply.verified(arg) if arg and arg.isprintable() else reply.VRFY_SYNTAX

    async def smtp_QUIT(self, arg: str) -> Answer:
        return reply.BYE

    def _set_rset_state(self) -> None:
        super()._set_rset_state()
        self.reverse_path = NULL
        self.forward_paths = []

    # What a role decides

    def offers_auth(self) -> bool:
        """Whether AUTH is offered on this connection, now."""
        return False

    def why_no_auth(self) -> tuple[str, str]:
        """The setting, and the reason, for which AUTH isn't offered."""
        return "smtpd_sasl_auth_enable = no", "This server knows no users."

    @abstractmethod
    def decide(self, recipient: Path) -> Decision:
        """Whether the server takes mail for this recipient in this session."""

    @abstractmethod
    async def take(self, letter: Letter) -> Answer:
        """Take the letter, or refuse it: a positive answer is a promise."""

    def capabilities(self) -> tuple[str, ...]:
        """What EHLO offers, in Postfix's order."""
        tls = self.tls_level != "none" and not self.secure
        return (
            "PIPELINING",
            f"SIZE {self.size_limit}",
            "VRFY",
            *(["STARTTLS"] if tls else []),
            *(["AUTH PLAIN LOGIN"] if self.offers_auth() else []),
            "ENHANCEDSTATUSCODES",
            "8BITMIME",
            "SMTPUTF8",
        )

    @property
    def facts(self) -> Session:
        """What the server knows about the client so far."""
        return Session(
            client=self.client,
            number=self.track.number,
            port=self.track.port,
            helo=self.helo,
            extended=self.extended,
            secure=self.secure,
            user=self.user,
        )


def _path_after(keyword: str, argument: str) -> tuple[Path, str] | None:
    if argument[: len(keyword)].upper() != keyword:
        return None
    return parse_path(argument[len(keyword) :].lstrip())

"""The commands of a mail server (RFC 5321), each answered as Postfix answers it.

What a relay does otherwise than a recipient's server stands in ``role``; how a letter comes in, in
``transfer``.
"""

from labkit.smtp import parameters, reply
from labkit.smtp.address import Path, is_domain, parse_path
from labkit.smtp.decision import Decision
from labkit.smtp.dialogue import Answer
from labkit.smtp.envelope import Session
from labkit.smtp.parameters import MailParameters, read_notice
from labkit.smtp.reply import Reply
from labkit.smtp.transfer import Transfer
from labkit.smtp.words import words

OVERSHOOT = 1000  # recipients too many that are no error; Postfix: smtpd_recipient_overshoot_limit
MECHANISMS = ("PLAIN", "LOGIN")

# What must not stand in a name that the server writes into headers.
_NEUTRAL = str.maketrans(dict.fromkeys([*map(chr, range(32)), *'\x7f <>()\\";@'], "?"))


class MailServer(Transfer):
    """One connection to a mail server."""

    recipient_limit = 1000  # of one letter; Postfix: smtpd_recipient_limit
    helo_required = False
    vrfy_enabled = True
    strict_envelopes = False
    offers_etrn = False
    _overshoot = 0

    async def smtp_HELO(self, arg: str) -> Answer:
        return await self._greeted(arg, extended=False) if arg else reply.HELO_SYNTAX

    async def smtp_EHLO(self, arg: str) -> Answer:
        return await self._greeted(arg, extended=True) if arg else reply.EHLO_SYNTAX

    async def _greeted(self, arg: str, *, extended: bool) -> Answer:
        name = " ".join(words(arg)[0])
        refusal = await self.on_helo(name)
        if refusal:
            return refusal
        self._set_rset_state()
        self.helo, self.extended = name.translate(_NEUTRAL), self.extended or extended
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
        refusal = await self.on_starttls()
        if refusal:
            return refusal
        await self.start_tls()
        return None

    async def before(self, verb: str) -> Answer:
        if verb == "AUTH":
            refusal = await self.on_auth()
            if refusal:
                return refusal
        if self.helo_required and not self.helo and verb in ("AUTH", "MAIL", "ETRN"):
            return reply.ETRN_NEEDS_HELO if verb == "ETRN" else reply.NEED_HELO
        if verb == "AUTH" and not self.offers_auth():
            return Decision(reply.NO_AUTH, *self.why_no_auth())
        return None

    async def smtp_AUTH(self, arg: str) -> Answer:
        if self.user:
            return reply.AUTH_DONE
        mechanism, *initial = arg.split() or [""]
        if not mechanism or len(initial) > 1:
            return reply.AUTH_SYNTAX
        if mechanism.upper() not in MECHANISMS:
            return reply.AUTH_NO_MECHANISM
        self.envelope = self._create_envelope()  # upstream insists on one
        first = ["" if word == "=" else word for word in initial]  # RFC 4954 section 4
        result = await getattr(self, f"auth_{mechanism.upper()}")(self, [mechanism, *first])
        if result.success:
            return reply.AUTHENTICATED
        if not result.handled:
            return Decision(reply.AUTH_FAILED, *self.why_wrong())
        self.errors += 1
        return None

    async def smtp_MAIL(self, arg: str) -> Answer:
        said, closed = words(arg)
        if len(said) < 2 or said[0].upper() != "FROM:":
            return reply.MAIL_SYNTAX
        refusal = await self.on_count("MAIL")
        if refusal:
            return refusal
        utf8 = any(word.upper() == "SMTPUTF8" for word in said[2:])
        path = self._path(said, closed, utf8=utf8)
        if path is None:
            return reply.BAD_SENDER
        refusal = self._unfit(self.parameters, said[2:]) or await self.on_mail(path)
        if refusal:
            return refusal
        self.reverse_path = path
        return reply.OK_MAIL

    def _unfit(self, told: MailParameters, options: list[str]) -> Answer:
        trouble = told.read(options)
        if not trouble and 0 < self.size_limit < told.size:
            return parameters.too_big(reply.TOO_BIG_SAID, self.size_limit)
        return trouble

    async def smtp_RCPT(self, arg: str) -> Answer:
        said, closed = words(arg)
        if len(said) < 2 or said[0].upper() != "TO:":
            return reply.RCPT_SYNTAX
        refusal = await self.on_count("RCPT")
        if refusal:
            return refusal
        path = self._path(said, closed, utf8=self.parameters.utf8)
        if path is None or path.is_null:
            return reply.BAD_RECIPIENT
        notice = read_notice(said[2:], dsn=self.offers_dsn)
        if isinstance(notice, Reply):
            return notice
        if len(self.forward_paths) >= self.recipient_limit > 0:
            return self._too_many()
        decision = await self.on_rcpt(path)
        if decision.reply.is_positive:
            self.forward_paths.append(path)
            self.notices.append(notice)
        return decision

    def _path(self, said: list[str], closed: bool, *, utf8: bool) -> Path | None:
        if not closed and len(said) == 2:
            return None
        return self._possible(parse_path(said[1], utf8=utf8, strict=self.strict_envelopes), utf8)

    def _possible(self, path: Path | None, utf8: bool) -> Path | None:
        if path and path.asks_for_routing and not self.leads_somewhere(path, utf8=utf8):
            return None
        return path

    def _too_many(self) -> Reply:
        # A client that can't count is forgiven for long: it will send the others later.
        if self._overshoot < OVERSHOOT:
            self.errors -= 1
        self._overshoot += 1
        return reply.TOO_MANY_RECIPIENTS

    async def smtp_RSET(self, arg: str) -> Answer:
        if arg:
            return reply.RSET_SYNTAX
        self._set_rset_state()
        return reply.OK

    async def smtp_NOOP(self, arg: str) -> Answer:
        return reply.OK

    async def smtp_VRFY(self, arg: str) -> Answer:
        if not self.vrfy_enabled:
            return Decision(reply.NO_VRFY, "disable_vrfy_command = yes", "This server verifies no address.")
        said, _ = words(arg)
        utf8 = bool(said) and said[-1].upper() == "SMTPUTF8"
        text = " ".join(said[:-1] if utf8 else said)
        if not text:
            return reply.VRFY_SYNTAX
        refusal = await self.on_count("VRFY")
        if refusal:
            return refusal
        path = self._possible(parse_path(text, utf8=utf8), utf8)
        if path is None or path.is_null:
            return reply.BAD_RECIPIENT
        return await self.on_vrfy(path) or reply.verified(text)

    async def smtp_ETRN(self, arg: str) -> Answer:
        if not self.offers_etrn:
            return reply.NOT_IMPLEMENTED
        said, _ = words(arg)
        if len(said) != 1:
            return reply.ETRN_SYNTAX
        domain = said[0][1:] if said[0][0] in "@#" else said[0]
        if not is_domain(domain):
            return reply.ETRN_BAD_DOMAIN
        return await self.on_etrn(domain) or reply.FLUSHING

    async def smtp_XCLIENT(self, arg: str) -> Answer:
        return reply.NOT_ENTITLED if arg else reply.attributes_syntax("XCLIENT")

    async def smtp_XFORWARD(self, arg: str) -> Answer:
        return reply.NOT_ENTITLED if arg else reply.attributes_syntax("XFORWARD")

    async def smtp_QUIT(self, arg: str) -> Answer:
        return reply.BYE

    def _set_rset_state(self) -> None:
        super()._set_rset_state()
        self._overshoot = 0

    def capabilities(self) -> tuple[str, ...]:
        """What the answer to EHLO offers, in Postfix's order."""
        offers = {
            "PIPELINING": True,
            f"SIZE {self.size_limit}" if self.size_limit else "SIZE": True,
            "VRFY": self.vrfy_enabled,
            "ETRN": self.offers_etrn,
            "STARTTLS": self.tls_level != "none" and not self.secure,
            f"AUTH {' '.join(MECHANISMS)}": self.offers_auth(),
            "ENHANCEDSTATUSCODES": True,
            "8BITMIME": True,
            "DSN": self.offers_dsn,
            "SMTPUTF8": True,
            "CHUNKING": self.offers_chunking,
        }
        return tuple(keyword for keyword, offered in offers.items() if offered)

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
            client_name=self.client_name,
            certificate=self.certificate,
            pipelined=self.pipelined,
            mechanism=self.mechanism,
        )

"""Every reply that a server of the lab gives, as values.

The words are Postfix's (3.7, recorded), so what students read here is what they will meet at work.
No other module of the lab writes a reply down.
"""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Reply:
    """A reply: three-digit code (RFC 5321 section 4.2), enhanced code (RFC 3463) or "", and text.

    A text of several lines becomes a multi-line reply.
    """

    code: int
    enhanced: str
    text: str

    @property
    def is_positive(self) -> bool:
        """2yz or 3yz: go on."""
        return self.code < 400

    @property
    def is_transient(self) -> bool:
        """4yz: not now, try again later."""
        return 400 <= self.code < 500

    @property
    def status(self) -> str:
        """The code and the enhanced code, without the text."""
        return f"{self.code} {self.enhanced}".rstrip()

    @cached_property
    def wire(self) -> bytes:
        """The reply as it crosses the network, with its line ends."""
        prefix = f"{self.enhanced} " if self.enhanced else ""
        *first, last = self.text.split("\n")
        lines = [f"{self.code}-{prefix}{line}\r\n" for line in first]
        return "".join([*lines, f"{self.code} {prefix}{last}\r\n"]).encode()

    def __str__(self) -> str:
        return self.wire.decode().rstrip("\r\n").replace("\r\n", "\n")


OK_MAIL = Reply(250, "2.1.0", "Ok")
OK_RCPT = Reply(250, "2.1.5", "Ok")
OK = Reply(250, "2.0.0", "Ok")
BYE = Reply(221, "2.0.0", "Bye")
GO_AHEAD = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
READY_FOR_TLS = Reply(220, "2.0.0", "Ready to start TLS")
AUTHENTICATED = Reply(235, "2.7.0", "Authentication successful")

NOT_HTTP = Reply(221, "2.7.0", "Error: I can break rules, too. Goodbye.")
NO_SUCH_COMMAND = Reply(500, "5.5.2", "Error: command not recognized")
BAD_SYNTAX = Reply(500, "5.5.2", "Error: bad syntax")
BAD_UTF8 = Reply(500, "5.5.2", "Error: bad UTF-8 syntax")
LINE_TOO_LONG = Reply(500, "5.5.2", "Error: line too long")
EHLO_SYNTAX = Reply(501, "", "Syntax: EHLO hostname")
HELO_SYNTAX = Reply(501, "", "Syntax: HELO hostname")
MAIL_SYNTAX = Reply(501, "5.5.4", "Syntax: MAIL FROM:<address>")
RCPT_SYNTAX = Reply(501, "5.5.4", "Syntax: RCPT TO:<address>")
DATA_SYNTAX = Reply(501, "5.5.4", "Syntax: DATA")
RSET_SYNTAX = Reply(501, "5.5.4", "Syntax: RSET")
VRFY_SYNTAX = Reply(501, "5.5.4", "Syntax: VRFY address")
STARTTLS_SYNTAX = Reply(501, "5.5.4", "Syntax: STARTTLS")
AUTH_SYNTAX = Reply(501, "5.5.4", "Syntax: AUTH mechanism")
BAD_SENDER = Reply(501, "5.1.7", "Bad sender address syntax")
BAD_RECIPIENT = Reply(501, "5.1.3", "Bad recipient address syntax")

NESTED_MAIL = Reply(503, "5.5.1", "Error: nested MAIL command")
NEED_MAIL = Reply(503, "5.5.1", "Error: need MAIL command")
NEED_RCPT = Reply(503, "5.5.1", "Error: need RCPT command")
NO_VALID_RECIPIENTS = Reply(554, "5.5.1", "Error: no valid recipients")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Error: too many recipients")

NEED_TLS = Reply(530, "5.7.0", "Must issue a STARTTLS command first")
TLS_ALREADY = Reply(554, "5.5.1", "Error: TLS already active")
NOT_IMPLEMENTED = Reply(502, "5.5.1", "Error: command not implemented")
NO_AUTH = Reply(503, "5.5.1", "Error: authentication not enabled")
AUTH_DONE = Reply(503, "5.5.1", "Error: already authenticated")
AUTH_IN_MAIL = Reply(503, "5.5.1", "Error: MAIL transaction in progress")
AUTH_NO_MECHANISM = Reply(535, "5.7.8", "Error: authentication failed: Invalid authentication mechanism")
AUTH_FAILED = Reply(535, "5.7.8", "Error: authentication failed: (reason unavailable)")
AUTH_BAD_BASE64 = Reply(535, "5.7.8", "Error: authentication failed: Invalid base64 data in initial response")
AUTH_ABORTED = Reply(501, "5.7.0", "Authentication aborted")

TOO_BIG_SAID = Reply(552, "5.3.4", "Message size exceeds fixed limit")
TOO_BIG_SEEN = Reply(552, "5.3.4", "Error: message file too big")
QUEUE_FULL = Reply(452, "4.3.1", "Insufficient system storage")
OUR_FAULT = Reply(451, "4.3.0", "Error: queue file write error")


def greeting(hostname: str) -> Reply:
    """The banner (RFC 5321 section 4.2)."""
    return Reply(220, "", f"{hostname} ESMTP Postfix")


def hello(hostname: str, capabilities: tuple[str, ...] = ()) -> Reply:
    """The answer to HELO, or to EHLO with what the server offers."""
    return Reply(250, "", "\n".join((hostname, *capabilities)))


def verified(address: str) -> Reply:
    """The answer to VRFY: it says nothing about whether the mailbox exists (RFC 5321 section 3.5.3)."""
    return Reply(252, "2.0.0", address)


def unsupported(option: str) -> Reply:
    """A parameter of MAIL or RCPT that the server doesn't know."""
    return Reply(555, "5.5.4", f"Unsupported option: {option}")


def queued(queue_id: str) -> Reply:
    """The message is taken: from here on it is the server's to deliver or to return."""
    return Reply(250, "2.0.0", f"Ok: queued as {queue_id}")


def relay_denied(recipient: str, *, for_now: bool = False) -> Reply:
    """The relay doesn't carry mail from this client to this recipient."""
    code, enhanced = (454, "4.7.1") if for_now else (554, "5.7.1")
    return Reply(code, enhanced, f"<{recipient}>: Relay access denied")


def access_denied(recipient: str) -> Reply:
    """Refused by the restriction ``reject``."""
    return Reply(554, "5.7.1", f"<{recipient}>: Recipient address rejected: Access denied")


def user_unknown(recipient: str) -> Reply:
    """The domain is this server's own, and has no such mailbox."""
    return Reply(
        550, "5.1.1", f"<{recipient}>: Recipient address rejected: User unknown in local recipient table"
    )


def bare_newline(hostname: str) -> Reply:
    """A line that ends in a line feed alone."""
    return Reply(550, "5.5.2", f"{hostname} Error: bare <LF> received")


def too_many_errors(hostname: str) -> Reply:
    """The server hangs up on a client that gets everything wrong."""
    return Reply(421, "4.7.0", f"{hostname} Error: too many errors")


def timed_out(hostname: str) -> Reply:
    """The server hangs up on a client that says nothing."""
    return Reply(421, "4.4.2", f"{hostname} Error: timeout exceeded")


_CODE = re.compile("[2-5][0-9][0-9]")


def parse(lines: list[bytes]) -> Reply | None:
    """The reply that a server sent as these lines; None when that isn't a reply."""
    texts = [line.decode("utf-8", "replace").rstrip("\r\n") for line in lines]
    code = texts[-1][:3]
    if not _CODE.fullmatch(code):
        return None
    enhanced, texts = _enhanced(code, [text[4:] for text in texts])
    return Reply(int(code), enhanced, "\n".join(texts))


def _enhanced(code: str, texts: list[str]) -> tuple[str, list[str]]:
    found = texts[0].partition(" ")[0]
    parts = found.split(".")
    if len(parts) == 3 and parts[0] == code[0] and all(part.isdigit() for part in parts):
        return found, [text.removeprefix(found).removeprefix(" ") for text in texts]
    return "", texts

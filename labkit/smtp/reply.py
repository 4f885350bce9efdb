"""Every reply that a server of the lab gives, as values.

The words are Postfix's (3.7, recorded), so what students read here is what they will meet at work.
No other module of the lab writes a reply down.
"""

import re

from labkit.smtp.answer import Reply as Reply
from labkit.smtp.answer import parse as parse

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
EHLO_SYNTAX = Reply(501, "", "Syntax: EHLO hostname")
HELO_SYNTAX = Reply(501, "", "Syntax: HELO hostname")
MAIL_SYNTAX = Reply(501, "5.5.4", "Syntax: MAIL FROM:<address>")
RCPT_SYNTAX = Reply(501, "5.5.4", "Syntax: RCPT TO:<address>")
DATA_SYNTAX = Reply(501, "5.5.4", "Syntax: DATA")
RSET_SYNTAX = Reply(501, "5.5.4", "Syntax: RSET")
VRFY_SYNTAX = Reply(501, "5.5.4", "Syntax: VRFY address [SMTPUTF8]")
STARTTLS_SYNTAX = Reply(501, "5.5.4", "Syntax: STARTTLS")
AUTH_SYNTAX = Reply(501, "5.5.4", "Syntax: AUTH mechanism")
ETRN_SYNTAX = Reply(500, "", "Syntax: ETRN domain")
ETRN_BAD_DOMAIN = Reply(501, "", "Error: invalid parameter syntax")
BDAT_SYNTAX = Reply(521, "5.5.4", "Syntax: BDAT count [LAST]")
BAD_SIZE = Reply(501, "5.5.4", "Bad message size syntax")
BAD_RET = Reply(501, "5.5.4", "Bad RET parameter syntax")
BAD_ENVID = Reply(501, "5.5.4", "Bad ENVID parameter syntax")
BAD_NOTIFY = Reply(501, "5.5.4", "Error: Bad NOTIFY parameter syntax")
BAD_ORCPT = Reply(501, "5.5.4", "Error: Bad ORCPT parameter syntax")
BAD_SENDER = Reply(501, "5.1.7", "Bad sender address syntax")
BAD_RECIPIENT = Reply(501, "5.1.3", "Bad recipient address syntax")

NEED_HELO = Reply(503, "5.5.1", "Error: send HELO/EHLO first")
ETRN_NEEDS_HELO = Reply(503, "", "Error: send HELO/EHLO first")
ETRN_IN_MAIL = Reply(503, "", "Error: MAIL transaction in progress")
NESTED_MAIL = Reply(503, "5.5.1", "Error: nested MAIL command")
NEED_MAIL = Reply(503, "5.5.1", "Error: need MAIL command")
NEED_RCPT = Reply(503, "5.5.1", "Error: need RCPT command")
NO_VALID_RECIPIENTS = Reply(554, "5.5.1", "Error: no valid recipients")
MAIL_AFTER_BDAT = Reply(503, "5.5.1", "Error: MAIL after BDAT")
RCPT_AFTER_BDAT = Reply(503, "5.5.1", "Error: RCPT after BDAT")
DATA_AFTER_BDAT = Reply(503, "5.5.1", "Error: DATA after BDAT")
NOT_IN_STEP = Reply(554, "5.5.0", "Error: SMTP protocol synchronization")
NULL_BDAT = Reply(551, "5.7.1", "Null BDAT request")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Error: too many recipients")

NEED_TLS = Reply(530, "5.7.0", "Must issue a STARTTLS command first")
TLS_NOT_AVAILABLE = Reply(454, "4.7.0", "TLS not available due to local problem")
TLS_ALREADY = Reply(554, "5.5.1", "Error: TLS already active")
NOT_IMPLEMENTED = Reply(502, "5.5.1", "Error: command not implemented")
NO_BDAT = Reply(521, "5.5.1", "Error: command not implemented")
NO_VRFY = Reply(502, "5.5.1", "VRFY command is disabled")
NO_DSN = Reply(501, "5.7.1", "DSN support is disabled")
NOT_ENTITLED = Reply(550, "5.7.0", "Error: insufficient authorization")
FLUSHING = Reply(250, "", "Queuing started")
NO_AUTH = Reply(503, "5.5.1", "Error: authentication not enabled")
AUTH_DONE = Reply(503, "5.5.1", "Error: already authenticated")
AUTH_IN_MAIL = Reply(503, "5.5.1", "Error: MAIL transaction in progress")
AUTH_NO_MECHANISM = Reply(535, "5.7.8", "Error: authentication failed: Invalid authentication mechanism")
AUTH_FAILED = Reply(535, "5.7.8", "Error: authentication failed: (reason unavailable)")
AUTH_BAD_BASE64 = Reply(535, "5.7.8", "Error: authentication failed: Invalid base64 data in initial response")
AUTH_BAD_BASE64_LATER = Reply(
    535, "5.7.8", "Error: authentication failed: Invalid base64 data in continued response"
)
AUTH_TOO_LONG = Reply(500, "5.5.6", "SASL response limit exceeded")
AUTH_AGAIN = Reply(503, "5.5.4", "Error: multiple AUTH= options")
AUTH_ABORTED = Reply(501, "5.7.0", "Authentication aborted")

TOO_BIG_SAID = Reply(552, "5.3.4", "Message size exceeds fixed limit")
TOO_BIG_FOR_ANY = Reply(552, "5.3.4", "Message size exceeds file system imposed limit")
CHUNK_TOO_BIG = Reply(552, "5.3.4", "Chunk exceeds message size limit")
TOO_BIG_SEEN = Reply(552, "5.3.4", "Error: message file too big")
TOO_MANY_HOPS = Reply(554, "5.4.0", "Error: too many hops")
QUEUE_FULL = Reply(452, "4.3.1", "Insufficient system storage")
OUR_FAULT = Reply(451, "4.3.0", "Error: queue file write error")
BAD_CONFIGURATION = Reply(451, "4.3.5", "Server configuration error")
SESSION_NEEDS_TLS = Reply(450, "4.7.1", "Session encryption is required")
ALL_BUSY = Reply(421, "4.3.2", "All server ports are busy")
UNWANTED = Reply(554, "5.7.1", "Message content rejected")

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?!\S)\s*")


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


def user_unknown(recipient: str, table: str = "local recipient table") -> Reply:
    """The domain is the server's own, or one that it relays to, and has no such mailbox."""
    return refused(550, "5.1.1", recipient, "Recipient address", f"User unknown in {table}")


def refused(code: int, enhanced: str, name: str, part: str, text: str) -> Reply:
    """What a restriction says of a name that it refuses: ``part`` is what the client used it for."""
    return consistent(code, enhanced, f"<{name}>: {part} rejected: {text}")


def consistent(code: int, enhanced: str, text: str) -> Reply:
    """A refusal whose enhanced code has the class of its code."""
    return Reply(code, f"{str(code)[0]}{enhanced[1:]}", text)


def blocked(part: str, address: str, list_name: str, reason: str) -> Reply:
    """The client is on a block list; ``reason`` is what the list says about it, or empty."""
    text = f"Service unavailable; {part} [{address}] blocked using {list_name}"
    return consistent(554, "5.7.1", f"{text}; {reason}" if reason else text)


def not_owned(sender: str, account: str) -> Reply:
    """The client is logged in, and the sender's address belongs to somebody else."""
    return Reply(553, "5.7.1", f"<{sender}>: Sender address rejected: not owned by user {account}")


def not_logged_in(sender: str) -> Reply:
    """The sender's address belongs to somebody, and the client didn't prove to be that one."""
    return Reply(553, "5.7.1", f"<{sender}>: Sender address rejected: not logged in")


def not_welcome(client: str) -> Reply:
    """The answer to every command of a client that was refused when it connected."""
    return Reply(503, "5.7.0", f"Error: access denied for {client}")


def too_many_connections(hostname: str, address: str) -> Reply:
    """The client has too many connections, or makes them too fast."""
    return Reply(421, "4.7.0", f"{hostname} Error: too many connections from {address}")


def too_much_mail(address: str) -> Reply:
    """The client sends letters too fast."""
    return Reply(450, "4.7.1", f"Error: too much mail from {address}")


def too_many_recipients(address: str) -> Reply:
    """The client names recipients too fast."""
    return Reply(450, "4.7.1", f"Error: too many recipients from {address}")


def too_many_logins(address: str) -> Reply:
    """The client tries to log in too often."""
    return Reply(450, "4.7.1", f"Error: too many AUTH commands from {address}")


def no_flush(domain: str) -> Reply:
    """The relay doesn't send what waits for this domain on demand (RFC 1985)."""
    return Reply(459, "", f"<{domain}>: service unavailable")


def content_rejected(text: str) -> Reply:
    """A header or a line that the relay refuses; ``text`` may begin with an enhanced code (RFC 3463)."""
    found = _STATUS.match(text)
    enhanced = found[1] if found else "5.7.1"
    if enhanced[0] == "2":  # refused all the same
        enhanced = f"4{enhanced[1:]}"
    code = 451 if enhanced[0] == "4" else 550
    rest = text[found.end() :] if found else text
    return consistent(code, enhanced, rest or "message content rejected")


def milter_rejected(text: str) -> Reply:
    """What a scanner found."""
    return Reply(550, "5.7.1", text)


def unpatched(hostname: str) -> Reply:
    """The banner of a server that has a known hole, and is there to show it."""
    return Reply(220, "", f"{hostname} ESMTP unpatched, for teaching (CVE-2011-0411)")


def not_accepting(hostname: str) -> Reply:
    """The greeting of a server that takes no mail (RFC 5321 section 3.1)."""
    return Reply(554, "", f"{hostname} ESMTP not accepting messages")


def bare_newline(hostname: str) -> Reply:
    """A line that ends in a line feed alone."""
    return Reply(550, "5.5.2", f"{hostname} Error: bare <LF> received")


def too_many_errors(hostname: str) -> Reply:
    """The server hangs up on a client that gets everything wrong."""
    return Reply(421, "4.7.0", f"{hostname} Error: too many errors")


def discarded(size: int) -> Reply:
    """A chunk that comes after one that was refused (RFC 3030 section 2)."""
    return Reply(551, "5.0.0", f"Discarded {size} bytes after earlier error")


def chunk_taken(size: int) -> Reply:
    """One chunk of a letter is taken (RFC 3030 section 2)."""
    return Reply(250, "2.0.0", f"Ok: {size} bytes")


def no_certificate(hostname: str, *, shown: bool) -> Reply:
    """The server wants a certificate that it can trust."""
    text = "Client certificate not trusted" if shown else "No client certificate presented"
    return Reply(421, "4.7.1", f"{hostname} Error: {text}")


def attributes_syntax(verb: str) -> Reply:
    """XCLIENT or XFORWARD without anything behind it."""
    return Reply(501, "5.5.4", f"Syntax: {verb} attribute=value...")


def timed_out(hostname: str) -> Reply:
    """The server hangs up on a client that says nothing."""
    return Reply(421, "4.4.2", f"{hostname} Error: timeout exceeded")

"""How Postfix logs that it has said no."""

import re
from typing import NamedTuple

from labkit.relay.limits import Event
from labkit.relay.services import PORTS
from labkit.smtp import reply
from labkit.smtp.address import Path
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Session
from labkit.smtp.reply import Reply

LIMITS = {
    "smtpd_client_connection_count_limit": "Connection concurrency",
    f"smtpd_client_{Event.CONNECTION}_rate_limit": "Connection rate",
    f"smtpd_client_{Event.MESSAGE}_rate_limit": "Message delivery request rate",
    f"smtpd_client_{Event.RECIPIENT}_rate_limit": "Recipient address rate",
    f"smtpd_client_{Event.AUTH}_rate_limit": "AUTH command rate",
}
# What Postfix doesn't log, or what its cleanup has logged already.
UNLOGGED = (
    "disable_vrfy_command",
    "header_checks",
    "body_checks",
    "hopcount_limit",
    "smtpd_milters",
    "smtpd_sasl_auth_enable",
    "smtpd_tls_auth_only",
    "smtpd_tls_security_level",
)
LOGGED = (reply.QUEUE_FULL, reply.TOO_BIG_SAID)  # although no rule of the policy stands behind them
SERVICES = {port: name for name, port in PORTS.items()}

_COUNT = re.compile(r"(?:The client has|this is number) (\d+)")


class Refusal(NamedTuple):
    """The ``answer`` as it was decided, and as it was ``said``, to something in the step ``where``.

    ``where`` is a command, "CONNECT" or "END-OF-MESSAGE"; ``sender`` and ``recipient`` are None where they
    aren't known.
    """

    where: str
    answer: Decision | Reply
    said: Reply
    sender: Path | None = None
    recipient: Path | None = None

    @property
    def is_login(self) -> bool:
        """Whether a user name or a password was wrong (RFC 4954 section 6)."""
        return self.where == "AUTH" and self.said.code == 535

    @property
    def rule(self) -> str:
        """The rule that decided it, or the status of an answer that no rule stands behind."""
        return self.answer.rule if isinstance(self.answer, Decision) else self.said.status


def line(session: Session, refusal: Refusal) -> str:
    """The line for a refusal; empty for one that Postfix doesn't log, such as for a slip of the tongue."""
    client = caller(session)
    if refusal.is_login:
        reason = refusal.said.text.removeprefix("Error: authentication failed: ")
        said = f"SASL {session.mechanism} authentication failed: {reason}, sasl_username=(unavailable)"
        return f"warning: {client}: {said}"
    if not isinstance(refusal.answer, Decision):
        return _rejected(session, refusal) if refusal.answer in LOGGED else ""
    name = refusal.rule.partition(" ")[0]
    if name in LIMITS:
        count = "".join(_COUNT.findall(refusal.answer.reason))
        exceeded = f"{LIMITS[name]} limit exceeded: {count}"
        return f"warning: {exceeded} from {client} for service {_service(session)}"
    if name in UNLOGGED or refusal.said.text == reply.TOO_BIG_SEEN.text:
        return ""
    return _rejected(session, refusal)


def _rejected(session: Session, refusal: Refusal) -> str:
    said = str(refusal.said).replace("\n", " ")
    if refusal.rule.startswith("smtpd_forbid_bare_newline"):
        said = said.partition("Error: ")[2]
    sender = None if refusal.answer == reply.QUEUE_FULL else refusal.sender
    line = f"NOQUEUE: reject: {refusal.where} from {caller(session)}: {said}"
    return f"{line};{about(session, sender, refusal.recipient)}"


def about(session: Session, sender: Path | None, recipient: Path | None) -> str:
    """What Postfix says behind a refusal: the envelope so far, and the greeting."""
    said = f" from=<{sender.address}>" if sender is not None else ""
    said += f" to=<{recipient.address}>" if recipient else ""
    said += f" proto={'ESMTP' if session.extended else 'SMTP'}"
    return said + (f" helo=<{session.helo}>" if session.helo else "")


def caller(session: Session) -> str:
    """The client as Postfix writes it."""
    return f"{session.client_name}[{session.client.address}]"


def _service(session: Session) -> str:
    return SERVICES.get(session.port, str(session.port))

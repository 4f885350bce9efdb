"""The parameters behind MAIL FROM:<...> that this lab's servers know (RFC 5321 section 4.1.1.11)."""

import re

from labkit.smtp import reply
from labkit.smtp.decision import Decision
from labkit.smtp.reply import Reply

KNOWN = {
    "SIZE": re.compile(r"SIZE=\d{1,20}"),  # RFC 1870
    "BODY": re.compile(r"BODY=(7BIT|8BITMIME)", re.IGNORECASE),  # RFC 6152
    "SMTPUTF8": re.compile(r"SMTPUTF8"),  # RFC 6531
}
WITH_AUTH = {"AUTH": re.compile(r"AUTH=\S+")}  # RFC 4954 section 5


def refusal(text: str, size_limit: int, *, auth: bool) -> Reply | Decision | None:
    """What is wrong with the parameters, or None. ``auth`` says that AUTH is offered."""
    known = KNOWN | WITH_AUTH if auth else KNOWN
    for option in text.split():
        name, _, value = option.partition("=")
        pattern = known.get(name.upper())
        if not pattern or not pattern.fullmatch(name.upper() + option[len(name) :]):
            return reply.unsupported(option)
        if name.upper() == "SIZE" and int(value) > size_limit:
            return too_big(reply.TOO_BIG_SAID, size_limit)
    return None


def too_big(answer: Reply, size_limit: int) -> Decision:
    """The letter is larger than the server takes."""
    return Decision(
        answer, f"message_size_limit = {size_limit}", "The letter is larger than this server takes."
    )

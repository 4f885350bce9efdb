"""Which dialogues are played under which policy."""

from postfix.dialogues.commands import GREETINGS, PIPELINING, SYNTAX
from postfix.dialogues.contents import CONTENT, ENDS
from postfix.dialogues.letters import ADDRESSES, LETTERS, LONG_ADDRESSES
from postfix.dialogues.logins import AUTH, TLS
from postfix.dialogues.phrases import Dialogue

ALWAYS = LETTERS | ADDRESSES | GREETINGS | PIPELINING | ENDS | TLS | AUTH

# What a server makes of these depends on few of its settings.
SELDOM = LONG_ADDRESSES | SYNTAX | CONTENT
WITH_ALL = (
    "closed",
    "open",
    "every mailbox",
    "strict about paths",
    "a greeting is needed",
    "clients at once",
    "submission",
    "AUTH, with TLS if you like",
    "TLS from the first byte",
    "small letters",
    "few recipients",
    "few errors",
    "nobody is verified",
    "bare line feeds are refused",
    "bare line feeds are taken",
    "unauthorized pipelining is refused",
    "nothing is for good",
    "headers are checked",
    "headers have consequences",
    "what a careful postmaster sets",
)

# HELP is no command before Postfix 3.10, and with soft_bounce there is another answer to no command.
NOT_PLAYED = ("nothing is for good", "HELP")


def dialogues(policy: str) -> dict[str, Dialogue]:
    """The dialogues for a policy, by name."""
    chosen = ALWAYS | SELDOM if policy in WITH_ALL else ALWAYS
    return {name: chosen[name] for name in chosen if (policy, name) != NOT_PLAYED}

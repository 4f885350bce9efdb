"""The checks that a recipient can run, what each can find, and what can follow from it, as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Action(StrEnum):
    """What follows from a verdict, mildest first."""

    NOTHING = "nothing"
    HEADER = "header"  # the letter says what was found, and goes to the inbox
    JUNK = "spam folder"
    DEFER = "defer"
    REFUSE = "refuse"
    AS_ASKED = "as the domain asks"  # DMARC: nothing, spam folder or refuse, as p= says


@dataclass(frozen=True, slots=True)
class Check:
    """A check that a policy can ask for.

    ``what`` is a sentence for a student. ``bad`` are the results that an action stands for when it stands
    alone, ``results`` all that one can be named for; ``usual`` is what large providers do.
    """

    what: str
    bad: tuple[str, ...]
    results: tuple[str, ...]
    usual: Mapping[str, Action]


_AUTHENTICATED = ("pass", "none", "neutral", "temperror", "permerror")

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "dnsbl": Check(
            "Is the client on a blocklist? Asked at RCPT TO.",
            ("listed",),
            ("listed", "not listed", "temperror"),
            {"listed": Action.REFUSE},
        ),
        "greylist": Check(
            "Has the client come back after a while? Asked at RCPT TO.",
            ("new",),
            ("new", "known"),
            {"new": Action.DEFER},
        ),
        "spf": Check(
            "May the client send for the domain of MAIL FROM?",
            ("fail",),
            ("fail", "softfail", *_AUTHENTICATED),
            {"fail": Action.JUNK, "softfail": Action.HEADER},
        ),
        "dkim": Check(
            "Does a signature hold?",
            ("fail", "permerror"),
            ("fail", "policy", *_AUTHENTICATED),
            {"fail": Action.HEADER},
        ),
        "arc": Check(
            "Do the seals of forwarders hold?",
            ("fail",),
            ("pass", "fail", "none"),
            {"fail": Action.HEADER},
        ),
        "dmarc": Check(
            "Did the domain of From: write this letter?",
            ("fail",),
            ("fail", *_AUTHENTICATED),
            {"fail": Action.AS_ASKED},
        ),
        "content": Check(
            "Is there anything in the letter that nobody wants?",
            ("spam", "malware", "dangerous"),
            ("clean", "spam", "malware", "dangerous", "too big", "malformed"),
            {"spam": Action.JUNK, "malware": Action.REFUSE, "dangerous": Action.REFUSE},
        ),
        "bulk": Check(
            "Are the rules for senders of much mail kept?",
            ("fail",),
            ("pass", "warn", "fail"),
            {"fail": Action.DEFER},
        ),
        "reputation": Check(
            "What did this sender do before?",
            ("bad", "low"),
            ("bad", "low", "too fast", "medium", "high"),
            {"bad": Action.REFUSE, "low": Action.JUNK, "too fast": Action.DEFER},
        ),
    }
)

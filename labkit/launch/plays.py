"""The attacks that a command can play, each in a few words and as one call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.attacker.report import Report
    from labkit.lab import Lab


@dataclass(frozen=True, slots=True)
class Play:
    """What an attack does, and the call: it gets a lab and a number, of letters where ``is_counted``."""

    what: str
    run: "Callable[[Lab, int], Report]"
    is_counted: bool = False


def _sniff(lab: "Lab", _: int) -> "Report":
    user, password = lab.stage.STAFF_LOGIN if lab.relay.policy.smtpd_sasl_auth_enable else ("", "")
    lab.laptop.send(user=user, password=password)
    return lab.attacker.sniff()


PLAYS: Mapping[str, Play] = MappingProxyType(
    {
        "spam": Play("forged letters", lambda lab, n: lab.attacker.spam(n), is_counted=True),
        "probe": Play("the relay test", lambda lab, _: lab.attacker.probe()),
        "spoof": Play("letters as the bank and as the director", lambda lab, _: lab.attacker.spoof()),
        "backscatter": Play(
            "bounces to somebody who never wrote", lambda lab, n: lab.attacker.backscatter(n), is_counted=True
        ),
        "sniff": Play("listening in the hotel while staff send a letter", _sniff),
        "strip": Play("taking TLS away there", lambda lab, _: lab.attacker.strip()),
        "spray": Play("guessing passwords", lambda lab, n: lab.attacker.spray(n), is_counted=True),
        "takeover": Play(
            "letters with a stolen password", lambda lab, n: lab.attacker.takeover(n), is_counted=True
        ),
        "smuggle": Play("a second letter hidden in a first one", lambda lab, _: lab.attacker.smuggle()),
        "flood": Play("keeping the relay too busy", lambda lab, _: lab.attacker.flood()),
        "forward": Play("an honest letter sent on by another server", lambda lab, _: lab.attacker.forward()),
    }
)


def counted() -> list[str]:
    """The attacks that can be told how much to send."""
    return [name for name, play in PLAYS.items() if play.is_counted]

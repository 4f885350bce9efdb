"""How the hosts stand with the relay: who may send to a recipient outside, and what is offered to them.

Nothing is guessed here: the relay's own rules are asked, host by host.
"""

from dataclasses import dataclass
from enum import StrEnum

from labkit.lab import stage
from labkit.network.addresses import Host
from labkit.network.fabric import YOUR_TERMINAL
from labkit.relay.policy import Policy
from labkit.relay.restrictions import decide
from labkit.smtp.address import NULL, Path
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Envelope, Session

OUTSIDE = Path("somebody", "elsewhere.example")
CUSTOMER = Path("orders", stage.CUSTOMER)

# What the cast can do; your terminal is the student's own, who knows the password of "staff".
KNOW_NO_TLS = frozenset({stage.COPIER})
HAVE_AN_ACCOUNT = frozenset({stage.WORKSTATION, stage.LAPTOP, YOUR_TERMINAL})

TLS = {"none": "no TLS", "may": "TLS offered", "encrypt": "TLS demanded"}
ONWARD_TLS = {"none": "no TLS", "may": "TLS where offered", "encrypt": "always TLS"}


class Standing(StrEnum):
    """How a host stands with the relay; the values are for students."""

    ANYBODY = "may send to anybody"
    AFTER_LOGIN = "may send to anybody after login"
    CUSTOMER = f"may send to {stage.CUSTOMER} only"
    DEFERRED = "refused for now"
    REFUSED = "refused"


@dataclass(frozen=True)
class Right:
    """What a host may do, and the name of the rule or parameter that decides it."""

    host: Host
    standing: Standing
    rule: str


def right(policy: Policy, host: Host) -> Right:
    """How a host stands with a relay that has this policy."""
    if policy.smtpd_tls_security_level == "encrypt" and host in KNOW_NO_TLS:
        return Right(host, Standing.REFUSED, "smtpd_tls_security_level")
    plain = _ask(policy, host, OUTSIDE)
    if plain.reply.is_positive:
        return Right(host, Standing.ANYBODY, plain.rule)
    known = _ask(policy, host, OUTSIDE, user=next(iter(stage.ACCOUNTS)))
    if known.reply.is_positive and offers_login(policy) and host in HAVE_AN_ACCOUNT:
        return Right(host, Standing.AFTER_LOGIN, known.rule)
    inward = _ask(policy, host, CUSTOMER)
    if inward.reply.is_positive:
        return Right(host, Standing.CUSTOMER, inward.rule)
    return Right(host, Standing.REFUSED if plain.reply.code >= 500 else Standing.DEFERRED, plain.rule)


def offers_login(policy: Policy) -> bool:
    """Whether a client can log in at all: AUTH that waits for TLS, where there is none, is never offered."""
    return policy.smtpd_sasl_auth_enable and (offers_tls(policy) or not policy.smtpd_tls_auth_only)


def offers_tls(policy: Policy) -> bool:
    """Whether a client can have TLS."""
    return policy.smtpd_tls_security_level != "none"


def tls(policy: Policy) -> str:
    """What the relay says of TLS to its clients, in a few words."""
    return TLS[policy.smtpd_tls_security_level]


def login(policy: Policy) -> str:
    """What the relay says of logging in, in a few words."""
    if not offers_login(policy):
        return "no login"
    needs_tls = policy.smtpd_tls_auth_only or policy.smtpd_tls_security_level == "encrypt"
    return "login only inside TLS" if needs_tls else "login also without TLS"


def onward_tls(policy: Policy) -> str:
    """How the relay hands mail on, in a few words."""
    return ONWARD_TLS[policy.smtp_tls_security_level]


def _ask(policy: Policy, host: Host, recipient: Path, user: str = "") -> Decision:
    return decide(policy, Session(host, number=0, port=25, user=user), Envelope(NULL, recipient))

"""How the hosts stand with the relay: who may send to a recipient outside, and what is offered to them.

Nothing is guessed here: the relay's own rules are asked, host by host.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from labkit.clock import Clock
from labkit.dns.resolver import Answer
from labkit.errors import PeerError
from labkit.lab.stage import USUAL, Stage
from labkit.network.addresses import Host
from labkit.network.fabric import YOUR_TERMINAL
from labkit.relay.decide import Doorkeeper
from labkit.relay.policy import Policy
from labkit.relay.site import nobody_to_ask
from labkit.smtp.address import NULL, Path
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Session

OUTSIDE = Path("somebody", "elsewhere.example")

TLS = {"none": "no TLS", "may": "TLS offered", "encrypt": "TLS demanded"}
ONWARD_TLS = {
    "none": "no TLS",
    "may": "TLS where offered",
    "encrypt": "always TLS",
    "verify": "always TLS, certificate checked",
}


class Standing(StrEnum):
    """How a host stands with the relay; the values are for students, once the customer's domain is put in."""

    ANYBODY = "may send to anybody"
    AFTER_LOGIN = "may send to anybody after login"
    STOLEN = "may send to anybody with a stolen password"
    CUSTOMER = "may send to {customer} only"
    DEFERRED = "refused for now"
    REFUSED = "refused"


@dataclass(frozen=True)
class Right:
    """What a host may do, and the name of the rule or parameter that decides it."""

    host: Host
    standing: Standing
    rule: str


def right(policy: Policy, host: Host, stage: Stage = USUAL, holders: Collection[str] = frozenset()) -> Right:
    """How a host stands with a relay that has this policy; ``holders`` are addresses that know a password."""
    if policy.smtpd_tls_security_level == "encrypt" and host == stage.COPIER:  # it knows no TLS
        return Right(host, Standing.REFUSED, "smtpd_tls_security_level")
    plain = _ask(stage, policy, host, OUTSIDE)
    if plain.reply.is_positive:
        return Right(host, Standing.ANYBODY, plain.rule)
    known = _ask(stage, policy, host, OUTSIDE, user=next(iter(stage.ACCOUNTS)))
    # Your terminal is the student's own, who knows the password of "staff".
    knows_by_itself = host in (stage.WORKSTATION, stage.LAPTOP, YOUR_TERMINAL)
    is_ours = knows_by_itself or host == stage.COPIER
    knows = knows_by_itself or host.address in holders
    if known.reply.is_positive and offers_login(policy) and knows:
        return Right(host, Standing.AFTER_LOGIN if is_ours else Standing.STOLEN, known.rule)
    inward = _ask(stage, policy, host, Path("orders", stage.CUSTOMER))
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


class _Unasked:
    """A place where there are all mailboxes, and nobody to ask: to look at a map must change nothing."""

    policy_service = staticmethod(nobody_to_ask)

    def __init__(self, host: Host) -> None:
        self.host, self.clock = host, Clock()

    @property
    def resolver(self) -> "_Unasked":
        return self

    @property
    def mailboxes(self) -> "_Unasked":
        return self

    def knows(self, _local_part: str) -> bool:
        return True

    async def look_up(self, name: str, _kind: str) -> Answer:
        raise PeerError(f"Nobody was asked about {name}.")

    async def texts(self, name: str) -> tuple[str, ...]:
        return (await self.look_up(name, "TXT")).values


def _ask(stage: Stage, policy: Policy, host: Host, recipient: Path, user: str = "") -> Decision:
    session = Session(host, number=0, port=25, user=user)
    asking = Doorkeeper(policy, _Unasked(stage.RELAY)).at_rcpt(session, NULL, recipient)
    try:
        asking.send(None)
    except StopIteration as done:
        decision: Decision = done.value
        return decision
    raise AssertionError("nothing there to wait for")

"""The ladder that a relay climbs from open to closed, and the switches that each rung sets: as data."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from labkit.relay.policy import Policy

OFFICE = "192.0.2.0/24"
WORLD = "0.0.0.0/0"

SWITCHES = ("mynetworks", "smtpd_sasl_auth_enable", "smtpd_tls_security_level", "smtpd_tls_auth_only")
LEVELS = {
    "none: no TLS": "none",
    "may: TLS for who wants it": "may",
    "encrypt: nothing without TLS": "encrypt",
}


@dataclass(frozen=True)
class Rung:
    """A step of the ladder: what it is called, and what it sets."""

    name: str
    settings: MappingProxyType[str, Any]

    def climbed(self, policy: Policy) -> Policy:
        """The policy with this rung's settings, and all others as they are."""
        return policy.replace(**self.settings)


def _rung(name: str, networks: str, auth: bool, level: str, auth_only: bool) -> Rung:
    settings = dict(zip(SWITCHES, (networks, auth, level, auth_only), strict=True))
    return Rung(name, MappingProxyType(settings))


LADDER = (
    _rung("Open relay: everybody may send", f"{OFFICE}, {WORLD}", False, "none", False),
    _rung("Trusted networks: only the office may send", OFFICE, False, "none", False),
    _rung("AUTH: and who logs in", OFFICE, True, "none", False),
    _rung("AUTH + TLS: and nobody reads the password", OFFICE, True, "may", True),
)


def rung_of(policy: Policy) -> Rung | None:
    """The rung on which a policy stands; None when it is one of the student's own."""
    return next((rung for rung in LADDER if _settings(rung.climbed(policy)) == _settings(policy)), None)


def trusts_the_world(policy: Policy) -> bool:
    """Whether every address there is counts as the company's own."""
    return any(network.prefixlen == 0 for network in policy.trusted)


def with_the_world(policy: Policy, *, trusted: bool) -> Policy:
    """The policy with every address trusted besides those that are, or no longer."""
    others = [str(network) for network in policy.trusted if network.prefixlen]
    return policy.replace(mynetworks=", ".join([*others, WORLD] if trusted else others or [OFFICE]))


def _settings(policy: Policy) -> tuple[object, ...]:
    return tuple(getattr(policy, name) for name in SWITCHES)

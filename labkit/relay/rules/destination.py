"""Where an address leads, once everything is taken into account that an address can hide.

``user%there@here`` asks ``here`` to send it on, and so do ``there!user@here`` and ``"user@there"@here``:
that is how relays used to be fooled. So the relay's own domains are taken off first, as often as it
takes, and only what is left tells whose mail it is (Postfix: trivial-rewrite(8), ADDRESS_CLASS_README).
"""

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from labkit.network.addresses import Host
from labkit.smtp.address import Path

if TYPE_CHECKING:
    from labkit.relay.policy import Policy


NOBODY = "mailer-daemon"  # who an address without a user means; Postfix: empty_address_recipient


class Kind(StrEnum):
    """Whose mail it is (Postfix: address class)."""

    OWN = "own"  # in mydestination
    RELAYED = "relayed"  # in or below relay_domains
    ELSEWHERE = "elsewhere"


class Destination(NamedTuple):
    """``path`` is the address that is left, in lower case; ``routed`` that it still asks to be sent on."""

    path: Path
    kind: Kind
    routed: bool

    @property
    def is_ours(self) -> bool:
        """Whether the relay takes mail for it from anybody (Postfix: permit_auth_destination)."""
        return self.kind is not Kind.ELSEWHERE and not self.routed


class _Site(NamedTuple):
    """What decides whose mail it is."""

    host: Host
    mydestination: tuple[str, ...]
    relay_domains: tuple[str, ...]

    def owns(self, domain: str) -> bool:
        return domain in self.mydestination or domain == f"[{self.host.address}]"

    def relays(self, domain: str) -> bool:
        return any(domain == own or domain.endswith(f".{own}") for own in self.relay_domains)


def resolve(policy: "Policy", host: Host, path: Path) -> Destination:
    """Where the relay on ``host`` would send mail for this path; one without a domain is the host's own."""
    return _resolved(_Site(host, policy.mydestination, policy.relay_domains), path)


# Kept for a while, because the same is asked at RCPT and by all who deliver the letter.
@lru_cache(maxsize=1024)
def _resolved(site: _Site, path: Path) -> Destination:
    local, domain = path.local.lower(), path.domain
    if not domain:
        local, domain = _onward(local) or (local, site.host.domain)
    while site.owns(domain) and (onward := _onward(local)):
        local, domain = onward
    found = Path(local or NOBODY, domain)
    return Destination(found, _kind(site, domain), found.asks_for_routing)


def _kind(site: _Site, domain: str) -> Kind:
    if site.owns(domain):
        return Kind.OWN
    return Kind.RELAYED if site.relays(domain) else Kind.ELSEWHERE


def _onward(local: str) -> tuple[str, str] | None:
    """The user and the place that a local part asks for, or None."""
    user, at, place = local.rpartition("@")
    if at:
        return user, place
    place, bang, user = local.partition("!")
    if bang:
        return user, place
    user, percent, place = local.rpartition("%")
    return (user, place) if percent else None

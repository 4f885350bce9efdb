"""The relay's policy: a frozen value whose parameters have Postfix's names and meanings.

A policy is checked when it is made. A student's mistake is answered at once, with what was wrong and
the nearest thing that is right, and never by a relay that behaves in a surprising way.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from textwrap import dedent
from typing import Any

from labkit.errors import PolicyError
from labkit.relay import main_cf
from labkit.relay.restrictions import RESTRICTIONS

Network = IPv4Network | IPv6Network

_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
LEVELS = ("none", "may", "encrypt")
REFUSING = {"reject", "reject_unauth_destination", "defer_unauth_destination"}


@dataclass(frozen=True, repr=False)
class Policy:
    """The settings of a relay. Each parameter does what postconf(5) says of it.

    Every value can also be given as the text that stands in main.cf ("192.0.2.0/24, 192.0.2.60"). The
    defaults are Postfix's, but for what belongs to the site: its domains, and no network but itself.
    Raises PolicyError for a value that Postfix wouldn't take.
    """

    mynetworks: tuple[str, ...] = field(default=("127.0.0.0/8",), metadata={"kind": "networks"})
    mydestination: tuple[str, ...] = field(
        default=("corp.example", "mail.corp.example"), metadata={"kind": "domains"}
    )
    relay_domains: tuple[str, ...] = field(default=(), metadata={"kind": "domains"})
    smtpd_relay_restrictions: tuple[str, ...] = field(
        default=("permit_mynetworks", "permit_sasl_authenticated", "defer_unauth_destination"),
        metadata={"kind": "restrictions"},
    )
    smtpd_sasl_auth_enable: bool = field(default=False, metadata={"kind": "switch"})
    smtpd_tls_security_level: str = field(default="none", metadata={"kind": "level"})
    smtpd_tls_auth_only: bool = field(default=False, metadata={"kind": "switch"})
    message_size_limit: int = field(default=10_240_000, metadata={"kind": "size"})
    smtp_tls_security_level: str = field(default="may", metadata={"kind": "level"})

    def __post_init__(self) -> None:
        for name in PARAMETERS:
            object.__setattr__(self, name, _checked(name, getattr(self, name)))

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """The policy that main.cf text describes; what it doesn't set has its default.

        Text that is indented as a whole is read as if it weren't. Raises PolicyError with the number of
        the line, what is wrong there, and the nearest right name.
        """
        values: dict[str, Any] = {}
        for name, (value, number) in main_cf.read(dedent(text)).items():
            if name not in PARAMETERS:
                raise PolicyError(
                    f"Line {number}: there is no parameter {name!r}.{_nearest(name, PARAMETERS)}"
                )
            try:
                values[name] = _checked(name, value)
            except PolicyError as error:
                raise PolicyError(f"Line {number}: {error}") from None
        return cls(**values)

    def replace(self, **changes: Any) -> "Policy":
        """The same policy with some parameters changed. Raises PolicyError as the constructor does."""
        for name in changes:
            if name not in PARAMETERS:
                raise PolicyError(f"There is no parameter {name!r}.{_nearest(name, PARAMETERS)}")
        return replace(self, **changes)

    @cached_property
    def trusted(self) -> tuple[Network, ...]:
        """``mynetworks`` as networks."""
        return tuple(ip_network(text) for text in self.mynetworks)

    def trusting_network(self, address: str) -> Network | None:
        """The network of ``mynetworks`` that an address is in, or None."""
        found = ip_address(address)
        return next((network for network in self.trusted if found in network), None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a postmaster would say about this policy, in whole sentences."""
        found = []
        asked = "permit_mynetworks" in self.smtpd_relay_restrictions
        if asked and any(network.prefixlen == 0 for network in self.trusted):
            found.append("mynetworks trusts every address there is: this is an open relay.")
        if REFUSING.isdisjoint(self.smtpd_relay_restrictions):
            found.append(
                "smtpd_relay_restrictions can never refuse: Postfix would not start. "
                "This relay does, because it is a lab."
            )
        return tuple(found)

    def __str__(self) -> str:
        values = {name: _written(getattr(self, name)) for name in PARAMETERS}
        return "\n".join([main_cf.write(values), *(f"# {warning}" for warning in self.warnings)])

    __repr__ = __str__


def _checked(name: str, value: object) -> object:
    """The value of a parameter as a policy holds it."""
    try:
        return PARAMETERS[name](value)
    except PolicyError as error:
        raise PolicyError(f"{name}: {error}") from None


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, 1, 0.5)
    return f" Did you mean {close[0]}?" if close else ""


def _items(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(re.split(r"[,\s]+", value.strip(", \t\n"))) if value.strip(", \t\n") else ()
    if isinstance(value, Iterable):
        return tuple(str(item) for item in value)
    raise PolicyError(f"{value!r} is not a list of texts.")


def _networks(value: object) -> tuple[str, ...]:
    for item in _items(value):
        try:
            ip_network(item)
        except ValueError as error:
            raise PolicyError(f"{item!r} is not a network such as 192.0.2.0/24 ({error}).") from None
    return _items(value)


def _domains(value: object) -> tuple[str, ...]:
    domains = tuple(item.lower().rstrip(".") for item in _items(value))
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise PolicyError(f"{domain!r} is not a domain name such as corp.example.")
    return domains


def _restrictions(value: object) -> tuple[str, ...]:
    for item in _items(value):
        if item not in RESTRICTIONS:
            raise PolicyError(f"there is no restriction {item!r}.{_nearest(item, RESTRICTIONS)}")
    return _items(value)


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("yes", "no"):
        return str(value).lower() == "yes"
    raise PolicyError(f"{value!r} is neither yes nor no.")


def _level(value: object) -> str:
    if value in LEVELS:
        return str(value)
    raise PolicyError(f"{value!r} is not one of {', '.join(LEVELS)}.{_nearest(str(value), LEVELS)}")


def _size(value: object) -> int:
    if str(value).isascii() and str(value).isdigit() and int(str(value)) > 0:
        return int(str(value))
    raise PolicyError(f"{value!r} is not a number of bytes greater than 0.")


KINDS: dict[str, Callable[[object], object]] = {
    "networks": _networks,
    "domains": _domains,
    "restrictions": _restrictions,
    "switch": _switch,
    "level": _level,
    "size": _size,
}
PARAMETERS = {parameter.name: KINDS[parameter.metadata["kind"]] for parameter in fields(Policy)}

"""Who can be in the lab: reserved names at documentation addresses, and nobody else.

The ranges are those that RFC 5737 and RFC 3849 set aside for examples, the names those of RFC 2606
and RFC 6761: no host on the Internet has them, so no letter of the lab can be for anybody real.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from labkit.errors import OutsideTheLab
from labkit.wire.record import Party

RANGES = (
    IPv4Network("192.0.2.0/24"),
    IPv4Network("198.51.100.0/24"),
    IPv4Network("203.0.113.0/24"),
    IPv6Network("2001:db8::/32"),
)
NAMES = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Host:
    """A host of the lab: what the course calls it, its address, and its domain name if it has one.

    Raises OutsideTheLab for an address or a domain that could belong to somebody.
    """

    name: str
    address: str
    domain: str = ""
    party: Party = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", str(lab_address(self.address)))  # one spelling only
        if self.domain:
            lab_domain(self.domain)
        object.__setattr__(self, "party", Party(self.name, self.address))

    def __str__(self) -> str:
        return f"{self.name} [{self.address}]"


def lab_address(text: str) -> Address:
    """The address, if it is one of the lab's. Raises OutsideTheLab."""
    try:
        address = ip_address(text)
    except ValueError:
        raise OutsideTheLab(
            f"{text!r} is not an IP address. The lab uses, for example, 192.0.2.25."
        ) from None
    if not any(address in network for network in RANGES):
        raise OutsideTheLab(
            f"{text} could be a real machine. The lab uses only the documentation ranges "
            "192.0.2.0/24, 198.51.100.0/24 and 203.0.113.0/24 (RFC 5737)."
        )
    return address


def lab_domain(name: str) -> str:
    """The domain name, if it is reserved for examples. Raises OutsideTheLab."""
    plain = name.lower().rstrip(".")
    if not any(plain == reserved or plain.endswith(f".{reserved}") for reserved in NAMES):
        raise OutsideTheLab(
            f"{name!r} could be somebody's real domain. The lab uses only reserved names, "
            "such as customer.example (RFC 2606)."
        )
    return plain

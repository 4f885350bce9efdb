"""Paths: what stands between < and > in MAIL FROM and RCPT TO (RFC 5321 section 4.1.2).

The ordinary ones are read by a pattern, all others as leniently as Postfix reads them: it takes
``<user%there@here>`` and ``<a@b@c>`` apart later, when it decides whether to relay. The classic relay
tests live from such addresses.
"""

import re
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from labkit.smtp.lenient import find_address

DOMAIN_LIMIT = 255  # octets, RFC 5321 section 4.5.3.1.2; Postfix has no limit for the local part
LABEL_LIMIT = 63  # octets, RFC 1035 section 2.3.4

ROUTING = frozenset("@%!")  # in a local part: "send it on from there"

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ORDINARY = re.compile(
    r"<([A-Za-z0-9!#$%&'*+/=?^_`{|}~.][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]*)"
    rf"@((?:{_LABEL}\.)*(?=[A-Za-z]){_LABEL})>"
)
_ATOM = r'[^\x00-\x20\x7f()<>@,;:\\".\[\]]+'
_NEEDS_NO_QUOTES = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")


@dataclass(frozen=True)
class Path:
    """A reverse-path or forward-path, without brackets, quotes and source route; the null path is empty.

    ``domain`` is in lower case and without a dot at its end, and empty where the client gave none;
    ``written`` is the domain as the client wrote it.
    """

    local: str
    domain: str
    written: str = field(default="", compare=False, repr=False)

    @property
    def address(self) -> str:
        """``local@domain`` as Postfix shows it: as the client wrote it, without quotes."""
        domain = self.written or self.domain
        return f"{self.local}@{domain}" if domain else self.local

    @property
    def is_null(self) -> bool:
        """The empty reverse-path of bounces (RFC 5321 section 4.5.5)."""
        return not self.local and not self.domain

    @property
    def asks_for_routing(self) -> bool:
        """Whether the local part asks to be sent on elsewhere (``user%there@here``)."""
        return not ROUTING.isdisjoint(self.local)

    def __str__(self) -> str:
        """The path as a command names it, quoted where it must be."""
        if self.is_null or _NEEDS_NO_QUOTES.fullmatch(self.local):
            return f"<{self.address}>"
        domain = self.written or self.domain
        quoted = re.sub(r'(["\\\r\n])', r"\\\1", self.local)
        return f'<"{quoted}"@{domain}>' if domain else f'<"{quoted}">'


NULL = Path("", "")


def parse_path(text: str, *, utf8: bool = False, strict: bool = False) -> Path | None:
    """The path that one word of a command names; None when it names none.

    ``utf8`` allows domains that aren't ASCII (RFC 6531), ``strict`` is Postfix's
    strict_rfc821_envelopes.
    """
    ordinary = _ORDINARY.fullmatch(text)
    if ordinary and len(ordinary[2]) <= DOMAIN_LIMIT:
        return Path(ordinary[1], ordinary[2].lower(), ordinary[2])
    address = find_address(text, strict=strict)
    if address is None:
        return None
    local, at, written = address.rpartition("@")
    if not at:
        return None if address.startswith("-") else Path(address, "")
    domain = written.lower().removesuffix(".")
    if local.startswith("-") or not is_domain(domain, utf8=utf8):
        return None
    return Path(local, domain, written)


def is_domain(text: str, *, utf8: bool = False) -> bool:
    """Whether mail can be sent there: to a host name, or an address literal (Postfix: valid_hostname)."""
    if text.startswith("["):
        return _is_literal(text)
    return _octets(text) <= DOMAIN_LIMIT and not _is_number(text) and _has_good_labels(text, utf8)


def _has_good_labels(text: str, utf8: bool) -> bool:
    labels = text.split(".")
    plain = "".join(labels).replace("-", "").replace("_", "")
    good = plain.isalnum() and (utf8 or plain.isascii())
    return good and all(
        0 < _octets(label) <= LABEL_LIMIT and label[0] != "-" != label[-1] for label in labels
    )


def _is_number(text: str) -> bool:
    return not text.strip("0123456789.")


def _is_literal(text: str) -> bool:
    inside = text[1:].removesuffix("]")
    try:
        if inside.lower().startswith("ipv6:"):
            IPv6Address(inside[5:])
        else:
            IPv4Address(inside)
    except AddressValueError:
        return False
    return text.endswith("]")


def _octets(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))

"""The form of host names and addresses, and the restrictions that look at nothing else.

A name counts as a name when it follows RFC 1123, with the underscores that Postfix lets pass.
"""

import re
from ipaddress import IPv6Address

from labkit.relay.rules.case import (
    Case,
    Verdict,
    goes_on,
    helo_subject,
    recipient_subject,
    refuses,
    sender_subject,
)
from labkit.smtp import reply
from labkit.smtp.address import Path

HOSTNAME_LIMIT = 255  # octets

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def is_hostname(name: str) -> bool:
    """Whether this can be the name of a host; digits and dots alone can't."""
    numeric = name.replace(".", "").isdigit()
    return bool(_HOSTNAME.fullmatch(name)) and len(name) <= HOSTNAME_LIMIT and not numeric


def is_address(text: str) -> bool:
    """Whether this is an IP address without brackets."""
    return _is_ipv4(text) or _is_ipv6(text)


def is_literal_inside(text: str) -> bool:
    """Whether this may stand between brackets (RFC 5321 section 4.1.3)."""
    return _is_ipv6(text[5:]) if text[:5].lower() == "ipv6:" else _is_ipv4(text)


def in_ascii(name: str) -> str:
    """A domain name as the DNS knows it (RFC 5890); empty for one that can't be written so."""
    try:
        return name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return ""


def without_final_dot(name: str) -> str:
    """A name whose one final dot says that it is complete, without that dot."""
    return name[:-1] if len(name) > 1 and name.endswith(".") and not name.endswith("..") else name


def reject_invalid_helo_hostname(case: Case) -> Verdict:
    """Refuse a client that greets with something that can't be a name."""
    helo = case.session.helo
    if not helo:
        return goes_on("The client has not greeted")
    if helo.startswith("["):
        return _literal(helo)
    if is_hostname(without_final_dot(helo)) or is_address(without_final_dot(helo)):
        return goes_on(f"{helo} can be a host's name")
    return refuses(_refused_helo(501, helo, "Invalid name"), f"{helo} can't be a host's name")


def reject_non_fqdn_helo_hostname(case: Case) -> Verdict:
    """Refuse a client that greets with half a name."""
    helo = case.session.helo
    if not helo:
        return goes_on("The client has not greeted")
    if helo.startswith("["):
        return _literal(helo)
    if is_full_name(helo):
        return goes_on(f"{helo} is a full name")
    return refuses(_refused_helo(504, helo, "need fully-qualified hostname"), f"{helo} is not a full name")


def reject_non_fqdn_sender(case: Case) -> Verdict:
    """Refuse a sender without a full domain, to whom nobody could answer."""
    if not case.sender or case.sender.is_null:
        return goes_on("There is no sender's address")
    return _full_address(case.sender, sender_subject(case.sender).part)


def reject_non_fqdn_recipient(case: Case) -> Verdict:
    """Refuse a recipient without a full domain."""
    if not case.recipient:
        return goes_on("No recipient is known yet")
    return _full_address(case.recipient, recipient_subject(case.recipient).part)


def is_full_name(name: str) -> bool:
    """Whether a name has a host's form, and a domain behind it."""
    plain = without_final_dot(name)
    return "." in plain and is_hostname(plain)


def _full_address(path: Path, part: str) -> Verdict:
    domain = path.domain
    if domain.startswith("[") and domain.endswith("]"):
        return goes_on(f"{path.address} names an address")
    if is_full_name(in_ascii(domain)):
        return goes_on(f"{path.address} has a full domain")
    answer = reply.refused(504, "5.5.2", path.address, part, "need fully-qualified address")
    return refuses(answer, f"{path.address} has no full domain")


def _literal(helo: str) -> Verdict:
    inside = helo[1:-1] if len(helo) > 2 and helo.endswith("]") else helo
    if is_literal_inside(inside):
        return goes_on(f"{helo} is an address in brackets")
    return refuses(_refused_helo(501, helo, "invalid ip address"), f"{helo} is not an address in brackets")


def _refused_helo(code: int, helo: str, text: str) -> reply.Reply:
    return reply.refused(code, "5.5.2", *helo_subject(helo), text)


def _is_ipv4(text: str) -> bool:
    octets = text.split(".")
    if len(octets) != 4 or not all(
        octet.isascii() and octet.isdigit() and int(octet) < 256 for octet in octets
    ):
        return False
    return int(octets[0]) != 0 or not any(int(octet) for octet in octets)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text

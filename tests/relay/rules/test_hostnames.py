"""What counts as a host's name, and what the rules about names answer (Postfix: valid_hostname)."""

import pytest
from relay.place import client, rcpt

from labkit import Policy
from labkit.relay.rules.hostnames import is_address, is_full_name, is_hostname, is_literal_inside

NAMES = {
    "mail.corp.example": True,
    "localhost": True,
    "under_score.example": True,
    "a-b.example": True,
    "1and1.example": True,
    "1.2.3.example": True,
    "": False,
    ".example": False,
    "a..example": False,
    "a.example.": False,
    "-a.example": False,
    "a-.example": False,
    "a b.example": False,
    "192.0.2.1": False,
    "123": False,
    "é.example": False,
    "a" * 63 + ".example": True,
    "a" * 64 + ".example": False,
    ".".join(["a" * 60] * 5): False,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_hosts_name(name: str) -> None:
    assert is_hostname(name) is NAMES[name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", True),
        ("0.0.0.0", True),
        ("0.1.2.3", False),
        ("256.0.2.1", False),
        ("1.2.3", False),
        ("2001:db8::1", True),
        ("fe80::1%eth0", False),
        ("x", False),
    ],
)
def test_an_address_is_one(text: str, expected: bool) -> None:
    assert is_address(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("192.0.2.1", True), ("IPv6:2001:db8::1", True), ("2001:db8::1", False), ("ipv6:192.0.2.1", False)],
)
def test_brackets_hold_an_address(text: str, expected: bool) -> None:
    assert is_literal_inside(text) is expected


@pytest.mark.parametrize(
    ("name", "expected"), [("a.example", True), ("a.example.", True), ("a.example..", False), ("a", False)]
)
def test_a_full_name_has_a_domain(name: str, expected: bool) -> None:
    assert is_full_name(name) is expected


HELO_REFUSED = "<{name}>: Helo command rejected: {what}"
INVALID, HALF = "reject_invalid_helo_hostname", "reject_non_fqdn_helo_hostname"


@pytest.mark.parametrize(
    ("rule", "name", "status", "what"),
    [
        (INVALID, "foo_bar..", "501 5.5.2", "Invalid name"),
        (INVALID, "shortname", "250 2.1.5", ""),
        (INVALID, "192.0.2.1", "250 2.1.5", ""),
        (INVALID, "name.example.", "250 2.1.5", ""),
        (INVALID, "[192.0.2.1]", "250 2.1.5", ""),
        (INVALID, "[IPv6:2001:db8::1]", "250 2.1.5", ""),
        (INVALID, "[x]", "501 5.5.2", "invalid ip address"),
        (INVALID, "[", "501 5.5.2", "invalid ip address"),
        (HALF, "shortname", "504 5.5.2", "need fully-qualified hostname"),
        (HALF, "192.0.2.1", "504 5.5.2", "need fully-qualified hostname"),
        (HALF, "a.example", "250 2.1.5", ""),
        (HALF, "[192.0.2.1]", "250 2.1.5", ""),
        (HALF, "", "250 2.1.5", ""),
    ],
)
def test_greetings(rule: str, name: str, status: str, what: str) -> None:
    policy = Policy(smtpd_relay_restrictions="", smtpd_helo_restrictions=rule)
    answer = rcpt(policy, "t@far.example", session=client(helo=name)).reply
    assert answer.status == status
    assert not what or answer.text == HELO_REFUSED.format(name=name, what=what)


@pytest.mark.parametrize(
    ("rule", "sender", "recipient", "refused"),
    [
        ("reject_non_fqdn_sender", "root", "t@far.example", "<root>: Sender address rejected"),
        ("reject_non_fqdn_sender", "x@host", "t@far.example", "<x@host>: Sender address rejected"),
        ("reject_non_fqdn_sender", "x@bank.example", "t@far.example", ""),
        ("reject_non_fqdn_sender", "x@[192.0.2.1]", "t@far.example", ""),
        ("reject_non_fqdn_sender", "", "t@far.example", ""),
        ("reject_non_fqdn_recipient", "", "staff", "<staff>: Recipient address rejected"),
        ("reject_non_fqdn_recipient", "", "x@[192.0.2.1]", ""),
    ],
)
def test_addresses_without_a_full_domain(rule: str, sender: str, recipient: str, refused: str) -> None:
    policy = Policy(smtpd_relay_restrictions="", smtpd_recipient_restrictions=rule)
    answer = rcpt(policy, recipient, sender).reply
    expected = f"504 5.5.2 {refused}: need fully-qualified address" if refused else "250 2.1.5 Ok"
    assert str(answer) == expected

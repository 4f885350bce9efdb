"""Which hosts are tried for a destination, in which order, and what is said when there is none."""

from collections.abc import Iterable

import pytest

from labkit import Lab, Policy
from labkit.dns.zone import Zone
from labkit.lab.usual import RELAY
from labkit.relay.delivering.route import LOCAL, MailHost, MailHosts, NoRoute, Router, destination
from labkit.smtp.address import Path

DESTINATIONS = [
    ("staff@corp.example", "", LOCAL),
    ("postmaster", "", LOCAL),
    ("staff@mail.corp.example", "[smarthost.isp.example]:587", LOCAL),
    ("staff@[192.0.2.25]", "", LOCAL),
    ("orders@customer.example", "", "customer.example"),
    ("orders@customer.example", "isp.example", "isp.example"),
    ("orders@customer.example", "[smarthost.isp.example]:587", "[smarthost.isp.example]:587"),
    ("orders@[198.51.100.25]", "", "[198.51.100.25]"),
    ("orders%customer.example@corp.example", "", "customer.example"),
]


@pytest.mark.parametrize(("recipient", "relayhost", "expected"), DESTINATIONS)
def test_the_destination_of_a_recipient(recipient: str, relayhost: str, expected: str) -> None:
    local, _, domain = recipient.partition("@")
    assert destination(Policy(relayhost=relayhost), RELAY, Path(local, domain)) == expected


ZONE = """
two.example.      IN MX 20 b.two.example.
two.example.      IN MX 10 a.two.example.
a.two.example.    IN A  198.51.100.25
a.two.example.    IN A  198.51.100.26
b.two.example.    IN A  198.51.100.27
plain.example.    IN A  198.51.100.28
null.example.     IN MX 0 .
empty.example.    IN TXT "no mail"
lost.example.     IN MX 10 nowhere.lost.example.
half.example.     IN MX 10 nowhere.lost.example.
half.example.     IN MX 20 b.two.example.
backup.example.   IN MX 10 b.two.example.
backup.example.   IN MX 20 mail.corp.example.
backup.example.   IN MX 30 a.two.example.
same.example.     IN MX 10 mail.corp.example.
same.example.     IN MX 10 b.two.example.
behind.example.   IN MX 10 nowhere.lost.example.
behind.example.   IN MX 20 mail.corp.example.
number.example.   IN MX 10 198.51.100.27.
six.example.      IN MX 10 six.example.
six.example.      IN A  198.51.100.31
six.example.      IN A  198.51.100.32
six.example.      IN A  198.51.100.33
six.example.      IN A  198.51.100.34
six.example.      IN A  198.51.100.35
six.example.      IN A  198.51.100.36
mail.corp.example. IN A 192.0.2.25
"""


def find(lab: Lab, to: str) -> MailHosts:
    def as_they_are(hosts: Iterable[MailHost]) -> list[MailHost]:
        return list(hosts)

    lab.scenery.dns.zone = Zone(ZONE)
    return lab.wait_for(Router(lab.scenery.resolver, RELAY, as_they_are).hosts(to), "a look-up")


FOUND = [
    ("two.example", ["a.two.example[198.51.100.25]", "a.two.example[198.51.100.26]", "b.two.example[198.51.100.27]"]),
    ("[b.two.example]", ["b.two.example[198.51.100.27]"]),
    ("[198.51.100.27]", ["198.51.100.27[198.51.100.27]"]),
    ("plain.example", ["plain.example[198.51.100.28]"]),
    ("half.example", ["b.two.example[198.51.100.27]"]),
    ("backup.example", ["b.two.example[198.51.100.27]"]),
    ("number.example", ["198.51.100.27[198.51.100.27]"]),
]  # fmt: skip


@pytest.mark.parametrize(("to", "hosts"), FOUND)
def test_hosts_come_in_the_order_of_their_preference(lab: Lab, to: str, hosts: list[str]) -> None:
    assert [str(host) for host in find(lab, to).hosts] == hosts


def test_a_port_may_follow(lab: Lab) -> None:
    assert [host.port for host in find(lab, "[b.two.example]:587").hosts] == [587]
    assert [host.port for host in find(lab, "backup.example:26").hosts] == [26, 26, 26, 26]


def test_at_most_five_addresses_are_tried(lab: Lab) -> None:
    assert len(find(lab, "six.example").hosts) == 5


def test_a_relay_that_is_one_of_the_mail_hosts_tries_only_better_ones(lab: Lab) -> None:
    assert find(lab, "backup.example").is_mx
    assert not find(lab, "two.example").is_mx


NAME = "Host or domain name not found. Name service error for name="
NO_ROUTES = [
    ("nowhere.example", "5.4.4", f"{NAME}nowhere.example type=A: Host not found"),
    ("empty.example", "5.4.4", f"{NAME}empty.example type=A: Host found but no data record of requested type"),
    ("[two.example]", "5.4.4", f"{NAME}two.example type=A: Host found but no data record of requested type"),
    ("lost.example", "5.4.4", f"{NAME}nowhere.lost.example type=A: Host not found"),
    ("null.example", "5.1.0", "Domain null.example does not accept mail (nullMX)"),
    ("same.example", "5.4.6", "mail for same.example loops back to myself"),
    ("[192.0.2.25]", "5.4.6", "mail for 192.0.2.25 loops back to myself"),
    ("behind.example", "4.4.4", "unable to find primary relay for behind.example"),
    (":25", "5.4.4", ":25 is not a destination"),
]  # fmt: skip


@pytest.mark.parametrize(("to", "status", "reason"), NO_ROUTES)
def test_no_route_has_postfix_s_words(lab: Lab, to: str, status: str, reason: str) -> None:
    with pytest.raises(NoRoute) as found:
        find(lab, to)
    assert (found.value.status, str(found.value)) == (status, reason)


@pytest.mark.parametrize(("fault", "kind"), [("servfail", "MX"), ("timeout", "MX")])
def test_a_name_server_in_trouble_is_asked_again_later(lab: Lab, fault: str, kind: str) -> None:
    lab.dns.fault = fault
    with pytest.raises(NoRoute) as found:
        find(lab, "two.example")
    assert (found.value.status, str(found.value)) == (
        "4.4.3",
        f"{NAME}two.example type={kind}: Host not found, try again",
    )


def test_a_port_of_its_own_is_no_loop(lab: Lab) -> None:
    assert find(lab, "[192.0.2.25]:10025").hosts == (MailHost("192.0.2.25", "192.0.2.25", 10025),)

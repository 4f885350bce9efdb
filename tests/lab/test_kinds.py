"""Each kind of relay at work: who gets through, who doesn't, and where the letters arrive."""

from collections.abc import Callable
from typing import Any

import pytest

from labkit import Lab, Policy, kinds
from labkit.attacker.report import Report
from labkit.lab.kinds import KINDS, Kind

Installed = Callable[[Kind], Lab]

STAFF = {"user": "staff", "password": "paper-boat-7"}
ORDERS = "orders@customer.example"


@pytest.fixture
def relay_of(lab: Lab) -> Installed:
    def install(kind: Kind) -> Lab:
        kind.install(lab.relay)
        return lab

    return install


def visits(lab: Lab) -> list[str]:
    """Which server each session was with."""
    return [session.server.name for session in lab.transcripts]


def answer(report: Report) -> str:
    """What decided about the only letter."""
    [attempt] = report.attempts
    return str(attempt.reply) if attempt.reply else attempt.trouble


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_says_what_it_is_for_and_can_be_read_back(kind: Kind) -> None:
    shown = repr(kind)
    assert shown.startswith(f"# {kind.name}: ")
    assert shown.splitlines()[0].endswith(".")
    assert Policy.parse(shown) == kind.policy
    assert kind.policy.warnings == ()


def test_an_internal_relay_carries_the_office_s_mail_out(relay_of: Installed) -> None:
    lab = relay_of(kinds.INTERNAL)
    assert lab.workstation.send().delivered == 1
    assert lab.copier.send().delivered == 1
    assert answer(lab.laptop.send(port=25)).startswith("554 5.7.1")
    assert lab.attacker.spam(3).accepted == 0


def test_an_external_relay_takes_mail_for_its_domains_from_everybody(relay_of: Installed) -> None:
    lab = relay_of(kinds.EXTERNAL)
    assert lab.laptop.send("director@corp.example", port=25).delivered == 1
    assert lab.laptop.send(ORDERS, port=25).delivered == 1
    assert (
        answer(lab.laptop.send("x@equal.example", port=25))
        == "554 5.7.1 <x@equal.example>: Relay access denied"
    )


def test_an_authenticated_relay_asks_who_it_is(relay_of: Installed) -> None:
    lab = relay_of(kinds.AUTHENTICATED)
    assert lab.laptop.send(**STAFF).delivered == 1
    assert answer(lab.laptop.send(user="staff", password="guess")).startswith("535 5.7.8")
    assert answer(lab.laptop.send()) == "554 5.7.1 <orders@customer.example>: Relay access denied"
    assert "password was not sent" in answer(lab.laptop.send(tls="none", **STAFF))


def test_an_encrypted_relay_speaks_to_nobody_in_clear(relay_of: Installed) -> None:
    lab = relay_of(kinds.ENCRYPTED)
    assert lab.workstation.send().delivered == 1
    assert answer(lab.copier.send()) == "530 5.7.0 Must issue a STARTTLS command first"
    lab.mx1.fault = lab.mx2.fault = "no tls"
    assert lab.workstation.send().delivered == 0
    assert "TLS is required, but was not offered by host mx2.customer.example" in repr(lab.queue)


def test_a_load_balanced_relay_shares_its_mail_and_does_without_a_host_that_is_dead(
    relay_of: Installed,
) -> None:
    lab = relay_of(kinds.LOAD_BALANCED)
    for _ in range(20):
        assert lab.workstation.send().delivered == 1
    used = [name for name in visits(lab) if name != "relay"]
    assert 5 <= used.count("mx1") <= 15
    lab.mx1.fault = "down"
    for _ in range(5):
        assert lab.workstation.send().delivered == 1


def test_a_relay_with_a_smart_host_hands_everything_to_its_provider(relay_of: Installed) -> None:
    lab = relay_of(kinds.SMART_HOST)
    assert lab.workstation.send().delivered == 1
    assert visits(lab) == ["relay", "smarthost", "mx1"]
    [letter] = lab.mailbox(ORDERS)
    assert b"by smarthost.isp.example (Postfix) with ESMTPSA id" in letter.content
    assert (lab.relay.queue.delivered, lab.smarthost.queue.delivered) == (1, 1)


def test_a_smart_host_serves_its_own_customers_only(lab: Lab) -> None:
    lab.relay.policy = Policy(mynetworks="192.0.2.0/24", relayhost="[smarthost.isp.example]:587")
    lab.workstation.send()
    assert lab.smarthost.queue.accepted == 0
    [bounce] = lab.mailbox("staff@corp.example")
    assert b"<orders@customer.example>: Relay access denied" in bounce.content


def test_a_wrong_password_at_the_provider_costs_no_mail(relay_of: Installed) -> None:
    lab = relay_of(kinds.SMART_HOST)
    lab.relay.policy = lab.relay.policy.replace(
        smtp_sasl_password_maps={"[smarthost.isp.example]:587": "corp:slow-train-51"}
    )
    lab.workstation.send()
    assert "SASL authentication failed; server smarthost.isp.example[198.51.100.10] said: 535 5.7.8" in repr(
        lab.queue
    )
    kinds.SMART_HOST.install(lab.relay)
    lab.wait(hours=2)
    assert len(lab.mailbox(ORDERS)) == 1


def test_a_password_never_crosses_the_network_in_clear(relay_of: Installed) -> None:
    lab = relay_of(kinds.SMART_HOST)
    lab.relay.policy = lab.relay.policy.replace(smtp_tls_security_level="none")
    lab.smarthost.policy = lab.smarthost.policy.replace(smtpd_tls_auth_only=False)
    lab.workstation.send()
    assert "no mechanism available" in repr(lab.queue)
    assert "AUTH PLAIN" not in str(lab.transcripts[2]).replace("AUTH PLAIN LOGIN", "")


def test_a_fallback_relay_gets_what_the_first_way_didn_t_take(relay_of: Installed) -> None:
    lab = relay_of(kinds.FALLBACK)
    assert lab.workstation.send().delivered == 1
    assert "smarthost" not in visits(lab)
    lab.mx1.fault = lab.mx2.fault = "down"
    lab.workstation.send()
    assert visits(lab).count("smarthost") == 1
    lab.mx1.fault = lab.mx2.fault = None
    lab.wait(hours=2)
    assert len(lab.mailbox(ORDERS)) == 2


SUBMITTED = [
    ({"port": 587, **STAFF}, "", 1),
    ({"port": 465, **STAFF}, "", 1),
    ({"port": 465, "tls": "verify", **STAFF}, "", 1),
    ({"port": 587}, "553 5.7.1 <staff@corp.example>: Sender address rejected: not logged in", 0),
    ({"port": 587, "tls": "none"}, "530 5.7.0", 0),
    ({"port": 587, "tls": "none", **STAFF}, "The relay offers no AUTH on this connection", 0),
    ({"port": 465, "user": "staff", "password": "guess"}, "535 5.7.8", 0),
    ({"port": 587, "sender": "director@corp.example", **STAFF}, "553 5.7.1", 0),
    ({"port": 587, "sender": "sales@corp.example", **STAFF}, "", 1),
    ({"port": 25}, "554 5.7.1", 0),
]


@pytest.mark.parametrize(("how", "refusal", "delivered"), SUBMITTED)
def test_a_submission_server_takes_mail_from_its_own_people_in_their_own_name(
    relay_of: Installed, how: dict[str, Any], refusal: str, delivered: int
) -> None:
    report = relay_of(kinds.SUBMISSION).laptop.send(**how)
    assert report.delivered == delivered
    assert delivered or answer(report).startswith(refusal)

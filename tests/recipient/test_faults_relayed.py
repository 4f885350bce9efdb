"""Each fault with the relay in front: why the letter waits, and that it arrives once the fault is over."""

import pytest

from labkit import Lab
from labkit.recipient.faults import ADDRESSES, FAULTS

ORDERS = "orders@customer.example"
MX2 = "mx2.customer.example[198.51.100.26]"
LOST = f"lost connection with {MX2} while"
SENT_TWICE = f"{LOST} sending end of data -- message may be sent more than once"
NOT_FOUND = (
    "Host or domain name not found. Name service error for name=customer.example type=MX: Host not found"
)


def _at(reply: str, step: str) -> str:
    return f"host {MX2} said: {reply} (in reply to {step} command)"


def _closed(reply: str) -> str:
    return f"host {MX2} refused to talk to me: {reply}"


REASONS = {
    "down": f"connect to {MX2}:25: Connection refused",
    "refuse": _closed("554 mx2.customer.example ESMTP not accepting messages"),
    "busy": _closed("421 4.3.2 All server ports are busy"),
    "garbage": f"{LOST} receiving the initial server greeting",
    "defer": _at(f"450 4.2.0 <{ORDERS}>: Recipient address rejected: Try again later", "RCPT TO"),
    "full": _at(f"452 4.2.2 <{ORDERS}>: Recipient address rejected: Mailbox is full", "RCPT TO"),
    "hangup before dot": SENT_TWICE,
    "hangup after dot": SENT_TWICE,
    "no tls": f"TLS is required, but was not offered by host {MX2}",
    "wrong certificate": "Server certificate not verified",
    "expired certificate": "Server certificate not verified",
    "unknown authority": "Server certificate not verified",
}
ABOUT_TLS = ("no tls", "wrong certificate", "expired certificate", "unknown authority")


def _reasons(lab: Lab) -> list[str]:
    return [reason for entry in lab.relay.queue.entries for reason in entry.duties.values()]


def test_every_fault_is_here() -> None:
    assert set(FAULTS) == set(REASONS) | {"slow"}


@pytest.mark.parametrize("fault", REASONS)
def test_a_letter_waits_while_both_hosts_have_a_fault(lab: Lab, fault: str) -> None:
    lab.relay.policy = lab.relay.policy.replace(
        smtp_tls_security_level="verify" if fault in ABOUT_TLS else "may"
    )
    lab.mx1.fault = lab.mx2.fault = fault
    lab.workstation.send()
    assert _reasons(lab) == [REASONS[fault]]
    copies = 2 if fault == "hangup after dot" else 0  # taken by each host, and neither could say so
    assert len(lab.mailbox(ORDERS)) == copies
    lab.mx1.fault = lab.mx2.fault = None
    lab.wait(hours=2)
    assert (len(lab.mailbox(ORDERS)), lab.relay.queue.queued) == (copies + 1, 0)


@pytest.mark.parametrize("fault", REASONS)
def test_a_letter_takes_the_other_host_while_one_has_a_fault(lab: Lab, fault: str) -> None:
    lab.mx1.fault = fault
    lab.workstation.send()
    assert lab.relay.queue.queued == 0
    assert len(lab.mailbox(ORDERS)) == (2 if fault == "hangup after dot" else 1)


def test_a_slow_host_gets_the_letter_when_its_time_has_passed(lab: Lab) -> None:
    lab.mx1.fault = "slow"
    lab.workstation.send()
    assert lab.mailbox(ORDERS) == []
    lab.wait(minutes=5)
    assert lab.mailbox(ORDERS) == []
    lab.wait(minutes=5)
    assert len(lab.mailbox(ORDERS)) == 1


def test_a_host_that_is_too_slow_is_given_up(lab: Lab) -> None:
    lab.mx1.fault = "slow 900"  # Postfix waits 300 seconds for a greeting
    lab.workstation.send()
    lab.wait(minutes=5)
    assert len(lab.mailbox(ORDERS)) == 1
    assert [session.server.name for session in lab.transcripts][1:] == ["mx1", "mx2"]


# By address

FOR_NOW = ["full", "421", "450", "451", "452", "dot451", "hangup", "hangup-after"]
FOR_GOOD = ["550", "551", "552", "553", "554", "dot554"]


def test_every_address_is_here() -> None:
    assert set(ADDRESSES) == {*FOR_NOW, *FOR_GOOD, "slow"}


@pytest.mark.parametrize("name", FOR_NOW)
def test_a_letter_to_a_bad_address_waits(lab: Lab, name: str) -> None:
    lab.workstation.send(to=f"{name}@customer.example")
    assert lab.relay.queue.queued == 1
    assert len(_reasons(lab)) == 1


@pytest.mark.parametrize("name", FOR_GOOD)
def test_a_letter_to_a_worse_address_comes_back(lab: Lab, name: str) -> None:
    lab.workstation.send(to=f"{name}@customer.example")
    assert lab.relay.queue.queued == 0
    (notice,) = lab.mailbox("staff@corp.example")
    assert f"{name}@customer.example" in notice.text


# The name service


@pytest.mark.parametrize("fault", ["timeout", "servfail"])
def test_a_letter_waits_while_the_name_service_fails(lab: Lab, fault: str) -> None:
    lab.dns.faults["customer.example"] = fault
    lab.workstation.send()
    assert _reasons(lab) == [f"{NOT_FOUND}, try again"]
    del lab.dns.faults["customer.example"]
    lab.wait(hours=2)
    assert len(lab.mailbox(ORDERS)) == 1


def test_a_letter_comes_back_when_there_is_no_such_domain(lab: Lab) -> None:
    lab.dns.faults["customer.example"] = "nxdomain"
    lab.workstation.send()
    assert lab.relay.queue.queued == 0
    (notice,) = lab.mailbox("staff@corp.example")
    assert "Host not found" in notice.text


def test_mail_is_taken_and_kept_while_the_whole_name_service_is_silent(lab: Lab) -> None:
    lab.dns.fault = "timeout"
    assert lab.workstation.send().accepted == 1
    assert _reasons(lab) == [f"{NOT_FOUND}, try again"]

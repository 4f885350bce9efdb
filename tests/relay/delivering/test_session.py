"""TLS and login on the way to the next server: what each level insists on, and what it says otherwise."""

import pytest
from scripted import Scripted

from labkit import Lab, Policy
from labkit.lab.usual import LAPTOP
from labkit.relay.delivering.delivery import Delivery
from labkit.relay.delivering.outcome import Action, Outcome
from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter

STAFF, ORDERS = Path("staff", "corp.example"), Path("orders", "customer.example")
LETTER = Letter(STAFF, (ORDERS,), b"Subject: x\r\n\r\nx\r\n")
MX1 = "mx1.customer.example[198.51.100.25]"


def deliver(lab: Lab, policy: Policy, waited: float = 0) -> Outcome:
    async def go() -> Outcome:
        delivery = Delivery(lab.relay.site, lambda: policy)
        [found] = await delivery.hand_over(LETTER, delivery.destination(LETTER.forward_paths[0]), waited)
        await delivery.hang_up()
        return found

    return lab.wait_for(go(), "a delivery")


LEVELS = [
    ("none", "may", False),
    ("may", "may", True),
    ("may", "none", False),
    ("encrypt", "may", True),
    ("verify", "may", True),
]


@pytest.mark.parametrize(("level", "offered", "secure"), LEVELS)
def test_the_way_on_is_encrypted_as_the_policy_says(lab: Lab, level: str, offered: str, secure: bool) -> None:
    lab.mx1.tls_level = offered
    assert deliver(lab, Policy(smtp_tls_security_level=level)).action is Action.RELAYED
    assert ("TLS begins here" in str(lab.transcripts[1])) is secure
    assert (b"with ESMTPS" in lab.mailbox("orders@customer.example")[0].content) is secure


ONLY_MX1 = "[mx1.customer.example]"
NOT_SENT = [
    ("encrypt", "no tls", "4.7.4", f"TLS is required, but was not offered by host {MX1}"),
    ("verify", "no tls", "4.7.4", f"TLS is required, but was not offered by host {MX1}"),
    ("verify", "wrong certificate", "4.7.5", "Server certificate not verified"),
    ("verify", "expired certificate", "4.7.5", "Server certificate not verified"),
]


@pytest.mark.parametrize(("level", "fault", "status", "reason"), NOT_SENT)
def test_a_server_that_isnt_safe_enough_gets_nothing(
    lab: Lab, level: str, fault: str, status: str, reason: str
) -> None:
    lab.mx1.fault = fault
    found = deliver(lab, Policy(smtp_tls_security_level=level, relayhost=ONLY_MX1))
    assert (found.action, found.status, found.reason) == (Action.DELAYED, status, reason)
    assert len(lab.mailbox("orders@customer.example")) == 0


@pytest.mark.parametrize("fault", ["wrong certificate", "expired certificate"])
def test_who_doesnt_ask_for_a_name_doesnt_look_at_it(lab: Lab, fault: str) -> None:
    lab.mx1.fault = fault
    assert deliver(lab, Policy(smtp_tls_security_level="encrypt")).action is Action.RELAYED


# A server whose TLS doesn't work

BROKEN = "[198.51.100.77]"
HANDSHAKE = "Cannot start TLS: handshake failure"


def broken_tls(lab: Lab) -> list[str]:
    heard: list[str] = []
    answers = {"EHLO": "250-odd.example\r\n250 STARTTLS", "STARTTLS": "220 2.0.0 go"}
    listening = lab.scenery.network.listen(LAPTOP, 25, lambda: Scripted(answers, heard))
    lab.wait_for(listening, "a scripted server")
    return heard


@pytest.mark.parametrize(("level", "waited", "sent"), [("may", 0, False), ("may", 300, True), ("encrypt", 300, False)])  # fmt: skip
def test_a_letter_that_tls_has_failed_for_goes_in_clear_later_where_tls_is_only_a_wish(
    lab: Lab, level: str, waited: float, sent: bool
) -> None:
    heard = broken_tls(lab)
    found = deliver(lab, Policy(smtp_tls_security_level=level, relayhost=BROKEN), waited)
    assert (found.action is Action.RELAYED) is sent
    assert sent or (found.status, found.reason) == ("4.7.5", HANDSHAKE)
    assert ("DATA" in heard) is sent


def test_a_letter_that_needs_a_login_never_goes_in_clear(lab: Lab) -> None:
    heard = broken_tls(lab)
    policy = Policy(
        relayhost=BROKEN, smtp_sasl_auth_enable=True, smtp_sasl_password_maps={BROKEN: "corp:slow-train-52"}
    )
    assert deliver(lab, policy, waited=300).reason == HANDSHAKE
    assert "DATA" not in heard


def test_a_server_that_refuses_to_begin_tls_gets_nothing_where_tls_is_required(lab: Lab) -> None:
    heard: list[str] = []
    answers = {"EHLO": "250-odd.example\r\n250 STARTTLS", "STARTTLS": "454 4.7.0 not now"}
    lab.wait_for(lab.scenery.network.listen(LAPTOP, 25, lambda: Scripted(answers, heard)), "a server")
    found = deliver(lab, Policy(smtp_tls_security_level="encrypt", relayhost="[198.51.100.77]"))
    assert (found.status, found.reason) == (
        "4.7.0",
        "TLS is required, but host 198.51.100.77[198.51.100.77] refused to start TLS: 454 4.7.0 not now",
    )

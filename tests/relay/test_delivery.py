"""What the courier does with mail hosts that are down, refuse, or aren't there: one clear outcome each."""

import asyncio

import pytest

from labkit import Lab
from labkit.attacker.letters import address
from labkit.lab.stage import MX1, MX2
from labkit.smtp.client import SmtpClient
from labkit.smtp.envelope import Letter


def send_to(lab: Lab, *recipients: str) -> tuple[int, int]:
    """Hand the relay a letter for these recipients: how many were accepted, and delivered."""

    async def send() -> None:
        scenery = lab.scenery
        client = await SmtpClient.connect(scenery.network, lab.workstation.host, "192.0.2.25", 25)
        await client.ehlo("workstation.corp.example")
        paths = tuple(address(recipient) for recipient in recipients)
        await client.send(
            Letter(address("staff@corp.example"), paths, b"Message-ID: <n1@x>\r\n\r\nhello\r\n")
        )
        await client.quit()
        await scenery.relay.settle()

    lab.wait_for(send(), "a letter")
    return lab.relay.queue.accepted, lab.relay.queue.delivered


HELD = [
    ("x@nowhere.example", "Host or domain name not found. Name service error for name=nowhere.example: Host not found"),
    ("x@real-company.com", "Name service error for name=real-company.com: Host not found"),
    ("x@corp.test", "name=corp.test: Host not found"),
    ("nobody@customer.example", "host mx1.customer.example[198.51.100.25] said: 550 5.1.1 <nobody@customer.example>: Recipient address rejected: User unknown in local recipient table (in reply to RCPT command)"),
]  # fmt: skip


@pytest.mark.parametrize(("recipient", "reason"), HELD)
def test_what_cant_be_delivered_is_held_with_the_reason(lab: Lab, recipient: str, reason: str) -> None:
    assert send_to(lab, recipient) == (1, 0)
    assert reason in repr(lab.relay.queue)
    assert (lab.relay.queue.accepted, lab.relay.queue.held) == (1, 1)


def close_door(lab: Lab, address: str) -> None:
    async def close() -> None:
        lab.scenery.network._doors.pop((address, 25)).close()

    lab.wait_for(close(), "a server to stop")


def test_the_second_host_gets_the_mail_when_the_first_is_down(lab: Lab) -> None:
    close_door(lab, MX1.address)
    assert lab.workstation.send().delivered == 1
    assert [session.server.name for session in lab.transcripts] == ["relay", "mx1", "mx2"]
    assert "connection refused" in str(lab.transcripts[2])


def test_nothing_is_lost_when_every_host_is_down(lab: Lab) -> None:
    close_door(lab, MX1.address)
    close_door(lab, MX2.address)
    assert lab.workstation.send().delivered == 0
    assert "connect to mx2.customer.example[198.51.100.26]:25" in repr(lab.relay.queue)
    assert lab.relay.queue.held == 1


def test_a_server_that_demands_tls_where_there_is_none_gets_nothing(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtp_tls_security_level="encrypt")
    lab.mx1.tls_level = lab.mx2.tls_level = "none"
    assert lab.workstation.send().delivered == 0
    assert "offers no TLS" in repr(lab.relay.queue)


@pytest.mark.parametrize(("level", "offered", "secure"), [("none", "may", False), ("may", "may", True), ("may", "none", False), ("encrypt", "may", True)])  # fmt: skip
def test_the_way_on_is_encrypted_as_the_policy_says(lab: Lab, level: str, offered: str, secure: bool) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtp_tls_security_level=level)
    lab.mx1.tls_level = offered
    assert lab.workstation.send().delivered == 1
    assert ("TLS begins here" in str(lab.transcripts[2])) is secure
    assert (b"with ESMTPS" in lab.mailbox("orders@customer.example")[0].content) is secure


def test_a_letter_for_several_people_is_handed_over_once_a_domain(lab: Lab) -> None:
    recipients = (
        "orders@customer.example",
        "director@corp.example",
        "press@customer.example",
        "x@nowhere.example",
    )
    send_to(lab, *recipients)
    queue = lab.relay.queue
    assert (queue.accepted, queue.delivered, queue.held) == (4, 3, 1)
    assert [session.server.name for session in lab.transcripts] == ["relay", "mx1"]
    assert [len(lab.mailbox(recipient)) for recipient in recipients[:3]] == [1, 1, 1]


def test_letters_of_one_sender_share_a_session(lab: Lab) -> None:
    lab.attacker.spam(20)
    assert [session.server.name for session in lab.transcripts] == ["relay", "mx1", "relay", "mx1"]


@pytest.mark.parametrize("rounds", range(0, 40, 2))
def test_the_courier_can_be_stopped_at_any_moment(rounds: int) -> None:
    async def leave_it_at_work(lab: Lab) -> None:
        client = await SmtpClient.connect(lab.scenery.network, lab.workstation.host, "192.0.2.25", 25)
        await client.ehlo("workstation.corp.example")
        paths = (address("orders@customer.example"),)
        await client.send(Letter(address("staff@corp.example"), paths, b"Subject: x\r\n\r\nhello\r\n"))
        for _ in range(rounds):
            await asyncio.sleep(0)
        client.abort()

    with Lab() as lab:
        lab.wait_for(leave_it_at_work(lab), "a letter")
    assert lab.problems == ()

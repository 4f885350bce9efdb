"""The relay as its clients meet it: the main dialogues, and what a new policy changes."""

from collections.abc import Callable

import pytest

from labkit import Lab, Policy, UsageError

Play = Callable[..., list[str]]

CLOSED = """
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
"""

ENVELOPE = """
S: 220 mail.corp.example ESMTP Postfix
C: HELO client.example
S: 250 mail.corp.example
C: MAIL FROM:<ceo@bank.example>
S: 250 2.1.0 Ok
"""

LETTER = """
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C> 'Subject: hi\\r\\n\\r\\nhello\\r\\n.\\r\\n'
S: 250 2.0.0 Ok: queued as *
"""

ACCEPTED = "C: RCPT TO:<orders@customer.example>\nS: 250 2.1.5 Ok"
DENIED = "C: RCPT TO:<orders@customer.example>\nS: 554 5.7.1 <orders@customer.example>: Relay access denied"
DEFERRED = DENIED.replace("554 5.7.1", "454 4.7.1")
INBOUND = "C: RCPT TO:<staff@corp.example>\nS: 250 2.1.5 Ok"

CASES = {
    "an open relay takes a stranger's letter": (None, "attacker", ACCEPTED + LETTER),
    "a closed one refuses it": (CLOSED, "attacker", DENIED),
    "a cautious one refuses it for now": (CLOSED.replace("reject_un", "defer_un"), "attacker", DEFERRED),
    "staff in the office get through": (CLOSED, "workstation", ACCEPTED + LETTER),
    "the copier gets through": (CLOSED, "copier", ACCEPTED + LETTER),
    "staff on the road don't, without logging in": (CLOSED, "laptop", DENIED),
    "mail for the company arrives from anywhere": (CLOSED, "attacker", INBOUND + LETTER),
    "even on an open relay, the company's unknown users are refused": (
        None,
        "attacker",
        """
        C: RCPT TO:<nobody@corp.example>
        S: 550 5.1.1 <nobody@corp.example>: Recipient address rejected: User unknown in local recipient table
        """,
    ),
    "the postmaster is always known": (
        CLOSED,
        "attacker",
        "C: RCPT TO:<Postmaster>\nS: 250 2.1.5 Ok" + LETTER,
    ),
    "your terminal is a stranger": (CLOSED, "your terminal", DENIED),
    "one refused recipient doesn't spoil the others": (CLOSED, "attacker", f"{DENIED}\n{INBOUND}\n{LETTER}"),
}


@pytest.mark.parametrize(("policy", "source", "script"), CASES.values(), ids=CASES)
def test_dialogue(play: Play, policy: str | None, source: str, script: str) -> None:
    play(f"{ENVELOPE}{script}", policy=policy, source=source)


def test_a_letter_that_is_too_big_is_refused_at_its_end_and_the_session_goes_on(play: Play) -> None:
    play(
        f"""{ENVELOPE}{INBOUND}
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> '{"x" * 3000}\\r\\n.\\r\\n'
        S: 552 5.3.4 Error: message file too big
        C: MAIL FROM:<ceo@bank.example>
        S: 250 2.1.0 Ok
        """,
        policy=CLOSED + "message_size_limit = 2000",
    )


def test_a_session_keeps_the_policy_that_it_began_with(lab: Lab, play: Play) -> None:
    play(f"{ENVELOPE}{ACCEPTED}")
    lab.relay.policy = Policy.parse(CLOSED)
    play(f"{ENVELOPE}{DENIED}")
    assert "permit_mynetworks" in str(lab.transcripts[1])
    assert "reject_unauth_destination" in str(lab.transcripts[2])


def test_only_a_policy_is_a_policy(lab: Lab) -> None:
    with pytest.raises(UsageError, match=r"Policy\.parse"):
        lab.relay.policy = "mynetworks = 192.0.2.0/24"  # type: ignore[assignment]


def test_a_full_queue_refuses_instead_of_losing(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labkit.relay.queue.LIMIT", 0)
    play(
        f"{ENVELOPE}{ACCEPTED}{LETTER.replace('250 2.0.0 Ok: queued as *', '452 4.3.1 Insufficient system storage')}"
    )


def test_received_tells_who_handed_the_letter_in(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(CLOSED)
    lab.laptop.send(user="staff", password="paper-boat-7")
    assert lab.mailbox("orders@customer.example")[0].text.splitlines()[:7] == [
        "Return-Path: <staff@corp.example>",
        "Received: from mail.corp.example (mail.corp.example [192.0.2.25])",
        "\tby mx1.customer.example (Postfix) with ESMTPS id 5C00000001",
        "\tfor <orders@customer.example>; Mon, 05 Jan 2026 09:00:00 +0000 (UTC)",
        "Received: from room77.hotel.example (room77.hotel.example [198.51.100.77])",
        "\tby mail.corp.example (Postfix) with ESMTPSA id 4B00000001",
        "\tfor <orders@customer.example>; Mon, 05 Jan 2026 09:00:00 +0000 (UTC)",
    ]

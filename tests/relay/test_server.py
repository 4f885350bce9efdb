"""The relay as its clients meet it: the main dialogues, and what a new policy changes."""

from collections.abc import Callable

import pytest

from labkit import Lab, Policy, UsageError
from labkit.dns.zone import Zone
from labkit.lab import usual

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


def test_a_full_queue_refuses_instead_of_losing(
    lab: Lab, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = "452 4.3.1 Insufficient system storage"
    monkeypatch.setattr("labkit.relay.queueing.queue.LIMIT", 1)
    lab.scenery.dns.faults["customer.example"] = "servfail"
    play(f"{ENVELOPE}{ACCEPTED}{LETTER}")
    play(ENVELOPE.replace("250 2.1.0 Ok", full))


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


def test_a_client_is_called_what_its_name_confirms(lab: Lab, play: Play) -> None:
    by_name = CLOSED + "smtpd_client_restrictions = check_client_access inline:{hosting.example=REJECT}"
    refused = DENIED.split("\n")[0] + (
        "\nS: 554 5.7.1 <vps66.hosting.example[203.0.113.66]>: Client host rejected: Access denied"
    )
    play(f"{ENVELOPE}{refused}", policy=by_name)
    lab.scenery.resolver.forget()
    lab.dns.zone = Zone(usual.ZONE.replace("IN A   203.0.113.66", "IN A   203.0.113.67"))
    play(f"{ENVELOPE}{DENIED}", policy=by_name)


AT_ONCE = CLOSED + "smtpd_delay_reject = no\n"


def test_a_client_that_is_refused_when_it_connects_can_only_leave(play: Play) -> None:
    play(
        """
        S: 554 5.7.1 <vps66.hosting.example[203.0.113.66]>: Client host rejected: Access denied
        C: EHLO client.example
        S: 503 5.7.0 Error: access denied for vps66.hosting.example[203.0.113.66]
        C: QUIT
        S: 221 2.0.0 Bye
        """,
        policy=AT_ONCE + "smtpd_client_restrictions = reject",
    )


def test_a_refused_sender_can_be_followed_by_another(play: Play) -> None:
    policy = (
        AT_ONCE + "smtpd_sender_restrictions = check_sender_access inline:{ {a@bank.example = REJECT no} }"
    )
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: MAIL FROM:<a@bank.example>
        S: 554 5.7.1 <a@bank.example>: Sender address rejected: no
        C: MAIL FROM:<b@bank.example>
        S: 250 2.1.0 Ok
        """,
        policy=policy,
    )


def test_vrfy_says_what_rcpt_would_say(play: Play) -> None:
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: VRFY staff
        S: 252 2.0.0 staff
        C: VRFY nobody@corp.example
        S: 550 5.1.1 <nobody@corp.example>: Recipient address rejected: User unknown in local recipient table
        C: VRFY orders@customer.example
        S: 554 5.7.1 <orders@customer.example>: Relay access denied
        """,
        policy=CLOSED,
    )


def test_etrn_sends_what_waits_for_a_domain_of_the_policy(lab: Lab, play: Play) -> None:
    lab.scenery.dns.faults["customer.example"] = "servfail"
    play(f"{ENVELOPE}{INBOUND.replace('staff@corp', 'orders@customer')}{LETTER}")
    lab.settle()
    assert lab.relay.queue.deferred == 1
    lab.scenery.dns.faults.clear()
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: ETRN partner.example
        S: 459 <partner.example>: service unavailable
        C: ETRN customer.example
        S: 250 Queuing started
        """,
        policy=CLOSED + "relay_domains = customer.example",
    )
    lab.settle()
    assert lab.relay.queue.queued == 0


def marked(action: str) -> str:
    """A policy that does something with letters for the customer."""
    return f"smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = check_recipient_access inline:{{ {{customer.example = {action}}} }}"


def test_a_letter_can_be_put_on_hold(lab: Lab, play: Play) -> None:
    play(f"{ENVELOPE}{ACCEPTED}{LETTER}", policy=marked("HOLD for a look"))
    lab.settle()
    assert (lab.relay.queue.held, lab.relay.queue.accepted) == (1, 1)


def test_a_discarded_letter_is_taken_and_gone(lab: Lab, play: Play) -> None:
    play(f"{ENVELOPE}{ACCEPTED}{LETTER}", policy=marked("DISCARD"))
    lab.settle()
    queue = lab.relay.queue
    assert (queue.discarded, queue.accepted, len(lab.mailbox("orders@customer.example"))) == (1, 0, 0)


def test_a_header_is_prepended_above_the_trace(lab: Lab, play: Play) -> None:
    play(f"{ENVELOPE}{ACCEPTED}{LETTER}", policy=marked("PREPEND X-Seen: by the relay"))
    lab.settle()
    lines = lab.mailbox("orders@customer.example")[0].text.splitlines()
    at = lines.index("X-Seen: by the relay")
    assert lines[at + 1].startswith("Received: from client.example (vps66.hosting.example [203.0.113.66])")


def test_a_letter_that_the_filters_refuse_is_not_taken(lab: Lab, play: Play) -> None:
    play(
        f"""{ENVELOPE}{ACCEPTED}
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> 'Subject: hi\\r\\n\\r\\nhello\\r\\n.\\r\\n'
        S: 550 5.7.1 not here
        """,
        policy=CLOSED.replace("192.0.2.0/24", "0.0.0.0/0")
        + "header_checks = pcre:{ {/^Subject: hi/ REJECT not here} }",
    )
    assert lab.relay.queue.accepted == 0


def test_greylisting_defers_a_stranger_once(lab: Lab, play: Play) -> None:
    policy = CLOSED + "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10023"
    deferred = INBOUND.replace(
        "250 2.1.5 Ok", "450 4.2.0 <staff@corp.example>: Recipient address rejected: *"
    )
    play(f"{ENVELOPE}{deferred}", policy=policy)
    lab.wait(minutes=6)
    play(f"{ENVELOPE}{INBOUND}")


def test_what_was_tried_is_told(lab: Lab, play: Play) -> None:
    play(f"{ENVELOPE}{DENIED}", policy=CLOSED)
    assert [step.rule for step in lab.transcripts[1].why("RCPT").tried] == [
        "permit_mynetworks",
        "permit_sasl_authenticated",
        "reject_unauth_destination",
    ]

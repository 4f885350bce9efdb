"""The customer's server with a policy: what it answers, why, where the letter lies, and what it says of it."""

import socket
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playbook import Player

from labkit import Lab
from labkit.clock import Clock
from labkit.lab import usual
from labkit.recipient.actions import Action
from labkit.recipient.checks.content import Rules
from labkit.recipient.defence import Defence
from labkit.recipient.inspection import Inspection
from labkit.recipient.mailbox import INBOX, JUNK
from labkit.recipient.policy import HEADERS, PROVIDER, RecipientPolicy
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter, Session
from labkit.smtp.patterns import EICAR, GTUBE

ORDERS = "orders@customer.example"
HELLO = """
S: 220 mx1.customer.example ESMTP Postfix
C: HELO vps66.hosting.example
S: 250 mx1.customer.example
C: MAIL FROM:<security@bank.example>
S: 250 2.1.0 Ok
C: RCPT TO:<orders@customer.example>
"""
LETTER = """
S: 250 2.1.5 Ok
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: From: Example Bank <security@bank.example>
C: Authentication-Results: mx1.customer.example; dmarc=pass header.from=bank.example
C: Message-ID: <n1@bank.example>
C:
C: Your account is locked.
C: .
"""
BANK = """
bank.example. IN TXT "v=spf1 ip4:192.0.2.99 -all"
_dmarc.bank.example. IN TXT "v=DMARC1; p={p}"
"""
MX1 = "198.51.100.25"

Play = Callable[[str], list[str]]


@pytest.fixture
def play(lab: Lab) -> Play:
    return Player(lab, "attacker", 25, MX1).play


def _forged(lab: Lab, p: str, **checks: str) -> None:
    lab.dns.add(BANK.format(p=p))
    lab.customer.checks = RecipientPolicy(**checks)  # type: ignore[arg-type]


def _only(lab: Lab) -> tuple[str, str]:
    (letter,) = lab.mailbox(ORDERS)
    return letter.folder, letter.text


# At RCPT TO


def test_a_listed_client_is_refused_at_rcpt(lab: Lab, play: Play) -> None:
    lab.customer.checks = RecipientPolicy(dnsbl="refuse")
    text = "Service unavailable; Client host [203.0.113.66] blocked using bl.example"
    play(f"{HELLO}\nS: 554 5.7.1 {text}; 203.0.113.66 has sent spam.\nC: DATA\nS: 554 5.5.1 *")
    why = lab.transcripts[1].why("RCPT")
    assert (why.rule, [step.rule for step in why.tried]) == ("dnsbl", ["dnsbl"])


def test_a_listed_client_may_be_put_off_or_its_letters_aside(lab: Lab, play: Play) -> None:
    lab.customer.checks = RecipientPolicy(dnsbl="defer")
    play(f"{HELLO}\nS: 450 4.7.1 Service unavailable; *")
    lab.customer.checks = RecipientPolicy(dnsbl="spam folder")
    play(f"{HELLO}{LETTER}\nS: 250 2.0.0 Ok: queued as *")
    folder, text = _only(lab)
    assert folder == JUNK
    assert "X-Spam-Flag: YES\nX-Spam-Status: Yes, tests=dnsbl=listed\nReceived:" in text


def test_a_stranger_is_greylisted_on_the_labs_clock(lab: Lab, play: Play) -> None:
    lab.customer.checks = RecipientPolicy(greylist="usual")
    said = f"S: 450 4.2.0 <{ORDERS}>: Recipient address rejected: Greylisted for"
    play(f"{HELLO}\n{said} 300 seconds")
    lab.wait(minutes=2)
    play(f"{HELLO}\n{said} 180 seconds")
    lab.wait(minutes=3)
    play(f"{HELLO}{LETTER}\nS: 250 2.0.0 Ok: queued as *")
    assert lab.mailbox(ORDERS)[0].verdicts["greylist"].result == "known"


def test_a_relay_comes_back_and_a_hasty_spammer_does_not(lab: Lab) -> None:
    lab.customer.checks = RecipientPolicy(greylist="usual")
    assert lab.workstation.send().delivered == 0
    lab.wait(hours=1)
    assert len(lab.mailbox(ORDERS)) == 1


# At the final dot


@pytest.mark.parametrize(
    ("p", "answer"),
    [
        ("none", "250 2.0.0 Ok: queued as *"),
        ("quarantine", "250 2.0.0 Ok: queued as *"),
        (
            "reject",
            "550 5.7.26 Unauthenticated email from bank.example is not accepted due to domain's DMARC policy. "
            "Please contact the administrator of bank.example domain",
        ),
    ],
)
def test_dmarc_does_as_the_domain_asks(lab: Lab, play: Play, p: str, answer: str) -> None:
    _forged(lab, p, dmarc="usual")
    play(f"{HELLO}{LETTER}\nS: {answer}")
    folders = [letter.folder for letter in lab.mailbox(ORDERS)]
    assert folders == {"none": [INBOX], "quarantine": [JUNK], "reject": []}[p]
    why = lab.transcripts[1].why("queued" if p != "reject" else 550)
    assert [step.rule for step in why.tried] == ["dmarc"]


def test_spf_alone_can_refuse(lab: Lab, play: Play) -> None:
    _forged(lab, "none", spf="fail: refuse", dmarc="header")
    play(
        f"{HELLO}{LETTER}\nS: 550 5.7.26 The MAIL FROM domain [bank.example] has an SPF record with a hard fail "
        "policy (-all) but it fails to pass SPF checks with the ip: [203.0.113.66]"
    )
    why = lab.transcripts[1].why(550)
    assert (why.rule, len(why.tried)) == ("spf", 2)  # every check has run, and one has decided


def test_a_421_slows_the_sender_down_and_ends_the_session(lab: Lab, play: Play) -> None:
    _forged(lab, "none", bulk="defer")
    play(f"{HELLO}{LETTER}\nS: 421 4.7.29 Your email has been rate limited because *\n== EOF")


@pytest.mark.parametrize(
    ("line", "answer", "folders"),
    [
        (EICAR, "552 5.7.0 This message was blocked because its content presents a *", []),
        (GTUBE, "250 2.0.0 Ok: queued as *", [JUNK]),
        (b"Hello", "250 2.0.0 Ok: queued as *", [INBOX]),
    ],
)
def test_the_content_decides(lab: Lab, play: Play, line: bytes, answer: str, folders: list[str]) -> None:
    lab.customer.checks = RecipientPolicy(content="usual")
    play(f"{HELLO}{LETTER.replace('Your account is locked.', line.decode())}\nS: {answer}")
    assert [letter.folder for letter in lab.mailbox(ORDERS)] == folders


def test_what_the_content_is_searched_for_can_be_chosen(lab: Lab, play: Play) -> None:
    rules = Rules(suspicious=(("your account is locked", 9),))
    lab.customer.checks = RecipientPolicy(content="refuse", rules=rules)
    play(
        f"{HELLO}{LETTER}\nS: 550 5.7.1 Our system has detected that this message is likely unsolicited mail"
    )


def test_the_letter_bears_what_was_found_and_nobody_elses_word_for_it(lab: Lab, play: Play) -> None:
    _forged(lab, "none", spf="header", dmarc="header", dkim="nothing")
    play(f"{HELLO}{LETTER}\nS: 250 2.0.0 Ok: queued as *")
    folder, text = _only(lab)
    assert folder == INBOX
    assert text.splitlines()[1] == "Authentication-Results: mx1.customer.example;"
    assert "spf=fail" in text
    assert "dmarc=fail" in text
    assert "dkim=" not in text  # "nothing": not even a word in the header
    assert "dmarc=pass" not in text
    assert text.count("Authentication-Results") == 1


def test_without_a_policy_a_letter_is_as_it_was(lab: Lab, play: Play) -> None:
    play(f"{HELLO}{LETTER}\nS: 250 2.0.0 Ok: queued as 5C00000001")
    folder, text = _only(lab)
    assert folder == INBOX
    assert text.startswith("Return-Path: <security@bank.example>\nReceived: from vps66.hosting.example")
    assert "dmarc=pass" in text
    assert not lab.mailbox(ORDERS)[0].verdicts
    assert lab.transcripts[1].why("queued").tried == ()


def test_a_letter_for_two_is_judged_once_and_lies_with_both(lab: Lab, play: Play) -> None:
    _forged(lab, "quarantine", dmarc="usual")
    play(f"{HELLO}\nS: 250 2.1.5 Ok\nC: RCPT TO:<press@customer.example>\n{LETTER}\nS: 250 2.0.0 *")
    for name in ("orders", "press"):
        assert [one.folder for one in lab.mailbox(f"{name}@customer.example")] == [JUNK]
    assert "orders              1  (1 in the spam folder)" in repr(lab.mailboxes)


def test_a_session_keeps_the_policy_with_which_it_began(lab: Lab) -> None:
    lab.dns.add(BANK.format(p="reject"))
    address = ("127.0.0.1", lab.ports["mx1:25"])
    with socket.create_connection(address, 10) as client, client.makefile("rb") as heard:
        heard.readline()
        lab.customer.checks = RecipientPolicy(dmarc="refuse")
        client.sendall(b"HELO x.example\r\nMAIL FROM:<>\r\nRCPT TO:<orders@customer.example>\r\nDATA\r\n")
        client.sendall(b"From: <security@bank.example>\r\n\r\n.\r\n")
        assert [heard.readline()[:3] for _ in range(5)] == [b"250", b"250", b"250", b"354", b"250"]


# Reputation


def test_a_spam_trap_spoils_the_name_of_the_relay_that_carried_it(lab: Lab) -> None:
    lab.customer.checks = RecipientPolicy(reputation="usual")
    for trap in lab.customer.traps:
        lab.workstation.send(trap)
    assert lab.customer.reputation.level("192.0.2.25") == "low"
    lab.workstation.send()
    letter = lab.mailbox(ORDERS)[0]
    assert (letter.folder, letter.verdicts["reputation"].result) == (JUNK, "low")
    assert lab.blocklist.listing("192.0.2.25")


def test_a_domain_is_judged_only_by_letters_that_it_proved(lab: Lab, play: Play) -> None:
    _forged(lab, "none", dmarc="header")
    play(f"{HELLO}{LETTER}\nS: 250 2.0.0 *")
    assert list(lab.customer.reputation.tally) == ["203.0.113.66"]
    lab.dns.add(
        'corp.example. IN TXT "v=spf1 ip4:192.0.2.25 -all"\n_dmarc.corp.example. IN TXT "v=DMARC1; p=none"'
    )
    lab.workstation.send()
    assert lab.mailbox(ORDERS)[-1].domain == "corp.example"
    assert list(lab.customer.reputation.tally) == ["192.0.2.25", "203.0.113.66", "corp.example"]


def test_what_is_deferred_isnt_counted_twice(lab: Lab, play: Play) -> None:
    _forged(lab, "none", dmarc="defer")
    play(f"{HELLO}{LETTER}\nS: 451 4.7.26 *")
    assert list(lab.customer.reputation.tally) == []


# Whatever comes


@settings(max_examples=60)
@given(
    st.binary(max_size=400),
    st.sampled_from([HEADERS, PROVIDER]),
    st.sampled_from([NULL, Path("a", "corp.example"), Path("\udce4\n", "xn--\ufffd.example")]),
)
def test_no_letter_is_too_odd_to_be_judged(
    quiet_lab: Lab, content: bytes, policy: RecipientPolicy, sender: Path
) -> None:
    async def judged() -> Action:
        scenery = quiet_lab.scenery
        inspection = Inspection(policy, Defence(Clock()), scenery.resolver, "mx1.customer.example")
        letter = Letter(sender, (Path("orders", "customer.example"),), content)
        inspected = await inspection.at_dot(Session(usual.ATTACKER, 1, 25, helo="x"), letter)
        assert inspection.cleaned(content) is not None
        assert inspected.header.isascii()
        assert all(one.verdict.reason for one in inspected.judgement.judged)
        return inspected.judgement.action

    assert quiet_lab.wait_for(judged(), "a judgement") in Action


@pytest.fixture(scope="module")
def quiet_lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab
        assert lab.problems == ()

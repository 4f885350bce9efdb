"""The sequence diagram: that it shows what the transcripts hold, and that its words can be read."""

from collections.abc import Callable, Iterator

import pytest

from labkit import Lab, LabClosed, Policy, UsageError
from labkit.lab.following import follow
from labkit.lab.journey import Kind
from labkit.show import sequence
from labkit.show.lifelines import LOOKS, Lifelines
from labkit.show.sheet import Paint

Unreadable = Callable[[int, Paint], list[str]]
CLOSED = Policy.parse("mynetworks = 192.0.2.0/24\nsmtpd_relay_restrictions = permit_mynetworks, reject")


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def readable(lab: Lab, unreadable: Unreadable, of: object) -> bool:
    lifelines = Lifelines(follow(lab.scenery, of))
    return unreadable(lifelines.height, lifelines.paint) == []


def test_a_delivered_letter_is_seen_at_every_host(lab: Lab) -> None:
    assert (
        repr(sequence(lab, lab.attacker.spam(1)))
        == """\
The letter arrived.
From <security@bank.example> for <orders@customer.example>; lab time 2026-01-05 09:00:00.

09:00:00  session 1: attacker → relay, port 25, in clear
09:00:00    relay → dns       PTR 66.113.0.203.in-addr.arpa? A vps66.hosting.example?  ← vps66.hosting.example; 203.0.113.66
09:00:00    attacker → relay  MAIL FROM:<security@bank.example>  ✓ 250 2.1.0 Ok
09:00:00    attacker → relay  RCPT TO:<orders@customer.example>  ✓ 250 2.1.5 Ok
09:00:00    attacker → relay  DATA, and the letter  ✓ 250 2.0.0 Ok: queued as 4B00000001
09:00:00    relay → dns       MX customer.example?  ← 10 mx1.customer.example, 20 mx2.customer.example
09:00:00    relay → dns       A mx1.customer.example? A mx2.customer.example?  ← 198.51.100.25; 198.51.100.26
09:00:00  session 2: relay → mx1, port 25, inside TLS (TLSv1.3)
09:00:00    relay → mx1       (TLS) MAIL FROM:<security@bank.example> SIZE=570  ✓ 250 2.1.0 Ok
09:00:00    relay → mx1       (TLS) RCPT TO:<orders@customer.example>  ✓ 250 2.1.5 Ok
09:00:00    mx1 → dns         PTR 25.2.0.192.in-addr.arpa? A mail.corp.example?  ← mail.corp.example; 192.0.2.25
09:00:00    relay → mx1       (TLS) DATA, and the letter  ✓ 250 2.0.0 Ok: queued as 5C00000001
09:00:00    mx1 → mailbox     into the mailbox orders: inbox"""
    )


def test_to_look_changes_nothing_in_the_lab(lab: Lab) -> None:
    report = lab.workstation.send()
    before = len(lab.transcripts), repr(lab.relay), repr(lab.log), len(lab.scenery.resolver.questions)
    sequence(lab, report)
    assert (
        len(lab.transcripts),
        repr(lab.relay),
        repr(lab.log),
        len(lab.scenery.resolver.questions),
    ) == before


def test_the_words_of_every_kind_of_way_can_be_read(lab: Lab, unreadable: Unreadable) -> None:
    assert readable(lab, unreadable, lab.attacker.spam(1))
    retried = lab.workstation.send(to="451@customer.example")
    lab.wait(days=6)
    assert readable(lab, unreadable, retried)
    assert readable(lab, unreadable, lab.attacker.spam(1, recipients_each=7))
    assert readable(lab, unreadable, lab.attacker.strip())
    lab.dns.fault = "timeout"
    assert readable(lab, unreadable, lab.workstation.send())
    lab.dns.fault = None
    lab.mx1.fault = "down"
    assert readable(lab, unreadable, lab.workstation.send())
    lab.relay.policy = CLOSED
    assert readable(lab, unreadable, lab.attacker.spam(1))
    assert readable(lab, unreadable, lab.laptop.send())


def test_a_very_long_address_is_cut(lab: Lab, unreadable: Unreadable) -> None:
    report = lab.workstation.send(to=f"{'W' * 60}@{'w' * 50}.customer.example")
    assert readable(lab, unreadable, report)


def test_what_stands_in_a_letter_is_never_drawn_as_mathematics(lab: Lab, unreadable: Unreadable) -> None:
    assert readable(lab, unreadable, lab.workstation.send(sender="$a$@corp.example"))


def test_arrows_differ_in_more_than_colour() -> None:
    assert set(LOOKS) == set(Kind) - {Kind.SESSION, Kind.NOTED}
    crossed = {look.dashes for look in LOOKS.values() if not look.arrives}
    assert len(crossed) == 3
    assert len({look.dashes for look in LOOKS.values()}) == 4


@pytest.mark.parametrize("of", [1, "n000001", "4B00000001", "report", "attempt"])
def test_a_letter_can_be_named_in_many_ways(lab: Lab, of: int | str) -> None:
    report = lab.attacker.spam(1)
    named = {"report": report, "attempt": report.attempts[0]}.get(str(of), of)
    assert repr(sequence(lab, named)) == repr(sequence(lab, 1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "letter", "words"),
    [
        (1, 3, "Session 1 offered 2 letters"),
        (99, 1, "There is no session 99"),
        ("n000099", 1, "No recorded session has a letter 'n000099'"),
        (None, 1, "None is no letter"),
        (1.5, 1, "1.5 is no letter"),
        (True, 1, "True is no letter"),
    ],
)
def test_what_is_no_letter_is_said(lab: Lab, of: int, letter: int, words: str) -> None:
    report = lab.attacker.spam(2)
    with pytest.raises(UsageError, match=words):
        sequence(lab, of, letter)
    with pytest.raises(UsageError, match="This report has 2 attempts"):
        sequence(lab, report, 3)


def test_a_closed_lab_says_so(lab: Lab) -> None:
    lab.close()
    with pytest.raises(LabClosed):
        sequence(lab, 1)

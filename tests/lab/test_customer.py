"""The customer as a student meets it: complaints, what they do to a sender, and the way back."""

import pytest

from labkit import Lab
from labkit.errors import LabClosed, UsageError
from labkit.recipient.policy import RecipientPolicy
from labkit.recipient.tally import Event

RELAY = "192.0.2.25"


def test_the_customer_writes_to_the_company(lab: Lab) -> None:
    report = lab.customer.send(tls="none")
    assert (report.who, report.delivered) == ("mx1", 1)
    (letter,) = lab.mailbox("staff@corp.example")
    assert "From: orders@customer.example\n" in letter.text
    assert lab.customer.send("nobody@corp.example").refused == 1


def test_a_complaint_counts_once_and_moves_the_letter(lab: Lab) -> None:
    lab.workstation.send()
    (letter,) = lab.mailbox("orders@customer.example")
    assert letter.folder == "inbox"
    done = lab.customer.complain(letter)
    assert repr(done) == "1 called spam and moved, 1 counted as complaints."
    assert b"Source-IP: 192.0.2.25" in done.reports[0]
    (moved,) = lab.mailbox("orders@customer.example")
    assert (moved.folder, moved.reported) == ("spam folder", True)
    assert repr(lab.customer.complain([letter, moved])).startswith("2 called spam and moved, 0 counted")
    assert lab.customer.reputation.counts(RELAY)[Event.COMPLAINT] == 1


def test_it_is_still_delivered(lab: Lab) -> None:
    report = lab.workstation.send()
    lab.customer.complain(lab.mailbox("orders@customer.example"))
    assert report.delivered == 1
    assert lab.scenery.holds(report.attempts[0].nonce)


@pytest.mark.parametrize("what", ["a letter", 5])
def test_what_isnt_a_letter_cant_be_called_spam(lab: Lab, what: object) -> None:
    with pytest.raises((UsageError, TypeError)):
        lab.customer.complain(what)  # type: ignore[arg-type]


def test_a_letter_of_another_domain_isnt_the_customers(lab: Lab) -> None:
    lab.workstation.send("director@corp.example")
    with pytest.raises(UsageError, match=r"isn't in a mailbox of the customer"):
        lab.customer.complain(lab.mailbox("director@corp.example"))


def test_complaints_put_the_relay_on_the_blocklist_and_its_mail_is_refused(lab: Lab) -> None:
    lab.customer.checks = RecipientPolicy(dnsbl="usual")
    lab.attacker.spam(7)
    for name in ("orders", "press", "jobs"):
        lab.customer.complain(lab.mailbox(f"{name}@customer.example"))
    assert lab.blocklist.listing(RELAY)
    report = lab.workstation.send()
    assert report.delivered == 0
    assert "blocked using bl.example" in str(lab.transcripts[-1])


def test_a_bad_name_is_lived_down_in_a_week(lab: Lab) -> None:
    lab.customer.checks = RecipientPolicy(reputation="usual")
    lab.attacker.spam(60, per_minute=10)
    lab.customer.complain([letter for letter in lab.scenery.customer if letter.folder == "inbox"][:10])
    reputation = lab.customer.reputation
    assert reputation.level(RELAY) == "bad"
    assert lab.workstation.send().delivered == 0
    lab.wait(days=7, hours=1)
    assert reputation.level(RELAY) == "medium"
    assert lab.workstation.send().delivered == 1
    levels = [point.level for point in reputation.history(RELAY)]
    assert (levels[0], levels[-1]) == ("medium", "medium")
    assert "bad" in levels


def test_who_sends_too_fast_is_put_off_and_arrives_later(lab: Lab) -> None:
    lab.customer.checks = RecipientPolicy(reputation="too fast: defer")
    report = lab.attacker.spam(100, per_minute=1000)
    assert (report.accepted, report.delivered) == (100, 60)
    assert "421 4.7.28 An unusual rate of mail was detected from 192.0.2.25." in str(lab.queue)
    lab.wait(hours=2)
    assert len(lab.scenery.customer) == 100


def test_enough_letters_make_a_bulk_sender_for_good(lab: Lab) -> None:
    lab.customer.checks = RecipientPolicy(bulk="header", bulk_volume=3)
    results = []
    for _ in range(3):
        lab.workstation.send()
        found = lab.mailbox("orders@customer.example")[-1].verdicts["bulk"]
        results.append(found.shows("letters"))  # type: ignore[attr-defined]
    assert results[-1] == "3 in 24 hours; 3 make a bulk sender"
    lab.wait(days=2)
    lab.workstation.send()
    table = repr(lab.mailbox("orders@customer.example")[-1].verdicts["bulk"])
    assert "1 in 24 hours" not in table
    assert "not asked" not in table


def test_the_same_twice(lab: Lab) -> None:
    def story() -> tuple[str, ...]:
        lab.reset()
        lab.customer.checks = RecipientPolicy(dnsbl="usual", dmarc="usual", reputation="usual", bulk="header")
        lab.attacker.spam(20)
        lab.customer.complain(lab.mailbox("press@customer.example"))
        letters = [f"{letter.folder}\n{letter.text}\n{letter.verdicts}" for letter in lab.scenery.customer]
        return (*letters, repr(lab.customer.reputation), str(lab.transcripts[-1]))

    assert story() == story()


def test_a_closed_lab_says_so() -> None:
    with Lab() as lab:
        customer = lab.customer
        assert repr(customer).startswith(
            "The customer, customer.example. What is checked:\nNothing is checked"
        )
    with pytest.raises(LabClosed):
        repr(customer.checks)

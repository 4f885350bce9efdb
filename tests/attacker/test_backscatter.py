"""Backscatter: whose policy makes bounces for strangers, and which refuses in time."""

import pytest

from labkit import Lab, OutsideTheLab, Policy, UsageError

VICTIM = "press@customer.example"
CLOSED = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
""")
TAKES_ALL = CLOSED.replace(local_recipient_maps="")
FORWARDS_ALL = CLOSED.replace(relay_domains="customer.example")
LISTED = FORWARDS_ALL.replace(
    relay_recipient_maps="inline:{ orders@customer.example=x, press@customer.example=x }"
)

CASES = [
    # The stranger writes to two people who don't exist at the company, and to one at the customer's.
    (Policy.parse("mynetworks = 0.0.0.0/0\nsmtpd_relay_restrictions = permit_mynetworks, reject"), 4),
    (TAKES_ALL, 8),
    (FORWARDS_ALL, 4),
    (TAKES_ALL.replace(relay_domains="customer.example"), 12),
    (TAKES_ALL.replace(smtpd_reject_unlisted_recipient=False), 8),
    (CLOSED, 0),
    (LISTED, 0),
]


@pytest.mark.parametrize(("policy", "bounces"), CASES)
def test_what_lands_on_somebody_who_never_wrote(lab: Lab, policy: Policy, bounces: int) -> None:
    lab.relay.policy = policy
    report = lab.attacker.backscatter(12)
    assert report.delivered == report.harm == bounces
    assert f"{bounces} bounces lie in {VICTIM}, who never wrote" in repr(report)
    letters = lab.mailbox(VICTIM)
    assert len(letters) == bounces
    assert all("Undelivered Mail Returned to Sender" in letter.text for letter in letters)
    assert all(letter.text.startswith("Return-Path: <>") for letter in letters)


@pytest.mark.parametrize("policy", [CLOSED, LISTED])
def test_honest_mail_passes_where_backscatter_ends(lab: Lab, policy: Policy) -> None:
    lab.relay.policy = policy
    assert lab.workstation.send().delivered == lab.laptop.send("staff@corp.example").delivered == 1


def test_an_honest_sender_is_still_told_of_a_mistake(lab: Lab) -> None:
    lab.relay.policy = CLOSED
    lab.workstation.send("nobody@customer.example")
    assert "Undelivered Mail" in lab.mailbox("staff@corp.example")[0].text


def test_the_proof_is_the_strangers_own_mark_in_the_victims_mailbox(lab: Lab) -> None:
    lab.relay.policy = TAKES_ALL
    report = lab.attacker.backscatter(1)
    assert f"<{report.attempts[0].nonce}@" in lab.mailbox(VICTIM)[0].text


def test_bounces_of_others_prove_nothing(lab: Lab) -> None:
    lab.workstation.send("nobody@customer.example", sender=VICTIM)
    lab.relay.policy = CLOSED
    report = lab.attacker.backscatter(3)
    assert (len(lab.mailbox(VICTIM)), report.harm) == (1, 0)


def test_a_victim_who_could_be_real_is_out_of_the_question(lab: Lab) -> None:
    with pytest.raises(OutsideTheLab, match=r"real-company\.com"):
        lab.attacker.backscatter(victim="friend@real-company.com")
    with pytest.raises(UsageError, match="0 letters"):
        lab.attacker.backscatter(0)
    assert len(lab.transcripts) == 0

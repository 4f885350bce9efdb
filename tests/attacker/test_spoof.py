"""Spoof: every trick, what its reader sees, and how far a relay alone can answer it."""

import pytest

from labkit import Lab, OutsideTheLab, Policy, UsageError
from labkit.attacker.letters import address
from labkit.attacker.spoof import CYRILLIC, PUNYCODE, TRICKS
from labkit.network.addresses import lab_domain
from labkit.recipient.policy import RecipientPolicy

CLOSED = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
""")
NOT_OURS = CLOSED.replace(
    smtpd_sender_restrictions="permit_mynetworks, permit_sasl_authenticated, "
    "check_sender_access inline:{ corp.example=REJECT }"
)
STAFF = "staff@corp.example"


def test_an_open_relay_carries_every_trick_to_the_customer(lab: Lab) -> None:
    report = lab.attacker.spoof()
    assert report.delivered == report.harm == len(TRICKS) == 8
    assert len(lab.mailbox("orders@customer.example")) == 8


def test_a_closed_relay_carries_none(lab: Lab) -> None:
    lab.relay.policy = CLOSED
    assert lab.attacker.spoof().harm == 0


def test_a_closed_relay_still_takes_them_for_its_own_people(lab: Lab) -> None:
    lab.relay.policy = CLOSED
    assert lab.attacker.spoof(STAFF).delivered == 8


def test_the_customers_own_server_takes_them_from_anybody(lab: Lab) -> None:
    lab.relay.policy = CLOSED
    assert lab.attacker.spoof(target="mx1").delivered == 8


def test_nobody_outside_writes_in_the_companys_name_but_looking_like_it_is_no_lie(lab: Lab) -> None:
    lab.relay.policy = NOT_OURS
    report = lab.attacker.spoof(STAFF)
    shown = repr(report)
    assert report.delivered == 7
    assert "the director, and the envelope agrees: refused" in shown
    assert "the director, in From: only: delivered" in shown
    assert lab.workstation.send(STAFF).delivered == 1


def test_from_can_be_looked_at_too_where_honest_mail_comes_by_another_port(lab: Lab) -> None:
    lab.relay.policy = NOT_OURS.replace(
        header_checks="pcre:{ {/^From:.*@corp\\.example/ REJECT We don't write to ourselves from outside} }"
    )
    lab.relay.services = {"submission": "header_checks =\nmynetworks = 192.0.2.0/24"}
    report = lab.attacker.spoof(STAFF)
    assert [attempt.verdict.word for attempt in report.attempts] == [
        *["delivered"] * 2,  # the bank
        *["refused"] * 2,  # the director
        "refused",  # an address for a name
        *["delivered"] * 3,  # domains that look alike
    ]
    assert lab.workstation.send(STAFF, port=587).delivered == 1


def test_who_publishes_records_ends_the_lies_about_the_domain_and_no_others(lab: Lab) -> None:
    for domain, servers in (("bank.example", ""), ("corp.example", "ip4:192.0.2.25 ")):
        lab.dns.add(f'{domain}. IN TXT "v=spf1 {servers}-all"')
        lab.dns.add(f'_dmarc.{domain}. IN TXT "v=DMARC1; p=reject"')
    lab.mx1.checks = RecipientPolicy(spf="header", dmarc="usual")
    report = lab.attacker.spoof(target="mx1")
    assert [attempt.verdict.word for attempt in report.attempts] == [
        *["refused"] * 4,  # the bank and the director
        *["delivered"] * 4,  # the stranger's own domains, whose records are in order
    ]
    assert "spf=pass" in lab.mailbox("orders@customer.example")[-1].text
    lab.relay.policy = CLOSED
    assert lab.workstation.send().delivered == 1


def test_what_the_reader_sees_stands_beside_what_the_envelope_says(lab: Lab) -> None:
    shown = repr(lab.attacker.spoof())
    assert (
        "the bank, in From: only: delivered (reader sees Example Bank <security@bank.example>, "
        "envelope says promo@vps66.hosting.example)"
    ) in shown
    assert "(reader sees director@corp.example, envelope says promo@vps66.hosting.example)" in shown
    assert f"(reader sees The Director <director@{CYRILLIC}>, envelope says director@{PUNYCODE})" in shown


def test_the_look_alike_is_what_its_punycode_says_and_isnt_the_company() -> None:
    assert CYRILLIC.encode("idna").decode() == PUNYCODE
    assert CYRILLIC != "corp.example"


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_every_name_in_it_is_reserved(trick: object) -> None:
    path = address(trick.reverse_path)  # type: ignore[attr-defined]
    assert lab_domain(path.domain)


def test_mistakes_are_said(lab: Lab) -> None:
    with pytest.raises(UsageError, match="'mx9' can't be the target"):
        lab.attacker.spoof(target="mx9")
    with pytest.raises(OutsideTheLab, match=r"real-company\.com"):
        lab.attacker.spoof("friend@real-company.com")
    assert len(lab.transcripts) == 0

"""An honest letter that is sent on: what breaks, what holds, and what heals."""

import pytest

from labkit import Lab, Policy
from labkit.attacker.report import Report
from labkit.recipient.policy import HEADERS, RecipientPolicy

RELAY = """
mynetworks = 192.0.2.0/24
mydestination = corp.example, mail.corp.example
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_milters = inet:localhost:8891
"""
SPF = 'corp.example. IN TXT "v=spf1 mx -all"\n'
DMARC = '_dmarc.corp.example. IN TXT "v=DMARC1; p=reject"\n'
ORDERS = "orders@customer.example"


def _prepared(lab: Lab, *, dmarc: bool = True, dkim: bool = True) -> None:
    lab.relay.policy = Policy.parse(RELAY)
    lab.dns.add(SPF + (DMARC if dmarc else ""))
    if dkim:
        lab.dns.add(lab.relay.sign("corp.example", "ed", "ed25519"))


def _results(report: Report) -> list[str]:
    return [finding.what for finding in report.findings if "=" in finding.what]


@pytest.mark.parametrize(
    ("dkim", "dmarc", "footer", "seals", "results", "harm"),
    [
        (False, False, False, False, ["spf=fail", "dkim=none", "dmarc=none", "arc=none"], 0),
        (False, True, False, False, ["spf=fail", "dkim=none", "dmarc=fail", "arc=none"], 1),
        (True, True, False, False, ["spf=fail", "dkim=pass", "dmarc=pass", "arc=none"], 0),
        (True, True, True, False, ["spf=fail", "dkim=fail", "dmarc=fail", "arc=none"], 1),
        (True, True, True, True, ["spf=fail", "dkim=fail", "dmarc=fail", "arc=pass"], 0),
        (False, True, False, True, ["spf=fail", "dkim=none", "dmarc=fail", "arc=pass"], 0),
    ],
)
def test_what_is_left_of_the_proof(
    lab: Lab, dkim: bool, dmarc: bool, footer: bool, seals: bool, results: list[str], harm: int
) -> None:
    _prepared(lab, dmarc=dmarc, dkim=dkim)
    report = lab.attacker.forward(footer=footer, seals=seals)
    assert _results(report) == results
    assert report.harm == harm
    (letter,) = lab.mailbox(ORDERS)
    assert ("alumni of Example College" in letter.text) == footer
    assert ("ARC-Seal" in letter.text) == seals


def test_the_recipient_says_the_same_as_the_report(lab: Lab) -> None:
    _prepared(lab)
    lab.customer.checks = HEADERS
    report = lab.attacker.forward(footer=True, seals=True)
    header = lab.mailbox(ORDERS)[0].authentication
    assert [
        part for part, _ in header.rows if part.startswith(("spf=", "dkim=", "dmarc=", "arc="))
    ] == _results(report)


@pytest.mark.parametrize(
    ("sealers", "seals", "arrives"),
    [((), True, False), (("alumni.example",), False, False), (("alumni.example",), True, True)],
)
def test_a_strict_recipient_takes_a_changed_letter_only_from_a_forwarder_that_it_trusts(
    lab: Lab, sealers: tuple[str, ...], seals: bool, arrives: bool
) -> None:
    _prepared(lab)
    lab.customer.checks = RecipientPolicy(dmarc="refuse", sealers=sealers)
    report = lab.attacker.forward(footer=True, seals=seals)
    assert bool(lab.mailbox(ORDERS)) == arrives
    assert bool(report.harm) != arrives
    if not arrives:
        refused = next(
            finding for finding in report.findings if finding.what.startswith("the next server refused")
        )
        assert "550 5.7.26" in refused.proof


def test_every_step_is_recorded_and_nothing_stays_open(lab: Lab) -> None:
    _prepared(lab)
    ports = lab.ports
    report = lab.attacker.forward()
    assert lab.ports == ports
    assert len(lab.transcripts) == 3
    assert len(report.transcripts) == 2  # the office's, and the forwarder's
    assert repr(report) == repr(_again(lab))


def _again(lab: Lab) -> Report:
    lab.reset()
    _prepared(lab)
    return lab.attacker.forward()


def test_a_relay_that_refuses_the_office_has_nothing_sent_on(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(RELAY.replace("192.0.2.0/24", "127.0.0.0/8"))
    report = lab.attacker.forward()
    assert report.harm == 0
    assert "no letter came to the forwarder" in repr(report)


def test_a_forwarder_that_reaches_nobody_lets_the_letter_wait(lab: Lab) -> None:
    _prepared(lab)
    lab.mx1.fault = lab.mx2.fault = "down"
    lab.attacker.forward()
    assert "451 4.4.1" in repr(lab.queue)

"""The aggregate report: what it counts, and its XML as RFC 7489 appendix C has it."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from recipient.checks.answering import Answering
from recipient.checks.checking import LETTER, RELAY, STRANGER, message, now, session

from labkit import Lab
from labkit.clock import START
from labkit.network.addresses import Host
from labkit.recipient.checks.authres import AuthResults, authenticate
from labkit.recipient.dmarc_report import MOST_ROWS, DmarcReport, DmarcTally
from labkit.recipient.policy import RecipientPolicy
from labkit.signing.keys import make_key
from labkit.signing.signer import signature

KEY = make_key("corp.example", "mail", bits=1024)
ZONE = f"""
corp.example. IN TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc.corp.example. IN TXT "v=DMARC1; p=reject; sp=none; adkim=s; rua=mailto:dmarc@corp.example"
{KEY.record!s}
"""
SIGNED = signature(LETTER, KEY, START) + LETTER
MX = "mx1.customer.example"


def _found(content: bytes, client: Host, zone: str = ZONE) -> AuthResults:
    return now(authenticate(message(content), session(client), Answering(zone)))


def _report(*letters: tuple[bytes, Host, str]) -> DmarcReport:
    tally = DmarcTally()
    for content, client, done in letters:
        tally.note(_found(content, client), session(client), START, done)
    return tally.report("corp.example", MX, START)


def _texts(report: DmarcReport, path: str) -> list[str | None]:
    return [found.text for found in ElementTree.fromstring(report.xml).findall(path)]


def test_letters_with_everything_in_common_are_one_row() -> None:
    report = _report((SIGNED, RELAY, "none"), (LETTER, STRANGER, "reject"), (SIGNED, RELAY, "none"))
    assert _texts(report, "record/row/source_ip") == ["192.0.2.25", "203.0.113.66"]
    assert _texts(report, "record/row/count") == ["2", "1"]
    assert _texts(report, "record/row/policy_evaluated/disposition") == ["none", "reject"]
    assert _texts(report, "record/row/policy_evaluated/dkim") == ["pass", "fail"]
    assert _texts(report, "record/row/policy_evaluated/spf") == ["pass", "fail"]
    assert _texts(report, "record/auth_results/dkim/selector") == ["mail"]
    assert _texts(report, "record/auth_results/spf/result") == ["pass", "fail"]
    assert _texts(report, "record/identifiers/header_from") == ["corp.example"] * 2


def test_the_report_says_who_what_when_and_which_policy() -> None:
    report = _report((SIGNED, RELAY, "none"))
    assert report.xml.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<feedback>\n')
    root = ElementTree.fromstring(report.xml)
    assert [child.tag for child in root] == ["version", "report_metadata", "policy_published", "record"]
    assert [(child.tag, child.text) for child in root[2]] == [
        ("domain", "corp.example"),
        ("adkim", "s"),
        ("aspf", "r"),
        ("p", "reject"),
        ("sp", "none"),
        ("pct", "100"),
        ("fo", "0"),
    ]
    begin, end = (int(text or 0) for text in _texts(report, "report_metadata/date_range/*"))
    assert (begin, end - begin) == (1767571200, 86_399)


@pytest.mark.parametrize(
    ("done", "excused", "reason"),
    [("reject", False, []), ("none", False, ["local_policy"]), ("none", True, ["trusted_forwarder"])],
)
def test_why_the_policy_was_not_followed(done: str, excused: bool, reason: list[str]) -> None:
    tally = DmarcTally()
    tally.note(_found(LETTER, STRANGER), session(STRANGER), START, done, excused=excused)
    report = tally.report("corp.example", MX, START)
    assert _texts(report, "record/row/policy_evaluated/reason/type") == reason


def test_a_letter_that_pct_spares_is_named_so() -> None:
    tally = DmarcTally()
    zone = ZONE.replace("p=reject;", "p=reject; pct=0;")
    tally.note(_found(LETTER, STRANGER, zone), session(STRANGER), START, "quarantine")
    report = tally.report("corp.example", MX, START)
    assert _texts(report, "record/row/policy_evaluated/reason/type") == ["sampled_out"]


def test_a_domain_without_a_record_gets_no_report_and_each_day_has_its_own() -> None:
    tally = DmarcTally()
    tally.note(_found(LETTER, STRANGER, ""), session(STRANGER), START, "none")
    assert tally.report("corp.example", MX, START).xml == ""
    tally.note(_found(LETTER, STRANGER), session(STRANGER), START, "reject")
    assert tally.report("corp.example", MX, START + timedelta(days=1)).xml == ""
    assert tally.report("Corp.Example.", MX, START + timedelta(hours=5)).xml


def test_a_stranger_cant_fill_the_memory() -> None:
    tally, found = DmarcTally(), _found(LETTER, STRANGER)
    for number in range(MOST_ROWS + 5):
        tally.note(found, session(STRANGER), START, str(number))
    assert len(tally.report("corp.example", MX, START).rows) == MOST_ROWS


def test_the_report_of_a_lab(lab: Lab) -> None:
    lab.dns.add('corp.example. IN TXT "v=spf1 mx -all"\n_dmarc.corp.example. IN TXT "v=DMARC1; p=reject"')
    lab.customer.checks = RecipientPolicy(dmarc="usual")
    lab.workstation.send()
    assert repr(lab.mx1.dmarc_report("corp.example")).splitlines() == [
        "mx1.customer.example to corp.example: letters in its name on 2026-01-05",
        "",
        "from address  letters  SPF   DKIM  disposition",
        "192.0.2.25    1        pass  fail  none",
    ]
    assert "There were none" in repr(lab.mx1.dmarc_report("bank.example"))

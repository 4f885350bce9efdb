"""The rules for senders of much mail, each tried: kept, and broken."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.network.addresses import Host
from labkit.recipient.checks.bulk import BulkVerdict, judge
from labkit.recipient.checks.bulk_rules import RULES, Facts, sender_domain
from labkit.recipient.checks.verdict import Message, Verdict
from labkit.recipient.tally import Event
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Session

SESSION = Session(
    Host("relay", "192.0.2.25"), 1, 25, helo="mail.corp.example", secure=True, client_name="mail.corp.example"
)
LETTER = (
    b"From: Corp <news@corp.example>\r\n"
    b"List-Unsubscribe: <mailto:leave@corp.example>, <https://corp.example/leave?1>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"DKIM-Signature: v=1; h=From: List-Unsubscribe :\r\n\tlist-unsubscribe-post; d=corp.example; b=abc\r\n"
    b"\r\nNews!\r\n"
)
PATH, RECIPIENT = Path("news", "corp.example"), Path("orders", "customer.example")
PROVED = {
    "spf": Verdict("pass", "SPF.", (("domain", "corp.example"),)),
    "dkim": Verdict("pass", "DKIM.", (("signature", "pass: ok"), ("domain", "corp.example"))),
    "dmarc": Verdict("pass", "DMARC."),
}
FACTS = Facts(
    Message(LETTER, PATH, RECIPIENT),
    SESSION,
    PROVED,
    Counter({Event.LETTER: 50, Event.INBOX: 2000}),
    threshold=50,
)


def _facts(content: bytes = LETTER, path: Path = PATH, **found: Verdict) -> Facts:
    return replace(FACTS, message=Message(content, path, RECIPIENT), authentication=PROVED | found)


def _result(facts: Facts, rule: str) -> str:
    return next(found.result for found in judge(facts).findings if found.rule.name == rule)


def _complaints(count: int, seen: int) -> Facts:
    return replace(FACTS, day=Counter({Event.LETTER: 50, Event.COMPLAINT: count, Event.INBOX: seen}))


NO_SPF, NO_DKIM = Verdict("fail", "No SPF."), Verdict("none", "No DKIM.")
NO_RECORD = Verdict("none", "No record.")
ELSEWHERE = Verdict("pass", "SPF.", (("domain", "isp.example"),))

CASES = [
    ("From: header", FACTS, "pass"),
    ("From: header", _facts(b"Subject: x\r\n\r\n"), "fail"),
    ("From: header", _facts(b"From: a@b.example\r\nFrom: c@d.example\r\n\r\n"), "fail"),
    ("From: header", _facts(b"From: a@b.example, c@d.example\r\n\r\n"), "fail"),
    ("From: header", _facts(b"From: nobody\r\n\r\n"), "fail"),
    ("PTR", FACTS, "pass"),
    ("PTR", replace(FACTS, session=SESSION._replace(client_name="unknown")), "fail"),
    ("TLS", FACTS, "pass"),
    ("TLS", replace(FACTS, session=SESSION._replace(secure=False)), "fail"),
    ("SPF or DKIM", _facts(spf=NO_SPF), "pass"),
    ("SPF or DKIM", _facts(spf=NO_SPF, dkim=NO_DKIM), "fail"),
    ("complaints", _complaints(0, 2000), "pass"),
    ("complaints", _complaints(1, 1001), "pass"),
    ("complaints", _complaints(1, 1000), "warn"),
    ("complaints", _complaints(3, 1000), "fail"),
    ("complaints", _complaints(9, 19), "pass"),  # too few letters for a rate
    ("SPF", FACTS, "pass"),
    ("SPF", _facts(spf=NO_SPF), "fail"),
    ("DKIM", FACTS, "pass"),
    ("DKIM", _facts(dkim=NO_DKIM), "fail"),
    ("DMARC record", _facts(dmarc=Verdict("fail", "Forged.")), "pass"),
    ("DMARC record", _facts(dmarc=NO_RECORD), "fail"),
    ("DMARC record", _facts(dmarc=Verdict("permerror", "Two records.")), "fail"),
    ("alignment", FACTS, "pass"),
    ("alignment", _facts(dmarc=NO_RECORD), "pass"),  # aligned, though nobody asked for it
    ("alignment", _facts(dmarc=NO_RECORD, spf=ELSEWHERE), "pass"),
    ("alignment", _facts(dmarc=NO_RECORD, spf=ELSEWHERE, dkim=NO_DKIM), "fail"),
    ("alignment", _facts(dmarc=Verdict("fail", "Forged.")), "fail"),
    ("one-click unsubscribe", FACTS, "pass"),
    ("one-click unsubscribe", _facts(LETTER.replace(b"https:", b"http:")), "fail"),
    ("one-click unsubscribe", _facts(LETTER.replace(b"=One-Click", b"=Please")), "fail"),
    ("one-click unsubscribe", _facts(LETTER.replace(b"unsubscribe-post;", b"id;")), "fail"),
    ("one-click unsubscribe", _facts(dkim=NO_DKIM), "fail"),
    ("one-click unsubscribe", _facts(LETTER, NULL), "not asked"),
    ("one-click unsubscribe", _facts(b"Auto-Submitted: auto-replied\r\n" + LETTER), "not asked"),
]


@pytest.mark.parametrize(("rule", "facts", "result"), CASES)
def test_a_rule(rule: str, facts: Facts, result: str) -> None:
    assert _result(facts, rule) == result


def test_every_rule_is_tried_both_ways() -> None:
    for rule in RULES:
        results = {result for name, _, result in CASES if name == rule.name}
        assert {"pass", "fail"} <= results


def test_who_sends_little_is_asked_for_less() -> None:
    few = replace(FACTS, day=Counter({Event.LETTER: 49}), authentication={})
    results = {found.rule.name: found.result for found in judge(few).findings}
    assert {name for name, result in results.items() if result == "not asked"} == {
        rule.name for rule in RULES if rule.bulk_only
    }
    assert _result(replace(few, was_bulk=True), "DMARC record") == "fail"


def test_the_whole_verdict_is_that_of_the_worst_rule() -> None:
    assert (judge(FACTS).result, judge(FACTS).shows("rule")) == ("pass", "")
    assert judge(_complaints(1, 1000)).result == "warn"
    failed = judge(_facts(spf=NO_SPF))
    assert (failed.result, failed.shows("rule")) == ("fail", "SPF")
    assert failed.reason == "SPF: No SPF."


def test_it_is_shown_as_a_table_of_rules() -> None:
    verdict = judge(_facts(spf=NO_SPF))
    lines = repr(verdict).splitlines()
    assert lines[0] == "The rules for senders of much mail: fail"
    assert len([line for line in lines if "Google" in line]) == len(RULES)
    assert "one-click unsubscribe" in verdict._repr_html_()


@pytest.mark.parametrize(
    ("content", "domain"),
    [
        (b"From: A <a@Corp.Example>\r\n\r\n", "corp.example"),
        (b'From: "a@bank.example" <x@corp.example>\r\n\r\n', "corp.example"),
        (b"From: a@corp.example.\r\n\r\n", "corp.example"),
        (b"From:\r\n\r\n", ""),
        (b"", ""),
    ],
)
def test_whose_letter_it_says_it_is(content: bytes, domain: str) -> None:
    assert sender_domain(Message(content, PATH, RECIPIENT)) == domain


@given(st.binary(max_size=300), st.sampled_from(["pass", "fail", "none", "temperror"]))
def test_no_letter_is_too_odd_for_a_verdict(noise: bytes, result: str) -> None:
    for content in (noise, b"From: " + noise, LETTER.replace(b"corp", noise)):
        found = {check: Verdict(result, "It is so.") for check in PROVED}
        verdict = judge(_facts(content, **found))
        assert isinstance(verdict, BulkVerdict)
        assert verdict.result in ("pass", "warn", "fail")
        assert all(finding.reason for finding in verdict.findings)
        assert "\n\n\n" not in repr(verdict)

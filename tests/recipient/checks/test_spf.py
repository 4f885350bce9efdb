"""SPF: each result, with what students get wrong in their records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recipient.checks.answering import Answering
from recipient.checks.checking import RELAY, STRANGER, message, now, session

from labkit.network.addresses import Host
from labkit.recipient.checks import spf
from labkit.recipient.checks.verdict import Verdict

HOSTS = """
corp.example. IN MX 10 mail.corp.example.
mail.corp.example. IN A 192.0.2.25
mail.corp.example. IN AAAA 2001:db8::25
25.2.0.192.in-addr.arpa. IN PTR mail.corp.example.
isp.example. IN TXT "v=spf1 ip4:198.51.100.10 -all"
empty.example. IN A 192.0.2.99
"""


def _check(record: str, client: Host = RELAY, sender: str = "staff@corp.example", more: str = "") -> Verdict:
    zone = f'{HOSTS}corp.example. IN TXT "{record}"\n{more}'
    return now(spf.check(message(sender=sender), session(client), Answering(zone)))


@pytest.mark.parametrize(
    ("record", "relay", "stranger"),
    [
        ("v=spf1 mx -all", "pass", "fail"),
        ("v=spf1 a:mail.corp.example ~all", "pass", "softfail"),
        ("v=spf1 ip4:192.0.2.0/24 ?all", "pass", "neutral"),
        ("v=spf1 ip6:2001:db8::/32 -all", "fail", "fail"),
        ("v=spf1 ptr -all", "pass", "fail"),
        ("v=spf1 exists:%{ir}.in-addr.arpa -all", "fail", "fail"),
        ("v=spf1 include:isp.example mx -all", "pass", "fail"),
        ("v=spf1 redirect=isp.example", "fail", "fail"),
        ("v=spf1 +all", "pass", "pass"),
        ("v=spf1", "neutral", "neutral"),
        ("V=SPF1 MX -ALL", "pass", "fail"),
        ("v=spf10 -all", "none", "none"),
        ("spf1 mx -all", "none", "none"),
        ("v=spf1 mx -all exp=why.corp.example", "pass", "fail"),
    ],
)
def test_what_a_record_says_of_the_relay_and_of_a_stranger(record: str, relay: str, stranger: str) -> None:
    assert _check(record).result == relay
    assert _check(record, STRANGER).result == stranger


MORE = "".join(f'i{n}.example. IN TXT "v=spf1 include:i{n + 1}.example -all"\n' for n in range(20))
LOOP = 'loop.example. IN TXT "v=spf1 include:corp.example -all"'
VOID = "v=spf1 a:no1.example a:no2.example a:no3.example mx -all"


@pytest.mark.parametrize(
    ("record", "more", "says"),
    [
        ("v=spf1 mx -all", 'corp.example. IN TXT "v=spf1 -all"', "there are two of them"),
        ("v=spf1 include:corp.example -all", "", "it includes itself"),
        ("v=spf1 redirect=corp.example", "", "it needs more than 10 look-ups"),
        ("v=spf1 include:loop.example", LOOP, "it needs more than 10 look-ups"),
        ("v=spf1 include:i0.example -all", MORE, "it needs more than 10 look-ups"),
        (VOID, "", "too many of the names in it don't exist"),
        ("v=spf1 include:empty.example -all", "", "it includes a domain that has none"),
        ("v=spf1 include:nowhere.example -all", "", "it includes a domain that has none"),
        ("v=spf1 redirect=nowhere.example", "", "it leads to a domain that has none"),
        ("v=spf1 ip4:192.0.2.0/33 -all", "", "Invalid IP4 CIDR length: ip4:192.0.2.0/33"),
        ("v=spf1 ip4:192.0.2 -all", "", "Invalid IP4 address: ip4:192.0.2"),
        ("v=spf1 mx all -moo", "", "Unknown mechanism found: -moo"),
        ("v=spf1 a:%{q}.corp.example -all", "", "Unknown Macro Encountered"),
        ("v=spf1 redirect=a.example redirect=b.example", "", "redirect= MUST appear at most once"),
    ],
)
def test_a_wrong_record_says_nothing_and_why(record: str, more: str, says: str) -> None:
    verdict = _check(record, more=more)
    assert verdict.result == "permerror"
    assert says in verdict.reason


def test_no_record_and_no_domain() -> None:
    assert now(spf.check(message(), session(), Answering(HOSTS))).result == "none"
    assert (
        now(spf.check(message(sender="staff@nowhere.example"), session(), Answering(HOSTS))).result == "none"
    )


def test_bounces_are_judged_by_the_name_that_the_client_gives() -> None:
    zone = f'{HOSTS}mail.corp.example. IN TXT "v=spf1 a -all"'
    verdict = now(spf.check(message(sender=""), session(), Answering(zone)))
    assert (verdict.result, verdict.shows("from"), verdict.shows("domain")) == (
        "pass",
        "EHLO",
        "mail.corp.example",
    )
    stranger = now(spf.check(message(sender=""), session(STRANGER, "mail.corp.example"), Answering(zone)))
    assert stranger.result == "fail"
    assert (
        now(spf.check(message(sender=""), session(STRANGER, "[203.0.113.66]"), Answering(zone))).result
        == "none"
    )


def test_ipv6_clients_are_compared_with_ipv6_addresses() -> None:
    relay = Host("relay", "2001:db8::25", "mail.corp.example")
    assert _check("v=spf1 mx -all", relay).result == "pass"
    assert _check("v=spf1 ip6:2001:db8:1::/48 -all", relay).result == "fail"
    assert _check("v=spf1 ip4:192.0.2.25 -all", relay).result == "fail"


@pytest.mark.parametrize("silent", ["corp.example", "mail.corp.example"])
def test_where_the_dns_cant_say_nothing_is_decided(silent: str) -> None:
    zone = Answering(f'{HOSTS}corp.example. IN TXT "v=spf1 mx -all"', silent=(silent,))
    assert now(spf.check(message(), session(), zone)).result == "temperror"


def test_the_evidence_says_what_matched_and_what_it_took() -> None:
    assert _check("v=spf1 ip4:192.0.2.50 mx -all").evidence == (
        ("domain", "corp.example"),
        ("from", "MAIL FROM"),
        ("client", "192.0.2.25"),
        ("record", "v=spf1 ip4:192.0.2.50 mx -all"),
        ("look-ups", "1 of 10"),
        ("matched", "mx"),
    )


def test_each_question_is_asked_once_and_only_what_is_needed() -> None:
    dns = Answering(f'{HOSTS}corp.example. IN TXT "v=spf1 mx include:isp.example -all"')
    now(spf.check(message(), session(), dns))
    assert dns.asked == [("corp.example", "TXT"), ("corp.example", "MX"), ("mail.corp.example", "A")]


def test_a_record_cant_make_the_recipient_ask_for_ever() -> None:
    hosts = "".join(f"m{n}.example. IN MX 10 h{m}.m{n}.example.\n" for n in range(10) for m in range(10))
    record = " ".join(f"mx:m{n}.example" for n in range(10))
    dns = Answering(f'{HOSTS}{hosts}corp.example. IN TXT "v=spf1 {record} -all"')
    assert now(spf.check(message(), session(), dns)).result == "permerror"
    assert len(dns.asked) <= spf.MOST_QUESTIONS


TERMS = st.sampled_from(
    [
        "a",
        "mx",
        "ptr",
        "all",
        "-all",
        "~all",
        "?all",
        "include:corp.example",
        "include:",
        "redirect=corp.example",
        "exists:%{i}.x",
        "ip4:1.2.3.4/8",
        "ip6:::/0",
        "ip4:",
        "a:%{l}.%{d}",
        "exp=corp.example",
        "exp=%{t}",
        "mx/24//64",
        "%{p}",
        "=",
        "a=b",
        "--",
        "moo:x",
        "a:%{d99r-}.y",
    ]
)


@given(
    st.lists(
        TERMS
        | st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"\\;'), max_size=12),
        max_size=6,
    )
)
def test_no_record_is_too_strange_for_a_verdict(terms: list[str]) -> None:
    verdict = _check(" ".join(["v=spf1", *terms]), STRANGER)
    assert verdict.result in spf.REASONS
    assert verdict.reason.isprintable()


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_sender_and_no_name_is_too_strange_for_a_verdict(sender: str, helo: str) -> None:
    dns = Answering(f'{HOSTS}corp.example. IN TXT "v=spf1 exists:%{{l}}.%{{h}}.%{{o}} -all"')
    verdict = now(spf.check(message(sender=f"{sender}@corp.example"), session(STRANGER, helo), dns))
    assert verdict.result in spf.REASONS
    assert now(spf.check(message(sender=sender), session(STRANGER, helo), dns)).result in spf.REASONS

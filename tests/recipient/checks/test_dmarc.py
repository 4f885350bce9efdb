"""DMARC: alignment, what the record asks for, and records that are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recipient.checks.answering import Answering
from recipient.checks.checking import message, now

from labkit.recipient.checks import dmarc
from labkit.recipient.checks.dkim import Signature
from labkit.recipient.checks.dmarc_record import Record, parse
from labkit.recipient.checks.domains import from_domains, organisation
from labkit.recipient.checks.verdict import Verdict

NO_SPF = Verdict("none", "")
SHOWN = "Staff <staff@{}>"


def _spf(domain: str, result: str = "pass") -> Verdict:
    return Verdict(result, "", (("domain", domain),))


def _dkim(domain: str, result: str = "pass") -> tuple[Signature, ...]:
    return (Signature(result, "", domain, "mail", "rsa-sha256"),)


def _check(
    record: str,
    spf: Verdict = NO_SPF,
    dkim: tuple[Signature, ...] = (),
    *,
    header_from: str = "Staff <staff@corp.example>",
    nonce: str = "n1",
    at: str = "corp.example",
    silent: tuple[str, ...] = (),
) -> Verdict:
    zone = f'_dmarc.{at}. IN TXT "{record}"' if record else ""
    letter = message(f"From: {header_from}\r\nMessage-ID: <{nonce}@x>\r\n\r\nText\r\n".encode())
    return now(dmarc.check(letter, spf, dkim, Answering(zone, silent=silent)))


P = "v=DMARC1; p=reject"


@pytest.mark.parametrize(
    ("record", "spf", "dkim", "result"),
    [
        (P, _spf("corp.example"), (), "pass"),
        (P, _spf("mail.corp.example"), (), "pass"),
        (f"{P}; aspf=r", _spf("mail.corp.example"), (), "pass"),
        (f"{P}; aspf=s", _spf("mail.corp.example"), (), "fail"),
        (f"{P}; aspf=s", _spf("corp.example"), (), "pass"),
        (P, _spf("hosting.example"), (), "fail"),
        (P, _spf("corp.example", "softfail"), (), "fail"),
        (P, _spf("corp.example", "neutral"), (), "fail"),
        (P, NO_SPF, _dkim("corp.example"), "pass"),
        (P, NO_SPF, _dkim("mail.corp.example"), "pass"),
        (f"{P}; adkim=s", NO_SPF, _dkim("mail.corp.example"), "fail"),
        (P, NO_SPF, _dkim("hosting.example"), "fail"),
        (P, NO_SPF, _dkim("notcorp.example"), "fail"),
        (P, NO_SPF, _dkim("example"), "fail"),
        (P, NO_SPF, _dkim("corp.example", "fail"), "fail"),
        (P, _spf("hosting.example"), _dkim("hosting.example") + _dkim("corp.example"), "pass"),
        (P, _spf("corp.example", "temperror"), (), "temperror"),
        (P, NO_SPF, _dkim("corp.example", "temperror"), "temperror"),
        (P, _spf("corp.example", "temperror"), _dkim("corp.example"), "pass"),
        ("", _spf("corp.example"), _dkim("corp.example"), "none"),
    ],
)
def test_alignment(record: str, spf: Verdict, dkim: tuple[Signature, ...], result: str) -> None:
    assert _check(record, spf, dkim).result == result


@pytest.mark.parametrize(
    ("record", "disposition"),
    [
        ("v=DMARC1; p=none", "none"),
        ("v=DMARC1; p=quarantine", "quarantine"),
        ("v=DMARC1;p=Reject;", "reject"),
        ("v=DMARC1; p=reject; pct=100", "reject"),
        ("v=DMARC1; p=reject; pct=0", "quarantine"),
        ("v=DMARC1; p=quarantine; pct=0", "none"),
        ("v=DMARC1; p=reject; sp=none", "reject"),
        ("v=DMARC1; p=reject; rua=mailto:dmarc@corp.example; fo=1; x=y", "reject"),
    ],
)
def test_what_is_asked_for(record: str, disposition: str) -> None:
    verdict = _check(record)
    assert (verdict.result, verdict.shows("disposition")) == ("fail", disposition)
    assert _check(record, _spf("corp.example")).shows("disposition") == "none"


@pytest.mark.parametrize(
    ("record", "disposition"),
    [(P, "reject"), (f"{P}; sp=none", "none"), ("v=DMARC1; p=none; sp=quarantine", "quarantine")],
)
def test_names_below_the_domain_have_a_policy_of_their_own(record: str, disposition: str) -> None:
    verdict = _check(record, header_from="x@shop.corp.example")
    assert verdict.shows("disposition") == disposition


def test_a_record_of_the_name_itself_goes_first() -> None:
    zone = '_dmarc.corp.example. IN TXT "v=DMARC1; p=reject"\n_dmarc.shop.corp.example. IN TXT "v=DMARC1; p=none"'
    dns = Answering(zone)
    verdict = now(dmarc.check(message(b"From: x@shop.corp.example\r\n\r\n"), NO_SPF, (), dns))
    assert verdict.shows("policy") == "none"
    assert dns.asked == [("_dmarc.shop.corp.example", "TXT")]


def test_pct_spares_the_same_letters_each_time_and_about_as_many_as_it_says() -> None:
    record = f"{P}; pct=30"
    found = [_check(record, nonce=f"n{number}").shows("disposition") for number in range(300)]
    assert found == [_check(record, nonce=f"n{number}").shows("disposition") for number in range(300)]
    assert 60 <= found.count("reject") <= 120
    assert found.count("reject") + found.count("quarantine") == 300


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("v=DMARC1", "it has no p="),
        ("v=DMARC1; p=refuse", "p=refuse is none of none, quarantine, reject"),
        ("v=DMARC1; p=reject; sp=maybe", "sp=maybe is none of"),
        ("v=DMARC1; p=reject; pct=101", "pct=101 is no number from 0 to 100"),
        ("v=DMARC1; p=reject; pct=half", "pct=half is no number"),
        ("v=DMARC1; p=reject; aspf=x", "can be r or s"),
        ("v=DMARC1; reject", "'reject' has no ="),
        ('v=DMARC1; p=none" \n_dmarc.corp.example. IN TXT "v=DMARC1; p=reject', "two DMARC records"),
    ],
)
def test_a_wrong_record_asks_for_nothing_and_why(record: str, says: str) -> None:
    verdict = _check(record)
    assert (verdict.result, says in verdict.reason) == ("permerror", True), verdict.reason
    assert not verdict.shows("disposition")


@pytest.mark.parametrize(
    "record", ["v=spf1 -all", "DMARC1; p=reject", "v=DMARC10; p=reject", "p=reject; v=DMARC1"]
)
def test_a_text_that_is_no_record_is_none(record: str) -> None:
    assert _check(record).result == "none"


@pytest.mark.parametrize("name", ["_dmarc.corp.example", "_dmarc.shop.corp.example"])
def test_where_the_dns_cant_say_nothing_is_decided(name: str) -> None:
    assert _check("", header_from="x@shop.corp.example", silent=(name,)).result == "temperror"


@pytest.mark.parametrize(
    ("header_from", "domains"),
    [
        ("staff@corp.example", ("corp.example",)),
        ("Staff <staff@Corp.Example.>", ("corp.example",)),
        ('"director@corp.example" <x@hosting.example>', ("hosting.example",)),
        ("director@corp.example <x@hosting.example>", ("hosting.example",)),
        ("(director@corp.example) x@hosting.example", ("hosting.example",)),
        ("a@corp.example, b@corp.example", ("corp.example",)),
        ("a@corp.example, b@bank.example", ("corp.example", "bank.example")),
        ("a@corp.example\r\nFrom: b@bank.example", ("corp.example", "bank.example")),
        ('"a@b"@corp.example', ("corp.example",)),
        ("The Director", ()),
        ("<>", ()),
        ("", ()),
    ],
)
def test_whose_domain_the_reader_sees(header_from: str, domains: tuple[str, ...]) -> None:
    assert from_domains(message(f"From: {header_from}\r\n\r\n".encode())) == domains
    verdict = _check(P, header_from=header_from)
    assert (verdict.result == "permerror") == (len(domains) != 1)


@pytest.mark.parametrize(
    ("name", "found"),
    [("a.b.corp.example", "corp.example"), ("corp.example", "corp.example"), ("example", "example")],
)
def test_an_organisation_is_the_last_two_labels(name: str, found: str) -> None:
    assert organisation(name) == found


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\'), max_size=100))
def test_no_record_is_too_strange_for_a_verdict(text: str) -> None:
    record = parse("corp.example", f"v=DMARC1; {text}")
    assert isinstance(record, Record) or record
    for start in ("v=DMARC1;", "v=DMARC1; p=reject; pct=", "v=DMARC1; p=reject; {"):
        assert _check(f"{start}{text}"[:255]).result in ("none", "permerror", "fail")


@given(st.text(max_size=100))
def test_no_sender_is_too_strange_for_a_verdict(text: str) -> None:
    verdict = _check(P, header_from=text)
    assert verdict.result in ("none", "permerror", "fail")
    assert verdict.reason.isprintable()

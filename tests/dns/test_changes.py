"""What students may do to the zone, what a question then gets, and what is said about mistakes."""

import re
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.dns.server import NameServer
from labkit.dns.zone import NOERROR, NXDOMAIN, Zone
from labkit.errors import LabError, OutsideTheLab, UsageError
from labkit.lab import usual
from labkit.lab.lab import Lab

LONG = "v=DKIM1; k=rsa; p=" + "A" * 600


@pytest.fixture
def server() -> NameServer:
    return NameServer(Zone(usual.ZONE))


def ask(server: NameServer, name: str, kind: str) -> list[str]:
    return [str(record.rdata) for record in server.zone.look_up(name, kind)[1]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('corp.example. IN TXT "v=spf1 mx -all"', 'corp.example. 3600 IN TXT "v=spf1 mx -all"'),
        ('corp.example IN TXT "v=spf1 mx -all"', 'corp.example. 3600 IN TXT "v=spf1 mx -all"'),
        ("   a.example. 60 A 192.0.2.99\n", "a.example. 60 IN A 192.0.2.99"),
        ("six.example. IN AAAA 2001:db8::1", "six.example. 3600 IN AAAA 2001:db8::1"),
        ("9.0.0.127.bl.example. IN A 127.0.0.2", "9.0.0.127.bl.example. 3600 IN A 127.0.0.2"),
        ("99.2.0.192.in-addr.arpa. IN PTR a.example.", "99.2.0.192.in-addr.arpa. 3600 IN PTR a.example."),
        ("no.example. IN MX 0 .", "no.example. 3600 IN MX 0 ."),
        ("www.corp.example. IN CNAME mail.corp.example.", "www.corp.example. 3600 IN CNAME mail.corp.example."),
        ('_dmarc.corp.example. IN TXT ( "v=DMARC1; "\n  "p=none" )', '_dmarc.corp.example. 3600 IN TXT "v=DMARC1; " "p=none"'),
        ("$ORIGIN corp.example.\n$TTL 5\n@ IN MX 7 x", "corp.example. 5 IN MX 7 x.corp.example."),
    ],
)  # fmt: skip
def test_what_is_added_is_found_and_shown_as_dig_shows_it(server: NameServer, text: str, line: str) -> None:
    added = server.add(text)
    assert repr(added) == line
    assert str(added[0].rdata) in ask(server, str(added[0].owner), added[0].kind)
    assert line in repr(server).splitlines()
    assert line in repr(server.records()).splitlines()
    assert line in repr(server.records(str(added[0].owner))).splitlines()


def test_the_zone_is_otherwise_what_it_was(server: NameServer) -> None:
    before = server.zone.text
    server.add("a.example. IN A 192.0.2.99")
    assert server.zone.text.startswith(before)
    server.remove("a.example")
    assert server.zone.text == before


def test_a_long_text_is_split_into_strings_and_read_as_one(lab: Lab) -> None:
    (record,) = lab.dns.add(f'k1._domainkey.corp.example. IN TXT "{LONG}"')
    assert [len(string) for string in record.rdata.strings] == [255, 255, 108]
    assert lab.wait_for(lab.scenery.resolver.texts("k1._domainkey.corp.example"), "an answer") == (LONG,)


def test_a_change_is_felt_at_once(lab: Lab) -> None:
    def texts() -> tuple[str, ...]:
        return lab.wait_for(lab.scenery.resolver.texts("corp.example"), "an answer")

    assert texts() == ()
    lab.dns.add('corp.example. IN TXT "v=spf1 mx -all"')
    assert texts() == ("v=spf1 mx -all",)
    lab.dns.remove("corp.example", "TXT")
    assert texts() == ()
    lab.dns.add('corp.example. IN TXT "v=spf1 mx -all"')
    lab.reset()
    assert texts() == ()


def test_the_same_record_again_stays_there_once(server: NameServer) -> None:
    server.add("customer.example. IN MX 10 mx1.customer.example.")
    assert ask(server, "customer.example", "MX") == ["10 mx1.customer.example.", "20 mx2.customer.example."]


def test_two_texts_are_two_texts(server: NameServer) -> None:
    server.add('corp.example. IN TXT "v=spf1 a -all"\ncorp.example. IN TXT "v=spf1 mx -all"')
    assert ask(server, "corp.example", "TXT") == ['"v=spf1 a -all"', '"v=spf1 mx -all"']


def test_records_go_by_type_or_all_at_once(server: NameServer) -> None:
    server.add('corp.example. IN TXT "x"')
    assert repr(server.remove("Corp.Example.", "txt")) == 'corp.example. 3600 IN TXT "x"'
    assert ask(server, "corp.example", "MX") == ["10 mail.corp.example."]
    server.remove("corp.example")
    assert server.zone.look_up("corp.example", "MX") == (NOERROR, [])  # names below it are there yet
    server.remove("nullmx.example", "MX")
    assert server.zone.look_up("nullmx.example", "MX") == (NXDOMAIN, [])


def test_who_took_the_name_from_the_line_before_keeps_it() -> None:
    server = NameServer(
        Zone('a.example. IN TXT "1"\n  IN MX (\n 5 b.example. )\n  IN A 192.0.2.1\nb.example. A 192.0.2.2')
    )
    server.remove("a.example", "TXT")
    server.remove("a.example", "MX")
    assert repr(server) == "a.example. 3600 IN A 192.0.2.1\nb.example. A 192.0.2.2"


MISTAKES = [
    ("hello", "Line 1 is not a DNS record: 'hello'. Write a name, IN, a type and its data. The types are A, AAAA,"),
    ("\n\ncorp.example IN MX mail.corp.example", "Line 3 is not a DNS record: 'corp.example IN MX mail.corp.example'. "
     "Behind MX comes a number and the name of a host, and nothing else: corp.example. IN MX 10 mail.corp.example."),
    ("a.example. IN A 999.1.1.1", "Behind A comes an IPv4 address"),
    ('a.example. IN TXT "never closed', "Behind TXT comes a text in quotation marks that end on the same line"),
    ("a.example. IN TXT v=spf1 mx -all", "Behind TXT comes a text in quotation marks"),
    ("a.example. IN TXT v=DKIM1; k=rsa", "Behind TXT comes a text in quotation marks"),
    ("a.example. IN TXT", "Behind TXT comes a text in quotation marks"),
    ("a.example. IN SOA a. b. 1 2 3 4 5", "Line 1: This lab has no SOA records. It has A, AAAA,"),
    ("*.example. IN A 192.0.2.1", "Line 1: *.example. is a wildcard"),
    ("corp.example. IN CNAME a.example.", "Line 1: corp.example. can't be an alias (CNAME) and have other records"),
    ("b.example. CNAME a.example.\nb.example. CNAME c.example.", "Line 2: b.example. can't be an alias"),
    ("b.example. CNAME a.example.\nb.example. A 192.0.2.1", "Line 2: b.example. can't be an alias"),
    ("", "There is no record in ''. Write one like this: corp.example. IN MX 10 mail.corp.example."),
    ("; nothing", "There is no record in '; nothing'."),
    (7, "7 is not a text: write names and records in quotation marks."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_explained_and_changes_nothing(server: NameServer, text: str, said: str) -> None:
    before = server.zone
    with pytest.raises(UsageError, match=re.escape(said)):
        server.add(text)
    assert server.zone is before


@pytest.mark.parametrize(
    "text",
    [
        "corp.example. IN A 8.8.8.8",
        "corp.example. IN AAAA 2606:4700::1",
        "corp.example. IN AAAA ::ffff:192.0.2.1",
        "corp.example. IN MX 10 mx.gmail.com.",
        "www.corp.example. IN CNAME gmail.com.",
        "_x._tcp.corp.example. IN SRV 0 0 25 gmail.com.",
        "gmail.com. IN A 192.0.2.1",
        "corpexample. IN A 192.0.2.1",
        "8.8.8.8.in-addr.arpa. IN PTR a.example.",
        "2.0.192.in-addr.arpa. IN NS a.example.",
        "x.arpa. IN A 192.0.2.1",
        "99.2.0.192.in-addr.arpa. IN PTR gmail.com.",
        ". IN A 192.0.2.1",
    ],
)
def test_nothing_outside_the_lab_gets_a_record(server: NameServer, text: str) -> None:
    before = server.zone
    with pytest.raises(OutsideTheLab):
        server.add(f"a.example. IN A 192.0.2.1\n{text}")
    assert server.zone is before


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("corp.example", "TXT", "corp.example has no TXT record; it has MX."),
        (
            "customr.example",
            "MX",
            "The zone has no records of 'customr.example'. Did you mean customer.example?",
        ),
        ("", "ANY", "The zone has no records of ''. Look at lab.dns."),
        (5, "ANY", "5 is not a text: write names and records in quotation marks."),
    ],
)
def test_what_isnt_there_cant_be_removed(server: NameServer, name: str, kind: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        server.remove(name, kind)


def test_changes_from_several_threads_are_all_made(server: NameServer) -> None:
    def change(number: int) -> None:
        server.add(f"h{number}.example. IN A 192.0.2.{number}")

    threads = [threading.Thread(target=change, args=(number,)) for number in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(ask(server, f"h{number}.example", "A") for number in range(1, 21))


WORDS = 'a.example. b.example 60 IN A AAAA MX TXT PTR CNAME SRV TLSA NS 192.0.2.1 ::1 2001:db8::1 10 3 1 ( ) ; " "x" \\ \\300 \\# $TTL $ORIGIN @ arpa. 1.2.0.192.in-addr.arpa.'
PIECES = st.sampled_from(WORDS.split() + 5 * ["\n"] + ["\r", "\x0b", "\u2028", "\ud800", "ü"])


@settings(deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=25).map(" ".join))
def test_whatever_is_added_is_there_or_a_reason_is_given(text: str) -> None:
    server = NameServer(Zone(usual.ZONE))
    try:
        added = server.add(text)
    except LabError:
        assert server.zone.text == usual.ZONE
        return
    for record in added:
        assert str(record.rdata) in ask(server, str(record.owner), record.kind)
    for record in added:
        if record in server.records():
            server.remove(str(record.owner), record.kind)
    assert ("corp.example", "MX") in server.zone.records


@given(
    st.text(max_size=2000).filter(
        lambda text: not re.search(r'[\x00-\x1f\x7f-\xa0"\\\u2028\u2029\ud800-\udfff]', text)
    )
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    server = NameServer(Zone(""))
    (record,) = server.add(f'a.example. IN TXT "{text}"')
    (read_again,) = server.records("a.example")
    assert b"".join(record.rdata.strings).decode() == text
    assert read_again.rdata == record.rdata

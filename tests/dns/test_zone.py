"""The zone: what a question about it gets, and what is wrong with a line that isn't a record."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.dns.zone import NOERROR, NXDOMAIN, Zone
from labkit.errors import UsageError
from labkit.lab import usual

MAIL = ["192.0.2.25", "192.0.2.26"]

QUESTIONS = [
    ("corp.example", "MX", NOERROR, ["20 backup.corp.example.", "10 mail.corp.example."]),
    ("corp.example", "TXT", NOERROR, ['"v=spf1 mx -all"']),
    ("mail.corp.example", "A", NOERROR, MAIL),
    ("25.2.0.192.in-addr.arpa", "PTR", NOERROR, ["mail.corp.example."]),
    # Capitals, and the final dot
    ("CORP.Example.", "MX", NOERROR, ["20 backup.corp.example.", "10 mail.corp.example."]),
    ("mixed.corp.example", "A", NOERROR, ["192.0.2.27"]),
    # A name that has other records, or names below it
    ("corp.example", "A", NOERROR, []),
    ("mail.corp.example", "MX", NOERROR, []),
    ("mail.corp.example", "AAAA", NOERROR, []),
    ("deep.example", "A", NOERROR, []),
    ("y.deep.example", "A", NOERROR, []),
    ("example", "MX", NOERROR, []),
    ("", "NS", NOERROR, []),
    # A name that isn't there
    ("nowhere.example", "A", NXDOMAIN, []),
    ("mail.nowhere.example", "MX", NXDOMAIN, []),
    ("below.mail.corp.example", "A", NXDOMAIN, []),
    ("xcorp.example", "MX", NXDOMAIN, []),
    ("gmail.com", "MX", NXDOMAIN, []),
    ("26.2.0.192.in-addr.arpa", "PTR", NXDOMAIN, []),
    # Aliases
    ("www.corp.example", "A", NOERROR, ["mail.corp.example.", *MAIL]),
    ("far.corp.example", "A", NOERROR, ["www.corp.example.", "mail.corp.example.", *MAIL]),
    ("www.corp.example", "CNAME", NOERROR, ["mail.corp.example."]),
    ("www.corp.example", "MX", NOERROR, ["mail.corp.example."]),
    ("lost.corp.example", "A", NXDOMAIN, ["nowhere.corp.example."]),
    ("a.loop.example", "A", NOERROR, ["b.loop.example.", "a.loop.example."]),
    # Everything about a name
    ("mail.corp.example", "ANY", NOERROR, MAIL),
    ("www.corp.example", "ANY", NOERROR, ["mail.corp.example."]),
    ("nowhere.example", "ANY", NXDOMAIN, []),
]


@pytest.mark.parametrize(("name", "kind", "rcode", "records"), QUESTIONS)
def test_a_question_gets_its_records(
    zone: Zone, name: str, kind: str, rcode: int, records: list[str]
) -> None:
    code, found = zone.look_up(name, kind)
    assert (code, [str(record.rdata) for record in found]) == (rcode, records)


def test_the_labs_own_zone_is_readable() -> None:
    records = Zone(usual.ZONE).records
    assert ("corp.example", "MX") in records
    assert ("66.113.0.203.in-addr.arpa", "PTR") in records


@pytest.mark.parametrize(
    "text",
    [
        "a.example. 60 IN A 192.0.2.1",
        "a.example. IN 60 A 192.0.2.1",
        "a.example. A 192.0.2.1",
        "a.example A 192.0.2.1",
        "A.EXAMPLE. IN A 192.0.2.1 ; a comment",
        "; a comment\n\n   \na.example. IN A 192.0.2.1\n\n",
        "$TTL 1h\n$ORIGIN example.\na IN A 192.0.2.1",
        "$ORIGIN a.example.\n@ IN A 192.0.2.1",
        "b.example. IN MX (\n  10\n  mail.example. )\na.example. IN A 192.0.2.1",
        "a.example. IN TXT \"first\"\n           IN A 192.0.2.1",
        "a.example. IN A 192.0.2.1\r\nb.example. IN A 192.0.2.2\r\n",
    ],
)  # fmt: skip
def test_master_files_are_read_as_people_write_them(text: str) -> None:
    code, found = Zone(text).look_up("a.example", "A")
    assert (code, [str(record.rdata) for record in found]) == (NOERROR, ["192.0.2.1"])


BROKEN = [
    "hello",
    "hello world",
    "corp.example. IN MX mail.corp.example.",
    "corp.example. IN MX 10 mail.corp.example. and more",
    "corp.example. IN MX ten mail.corp.example.",
    "corp.example. CH TXT x",
    "corp.example. IN A 999.0.2.1",
    "corp.example. IN A",
    "corp.example. IN AAAA 192.0.2.1",
    "corp.example. IN NOSUCHTYPE 1",
    'corp.example. IN TXT "never closed',
    "double..dot.example. IN A 192.0.2.1",
    "$INCLUDE /etc/hosts",
    "$TTL",
    "$TTL soon",
    "$ORIGIN",
    "corp.example. IN MX ( 10 mail.corp.example.",
]


@pytest.mark.parametrize("line", BROKEN)
@pytest.mark.parametrize("after", ["", "\nb.example. IN A 192.0.2.2", "\nbroken, too"])
def test_a_line_that_isnt_a_record_is_named(line: str, after: str) -> None:
    zone = Zone(f"$TTL 60\n\na.example. IN A 192.0.2.1\n  {line}{after}")
    with pytest.raises(UsageError) as caught:
        zone.look_up("a.example", "A")
    assert str(caught.value) == (
        f"Line 4 of the zone is not a DNS record: {line!r}. "
        "Write it like this one: customer.example. IN MX 10 mx1.customer.example."
    )


WORDS = """
    $TTL $ORIGIN $INCLUDE 60 1h IN CH A AAAA MX TXT PTR CNAME SOA SRV LOC CAA DS RRSIG NSEC HTTPS OPT ANY
    TYPE65280 192.0.2.1 ::1 a.example. example 10 4 @ ( ) ; . .. * ü " "x" 'x' \\ \\300 \\#
"""
PIECES = st.sampled_from(re.findall(r"\S+", WORDS) + 5 * ["\n"] + ["\r", "\t", "\x0b", "\u2028", "\0"])


@settings(deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map(" ".join))
def test_whatever_a_student_writes_is_read_or_the_line_is_named(text: str) -> None:
    assert re.match(r"Line \d+ of the zone is not a DNS record: |$", _complaint(text))


def _complaint(text: str) -> str:
    try:
        Zone(text).look_up("a.example", "A")
    except UsageError as error:
        return str(error)
    return ""

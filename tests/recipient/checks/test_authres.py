"""The header of RFC 8601: written, read by another program, forged, and explained."""

import authres as reader
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recipient.checks.answering import Answering
from recipient.checks.checking import LETTER, RELAY, STRANGER, message, now, session

from labkit.clock import START
from labkit.network.addresses import Host
from labkit.recipient.checks.authres import AuthResults, authenticate, without_forged
from labkit.recipient.checks.comments import parts, without_comments
from labkit.recipient.checks.meaning import RESULTS, UNKNOWN, explain
from labkit.signing.keys import make_key
from labkit.signing.signer import seal, signature

KEY = make_key("corp.example", "mail", bits=1024)
FORWARDER = make_key("alumni.example", "arc", bits=1024)
ZONE = f"""
corp.example. IN TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc.corp.example. IN TXT "v=DMARC1; p=quarantine"
{KEY.record!s}
{FORWARDER.record!s}
"""
MX = "mx1.customer.example"
SIGNED = signature(LETTER, KEY, START) + LETTER
GOOD = """\
Authentication-Results: mx1.customer.example;
\tspf=pass (corp.example lists 192.0.2.25 as one of its senders.) smtp.mailfrom=staff@corp.example;
\tdkim=pass (corp.example has signed this letter as it is now.) header.d=corp.example header.s=mail;
\tdmarc=pass (p=quarantine dis=none) header.from=corp.example;
\tarc=none
"""
BAD = """\
Authentication-Results: mx1.customer.example;
\tspf=fail (corp.example says that 203.0.113.66 may not send its mail.) smtp.mailfrom=staff@corp.example;
\tdkim=none;
\tdmarc=fail (p=quarantine dis=quarantine) header.from=corp.example;
\tarc=none
"""


def _found(content: bytes, client: Host = RELAY, sender: str = "staff@corp.example") -> AuthResults:
    return now(authenticate(message(content, sender), session(client), Answering(ZONE)))


@pytest.mark.parametrize(("content", "client", "header"), [(SIGNED, RELAY, GOOD), (LETTER, STRANGER, BAD)])
def test_the_header_says_what_was_found(content: bytes, client: Host, header: str) -> None:
    assert _found(content, client).header(MX).decode() == header.replace("\n", "\r\n")


def test_the_header_says_only_what_was_asked_for() -> None:
    found = _found(SIGNED)
    assert found.header(MX, ("arc",)) == b"Authentication-Results: mx1.customer.example;\r\n\tarc=none\r\n"
    assert found.header(MX, ()) == b"Authentication-Results: mx1.customer.example;\r\n\tnone\r\n"


def test_another_program_reads_the_same() -> None:
    header = _found(SIGNED).header(MX).decode().strip()
    read = reader.AuthenticationResultsHeader.parse(header)
    assert read.authserv_id == MX
    assert [(one.method, one.result) for one in read.results] == [
        ("spf", "pass"),
        ("dkim", "pass"),
        ("dmarc", "pass"),
        ("arc", "none"),
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_strangers_write_the_header_is_one_header(local: str, shown: str) -> None:
    content = f"From: {shown} <a@{shown}>\r\nDKIM-Signature: d={local}; s={shown}\r\n\r\n".encode()
    header = _found(content, STRANGER, f"{local}@corp.example").header(MX)
    assert header.isascii()
    lines = header.decode().split("\r\n")
    assert all(line.startswith("\t") for line in lines[1:-1])
    assert max(map(len, lines)) < 998
    assert explain(header).rows[0][0] == MX
    assert [part.partition("=")[0] for part, _ in list(parts(header.decode().partition(":")[2]))[1:]][:1] == [
        "spf"
    ]


def test_a_forged_header_is_taken_away_and_others_stay() -> None:
    forged = (
        b"Authentication-Results: MX1.customer.example;\r\n\tdmarc=pass header.from=bank.example\r\n"
        b"authentication-results : (hi) mx1.customer.example 1; spf=pass\r\n"
        b"Authentication-Results: mx.elsewhere.example; spf=pass\r\n"
        b"X-Authentication-Results: mx1.customer.example; spf=pass\r\n"
    )
    text = b"\r\nAuthentication-Results: mx1.customer.example; in the text\r\n"
    assert (
        without_forged(forged + LETTER + text, MX)
        == forged[forged.index(b"Authentication-Results: mx.") :] + LETTER + text
    )


@given(st.binary(max_size=300))
def test_nothing_but_forged_headers_is_taken_away(content: bytes) -> None:
    assert without_forged(content, "another.example") == content
    assert content.endswith(without_forged(content, MX)[-20:])


def test_the_domains_wish_counts_only_where_the_proof_fails() -> None:
    assert _found(SIGNED).disposition == "none"
    assert _found(LETTER, STRANGER).disposition == "quarantine"


def test_a_seal_excuses_only_where_every_sealer_is_trusted() -> None:
    changed = _found(SIGNED).header("forward.alumni.example") + SIGNED + b"A footer.\r\n"
    sealed = seal(changed, FORWARDER, "forward.alumni.example", START) + changed
    found = _found(sealed, STRANGER)
    assert (found.dmarc.result, found.arc.result, found.sealers) == ("fail", "pass", ("alumni.example",))
    assert found.excused_by(("alumni.example", "lists.example")) == "alumni.example"
    assert found.excused_by(("lists.example",)) == ""
    assert found.excused_by(()) == ""
    assert _found(sealed + b"More.\r\n", STRANGER).excused_by(("alumni.example",)) == ""


def test_a_seal_excuses_nothing_that_was_bad_before() -> None:
    changed = _found(LETTER, STRANGER).header("forward.alumni.example") + LETTER
    sealed = seal(changed, FORWARDER, "forward.alumni.example", START) + changed
    assert _found(sealed, STRANGER).excused_by(("alumni.example",)) == ""


def test_all_four_are_shown_with_their_reasons() -> None:
    shown = repr(_found(LETTER, STRANGER))
    assert shown.splitlines()[0] == "What was found about a letter from corp.example"
    for word in ("spf", "dkim", "dmarc", "arc", "fail", "none"):
        assert word in shown


# What it means


def test_every_part_of_the_header_is_explained() -> None:
    rows = explain(GOOD.encode()).rows
    assert [part for part, _ in rows] == [
        "mx1.customer.example",
        "spf=pass",
        "(corp.example lists 192.0.2.25 as one of its senders.)",
        "smtp.mailfrom=staff@corp.example",
        "dkim=pass",
        "(corp.example has signed this letter as it is now.)",
        "header.d=corp.example",
        "header.s=mail",
        "dmarc=pass",
        "(p=quarantine dis=none)",
        "header.from=corp.example",
        "arc=none",
    ]
    assert UNKNOWN not in {meaning for _, meaning in rows}


@pytest.mark.parametrize(
    ("method", "word"), [(method, word) for method in RESULTS for word in RESULTS[method]]
)
def test_every_result_is_explained(method: str, word: str) -> None:
    assert explain(f"mx.example; {method}={word}").rows[1] == (f"{method}={word}", RESULTS[method][word])


@pytest.mark.parametrize(
    ("text", "parts_found"),
    [
        ("Authentication-Results: mx.example; none", ["mx.example", "none"]),
        (
            "mx.example 1; spf / 1 = pass smtp . mailfrom = a@b",
            ["mx.example", "spf=pass", "smtp.mailfrom=a@b"],
        ),
        ("mx.example; what=ever x.y=z", ["mx.example", "what=ever", "x.y=z"]),
        (
            'mx.example; dkim=pass (a \\) "b; c) header.d="x;y"',
            ["mx.example", "dkim=pass", '(a ) "b; c)', 'header.d="x;y"'],
        ),
        ("Subject: nothing\r\n\r\nAuthentication-Results: mx.example; spf=pass\r\n", []),
        ("", []),
    ],
)
def test_headers_of_others_are_explained_too(text: str, parts_found: list[str]) -> None:
    assert [part for part, _ in explain(text).rows] == parts_found


@given(st.text(max_size=200))
def test_no_header_is_too_strange_to_be_explained(text: str) -> None:
    for header in (text, f"Authentication-Results: {text}", f"mx.example; spf=pass ({text}"):
        assert repr(explain(header)).isprintable() or "\n" in repr(explain(header))


def test_comments_can_stand_in_each_other() -> None:
    assert without_comments('a (b (c) d) e "(f)" (g') == 'a  e "(f)" '

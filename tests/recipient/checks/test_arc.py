"""ARC: chains that hold, and chains that don't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recipient.checks.answering import Answering
from recipient.checks.checking import LETTER, message, now

from labkit.clock import START
from labkit.recipient.checks import arc
from labkit.recipient.checks.verdict import Verdict
from labkit.signing.keys import make_key
from labkit.signing.signer import seal

KEY = make_key("alumni.example", "arc", bits=1024)
LIST = make_key("lists.example", "arc", bits=1024)
ZONE = f"{KEY.record}\n{LIST.record}\n"


def _sealed(content: bytes, *, chain: str = "none", by_list: bool = False) -> bytes:
    key, server = (LIST, "lists.example") if by_list else (KEY, "forward.alumni.example")
    found = (
        f"Authentication-Results: {server};\r\n\tdmarc=pass header.from=corp.example;\r\n\tarc={chain}\r\n"
    )
    stamped = found.encode() + content
    return seal(stamped, key, server, START) + stamped


ONE = _sealed(LETTER)
TWO = _sealed(ONE, chain="pass", by_list=True)


def _check(content: bytes, zone: str = ZONE, **wishes: object) -> Verdict:
    return now(arc.check(message(content), Answering(zone, **wishes)))  # type: ignore[arg-type]


def test_a_seal_that_holds_tells_what_was_seen() -> None:
    verdict = _check(ONE)
    assert verdict.result == "pass"
    assert verdict.shows("sealed by") == "alumni.example"
    assert "dmarc=pass header.from=corp.example" in verdict.shows("it saw")


def test_two_seals_are_named_in_their_order_and_the_first_tells_what_was_seen() -> None:
    verdict = _check(TWO)
    assert [text for label, text in verdict.evidence if label == "sealed by"] == [
        "alumni.example",
        "lists.example",
    ]
    assert verdict.shows("it saw").startswith("forward.alumni.example;")


def test_no_seal() -> None:
    dns = Answering(ZONE)
    assert now(arc.check(message(), dns)).result == "none"
    assert dns.asked == []


@pytest.mark.parametrize(
    "content",
    [
        ONE.replace(b"Ten boxes", b"Two boxes"),
        ONE.replace(b"Subject: Hello", b"Subject: Hi"),
        TWO.replace(b"Ten boxes", b"Two boxes"),
        ONE.replace(b"dmarc=pass", b"dmarc=none"),
        ONE.replace(b"cv=none", b"cv=pass"),
        ONE.replace(b"ARC-Seal: i=1", b"ARC-Seal: i=2"),
        ONE.replace(b"d=alumni.example", b"d=nowhere.example"),
        ONE.replace(b"ARC-Seal:", b"X-Seal:"),
        ONE.replace(b"ARC-Message-Signature:", b"X-Signature:"),
        ONE.replace(b"ARC-Authentication-Results:", b"X-Results:"),
        b"ARC-Seal: i=1; cv=none; a=rsa-sha256; d=alumni.example; s=arc; b=AAAA\r\n" + ONE,
        b"ARC-Seal: nothing\r\n" + LETTER,
        b"ARC-Seal: i=1; cv=none\r\nARC-Message-Signature: i=1\r\nARC-Authentication-Results: i=1\r\n"
        + LETTER,
        b"ARC-Seal: i=99999999999999999999\r\n" + LETTER,
        b"ARC-Seal: i=1; b=" + b" " * 5000 + b"\r\n" + LETTER,
        b"ARC-Seal: i=1\r\n" * 200 + LETTER,
        ONE.replace(b"c=relaxed/relaxed", b"c=relaxed/simple") + b" " * 1_000_000 + b"x",
        ONE + b" " * 1_000_000 + b"x",
        b"X: y" + b"\r\n z" * 100_000 + b"\r\n" + ONE,
    ],
)
def test_a_chain_that_is_broken(content: bytes) -> None:
    verdict = _check(content)
    assert verdict.result == "fail"
    assert verdict.reason.isprintable()


def test_blanks_at_the_ends_of_lines_dont_break_a_seal() -> None:
    assert _check(ONE.replace(b"Ten boxes.", b"Ten  boxes. \t")).result == "pass"


@pytest.mark.parametrize("record", ["", 'arc._domainkey.alumni.example. IN TXT "v=DKIM1; p="'])
def test_without_a_key_no_seal_holds(record: str) -> None:
    assert _check(ONE, record).result == "fail"


def test_where_the_dns_cant_say_no_seal_holds() -> None:
    verdict = _check(ONE, silent=("arc._domainkey.alumni.example",))
    assert (verdict.result, verdict.reason) == (
        "fail",
        "The DNS can't say now what the keys of the seals are.",
    )


@given(st.binary(max_size=300), st.sampled_from(["seal", "message-signature", "authentication-results"]))
def test_no_letter_is_too_strange_for_a_verdict(rest: bytes, name: str) -> None:
    line = f"ARC-{name}: i=1; ".encode() + rest + b"\r\n"
    for content in (line + LETTER, line + ONE, ONE[:200] + rest + ONE[200:]):
        verdict = _check(content)
        assert verdict.result in ("pass", "fail", "none")
        assert verdict.reason.isprintable()

"""DKIM: each result, for what was signed and what became of it afterwards."""

import base64
import subprocess
from datetime import timedelta

import dkim as dkimpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recipient.checks.answering import Answering
from recipient.checks.checking import LETTER, message, now

from labkit.clock import START
from labkit.recipient.checks import dkim
from labkit.recipient.checks.verdict import Verdict
from labkit.signing.keys import Key, make_key
from labkit.signing.signer import signature

RSA = make_key("corp.example", "mail", bits=1024)
ED = make_key("corp.example", "ed", "ed25519")
SIGNED = {key.algorithm: signature(LETTER, key, START) + LETTER for key in (RSA, ED)}
ZONE = f"{RSA.record}\n{ED.record}\ncorp.example. IN A 192.0.2.25\n"


def _check(content: bytes, zone: str = ZONE, **wishes: object) -> Verdict:
    return now(dkim.check(message(content), Answering(zone, **wishes)))  # type: ignore[arg-type]


@pytest.mark.parametrize("algorithm", SIGNED)
def test_a_signature_that_fits(algorithm: str) -> None:
    verdict = _check(SIGNED[algorithm])
    assert (verdict.result, verdict.shows("domain")) == ("pass", "corp.example")
    assert verdict.shows("algorithm") == f"{algorithm}-sha256"


@pytest.mark.parametrize("algorithm", SIGNED)
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"Ten boxes.", b"Two boxes.", "The text was changed after corp.example had signed it."),
        (b"Subject: Hello", b"Subject: Hi", "or the head was changed"),
        (b"From: Staff", b"From: Bank", "or the head was changed"),
    ],
)
def test_a_letter_that_was_changed(algorithm: str, old: bytes, new: bytes, says: str) -> None:
    verdict = _check(SIGNED[algorithm].replace(old, new))
    assert verdict.result == "fail"
    assert says in verdict.reason


def test_a_second_sender_above_the_signed_one_breaks_the_signature() -> None:
    assert _check(b"From: The Bank <security@bank.example>\r\n" + SIGNED["rsa"]).result == "fail"


def test_headers_may_be_folded_anew_and_new_ones_added() -> None:
    changed = SIGNED["rsa"].replace(b"Subject: Hello", b"subject:\r\n\tHello")
    assert _check(b"Received: from somewhere\r\nX-More: yes\r\n" + changed).result == "pass"


def test_no_signature() -> None:
    assert _check(LETTER) == Verdict("none", "No domain has signed this letter.")


OTHER = make_key("corp.example", "mail", bits=1024, seed=9)


@pytest.mark.parametrize(
    ("record", "result", "says"),
    [
        ("", "permerror", "There is no key mail._domainkey.corp.example in the DNS."),
        ('"v=DKIM1; k=rsa; p="', "permerror", "was withdrawn"),
        ('"v=DKIM1; k=rsa; p=!!!!"', "permerror", "can't be used"),
        ('"v=DKIM1; k=rsa; p=AAAA"', "permerror", "can't be used"),
        ('"v=DKIM1; k=rsa; p=MIGfMA0G"', "permerror", "can't be used"),
        ('"v=DKIM1; k=rsa"', "permerror", "can't be used"),
        ('"v=DKIM9; k=rsa; p=AAAA"', "permerror", "bad version"),
        ('"v=DKIM1; k=elliptic; p=AAAA"', "permerror", "unknown algorithm"),
        ('"v=DKIM1; k=ed25519; p=AAAA"', "permerror", "can't be used"),
        ('"v=DKIM1; k=ed25519; p=!"', "permerror", "can't be used"),
        ('"v=DKIM1; k=ed25519"', "permerror", "can't be used"),
        ('"nothing of the kind"', "permerror", "can't be used"),
        (f'"v=DKIM1; k=ed25519; p={ED.public}"', "permerror", "isn't for rsa-sha256"),
        (f'"{OTHER.text[:200]}" "{OTHER.text[200:]}"', "fail", "or the head was changed"),
        (f'"v=DKIM1; s=tlsrpt; k=rsa; p={RSA.public[:100]}" "{RSA.public[100:]}"', "neutral", "tlsrpt"),
    ],
)
def test_what_the_dns_can_have_instead_of_the_key(record: str, result: str, says: str) -> None:
    verdict = _check(SIGNED["rsa"], f"mail._domainkey.corp.example. IN TXT {record}" if record else "")
    assert (verdict.result, says in verdict.reason) == (result, True), verdict.reason


def test_where_the_dns_cant_say_nothing_is_decided() -> None:
    assert _check(SIGNED["rsa"], silent=("mail._domainkey.corp.example",)).result == "temperror"


def test_a_key_of_512_bits_proves_nothing() -> None:
    secret = subprocess.run(
        ["openssl", "genrsa", "-traditional", "512"], capture_output=True, check=True, timeout=30
    ).stdout
    public = subprocess.run(
        ["openssl", "rsa", "-pubout", "-outform", "DER"],
        input=secret,
        capture_output=True,
        check=True,
        timeout=30,
    ).stdout
    key = Key("corp.example", "short", "rsa", secret, base64.b64encode(public).decode())
    verdict = _check(signature(LETTER, key, START) + LETTER, key.record)
    assert verdict.result == "policy"
    assert "512 bits: fewer than 1024" in verdict.reason


class Expiring(dkimpy.DKIM):
    """Signs with an end: x= (RFC 6376 section 3.5)."""

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: object) -> bytes:
        fields.insert(-1, (b"x", str(int(START.timestamp()) + 3600).encode()))
        fields[:] = [
            (b"t", str(int(START.timestamp())).encode()) if name == b"t" else (name, value)
            for name, value in fields
        ]
        return super().gen_header(fields, *rest)  # type: ignore[no-any-return]


def test_a_signature_that_has_expired_by_the_labs_clock() -> None:
    line = Expiring(LETTER).sign(b"mail", b"corp.example", RSA.secret, canonicalize=(b"relaxed", b"simple"))
    assert _check(line + LETTER, now=START).result == "pass"
    verdict = _check(line + LETTER, now=START + timedelta(days=1))
    assert (verdict.result, verdict.reason) == ("fail", "The signature of corp.example has expired.")


def test_a_signature_from_the_future_proves_nothing() -> None:
    line = signature(LETTER, RSA, START + timedelta(days=2))
    assert _check(line + LETTER).result == "neutral"


@pytest.mark.parametrize(
    "line",
    [
        b"DKIM-Signature:\r\n",
        b"DKIM-Signature: v=1\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; s=mail; h=from; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=1; a=rsa-md5; d=corp.example; s=mail; h=from; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; s=mail; h=from; bh=!; b=!\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; d=corp.example; s=mail; h=from; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; c=odd/odd; d=corp.example; s=mail; h=from; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; i=@bank.example; s=mail; h=from; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=1; a=ed25519-sha256; d=corp.example; s=ed; h=from; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; s=ed; h=from; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=\xff.example; s=\xff; h=from; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; s=mail; b=" + b" " * 5000 + b"\r\n",
    ],
)
def test_a_signature_that_is_none(line: bytes) -> None:
    verdict = _check(line + LETTER)
    assert verdict.result in ("neutral", "fail", "policy", "permerror")
    assert verdict.reason.isprintable()


def test_one_good_signature_is_enough_and_all_are_shown() -> None:
    bank = make_key("bank.example", "mail", bits=1024)
    content = signature(LETTER, bank, START) + SIGNED["rsa"]
    verdict = _check(content)
    assert verdict.result == "pass"
    assert [text for label, text in verdict.evidence if label == "domain"] == ["bank.example", "corp.example"]


def test_only_a_few_signatures_are_looked_at() -> None:
    line = signature(LETTER, ED, START)
    dns = Answering(ZONE)
    assert len(now(dkim.signatures(message(line * 20 + LETTER), dns))) == dkim.MOST_SIGNATURES


def test_blanks_at_the_ends_of_lines_dont_count_where_the_signer_says_so() -> None:
    def sign(canonical: tuple[bytes, bytes]) -> bytes:
        line: bytes = dkimpy.DKIM(LETTER).sign(
            b"ed", b"corp.example", ED.secret, b"ed25519-sha256", canonicalize=canonical
        )
        return line

    spaced = LETTER.replace(b"boxes.\r\n", b"boxes. \t\r\n")
    later = START + timedelta(days=9999)  # these two are signed at the machine's time
    both = sign((b"relaxed", b"relaxed")) + sign((b"relaxed", b"simple"))
    found = now(dkim.signatures(message(both + spaced), Answering(ZONE, now=later)))
    assert [one.result for one in found] == ["pass", "fail"]


def test_a_letter_made_to_take_long_doesnt() -> None:
    """Each of these would take the library minutes, as its time grows with the square."""
    relaxed = dkimpy.DKIM(LETTER).sign(
        b"ed", b"corp.example", ED.secret, b"ed25519-sha256", canonicalize=(b"relaxed", b"relaxed")
    )
    later = START + timedelta(days=9999)
    assert _check(relaxed + LETTER + b" " * 1_000_000 + b"x", now=later).result == "fail"
    assert (
        _check(SIGNED["ed25519"].replace(b"\r\n\r\n", b"\r\nX: y" + b"\r\n z" * 100_000 + b"\r\n\r\n")).result
        == "neutral"
    )


@given(st.binary(max_size=400), st.integers(0, 3))
def test_no_letter_is_too_strange_for_a_verdict(rest: bytes, place: int) -> None:
    line, signed = b"DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; s=mail; " + rest, SIGNED["ed25519"]
    content = [rest, line, line + b"\r\n" + LETTER, rest + signed][place]
    verdict = _check(content)
    assert verdict.result in ("none", "pass", "fail", "policy", "neutral", "temperror", "permerror")
    assert verdict.reason.isprintable()


TAGS = st.lists(st.tuples(st.sampled_from([*"vabdhlqstxic", "bh"]), st.text(max_size=20)), max_size=12)


@given(TAGS)
def test_no_signature_is_too_strange_for_a_verdict(tags: list[tuple[str, str]]) -> None:
    good = {
        "v": "1",
        "a": "ed25519-sha256",
        "d": "corp.example",
        "s": "ed",
        "h": "from",
        "bh": "AAAA",
        "b": "AAAA",
    }
    text = "; ".join(f"{name}={value}" for name, value in (good | dict(tags)).items())
    assert _check(b"DKIM-Signature: " + text.encode() + b"\r\n" + LETTER).reason


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\'), max_size=120))
def test_no_key_is_too_strange_for_a_verdict(text: str) -> None:
    for start in ("", "v=DKIM1; p=", "k=ed25519; p=", f"p={RSA.public[:60]}", "s="):
        record = f'"{(start + text)[:255]}"'
        verdict = _check(SIGNED["rsa"], f"mail._domainkey.corp.example. IN TXT {record}")
        assert verdict.result in ("fail", "permerror", "policy", "neutral")

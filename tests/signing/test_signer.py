"""Signatures and seals, as dkimpy itself verifies them."""

import re
import time
from datetime import timedelta

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.clock import START
from labkit.signing.keys import make_key
from labkit.signing.signer import seal, signature

LETTER = (
    b"From: Staff <staff@corp.example>\r\nTo: orders@customer.example\r\nSubject: Hello\r\n\r\nTen boxes.\r\n"
)
FOUND = b"Authentication-Results: forward.alumni.example; dmarc=pass header.from=corp.example; arc=none\r\n"
KEYS = {name: make_key("corp.example", "mail", name, bits=1024) for name in ("rsa", "ed25519")}


def _verifies(content: bytes, text: str) -> bool:
    return bool(dkim.verify(content, dnsfunc=lambda _name, **_: text.encode()))


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_signed_letter_verifies_and_a_changed_one_does_not(algorithm: str) -> None:
    key = KEYS[algorithm]
    signed = signature(LETTER, key, START) + LETTER
    assert _verifies(signed, key.text)
    assert not _verifies(signed.replace(b"Ten", b"Two"), key.text)
    assert not _verifies(signed.replace(b"Subject: Hello", b"Subject: Hi"), key.text)
    assert not _verifies(b"From: bank@bank.example\r\n" + signed, key.text)


def test_a_signature_has_lab_time_and_is_the_same_each_time() -> None:
    first = signature(LETTER, KEYS["rsa"], START)
    assert first == signature(LETTER, KEYS["rsa"], START)
    assert f"t={int(START.timestamp())};".encode() in first
    assert b"t=1767604200;" in signature(LETTER, KEYS["rsa"], START + timedelta(minutes=10))


def test_the_library_has_its_own_time_again_afterwards() -> None:
    signature(LETTER, KEYS["ed25519"], START)
    signature(b"no letter", KEYS["ed25519"], START)
    assert dkim.time is time


def test_a_seal_is_a_whole_arc_set() -> None:
    key = make_key("alumni.example", "arc", bits=1024)
    content = FOUND + LETTER
    sealed = seal(content, key, "forward.alumni.example", START) + content
    assert [name.decode() for name in re.findall(rb"^ARC-[A-Za-z-]+", sealed, re.MULTILINE)] == [
        "ARC-Seal",
        "ARC-Message-Signature",
        "ARC-Authentication-Results",
    ]
    result, _, _ = dkim.arc_verify(sealed, dnsfunc=lambda _name, **_: key.text.encode())
    assert result == b"pass"


@pytest.mark.parametrize(
    "content",
    [b"", b"no letter", b"\r\nno head", b" folded first\r\n\r\n", b"To: a@b.example\r\n\r\n", b"X" * 200_000],
)
def test_what_cant_be_signed_isnt(content: bytes) -> None:
    assert signature(content, KEYS["ed25519"], START) == b""
    assert seal(FOUND + content, KEYS["rsa"], "forward.alumni.example", START) == b""


@given(st.binary(max_size=300), st.sampled_from(sorted(KEYS)))
def test_whatever_comes_signing_says_nothing_or_signs(rest: bytes, algorithm: str) -> None:
    for content in (rest, b"From: staff@corp.example\r\n" + rest):
        line = signature(content, KEYS[algorithm], START)
        assert line == b"" or line.startswith(b"DKIM-Signature: v=1;")

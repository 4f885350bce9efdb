"""Keys and their records."""

import subprocess
from base64 import b64decode

import pytest

from labkit.dns.master import read
from labkit.errors import OutsideTheLab, UsageError
from labkit.signing.keys import make_key
from labkit.signing.primes import prime_pair


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_the_same_words_and_seed_make_the_same_key_and_others_another(algorithm: str) -> None:
    key = make_key("corp.example", "mail", algorithm, bits=1024)
    assert key == make_key("Corp.Example.", "MAIL", algorithm.upper(), bits=1024)
    others = [
        make_key("corp.example", "other", algorithm, bits=1024),
        make_key("bank.example", "mail", algorithm, bits=1024),
        make_key("corp.example", "mail", algorithm, bits=1024, seed=2),
    ]
    assert len({key.public, *(other.public for other in others)}) == 4


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_the_record_says_what_the_key_says_and_fits_in_strings_of_255_octets(algorithm: str) -> None:
    key = make_key("corp.example", "mail", algorithm)
    (record,) = read(key.record)
    assert str(record.owner) == "mail._domainkey.corp.example."
    assert b"".join(record.rdata.strings).decode() == key.text
    assert max(map(len, record.rdata.strings)) <= 255


def test_openssl_takes_the_rsa_key_for_a_good_one_of_2048_bits() -> None:
    key = make_key("corp.example", "mail")
    ran = subprocess.run(
        ["openssl", "rsa", "-check", "-noout", "-text"],
        input=key.secret,
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert b"RSA key ok" in ran.stdout + ran.stderr
    assert b"2048 bit" in ran.stdout
    public = subprocess.run(
        ["openssl", "rsa", "-pubout", "-outform", "DER"],
        input=key.secret,
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert public.stdout == b64decode(key.public)


def test_the_primes_are_of_the_right_size_and_far_from_each_other() -> None:
    p, q = prime_pair("a seed", 1024)
    assert (p * q).bit_length() == 1024
    assert p - q > 2**400


def test_a_key_is_never_shown_whole() -> None:
    key = make_key("corp.example", "mail")
    assert repr(key) == "Key(domain='corp.example', selector='mail', algorithm='rsa')"
    assert key.public not in repr(key.record)
    assert repr(key.record).startswith(
        'mail._domainkey.corp.example. IN TXT "v=DKIM1; k=rsa; p=MIIBIjAN…" (392'
    )


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (("gmail.com", "mail"), OutsideTheLab, "could be somebody's real domain"),
        (("corp.example", "no selector"), UsageError, "is no selector"),
        (("corp.example", ""), UsageError, "is no selector"),
        (("corp.example", "mail", "md5"), UsageError, "choose 'rsa' or 'ed25519'"),
    ],
)
def test_what_can_be_no_key(words: tuple[str, ...], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        make_key(*words)

"""smtp_tls_policy_maps: the values of its tables, and the one service that it may name."""

import re

import pytest

from labkit import Policy
from labkit.errors import PolicyError
from labkit.relay.language.tls_policies import MTA_STS, Level, level


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("none", Level("none")),
        ("MAY", Level("may")),
        ("encrypt", Level("encrypt")),
        ("verify", Level("verify")),
        ("secure", Level("secure", ("nexthop", "dot-nexthop"))),
        ("secure match=MX1.example:.example", Level("secure", ("mx1.example", ".example"))),
        ("secure match=a.example match=b.example", Level("secure", ("a.example", "b.example"))),
    ],
)
def test_a_level_is_read(text: str, found: Level) -> None:
    assert level(text) == found


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("inline:{ a.example=dane }", "Postfix knows dane; this lab knows none, may, encrypt, verify, secure."),
        ("inline:{ a.example=encrpyt }", "'encrpyt' is not one of none, may, encrypt, verify, secure. Did you mean encrypt?"),
        ("inline:{ {a.example = secure ciphers=high} }", "'ciphers=high': here this lab reads only match=name:name"),
        ("inline:{ {a.example = encrypt match=b.example} }", "here this lab reads only match=name:name, behind secure."),
        ("socketmap:unix:/run/sts:postfix", f"Postfix knows other services; this lab has {MTA_STS}, which is for MTA-STS."),
        ("hash:/etc/postfix/tls_policy", "Postfix knows hash: tables, which are files"),
        (7, "7 is not a list of tables"),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_at_once(written: object, said: str) -> None:
    with pytest.raises(PolicyError, match=re.escape(said)):
        Policy(smtp_tls_policy_maps=written)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [
        MTA_STS,
        f"inline:{{ a.example=none }}, {MTA_STS}",
        {"a.example": "secure match=mx.a.example"},
        (MTA_STS,),
        (),
    ],
)
def test_it_is_written_as_it_is_read(value: object) -> None:
    policy = Policy(smtp_tls_policy_maps=value, smtp_tlsrpt_enable="yes")  # type: ignore[arg-type]
    assert Policy.parse(str(policy)) == policy
    assert ("smtp_tls_policy_maps" in str(policy)) == bool(value)

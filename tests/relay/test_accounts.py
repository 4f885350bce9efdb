"""Accounts keep salted hashes only, and tell nobody which users there are."""

import pytest

from labkit.lab.usual import ACCOUNTS
from labkit.relay.accounts import Accounts, hashed


@pytest.mark.parametrize(
    ("user", "password", "known"),
    [
        ("staff", b"paper-boat-7", True),
        ("staff", b"paper-boat-8", False),
        ("staff", b"", False),
        ("Staff", b"paper-boat-7", False),
        ("nobody", b"paper-boat-7", False),
        ("staff", b"\xff\x00", False),
    ],
)
def test_who_is_known(user: str, password: bytes, known: bool) -> None:
    assert Accounts(ACCOUNTS).knows(user, password) is known


def test_the_same_password_is_kept_differently_for_two_users() -> None:
    accounts = Accounts({})
    accounts.add("a", "same")
    accounts.add("b", "same")
    assert accounts.knows("a", b"same")
    assert accounts._hashes["a"] != accounts._hashes["b"]
    assert "same" not in "".join(accounts._hashes.values())


def test_salt_and_password_make_the_hash() -> None:
    assert hashed("x", b"s" * 16) == hashed("x", b"s" * 16)
    assert len({hashed("x", b"s" * 16), hashed("y", b"s" * 16), hashed("x", b"t" * 16)}) == 3

"""Lockout: when an account closes, for whom, and when it opens again."""

import asyncio

import pytest

from labkit import Lab, UsageError
from labkit.clock import Clock
from labkit.relay import lockout
from labkit.relay.accounts import Accounts, hashed
from labkit.relay.lockout import Lockout, Logins

HERE, THERE = "198.51.100.77", "203.0.113.66"
HASHES = {"staff": hashed("right", b"s" * 16)}


class Place:
    """Logins under a rule, and the clock that they go by."""

    def __init__(self, rule: Lockout | None) -> None:
        self.clock = Clock()
        self.accounts = Accounts(HASHES)
        self.logins = Logins(self.accounts, self.clock)
        self.logins.rule = rule

    def fail(self, times: int, user: str = "staff", address: str = THERE) -> None:
        for _ in range(times):
            assert not self.logins.know(user, b"wrong", address)

    def gets_in(self, address: str = HERE) -> bool:
        return self.logins.know("staff", b"right", address)

    def wait(self, minutes: float) -> None:
        asyncio.run(self.clock.advance(60 * minutes))


def test_without_a_rule_nothing_closes() -> None:
    place = Place(None)
    place.fail(100)
    assert place.gets_in()


def test_an_account_closes_after_so_many_failures_for_so_long() -> None:
    place = Place(Lockout(3, 10))
    place.fail(2)
    assert place.gets_in()
    place.fail(3)
    assert not place.gets_in()
    assert place.logins.why_closed("staff", HERE) == (
        "3 wrong passwords in a row: the account is closed until 09:10:00."
    )
    place.wait(9.9)
    assert not place.gets_in()
    place.wait(0.1)
    assert place.gets_in()


def test_whoever_tries_a_closed_account_doesnt_keep_it_closed() -> None:
    place = Place(Lockout(3, 10))
    place.fail(3)
    place.wait(9)
    place.fail(50)
    place.wait(1)
    assert place.gets_in()


def test_a_success_and_time_make_failures_forgotten() -> None:
    place = Place(Lockout(3, 10))
    place.fail(2)
    assert place.gets_in()
    place.fail(2)
    assert place.gets_in()
    place.fail(2)
    place.wait(10)
    place.fail(2)
    assert place.gets_in()


def test_accounts_close_one_by_one() -> None:
    place = Place(Lockout(3, 10))
    place.fail(9, user="sales")
    assert place.gets_in()


def test_per_address_only_that_address_is_kept_out() -> None:
    place = Place(Lockout(3, 10, per_address=True))
    place.fail(9)
    assert (place.gets_in(HERE), place.gets_in(THERE)) == (True, False)


def test_users_that_dont_exist_close_too_and_cost_as_much() -> None:
    place = Place(Lockout(3, 10))
    place.fail(9, user="nobody")
    place.fail(9)
    assert place.logins.why_closed("nobody", HERE) == place.logins.why_closed("staff", HERE) != ""
    assert place.accounts.computed == 18


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockout, "MOST_NAMES", 3)
    place = Place(Lockout(1, 10))
    for number in range(10):
        place.fail(1, user=f"user {number}")
    assert not place.logins.why_closed("user 6", HERE)
    assert place.logins.why_closed("user 7", HERE)


@pytest.mark.parametrize("numbers", [(0, 15), (5, 0), (-1, 15)])
def test_numbers_that_cant_be_are_said(numbers: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="whole numbers from 1 up"):
        Lockout(*numbers)


def test_a_relay_takes_a_lockout_or_none(lab: Lab) -> None:
    assert lab.relay.lockout is None
    lab.relay.lockout = Lockout()
    assert str(lab.relay.lockout) == "lockout = 5 failures per account, 15 minutes"
    with pytest.raises(UsageError, match="needs a Lockout"):
        lab.relay.lockout = 5  # type: ignore[assignment]
    lab.relay.lockout = None


@pytest.mark.parametrize("rule", [None, Lockout(3, 10)])
def test_who_got_in_is_remembered_until_the_password_is_changed(rule: Lockout | None) -> None:
    place = Place(rule)
    place.fail(2)
    assert place.logins.holders == frozenset()
    assert place.gets_in(HERE)
    assert place.logins.holders == {HERE}
    place.fail(3)
    assert place.logins.holders == {HERE}
    place.accounts.add("staff", "another")
    assert place.logins.holders == frozenset()


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockout, "MOST_NAMES", 3)
    place = Place(None)
    for number in range(5):
        assert place.gets_in(f"198.51.100.{number}")
    assert place.logins.holders == {f"198.51.100.{number}" for number in (2, 3, 4)}

"""Guesses: the common ones first, each once, and an account sees as few failures as possible."""

from itertools import islice

from labkit.attacker.means.guesses import COMMON, NAMES, Guess, passwords, rounds


def test_every_password_comes_once_and_the_common_ones_first() -> None:
    words = list(passwords())
    assert len(words) == len(set(words)) > 1_000
    assert tuple(words[: len(COMMON)]) == COMMON


def test_a_round_is_one_password_at_every_account() -> None:
    first, second = islice(rounds(NAMES), 2)
    assert first == [Guess(name, "123456") for name in NAMES]
    assert {guess.password for guess in second} == {"password"}


def test_own_passwords_can_be_given() -> None:
    assert list(rounds(["a"], ["x", "y"])) == [[Guess("a", "x")], [Guess("a", "y")]]

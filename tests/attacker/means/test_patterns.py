"""The patterns: all there, each different, and with the names of one server in them."""

import re

import pytest

from labkit.attacker.means.patterns import CLASSIC, LEGACY, PATTERNS, Names, Pattern

NAMES = Names("tester", "relaytest", "dropbox.example", "mail.corp.example", "[192.0.2.25]")

WRITTEN = [
    ("1", "<>", "<relaytest@dropbox.example>"),
    ("3", "<tester@mail.corp.example>", "<relaytest@dropbox.example>"),
    ("5", "<tester@[192.0.2.25]>", "<relaytest%dropbox.example@[192.0.2.25]>"),
    ("10", "<tester@[192.0.2.25]>", '<"relaytest@dropbox.example"@[192.0.2.25]>'),
    ("13", "<tester@[192.0.2.25]>", "<@mail.corp.example:relaytest@dropbox.example>"),
    ("16", "<tester@[192.0.2.25]>", "<dropbox.example!relaytest@mail.corp.example>"),
    ("a", "<tester@dropbox.example>", "relaytest@dropbox.example"),
    ("b", "<tester>", "<relaytest@dropbox.example>"),
    ("c", "<tester@dropbox.example>", "<relaytest%[dropbox.example]@>"),
]


def test_there_are_sixteen_classic_patterns_and_four_older_ones() -> None:
    assert [pattern.number for pattern in CLASSIC] == [str(number) for number in range(1, 17)]
    assert [pattern.number for pattern in LEGACY] == ["a", "b", "c", "d"]
    assert len({(pattern.mail, pattern.rcpt) for pattern in PATTERNS}) == 20


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_every_pattern_aims_at_the_testers_own_mailbox_and_says_its_trick(pattern: Pattern) -> None:
    assert {"T", "D"} <= set(pattern.rcpt)
    assert pattern.is_classic == (pattern in CLASSIC)
    assert re.fullmatch(r"[a-z].{10,50}", pattern.trick)


@pytest.mark.parametrize(("number", "mail", "rcpt"), WRITTEN)
def test_the_letters_become_the_names_of_one_server(number: str, mail: str, rcpt: str) -> None:
    [pattern] = [pattern for pattern in PATTERNS if pattern.number == number]
    assert (NAMES.put_into(pattern.mail), NAMES.put_into(pattern.rcpt)) == (mail, rcpt)


def test_what_the_letters_stand_for_can_be_shown() -> None:
    assert str(NAMES).endswith("D = dropbox.example, S = mail.corp.example, I = [192.0.2.25]")

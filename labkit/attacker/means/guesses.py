"""What is guessed first: the names of accounts, and the passwords that people choose when they must.

They are in the order in which programs for this purpose try them: what is common comes first.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

NAMES = (
    "admin", "info", "staff", "sales", "director", "office", "support", "scans", "backup", "test",
    "accounts", "orders", "service", "marketing", "manager", "mail", "web", "user", "guest", "hr",
)  # fmt: skip

COMMON = (
    "123456", "password", "12345678", "qwerty", "123456789", "welcome", "admin", "letmein", "abc123",
    "111111", "password1", "iloveyou", "monkey", "dragon", "sunshine", "football", "changeme", "secret",
    "test", "office", "welcome1", "passw0rd", "spring-2025", "summer-2025", "autumn-2025", "winter-2025",
    "corp2025", "corp-2025", "corp2026", "winter-2026", "spring-2026", "sales2026", "director2026",
    "staff2026", "hello123", "master", "access", "shadow", "superman", "trustno1", "mail", "relay", "printer",
    "scanner", "copier", "guest", "default", "server", "manager", "coffee",
)  # fmt: skip

ENDINGS = ("", *map(str, range(1, 10)), *map(str, range(2010, 2027)), "!", "!!", "?", "00", "007", "99")


class Guess(NamedTuple):
    """Somebody who may exist, and what may be the password."""

    user: str
    password: str


def passwords(common: Sequence[str] = COMMON) -> Iterator[str]:
    """The common ones first, and then those with something behind them: about 1,600 in all."""
    longer = (f"{word}{ending}" for ending in ENDINGS[1:] for word in common)
    return iter(dict.fromkeys(itertools.chain(common, longer)))


def rounds(users: Sequence[str], words: Iterable[str] = ()) -> Iterator[list[Guess]]:
    """Each password at every account, before the next password: so that no account sees many failures."""
    return ([Guess(user, word) for user in users] for word in words or passwords())

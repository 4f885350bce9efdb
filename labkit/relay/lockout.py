"""Lockout: after too many wrong passwords, an account lets nobody in for a while.

Postfix has no such rule: it leaves passwords to the server that it asks about them. So this isn't a line
of main.cf, but ``lab.relay.lockout = Lockout(failures=5, minutes=15)``. It ends brute force, and it has a
price: whoever guesses at an account keeps its owner out, too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from labkit.clock import Clock
from labkit.errors import UsageError
from labkit.relay.accounts import Accounts

MOST_NAMES = 10_000  # that are remembered; those that failed longest ago are forgotten first


@dataclass(frozen=True, slots=True)
class Lockout:
    """After ``failures`` wrong passwords in a row, an account is closed for ``minutes`` of lab time.

    With ``per_address`` it is closed only to the address that the wrong passwords came from: its owner
    gets in from elsewhere, and so does a stranger who has many addresses. Raises UsageError for numbers
    below 1.
    """

    failures: int = 5
    minutes: int = 15
    per_address: bool = False

    def __post_init__(self) -> None:
        if self.failures < 1 or self.minutes < 1:
            raise UsageError("A lockout needs whole numbers from 1 up: Lockout(failures=5, minutes=15).")

    def __str__(self) -> str:
        whom = "address and account" if self.per_address else "account"
        return f"lockout = {self.failures} failures per {whom}, {self.minutes} minutes"


class Failures(NamedTuple):
    """How many logins failed in a row, and when this is forgotten."""

    times: int
    until: datetime


class Logins:
    """Decides who gets in: whoever knows the password, unless the account is closed.

    Names that don't exist are counted as all others are, and the password for a closed account is computed
    too: otherwise the rule would tell a stranger which accounts there are, or when they open.
    """

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self.rule: Lockout | None = None
        self._accounts, self._clock = accounts, clock
        self._failures: dict[tuple[str, str], Failures] = {}
        self._let_in: dict[str, tuple[str, str]] = {}  # by address, the account and its hash at that time

    @property
    def holders(self) -> frozenset[str]:
        """The addresses that somebody has logged in from with a password that is still right."""
        return frozenset(
            address for address, (user, kept) in self._let_in.items() if self._accounts.hash_of(user) == kept
        )

    def know(self, user: str, password: bytes, address: str) -> bool:
        """Whether a client at ``address`` gets in with this password."""
        gets_in = self._gets_in(user, password, address)
        if gets_in:
            _make_room(self._let_in)
            self._let_in[address] = user, self._accounts.hash_of(user)
        return gets_in

    def _gets_in(self, user: str, password: bytes, address: str) -> bool:
        known = self._accounts.knows(user, password)
        if not self.rule:
            return known
        if self.why_closed(user, address):
            return False
        key, times = self._key(user, address), self._recent(user, address).times
        self._failures.pop(key, None)
        if not known:
            self._remember(key, times + 1, self.rule)
        return known

    def why_closed(self, user: str, address: str) -> str:
        """Why nobody gets in there now, as a sentence; empty for an account that isn't closed."""
        times, until = self._recent(user, address)
        if not self.rule or times < self.rule.failures:
            return ""
        return f"{times} wrong passwords in a row: the account is closed until {until:%H:%M:%S}."

    def _remember(self, key: tuple[str, str], times: int, rule: Lockout) -> None:
        _make_room(self._failures)
        self._failures[key] = Failures(times, self._clock.now + timedelta(minutes=rule.minutes))

    def _recent(self, user: str, address: str) -> Failures:
        found = self._failures.get(self._key(user, address))
        return found if found and self._clock.now < found.until else Failures(0, self._clock.now)

    def _key(self, user: str, address: str) -> tuple[str, str]:
        return user, address if self.rule and self.rule.per_address else ""


def _make_room(remembered: dict[Any, Any]) -> None:
    if len(remembered) >= MOST_NAMES:
        del remembered[next(iter(remembered))]

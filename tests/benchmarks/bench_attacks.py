"""How long a student waits for an attack: the relay test in all three states, and 1,000 guesses.

For the relay test the relay is open, so every letter goes its whole way, is delivered by TLS, and is looked
for. A new lab is used each time, as the first test of a lab also opens the tester's own mail server.

The guesses are made behind TLS at a relay that judges them all, and at one with limits, from 21 addresses.
Then it is measured what a stranger with a stopwatch would measure: whether unknown users are answered as
late as known ones. The two take turns, and the hash alone stands beside them.
"""

import hashlib
import time
from collections.abc import Callable
from statistics import median

from measuring import Cost, Stopwatch, in_ms, line, middle

from labkit import Lab, Policy
from labkit.lab import usual
from labkit.lab.probing import LETTERS
from labkit.relay.accounts import COST, Accounts

ROUNDS = 7
PROBE_SECONDS = 2.0
POLICY = Policy.parse("""
mynetworks = 0.0.0.0/0
smtpd_tls_security_level = may
smtpd_sasl_auth_enable = yes
""")


SPRAY_SECONDS = 5.0
GUESSES = 1_000
LOGINS = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
""")
LIMITED = LOGINS.replace(smtpd_client_auth_rate_limit=10)
PAIRS = 2_000
ALIKE = 0.03  # by how much the medians of the two kinds of users may differ


def main() -> None:
    relay_test()
    sprays()
    stopwatch()


def relay_test() -> None:
    tests = [probe() for _ in range(ROUNDS)]
    slowest = max(cost.wall for cost in tests)
    line(
        f"relay test, {LETTERS} letters, median of {ROUNDS}",
        in_ms(tests),
        f"< {PROBE_SECONDS:g} s",
        met=middle(tests).wall < PROBE_SECONDS,
    )
    line(
        "the slowest of them",
        f"{1000 * slowest:8.1f} ms wall",
        f"< {PROBE_SECONDS:g} s",
        met=slowest < PROBE_SECONDS,
    )


def probe() -> Cost:
    with Lab(POLICY) as lab:
        with Stopwatch() as watch:
            report = lab.attacker.probe()
        assert (report.tried, report.verdict, report.harm) == (LETTERS, "open", 36)
    return watch.cost


def sprays() -> None:
    for name, policy, addresses in (("no limits", LOGINS, 1), ("limits, 21 addresses", LIMITED, 21)):
        costs = [spray(policy, addresses) for _ in range(ROUNDS)]
        wall = middle(costs).wall
        line(f"{GUESSES:,} guesses, {name}", in_ms(costs), f"< {SPRAY_SECONDS:g} s", met=wall < SPRAY_SECONDS)


def spray(policy: Policy, addresses: int) -> Cost:
    with Lab(policy) as lab:
        with Stopwatch() as watch:
            report = lab.attacker.spray(GUESSES, addresses=addresses)
        assert report.what.startswith(f"{GUESSES:,} guesses")
    return watch.cost


def stopwatch() -> None:
    """AUTH's answer for a user that there is, for one that there isn't, and scrypt alone."""
    accounts = Accounts(usual.ACCOUNTS)
    cases: dict[str, Callable[[], object]] = {
        "a known user": lambda: accounts.knows("staff", b"wrong"),
        "an unknown user": lambda: accounts.knows("nobody", b"wrong"),
        "scrypt alone": lambda: hashlib.scrypt(b"wrong", salt=b"s" * 16, dklen=32, **COST),
    }
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(PAIRS):
        for name, case in cases.items():
            with Stopwatch(time.perf_counter) as watch:
                case()
            seconds[name].append(watch.cost.wall)
    for name, found in seconds.items():
        line(f"a wrong password, {name}", f"{1e6 * median(found):8.0f} us wall")
    ratio = median(seconds["an unknown user"]) / median(seconds["a known user"])
    line("unknown / known", f"{ratio:8.3f}", f"1 +- {ALIKE}", met=abs(ratio - 1) <= ALIKE)


if __name__ == "__main__":
    main()

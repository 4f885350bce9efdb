"""Postfix's back-off: as long as the letter has waited, within two bounds, until its lifetime ends."""

from datetime import timedelta

import pytest

from labkit import Policy
from labkit.clock import START
from labkit.relay.queueing import backoff
from labkit.relay.queueing.entry import Entry
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter

TO, STAFF = Path("orders", "customer.example"), Path("staff", "corp.example")
POLICY = Policy.parse("""
    minimal_backoff_time = 300s
    maximal_backoff_time = 4000s
    maximal_queue_lifetime = 5d
    bounce_queue_lifetime = 1d
    delay_warning_time = 4h
""")


def entry(reverse_path: Path = STAFF) -> Entry:
    return Entry("4B00000001", Letter(reverse_path, (TO,), b""), START, "workstation", {TO: ""})


@pytest.mark.parametrize(
    ("age", "pause"),
    [(0, 300), (299, 300), (300, 300), (301, 301), (1000, 1000), (4000, 4000), (4001, 4000), (400_000, 4000)],
)
def test_a_letter_is_tried_again_after_as_long_as_it_has_waited_within_bounds(age: int, pause: int) -> None:
    now = START + timedelta(seconds=age)
    assert backoff.next_attempt(POLICY, entry(), now) == now + timedelta(seconds=pause)


def test_when_the_bounds_cross_the_lower_one_wins_as_in_postfix() -> None:
    policy = POLICY.replace(minimal_backoff_time=600, maximal_backoff_time=60)
    assert backoff.next_attempt(policy, entry(), START) == START + timedelta(seconds=600)


def test_attempts_double_their_distance() -> None:
    now, moments = START, []
    for _ in range(7):
        now = backoff.next_attempt(POLICY, entry(), now)
        moments.append((now - START).total_seconds())
    assert moments == [300, 600, 1200, 2400, 4800, 8800, 12800]


@pytest.mark.parametrize(("reverse_path", "days"), [(STAFF, 5), (NULL, 1)])
def test_a_bounce_has_a_lifetime_of_its_own(reverse_path: Path, days: int) -> None:
    assert backoff.given_up_at(POLICY, entry(reverse_path)) == START + timedelta(days=days)


@pytest.mark.parametrize(
    ("hours", "warned", "wait", "overdue"),
    [(3.9, False, "4h", False), (4, False, "4h", True), (9, True, "4h", False), (90, False, "0h", False)],
)
def test_the_sender_is_told_of_a_delay_once_and_only_if_asked_for(
    hours: float, warned: bool, wait: str, overdue: bool
) -> None:
    letter = entry()
    letter.warned = warned
    policy = POLICY.replace(delay_warning_time=wait)
    assert backoff.is_overdue(policy, letter, START + timedelta(hours=hours)) is overdue

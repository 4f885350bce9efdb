"""What a recipient thinks of a sender: by a printed rule, from what it saw in the last seven days."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.clock import START, Clock
from labkit.recipient.reputation import Level, Reputation, Rule, Signal
from labkit.recipient.tally import Event

A, D = "192.0.2.25", "corp.example"
DAY = 86_400
DAYS = timedelta(days=7)


def _counts(
    letters: int, inbox: int = 0, spam: int = 0, complaints: int = 0, traps: int = 0
) -> Counter[Event]:
    return Counter(dict(zip(Event, (letters, inbox, spam, complaints, traps), strict=True)))


@pytest.mark.parametrize(
    ("counts", "level"),
    [
        (_counts(0), Level.MEDIUM),
        (_counts(49, 49), Level.MEDIUM),
        (_counts(50, 50), Level.HIGH),
        (_counts(19, 19, 19, 19), Level.MEDIUM),  # too few for a rate
        (_counts(20, 10, 2), Level.LOW),
        (_counts(20, 10, 10), Level.BAD),
        (_counts(2000, 1000, complaints=1), Level.MEDIUM),  # 0.1 per cent
        (_counts(2000, 1001, complaints=1), Level.HIGH),
        (_counts(2000, 1000, complaints=3), Level.LOW),  # 0.3 per cent
        (_counts(2000, 1001, complaints=3), Level.MEDIUM),
        (_counts(20, 20, complaints=2), Level.BAD),  # 10 per cent
        (_counts(1000, 1000, traps=1), Level.LOW),
        (_counts(5, traps=5), Level.BAD),
    ],
)
def test_the_rule(counts: Counter[Event], level: Level) -> None:
    assert Rule().level(counts, timedelta(hours=24)) is level


def test_a_good_name_takes_a_day() -> None:
    assert Rule().level(_counts(1000, 1000), timedelta(hours=23)) is Level.MEDIUM


@given(st.tuples(*[st.integers(0, 300)] * 5), st.sampled_from([Event.SPAM, Event.COMPLAINT, Event.TRAP]))
def test_more_of_what_is_bad_never_makes_a_better_name(numbers: tuple[int, ...], event: Event) -> None:
    rule, counts = Rule(), Counter(dict(zip(Event, numbers, strict=True)))
    order = list(Level)
    assert order.index(rule.level(counts + Counter({event: 1}), DAYS)) <= order.index(
        rule.level(counts, DAYS)
    )


def test_what_is_older_than_the_window_is_forgotten() -> None:
    clock = Clock()
    reputation = Reputation(clock)
    for _ in range(5):
        reputation.note(Event.TRAP, A)
    assert reputation.level(A) is Level.BAD
    asyncio.run(clock.advance(7 * DAY))
    assert reputation.level(A) is Level.BAD
    asyncio.run(clock.advance(60))
    assert reputation.level(A) is Level.MEDIUM


def test_the_verdict_is_about_the_worse_of_address_and_domain() -> None:
    reputation = Reputation(Clock())
    for _ in range(5):
        reputation.note(Event.TRAP, "203.0.113.66", D)
    verdict = reputation.check(A, D)
    assert (verdict.result, verdict.shows("sender")) == ("bad", D)
    assert verdict.reason == f"The reputation of {D} is bad."
    assert reputation.check(A).result == "medium"
    assert dict(verdict.evidence)[A] == "medium: never seen"


def test_a_stranger_may_send_so_much_in_so_much_time_and_no_more() -> None:
    clock = Clock()
    reputation = Reputation(clock, Rule(per_window=3, window=timedelta(minutes=10), known=100))
    results = []
    for _ in range(4):
        results.append(reputation.check(A).result)
        reputation.note(Event.LETTER, A)
    assert results == ["medium", "medium", "medium", "too fast"]
    assert "more than 3 letters in 10 minutes" in reputation.check(A).reason
    asyncio.run(clock.advance(11 * 60))
    assert reputation.check(A).result == "medium"


def test_who_is_known_well_isnt_slowed_down() -> None:
    clock = Clock()
    reputation = Reputation(clock)
    for _ in range(500):
        reputation.note(Event.LETTER, A)
    asyncio.run(clock.advance(DAY))
    for _ in range(100):
        reputation.note(Event.LETTER, A)
    assert reputation.check(A).result == "high"


def test_listeners_hear_of_complaints_and_traps_only() -> None:
    reputation, heard = Reputation(Clock()), list[Signal]()
    reputation.listeners.append(heard.append)
    for event in Event:
        reputation.note(event, A, D)
    assert heard == [Signal(event, A, D, START) for event in (Event.COMPLAINT, Event.TRAP)]


def test_the_history_is_plain_data_by_the_minute() -> None:
    clock = Clock()
    reputation = Reputation(clock)
    reputation.note(Event.LETTER, A)
    asyncio.run(clock.advance(90))
    reputation.note(Event.TRAP, A)
    asyncio.run(clock.advance(8 * DAY))
    reputation.note(Event.LETTER, A)
    history = reputation.history(A)
    assert [(point.level, point.counts[Event.LETTER]) for point in history] == [
        (Level.MEDIUM, 1),
        (Level.LOW, 1),
        (Level.MEDIUM, 1),
    ]
    assert history[0].minute == START
    assert reputation.history("nobody") == ()


def test_the_rule_and_what_is_thought_can_be_printed() -> None:
    reputation = Reputation(Clock())
    assert (
        repr(reputation.rule)
        .splitlines()[3]
        .startswith("bad     5 or more letters to spam traps, or 50% found")
    )
    reputation.note(Event.LETTER, A)
    assert f"{A}  medium  1" in repr(reputation)
    for shown in (reputation, reputation.rule):
        assert shown._repr_html_().startswith('<div class="labkit">')

"""Events by the minute of lab time: counted, bounded, and added up over a window."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.clock import START
from labkit.recipient import tally
from labkit.recipient.tally import Event, Minute, Tally, windows

A = "192.0.2.25"


def _at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_what_happened_since() -> None:
    book = Tally()
    for minutes in (0, 0.5, 10, 20):
        book.note(A, Event.LETTER, _at(minutes))
    book.note(A, Event.TRAP, _at(20), 3)
    assert book.since(A, _at(0))[Event.LETTER] == 4
    assert book.since(A, _at(10)) == Counter({Event.LETTER: 2, Event.TRAP: 3})
    assert book.since(A, _at(21)) == book.since("nobody", _at(0)) == Counter()
    assert [minute.start for minute in book.minutes(A)] == [_at(0), _at(10), _at(20)]
    assert (list(book), A in book, "nobody" in book) == ([A], True, False)


def test_it_is_bounded_and_who_was_quiet_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_SENDERS", 2)
    monkeypatch.setattr(tally, "MOST_MINUTES", 3)
    book = Tally()
    for number, sender in enumerate(("one", "two", "one", "three")):
        book.note(sender, Event.LETTER, _at(number))
    assert list(book) == ["one", "three"]
    for number in range(10):
        book.note("four", Event.LETTER, _at(number))
    assert len(book.minutes("four")) == 3


@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(Event)), max_size=60), st.integers(0, 100))
def test_a_window_holds_what_the_book_says_of_it(events: list[tuple[int, Event]], length: int) -> None:
    book = Tally()
    for minute, event in sorted(events):
        book.note(A, event, _at(minute))
    minutes = book.minutes(A)
    for index, (start, counts) in enumerate(windows(minutes, timedelta(minutes=length))):
        before = Tally()
        for minute in minutes[: index + 1]:
            for event, count in minute.counts.items():
                before.note(A, event, minute.start, count)
        assert counts == before.since(A, start - timedelta(minutes=length))


def test_a_minute_without_events_is_empty() -> None:
    assert Minute(START).counts == Counter()

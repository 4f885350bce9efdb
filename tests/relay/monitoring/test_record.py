"""Figures are counted by minute of lab time; what is too much is dropped, and said."""

from datetime import timedelta

import pytest

from labkit.clock import START, Clock
from labkit.relay.monitoring.figures import Event, Row
from labkit.relay.monitoring.record import OTHERS, Record

MINUTE = timedelta(minutes=1)


class Counted:
    """A record, with a clock, a queue and sessions that a test sets."""

    def __init__(self, limit: int = 1000) -> None:
        self.clock, self.queue, self.sessions = Clock(), 0, 0
        self.record = Record(self.clock, lambda: self.queue, lambda: self.sessions, limit)

    def at(self, seconds: float, row: Row, count: int = 1) -> None:
        self.clock.now = START + timedelta(seconds=seconds)
        self.record.note(row, count)


def test_events_are_counted_by_minute_and_in_all() -> None:
    counted = Counted()
    for seconds in (0, 59.9, 60, 61):
        counted.at(seconds, Row(Event.ACCEPTED, "attacker"))
    counted.at(61, Row(Event.REFUSED, "attacker", reason="reject"), 5)
    figures = counted.record.figures()
    assert [(minute.start, minute.total(Event.ACCEPTED)) for minute in figures.minutes] == [
        (START, 2),
        (START + MINUTE, 2),
    ]
    assert (figures.total(Event.ACCEPTED), figures.total("refused"), figures.total(Event.BOUNCED)) == (
        4,
        5,
        0,
    )
    assert figures.busiest == 2


def test_the_highest_marks_of_a_minute_are_kept() -> None:
    counted = Counted()
    for queue, sessions in ((3, 1), (7, 0), (2, 4)):
        counted.queue, counted.sessions = queue, sessions
        counted.at(10, Row(Event.ACCEPTED))
    (minute,) = counted.record.figures().minutes
    assert (minute.queue, minute.sessions) == (7, 4)
    assert (counted.record.figures().queue, counted.record.figures().sessions) == (2, 4)


def test_counts_by_client_account_sender_and_reason_the_busiest_first() -> None:
    counted = Counted()
    counted.at(0, Row(Event.ACCEPTED, "laptop", "staff", "staff@corp.example"), 2)
    counted.at(0, Row(Event.ACCEPTED, "attacker", "", "x@bank.example"), 5)
    counted.at(99, Row(Event.REFUSED, "attacker", "", "x@bank.example", "reject"), 1)
    figures = counted.record.figures()
    assert list(figures.by("client")) == ["attacker", "laptop"]
    assert figures.by("client")["attacker"] == {Event.ACCEPTED: 5, Event.REFUSED: 1}
    assert figures.by("account") == {"staff": {Event.ACCEPTED: 2}}
    assert list(figures.by("sender")) == ["x@bank.example", "staff@corp.example"]
    assert figures.by("reason") == {"reject": {Event.REFUSED: 1}}


def test_the_oldest_minutes_go_when_there_is_no_room_and_the_totals_stay() -> None:
    counted = Counted(limit=20)
    for number in range(100):
        counted.at(60 * number, Row(Event.ACCEPTED, f"client {number}"))
    figures = counted.record.figures()
    assert len(figures.minutes) == 20
    assert figures.minutes[-1].start == START + 99 * MINUTE
    assert (figures.dropped, figures.total(Event.ACCEPTED)) == (80, 100)


def test_a_stranger_who_makes_up_names_fills_no_memory() -> None:
    counted = Counted(limit=20)
    for number in range(1000):
        counted.at(0, Row(Event.ACCEPTED, "attacker", "", f"{number}@bank.example"))
    figures = counted.record.figures()
    (minute,) = figures.minutes
    assert len(minute.rows) == 11
    assert dict(minute.rows)[Row(Event.ACCEPTED, OTHERS)] == 990
    assert figures.total(Event.ACCEPTED) == 1000


def test_figures_are_a_value_that_later_events_dont_change() -> None:
    counted = Counted()
    counted.at(0, Row(Event.ACCEPTED))
    before = counted.record.figures()
    counted.at(0, Row(Event.ACCEPTED))
    assert before.total(Event.ACCEPTED) == 1
    assert before.minutes[0].total(Event.ACCEPTED) == 1
    assert before == before
    assert before != counted.record.figures()


def test_what_is_no_event_cant_be_asked_for() -> None:
    with pytest.raises(ValueError, match="eaten"):
        Counted().record.figures().total("eaten")

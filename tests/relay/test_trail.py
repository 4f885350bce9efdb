"""The trail of letters: in order, by letter, and bounded."""

from labkit.clock import START
from labkit.relay.delivering.outcome import Action, Outcome
from labkit.relay.trail import NAMED, Arrived, Began, Event, Trail, Tried
from labkit.smtp.address import Path


def test_the_events_of_a_letter_are_in_order() -> None:
    trail = Trail()
    events: list[Event] = [
        Arrived("A", START, 1),
        Arrived("B", START, 1),
        Began("A", START),
        Began("B", START),
    ]
    for event in events:
        trail.note(event)
    assert trail.of("A") == (events[0], events[2])
    assert trail.of("C") == ()


def test_the_oldest_events_go() -> None:
    trail = Trail(limit=2)
    for number in range(3):
        trail.note(Arrived("A", START, number))
    assert [event.session for event in trail.of("A") if isinstance(event, Arrived)] == [1, 2]


def test_of_many_recipients_a_few_are_named_and_all_are_counted() -> None:
    trail = Trail()
    paths = [Path(f"r{number}", "customer.example") for number in range(50)]
    trail.tried("A", START, [Outcome(path, Action.RELAYED, "2.0.0", "Ok", relay="mx1") for path in paths])
    [tried] = trail.of("A")
    assert isinstance(tried, Tried)
    assert tried.count(Action.RELAYED) == tried.count(Action.RELAYED, Action.FAILED) == 50
    assert len(tried.results) == NAMED


def test_a_destination_that_nobody_was_left_for_is_no_event() -> None:
    trail = Trail()
    trail.tried("A", START, [])
    assert trail.of("A") == ()

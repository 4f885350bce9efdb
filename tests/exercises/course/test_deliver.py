"""Notebook 02: the headers on the card are those of a real letter, and no answer keeps a check busy."""

import pytest

from labkit.exercises.checking import State, check
from labkit.exercises.course.received import READ
from labkit.exercises.course.retry import RETRY
from labkit.exercises.room import Room
from labkit.exercises.telling import told


@pytest.mark.parametrize("seed", ["", "anna"])
def test_the_headers_on_the_card_are_those_of_the_letter_in_the_mailbox(seed: str) -> None:
    with Room(READ.solution, seed) as room:
        READ.prepare(room)
        letter = room.lab.mailbox(room.stage.tell("orders@customer.example"))[0].text
        shown = told(READ, room.stage).given
    headers = letter.partition("\n")[2].partition("\nFrom:")[0].replace("\t", "    ").splitlines()
    assert shown.splitlines()[1:] == [f"    {line}" for line in headers]


@pytest.mark.parametrize(
    ("origin", "found"),
    [("copier", True), ("COPIER.corp.example", True), ("[192.0.2.60]", True), ("mail.corp.example", False)],
)
def test_a_host_may_be_named_in_any_way(origin: str, found: bool) -> None:
    answer = {"origin": origin, "servers": 3, "waited_at": "provider", "minutes": 40}
    assert ("origin" not in check(READ, answer).missed) is found


def test_a_relay_that_tries_again_all_the_time_is_not_waited_for() -> None:
    outcome = check(RETRY, "minimal_backoff_time = 1s\nmaximal_backoff_time = 1s")
    assert outcome.state is State.NOT_YET
    assert outcome.evidence == ()
    assert outcome.trouble.startswith(
        "minimal_backoff_time is 1 seconds. Nobody repairs a mail server that fast"
    )

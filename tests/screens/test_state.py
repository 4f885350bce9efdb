"""A look at the lab: counts that agree with each other, taken without touching anything."""

from collections.abc import Iterator

import pytest

from labkit import Lab
from labkit.lab import usual
from labkit.lab.at_once import AttackerAtOnce
from labkit.screens.state import State, look


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def seen(lab: Lab) -> State:
    state = look(lab)
    assert state
    return state


def test_the_counts_are_those_of_the_relay(lab: Lab) -> None:
    lab.attacker.spam(10)
    lab.relay.policy = lab.relay.policy.replace(mynetworks="192.0.2.0/24")
    lab.attacker.spam(5)
    state = seen(lab)
    assert (state.accepted, state.refused, state.delivered, state.bounced, state.waiting) == (10, 5, 10, 0, 0)
    assert state.sessions == len(lab.transcripts)
    assert state.policy is lab.relay.policy


def test_a_look_changes_nothing(lab: Lab) -> None:
    lab.attacker.spam(3)
    before = repr(lab), repr(lab.transcripts), repr(lab.figures), repr(lab.queue)
    for _ in range(3):
        look(lab)
    assert (repr(lab), repr(lab.transcripts), repr(lab.figures), repr(lab.queue)) == before


def test_the_newest_session_is_the_newest_one_that_brought_mail(lab: Lab) -> None:
    assert seen(lab).newest is None
    lab.attacker.spam(1)
    newest = seen(lab).newest
    assert newest
    assert newest.client.name == "attacker"
    assert len(lab.transcripts) > newest.number  # the relay's own, to the customer


def test_an_attack_is_seen_while_it_goes_on(lab: Lab) -> None:
    begun = AttackerAtOnce(lab, usual.ATTACKER).spam(5_000)  # type: ignore[arg-type]
    done = [seen(lab).done for _ in range(20)]
    assert done == sorted(done)
    assert seen(lab).undertaking is begun  # type: ignore[comparison-overlap]
    lab.stop()


def test_there_is_nothing_to_see_of_a_closed_lab() -> None:
    with Lab() as lab:
        pass
    assert look(lab) is None

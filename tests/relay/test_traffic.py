"""Counts by minute of lab time."""

from datetime import timedelta

from labkit import Lab
from labkit.clock import START
from labkit.relay.traffic import Outcome, Traffic


def test_counts_are_kept_by_minute_and_outcome() -> None:
    traffic = Traffic()
    for seconds in (0, 30, 61):
        traffic.note(START + timedelta(seconds=seconds), "attacker", Outcome.ACCEPTED)
    traffic.note(START, "copier", Outcome.REFUSED)
    assert traffic.per_minute(Outcome.ACCEPTED) == {START: 2, START + timedelta(minutes=1): 1}
    assert (traffic.total(Outcome.ACCEPTED), traffic.total(Outcome.REFUSED), traffic.total(Outcome.HELD)) == (
        3,
        1,
        0,
    )


def test_the_relay_counts_what_it_does(lab: Lab) -> None:
    lab.attacker.spam(150)
    lab.workstation.send(to="x@nowhere.example")
    lab.relay.policy = lab.relay.policy.replace(mynetworks="192.0.2.0/24")
    lab.attacker.spam(10)
    totals = {outcome.value: lab.relay.traffic.total(outcome) for outcome in Outcome}
    assert totals == {"accepted": 151, "refused": 10, "delivered": 151, "held": 0, "bounced": 1}
    assert list(lab.relay.traffic.per_minute(Outcome.ACCEPTED).values()) == [100, 51]

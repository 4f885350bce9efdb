"""The relay's traffic as a row of minutes: what a chart draws and its table lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from labkit.relay.traffic import Outcome, Traffic

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Minute:
    """A minute of lab time in which there was mail, and how many letters had which outcome."""

    start: datetime
    counts: Mapping[Outcome, int]

    def __getitem__(self, outcome: Outcome) -> int:
        return self.counts[outcome]


def minutes(traffic: Traffic) -> list[Minute]:
    """The minutes that had any mail, in order."""
    by_outcome = {outcome: traffic.per_minute(outcome) for outcome in Outcome}
    starts = sorted(set().union(*by_outcome.values()))
    return [
        Minute(start, {outcome: counted.get(start, 0) for outcome, counted in by_outcome.items()})
        for start in starts
    ]


def total(seen: Sequence[Minute], outcome: Outcome) -> int:
    """How many letters of all these minutes had an outcome."""
    return sum(minute[outcome] for minute in seen)


def of_one_day(seen: Sequence[Minute]) -> bool:
    """Whether hours and minutes are enough to tell these minutes apart."""
    return seen[0].start.date() == seen[-1].start.date()


def stamp(moment: datetime, seen: Sequence[Minute]) -> str:
    """A moment as hours and minutes, with the date where these minutes are of more than one day."""
    return f"{moment:%H:%M}" if of_one_day(seen) else f"{moment:%Y-%m-%d %H:%M}"

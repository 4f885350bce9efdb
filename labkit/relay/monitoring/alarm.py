"""Alarms: a rule says which figure is too high, and the figures say when it was, and for whom.

A rule is a value, and judges figures that are a value too. So it can be tested with what was recorded: it
should fire for the abuse and not for Monday's newsletter.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from labkit.errors import UsageError
from labkit.relay.language.postfix_names import nearest
from labkit.relay.monitoring.figures import Event, Figures, Minute, Row
from labkit.relay.monitoring.stretch import Stretch

EXAMPLE = 'For example: "sent per minute by one client > 50".'
SENDERS = "senders"  # different reverse-paths of accepted letters
GAUGES = ("queue", "sessions")
FIGURES = (*(event.value for event in Event), SENDERS, *GAUGES)
ALSO = {
    "sent": "accepted",
    "connections": "connected",
    "failed logins": "login failed",
    "different senders": SENDERS,
}
BY = ("client", "account", "sender", "reason")
THE_RELAY = "the whole relay"
LONGEST = 10_080  # minutes

_TIME = r"(?: per minute| (?:with)?in (?P<{}>\d+) minutes?)?"
_RULE = re.compile(
    rf"(?P<figure>[a-z][a-z ]*?){_TIME.format('before')}(?: (?:by|for|of|from) (?:one|each) (?P<by>[a-z]+))?"
    rf"{_TIME.format('after')} ?> ?(?P<above>\d[\d,]*)"
)


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule was broken: in the minute that began at ``moment``, by ``who``, with so many."""

    moment: datetime
    who: str
    count: int

    def __str__(self) -> str:
        return f"{self.moment:%Y-%m-%d %H:%M}  {self.who}: {self.count:,}"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Fires when ``figure`` is above a number ``within`` so many minutes, by the clock.

    ``by`` is "client", "account", "sender" or "reason", and each one is counted apart; empty is the whole
    relay. ``figure`` is one of ``FIGURES``: events, different "senders", or the longest "queue" and the
    most "sessions" at once. Raises UsageError for a rule that can't be.
    """

    figure: str
    above: int
    by: str = ""
    within: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "figure", ALSO.get(self.figure, self.figure))
        if self.figure not in FIGURES:
            near = nearest(str(self.figure), (*FIGURES, *ALSO))
            raise UsageError(f"There is no figure {self.figure!r}.{near} There are: {', '.join(FIGURES)}.")
        if self.by and self.by not in BY:
            raise UsageError(f"{self.by!r} can't be counted by: choose one of {', '.join(BY)}.")
        if self.figure in GAUGES and (self.by or self.within != 1):
            raise UsageError(f'"{self.figure}" is how it stands, for all: write "{self.figure} > 100".')
        for name, number, least in (("above", self.above, 0), ("within", self.within, 1)):
            if isinstance(number, bool) or not isinstance(number, int) or number < least:
                raise UsageError(f"{name} = {number!r}: write a whole number from {least} up.")
        if self.within > LONGEST:
            raise UsageError(f"within = {self.within:,}: the figures go back {LONGEST:,} minutes at most.")

    @classmethod
    def parse(cls, text: str) -> "Alarm":
        """The rule that a text says. Raises UsageError."""
        if not isinstance(text, str):
            raise UsageError(f"{text!r} is no rule. {EXAMPLE}")
        found = _RULE.fullmatch(" ".join(text.lower().split()))
        if not found:
            missing = ' There is no ">" with a number behind it.' if not re.search(r">\s*\d", text) else ""
            raise UsageError(f"{text!r} is no rule that can be read.{missing} {EXAMPLE}")
        minutes = found["before"] or found["after"] or "1"
        return cls(found["figure"], int(found["above"].replace(",", "")), found["by"] or "", int(minutes))

    def __str__(self) -> str:
        if self.figure in GAUGES:
            return f"{self.figure} > {self.above:,}"
        time = "per minute" if self.within == 1 else f"within {self.within} minutes"
        return f"{self.figure} {time}{f' by one {self.by}' if self.by else ''} > {self.above:,}"

    def test(self, figures: Figures) -> tuple[Firing, ...]:
        """When it would have fired, and for whom: once each time a figure rises above the number."""
        if not isinstance(figures, Figures):
            raise UsageError("An alarm is tested with figures: alarm.test(lab.figures).")
        stretch = Stretch(self.within, self._wants, self._who, distinct=self.figure == SENDERS)
        firings: list[Firing] = []
        high: set[str] = set()
        for minute in figures.minutes:
            if self.figure in GAUGES:
                now = self._gauged(minute)
            else:
                if stretch.rest(minute):
                    high = self._too_high(stretch, high)
                now = self._too_high(stretch, high | stretch.add(minute))
            firings += [
                Firing(minute.start, who, self._count(who, minute, stretch)) for who in sorted(now - high)
            ]
            high = now
        return tuple(firings)

    def _too_high(self, stretch: Stretch, names: Iterable[str]) -> set[str]:
        return {name for name in names if stretch.counts[name] > self.above}

    def _gauged(self, minute: Minute) -> set[str]:
        return {THE_RELAY} if getattr(minute, self.figure) > self.above else set()

    def _count(self, who: str, minute: Minute, stretch: Stretch) -> int:
        return int(getattr(minute, self.figure)) if self.figure in GAUGES else stretch.counts[who]

    def _wants(self, row: Row) -> bool:
        return row.event is Event.ACCEPTED if self.figure == SENDERS else row.event == self.figure

    def _who(self, row: Row) -> str:
        return str(getattr(row, self.by)) if self.by else THE_RELAY


@dataclass(frozen=True, repr=False, slots=True)
class Bell:
    """An alarm that is set. Whoever looks at it sees when it has fired so far."""

    alarm: Alarm
    figures: Callable[[], Figures]

    @property
    def fired(self) -> tuple[Firing, ...]:
        """When it has fired, in order."""
        return self.alarm.test(self.figures())

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        first, *rest = self._lines()
        return f"<p><b>{escape(first)}</b></p>" + "".join(f"<pre>{escape(line)}</pre>" for line in rest)

    def _lines(self) -> list[str]:
        fired = self.fired
        times = {0: "has not fired", 1: "has fired once"}.get(len(fired), f"has fired {len(fired):,} times")
        name = f"{self.alarm.by} " if self.alarm.by else ""
        return [f"Alarm {self.alarm}: {times}", *(f"  {_said(one, name)}" for one in fired)]


def _said(firing: Firing, name: str) -> str:
    return f"{firing.moment:%Y-%m-%d %H:%M}  {name}{firing.who}: {firing.count:,}"

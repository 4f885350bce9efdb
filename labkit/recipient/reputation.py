"""What a recipient thinks of those who send to it, and what it does because of that.

A sender is judged by what it did in the last seven days of lab time: what the other checks found, what
readers called spam, and letters to spam traps. The four levels have the names that Gmail's Postmaster
Tools once gave to an address or a domain; how a provider arrives at them isn't published, so the rule
here is the lab's own, and it can be printed and changed.

An address is judged by whatever comes from it. A domain is judged only by letters that DMARC proved to
be its own: otherwise a forger could ruin anybody.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from labkit.clock import Clock
from labkit.recipient.checks.verdict import Verdict
from labkit.recipient.sheet import Sheet
from labkit.recipient.tally import Event, Tally, windows


class Level(StrEnum):
    """What a recipient thinks of a sender, worst first."""

    BAD = "bad"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    SLOW = "too fast"  # medium, and more letters than a stranger may send


WORST_FIRST = (Level.BAD, Level.LOW, Level.SLOW, Level.MEDIUM, Level.HIGH)
COLUMNS = ("level", "when, in the last {days} days", "what usually follows")


@dataclass(frozen=True, slots=True)
class Rule:
    """The thresholds. Rates are parts of one: 0.003 is 0.3 per cent.

    The rates count from ``enough`` letters on; ``known`` letters, and ``known_for`` since the first of them,
    make a sender known. One that isn't of the level "high" may send ``per_window`` letters in ``window`` of
    lab time.
    """

    days: int = 7
    enough: int = 20
    known: int = 50
    known_for: timedelta = timedelta(hours=24)
    bad_traps: int = 5
    bad_spam: float = 0.5
    bad_complaints: float = 0.1
    low_spam: float = 0.1
    low_complaints: float = 0.003
    high_complaints: float = 0.001
    per_window: int = 60
    window: timedelta = timedelta(minutes=10)

    def level(self, counts: Counter[Event], known_for: timedelta) -> Level:
        """The level of a sender with these events, whose first is so long ago."""
        spam, complaints = self.rates(counts)
        traps = counts[Event.TRAP]
        if traps >= self.bad_traps or spam >= self.bad_spam or complaints >= self.bad_complaints:
            return Level.BAD
        if traps or spam >= self.low_spam or complaints >= self.low_complaints:
            return Level.LOW
        is_known = counts[Event.LETTER] >= self.known and known_for >= self.known_for
        return Level.HIGH if is_known and complaints < self.high_complaints else Level.MEDIUM

    def rates(self, counts: Counter[Event]) -> tuple[float, float]:
        """The share of spam among the letters, and of complaints among those that readers saw."""
        letters, seen = counts[Event.LETTER], counts[Event.INBOX]
        return (
            counts[Event.SPAM] / letters if letters >= self.enough else 0.0,
            counts[Event.COMPLAINT] / seen if seen >= self.enough else 0.0,
        )

    @property
    def sheet(self) -> Sheet:
        """The rule, as a student reads it."""
        level, when, follows = COLUMNS
        return Sheet(
            "How this recipient judges a sender",
            (level, when.format(days=self.days), follows),
            (
                ("bad", self._when(self.bad_traps, self.bad_spam, self.bad_complaints), "refused"),
                ("low", self._when(1, self.low_spam, self.low_complaints), "spam folder"),
                (
                    "medium",
                    f"first seen less than {_hours(self.known_for)} ago, or fewer than {self.known} letters, "
                    f"or {self.high_complaints:.1%} called spam by readers",
                    f"accepted, up to {self.per_window} letters in {_minutes(self.window)}; "
                    "what comes faster waits",
                ),
                ("high", "everybody else", "accepted"),
            ),
            (f"Rates count from {self.enough} letters on. The first line that fits decides.",),
        )

    @staticmethod
    def _when(traps: int, spam: float, complaints: float) -> str:
        return (
            f"{traps} or more letters to spam traps, or {spam:.0%} found bad by checks, "
            f"or {complaints:.1%} called spam by readers"
        )

    def __repr__(self) -> str:
        return repr(self.sheet)

    def _repr_html_(self) -> str:
        return self.sheet._repr_html_()


class Point(NamedTuple):
    """A minute of a sender's history: the level after it, and the events of the days before it."""

    minute: datetime
    level: Level
    counts: Counter[Event]


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign that a letter was unwanted, for whoever listens, such as a blocklist.

    ``event`` is a complaint or a trap hit; ``address`` is the sending host's.
    """

    event: Event
    address: str
    domain: str
    moment: datetime


class Reputation:
    """A recipient's memory of senders. ``rule`` can be replaced; ``listeners`` hear of each signal."""

    def __init__(self, clock: Clock, rule: Rule | None = None) -> None:
        self.rule = rule or Rule()
        self.tally = Tally()
        self.listeners: list[Callable[[Signal], None]] = []
        self._clock = clock

    def note(self, event: Event, address: str, domain: str = "") -> None:
        """Something happened with a host's address, and with the domain that it proved to write for."""
        now = self._clock.now
        for sender in filter(None, (address, domain)):
            self.tally.note(sender, event, now)
        if event in (Event.COMPLAINT, Event.TRAP):
            for listener in self.listeners:
                listener(Signal(event, address, domain, now))

    def counts(self, sender: str) -> Counter[Event]:
        """A sender's events in the days that count."""
        return self.tally.since(sender, self._clock.now - timedelta(days=self.rule.days))

    def level(self, sender: str) -> Level:
        """What the recipient thinks of a sender now."""
        return self.rule.level(self.counts(sender), self._age(sender, self._clock.now))

    def _age(self, sender: str, moment: datetime) -> timedelta:
        return moment - (self.tally.first(sender) or moment)

    def check(self, address: str, domain: str = "") -> Verdict:
        """The verdict about the sender of a letter that comes now: the worse of its two levels."""
        senders = [sender for sender in (address, domain) if sender]
        levels = {sender: self._speed(sender, self.level(sender)) for sender in senders}
        worst = min(senders, key=lambda sender: WORST_FIRST.index(levels[sender]))
        evidence = tuple((sender, f"{levels[sender]}: {self._facts(sender)}") for sender in senders)
        reason = f"The reputation of {worst} is {levels[worst]}."
        if levels[worst] is Level.SLOW:
            reason = (
                f"{worst} isn't known well yet, and sends more than {self.rule.per_window} letters "
                f"in {_minutes(self.rule.window)}."
            )
        return Verdict(levels[worst].value, reason, (("sender", worst), *evidence))

    def _speed(self, sender: str, level: Level) -> Level:
        if level is not Level.MEDIUM:
            return level
        lately = self.tally.since(sender, self._clock.now - self.rule.window)
        return Level.SLOW if lately[Event.LETTER] >= self.rule.per_window else level

    def history(self, sender: str) -> tuple[Point, ...]:
        """A sender's course, a point for each minute of lab time in which something happened."""
        days = timedelta(days=self.rule.days)
        return tuple(
            Point(minute, self.rule.level(counts, self._age(sender, minute)), counts)
            for minute, counts in windows(self.tally.minutes(sender), days)
        )

    def _facts(self, sender: str) -> str:
        counts = self.counts(sender)
        return ", ".join(f"{event} {counts[event]:,}" for event in Event if counts[event]) or "never seen"

    @property
    def sheet(self) -> Sheet:
        """Every sender that the recipient has heard of."""
        rows = tuple((sender, self.level(sender).value, *self._figures(sender)) for sender in self.tally)
        note = f"Events of the last {self.rule.days} days. The rule is in lab.customer.reputation.rule."
        return Sheet("What the customer thinks of its senders", ("sender", "level", *Event), rows, (note,))

    def _figures(self, sender: str) -> tuple[str, ...]:
        counts = self.counts(sender)
        return tuple(f"{counts[event]:,}" for event in Event)

    def __repr__(self) -> str:
        return repr(self.sheet)

    def _repr_html_(self) -> str:
        return self.sheet._repr_html_()


def _hours(time: timedelta) -> str:
    return f"{time.total_seconds() / 3600:g} hours"


def _minutes(window: timedelta) -> str:
    return f"{window.total_seconds() / 60:g} minutes"

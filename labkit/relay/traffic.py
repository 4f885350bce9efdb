"""What happened when: counts by minute of lab time, for charts and alarms. Small whatever happens."""

from collections import Counter
from datetime import datetime
from enum import StrEnum

from labkit.clock import START


class Outcome(StrEnum):
    """What became of a letter, or of the attempt to hand one over."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DELIVERED = "delivered"
    HELD = "held"  # for another attempt
    BOUNCED = "bounced"


class Traffic:
    """Counts by (minute, client, outcome)."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[datetime, str, Outcome]] = Counter()
        self._moment = self._minute = START

    def note(self, moment: datetime, client: str, outcome: Outcome) -> None:
        """Count one."""
        if moment != self._moment:
            self._moment, self._minute = moment, moment.replace(second=0, microsecond=0)
        self.counts[self._minute, client, outcome] += 1

    def copy(self) -> "Traffic":
        """The counts as they are now."""
        copied = Traffic()
        copied.counts.update(self.counts)
        return copied

    def per_minute(self, outcome: Outcome) -> dict[datetime, int]:
        """How many there were in each minute that had any."""
        found: Counter[datetime] = Counter()
        for (minute, _, what), count in list(self.counts.items()):
            if what is outcome:
                found[minute] += count
        return dict(sorted(found.items()))

    def total(self, outcome: Outcome) -> int:
        """How many there were in all."""
        return sum(count for (_, _, what), count in list(self.counts.items()) if what is outcome)

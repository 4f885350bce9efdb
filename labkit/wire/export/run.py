"""What is written into a file: sessions, and what stands above them."""

from collections.abc import Mapping
from dataclasses import dataclass

from labkit.wire.record import Recording


@dataclass(frozen=True, slots=True)
class Run:
    """Recorded sessions, in order, under a title.

    ``facts`` are pairs of a label and a value, ``notes`` whole sentences, for people; ``records`` are for
    programs.
    """

    title: str
    sessions: tuple[Recording, ...]
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    records: tuple[Mapping[str, object], ...] = ()

    @property
    def is_one_session(self) -> bool:
        """Whether the session says it all: nothing need stand above it."""
        return len(self.sessions) == 1 and not self.facts and not self.notes

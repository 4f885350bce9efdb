"""What the lab's resolver was asked, on whose behalf, and what it said. Bounded: the oldest go first.

Two kinds of programs ask: a server while it serves a client, and the courier while it carries a letter.
The first is known from the session; the second says so itself, as ``on_errand``.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import NamedTuple

from labkit.network.caller import served

MOST = 10_000
NO_ANSWER, NO_SUCH_NAME, NO_SUCH_RECORD = "no answer", "no such name", "no such record"


class Errand(NamedTuple):
    """A letter that is being carried: the name of the relay, and the letter's queue id there."""

    relay: str
    queue_id: str


_errand: ContextVar[Errand | None] = ContextVar("errand", default=None)


def errand() -> Errand | None:
    """The letter that the current task carries, or None."""
    return None if served() else _errand.get()


@contextmanager
def on_errand(relay: str, queue_id: str) -> Iterator[None]:
    """What the current task does meanwhile, it does for this letter."""
    token = _errand.set(Errand(relay, queue_id))
    try:
        yield
    finally:
        _errand.reset(token)


class Question(NamedTuple):
    """One look-up: its number, counted from 1, when, the name, the type, and what was said.

    ``session`` is the number of the session whose server asked, or 0; ``errand`` the letter for which
    a courier did, or None. ``kept`` says that the answer was known from before, and nobody was asked.
    """

    number: int
    moment: datetime
    name: str
    kind: str
    said: str
    kept: bool
    session: int = 0
    errand: Errand | None = None


class Questions:
    """The latest look-ups, oldest first. ``asked`` is how many there have been in all."""

    def __init__(self, limit: int = MOST) -> None:
        self._asked: deque[Question] = deque(maxlen=limit)
        self.asked = 0

    def note(self, moment: datetime, key: tuple[str, str], said: str, *, kept: bool) -> None:
        """Write down a look-up of the current task."""
        caller = served()
        session = caller.track.number if caller else 0
        self.asked += 1
        self._asked.append(Question(self.asked, moment, *key, said, kept, session, errand()))

    def __iter__(self) -> Iterator[Question]:
        # A copy: students look while the lab's thread goes on asking.
        return iter(list(self._asked))

    def __len__(self) -> int:
        return len(self._asked)

"""What the relay has accepted and still owes somebody.

The promise of a 250: accepted = delivered + waiting + held, at every moment. A letter for three
people is three duties. In this queue a duty ends only by delivery; what can't be delivered is held
and shown, with its reason.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from labkit.clock import Clock
from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter

LIMIT = 20_000  # letters; when it is reached, the relay takes no more


@dataclass
class Entry:
    """A letter in the queue: who still has to get it, and why those who are held didn't."""

    queue_id: str
    letter: Letter
    arrived: datetime
    client: str
    waiting: list[Path]
    held: dict[Path, str] = field(default_factory=dict)


class Queue:
    """Letters in the order in which they came. ``changed`` is called when there is new work."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock, self._changed = clock, changed
        self._active: deque[Entry] = deque()
        self._entries: dict[str, Entry] = {}
        self.accepted = self.delivered = self._last = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is in the queue now, oldest first; safe to ask for while the relay works."""
        return tuple(self._entries.values())

    @property
    def is_full(self) -> bool:
        """Whether the relay must refuse, so that nothing it has accepted is lost."""
        return len(self._entries) >= LIMIT

    @property
    def waiting(self) -> int:
        """Duties that nothing was tried for yet."""
        return sum(len(entry.waiting) for entry in self.entries)

    @property
    def held(self) -> int:
        """Duties that were tried in vain."""
        return sum(len(entry.held) for entry in self.entries)

    def next_id(self) -> str:
        """A queue id that looks like one of Postfix's, and is the same in every run."""
        self._last += 1
        return f"4B{self._last:08X}"

    def accept(self, queue_id: str, letter: Letter, client: str) -> None:
        """Take a letter on; somebody who was named twice still gets it once."""
        waiting = list(dict.fromkeys(letter.forward_paths))
        entry = Entry(queue_id, letter, self._clock.now, client, waiting)
        self._entries[queue_id] = entry
        self._active.append(entry)
        self.accepted += len(entry.waiting)
        self._changed()

    def take(self) -> Entry | None:
        """The letter to deliver next, or None."""
        return self._active.popleft() if self._active else None

    def was_delivered(self, entry: Entry, path: Path) -> None:
        """One duty is done."""
        entry.waiting.remove(path)
        self.delivered += 1
        self._forget_if_done(entry)

    def hold(self, entry: Entry, path: Path, reason: str) -> None:
        """One duty can't be done now: it stays, with the reason."""
        entry.waiting.remove(path)
        entry.held[path] = reason

    def _forget_if_done(self, entry: Entry) -> None:
        if not entry.waiting and not entry.held:
            del self._entries[entry.queue_id]

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        entries = self.entries
        if not entries:
            return "Mail queue is empty"
        lines = ["-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"]
        for entry in entries:
            lines += _shown(entry)
        return "\n".join([*lines, f"-- {len(entries)} letters in the queue."])


def _shown(entry: Entry) -> list[str]:
    """One letter as postqueue -p shows it."""
    mark = " " if entry.held else "*"
    size, sender = len(entry.letter.content), entry.letter.reverse_path.address or "MAILER-DAEMON"
    lines = [f"{entry.queue_id}{mark} {size:8d} {entry.arrived:%a %b %d %H:%M:%S}  {sender}"]
    for path, reason in entry.held.items():
        lines += [f"  ({reason})", f"{'':41}{path.address}"]
    return [*lines, *(f"{'':41}{path.address}" for path in entry.waiting)]

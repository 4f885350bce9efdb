"""What the relay has accepted and still owes somebody.

The promise of a 250: accepted = delivered + bounced + queued, at every moment. A letter for three
people is three duties, and each ends by delivery or by a notice to the sender. What the postmaster has
thrown away (a filter's DISCARD, ``delete``) is no duty any more: it is counted apart, as discarded.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from labkit.clock import Clock
from labkit.relay.queueing.agenda import Agenda
from labkit.relay.queueing.entry import Entry, State
from labkit.relay.queueing.ledger import Ledger, Unwritten
from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter

LIMIT = 20_000  # letters; when it is reached, the relay takes no more
OCTETS = 2**28  # of content in all letters; likewise

Notice = tuple[str, Letter]  # its queue id and itself


class Queue:
    """Letters in the order in which they came. ``changed`` is called when there is new work.

    The counts are of duties. ``in_doubt`` are those that were in flight when the relay was killed: they
    are tried again, and may arrive twice.
    """

    def __init__(self, clock: Clock, changed: Callable[[], None], ledger: Ledger | None = None) -> None:
        self._clock, self._changed = clock, changed
        self._ledger: Ledger = ledger or Unwritten()
        self._entries: dict[str, Entry] = {}
        self._active: deque[Entry] = deque()
        self._agenda = Agenda(clock, self._is_due)
        self._octets = 0
        self.last = self.accepted = self.delivered = self.bounced = self.discarded = self.in_doubt = 0

    # What is in it

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is in the queue now, oldest first; safe to ask for while the relay works."""
        return tuple(self._entries.values())

    @property
    def is_full(self) -> bool:
        """Whether the relay must refuse, so that nothing it has accepted is lost."""
        return len(self._entries) >= LIMIT or self._octets >= OCTETS

    @property
    def queued(self) -> int:
        """Duties that have not come to an end."""
        return self.waiting + self.deferred + self.held

    @property
    def waiting(self) -> int:
        """Duties of letters that are being delivered, or are next."""
        return self._count(State.ACTIVE)

    @property
    def deferred(self) -> int:
        """Duties of letters that are tried again later."""
        return self._count(State.DEFERRED)

    @property
    def held(self) -> int:
        """Duties of letters that somebody has put on hold."""
        return self._count(State.HOLD)

    def _count(self, state: State) -> int:
        return sum(len(entry.duties) for entry in self.entries if entry.state is state)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, queue_id: str) -> bool:
        return queue_id in self._entries

    def __getitem__(self, queue_id: str) -> Entry:
        return self._entries[queue_id]

    # How a letter comes in

    def next_id(self) -> str:
        """A queue id that looks like one of Postfix's, and is the same in every run."""
        self.last += 1
        return f"4B{self.last:08X}"

    async def accept(self, queue_id: str, letter: Letter, client: str, hold: bool = False) -> None:
        """Take a letter on; somebody who was named twice still gets it once.

        When this returns, the promise holds. Raises MachineError when the disk is full: nothing has
        been accepted then.
        """
        entry = self._new(queue_id, letter, client)
        state = State.HOLD if hold else State.ACTIVE
        written = self._ledger.accepted(entry, hold=hold)
        if not written:
            self._promise(entry, state)
            return
        # What is written down is promised, even if the client has gone away meanwhile.
        written.add_done_callback(lambda written: self._answered(entry, state, written))
        await asyncio.shield(written)

    def _answered(self, entry: Entry, state: State, written: "asyncio.Future[None]") -> None:
        if written.exception():
            self._forget(entry)
        else:
            self._promise(entry, state)

    def discard(self, letter: Letter) -> None:
        """Count a letter that a filter has thrown away although its client had a 250."""
        count = len(set(letter.forward_paths))
        self.discarded += count
        self._ledger.discarded(count)

    def restore(self, entry: Entry) -> None:
        """Take on again what was accepted before; the counts are already right."""
        self._entries[entry.queue_id] = entry
        self._octets += entry.size
        self._sort(entry)

    def _new(self, queue_id: str, letter: Letter, client: str) -> Entry:
        entry = Entry(queue_id, letter, self._clock.now, client, dict.fromkeys(letter.forward_paths, ""))
        self._entries[queue_id] = entry
        self._octets += entry.size
        return entry

    def _promise(self, entry: Entry, state: State) -> None:
        self.accepted += len(entry.duties)
        entry.state = state
        self._sort(entry)
        self._changed()

    def _sort(self, entry: Entry) -> None:
        """Put an entry where its state belongs."""
        if entry.state is State.ACTIVE:
            self._active.append(entry)
        elif entry.state is State.DEFERRED:
            self._agenda.add(entry)

    # How the courier works on it

    def take(self) -> Entry | None:
        """The letter to deliver next, or None."""
        while self._active:
            entry = self._active.popleft()
            if entry.state is State.ACTIVE:
                return entry
        return None

    async def begin(self, entry: Entry, paths: Collection[Path]) -> None:
        """These duties are about to be handed over. Raises MachineError when the disk is full."""
        entry.in_flight.update(paths)
        written = self._ledger.begun(entry, paths)
        if written:
            await asyncio.shield(written)

    def tried(self, entry: Entry, delivered: Collection[Path], failed: Mapping[Path, str]) -> None:
        """These duties were handed over, and those failed, for these reasons."""
        entry.in_flight.difference_update(delivered, failed)
        entry.duties |= failed
        self._end(entry, delivered)
        self.delivered += len(delivered)
        self._ledger.tried(entry, delivered, failed)

    def attempted(
        self, entry: Entry, bounced: Collection[Path], notices: Sequence[Notice], due: datetime, client: str
    ) -> None:
        """Everybody was tried: some are told of by notices, letters of the relay's own (``client``) which
        are never refused; the others wait until ``due``."""
        self._end(entry, bounced)
        self.bounced += len(bounced)
        if entry.duties and entry.state is State.ACTIVE:
            entry.state, entry.due = State.DEFERRED, due
            self._sort(entry)
        own = [self._new(queue_id, letter, client) for queue_id, letter in notices]
        for one in own:
            self._promise(one, State.ACTIVE)
        self._ledger.attempted(entry, bounced, own)

    def _end(self, entry: Entry, paths: Collection[Path]) -> None:
        for path in paths:
            del entry.duties[path]
        if not entry.duties:
            self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        if self._entries.pop(entry.queue_id, None):
            self._octets -= entry.size

    def _is_due(self, entries: list[Entry]) -> None:
        for entry in entries:
            if entry.queue_id in self._entries:
                self._activate(entry)
        self._changed()

    def _activate(self, entry: Entry) -> None:
        entry.state, entry.due = State.ACTIVE, None
        self._sort(entry)

    # What the postmaster does with it

    def flush(self, domain: str = "") -> int:
        """Try everything that is deferred now (``postqueue -f``); how many letters that are.

        With a domain, only what is for somebody there (``postqueue -s``).
        """
        deferred = [
            entry
            for entry in self.entries
            if entry.state is State.DEFERRED
            and (not domain or any(path.domain == domain for path in entry.duties))
        ]
        for entry in deferred:
            self._activate(entry)
        if not domain:
            self._agenda.clear()
        return len(deferred)

    def hold(self, entry: Entry) -> None:
        """Try a letter no more until it is released (``postsuper -h``)."""
        entry.state, entry.due = State.HOLD, None
        self._ledger.changed(entry)

    def release(self, entry: Entry) -> None:
        """Try a letter again that was on hold (``postsuper -H``)."""
        self._activate(entry)
        self._changed()
        self._ledger.changed(entry)

    def delete(self, entry: Entry) -> None:
        """Throw a letter away, without a notice (``postsuper -d``): its duties count as discarded."""
        count = len(entry.duties)
        self.accepted -= count
        self.discarded += count
        entry.duties.clear()
        self._forget(entry)
        self._ledger.discarded(count, entry)

    def __repr__(self) -> str:
        return (
            f"Queue: {len(self):,} letters; of {self.accepted:,} duties {self.delivered:,} are delivered, "
            f"{self.bounced:,} bounced, {self.queued:,} queued"
        )

"""The relay's queue in a postmaster's hands: ``lab.queue``."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from labkit.errors import UsageError
from labkit.relay.queueing import postqueue
from labkit.relay.queueing.entry import Entry, State
from labkit.relay.queueing.postqueue import Item, Listing

if TYPE_CHECKING:
    from labkit.lab.lab import Lab


class MailQueue:
    """What waits in the relay's queue, why, since when and until when; shown as ``postqueue -p`` does.

    ``*`` marks letters that are being delivered, ``!`` those on hold. Every call raises LabClosed when
    the lab is closed; those with a queue id raise UsageError when there is no such letter.
    """

    def __init__(self, lab: "Lab") -> None:
        self._lab = lab

    def __len__(self) -> int:
        return len(self._lab.relay.queue)

    def __iter__(self) -> Iterator[Item]:
        """Every letter, oldest first, as it is now."""
        relay = self._lab.relay
        return (postqueue.item(entry, relay.policy) for entry in relay.queue.entries)

    def __contains__(self, queue_id: object) -> bool:
        return isinstance(queue_id, str) and queue_id in self._lab.relay.queue

    def __getitem__(self, queue_id: str) -> Item:
        return postqueue.item(self._entry(queue_id), self._lab.relay.policy)

    def flush(self) -> int:
        """Try everything that is deferred now (``postqueue -f``); returns how many letters that are.

        It doesn't wait for the outcome: ``lab.settle()`` does.
        """
        return self._lab.wait_for(_on_loop(self._lab.relay.courier.flush), "the queue to be flushed")

    def hold(self, queue_id: str) -> Item:
        """Deliver a letter no more until it is released (``postsuper -h``)."""
        queue = self._lab.relay.queue
        self._change(queue_id, queue.hold)
        return self[queue_id]

    def release(self, queue_id: str) -> None:
        """Deliver a letter again that is on hold (``postsuper -H``); UsageError when it isn't."""
        if self._entry(queue_id).state is not State.HOLD:
            raise UsageError(f"{queue_id} isn't on hold. Letters on hold have a ! in lab.queue.")
        self._change(queue_id, self._lab.relay.queue.release)

    def delete(self, queue_id: str) -> None:
        """Throw a letter away, without a word to its sender (``postsuper -d``).

        It counts as discarded then, no longer as accepted. Raises UsageError while it is being handed
        over: nobody can call back what is on its way.
        """

        def delete(entry: Entry) -> None:
            if entry.in_flight:
                raise UsageError(f"{queue_id} is being handed over at this moment. Hold it, or wait.")
            self._lab.relay.queue.delete(entry)

        self._change(queue_id, delete)

    def _entry(self, queue_id: str) -> Entry:
        queue = self._lab.relay.queue
        if queue_id not in queue:
            raise UsageError(f"There is no letter {queue_id!r} in the queue. Look at lab.queue.")
        return queue[queue_id]

    def _change(self, queue_id: str, change: Callable[[Entry], None]) -> None:
        async def work() -> None:
            change(self._entry(queue_id))

        self._lab.wait_for(work(), "the queue to be changed")

    def _listing(self) -> Listing:
        relay, spool = self._lab.relay, self._lab.scenery.spool
        notes = [f"It is {postqueue.moment(relay.site.clock.now)} in the lab."]
        if not spool:
            notes.append(postqueue.IN_MEMORY)
        if relay.queue.in_doubt:
            notes.append(
                f"{relay.queue.in_doubt:,} deliveries were under way when the lab was killed. "
                "They were tried again: they may have arrived twice."
            )
        return postqueue.listing(relay.queue.entries, relay.policy, notes)

    def __repr__(self) -> str:
        return repr(self._listing())

    def _repr_html_(self) -> str:
        return self._listing()._repr_html_()


async def _on_loop(work: Callable[[], int]) -> int:
    return work()

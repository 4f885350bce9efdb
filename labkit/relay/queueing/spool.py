"""The queue on disk: a 250 is said only when the letter would survive the end of this process.

Whatever is to be written in the same round of the event loop becomes one transaction, which the
network's own thread writes: the loop never waits for a disk, and many letters share one flush. A
letter that is accepted is flushed to the disk itself; what becomes of it later is at least safe in the
system's memory, so that a killed process loses nothing, and a power cut at worst means that a letter
is delivered again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, TypeVar

from labkit.clock import Clock
from labkit.errors import MachineError
from labkit.relay.queueing.entry import Entry, State
from labkit.relay.queueing.pages import letter_from
from labkit.relay.queueing.queue import Queue
from labkit.smtp.address import Path

if TYPE_CHECKING:
    from labkit.relay.queueing.store import Statement, Store

T = TypeVar("T")

COUNTS = ("last", "accepted", "delivered", "bounced", "discarded", "in_doubt")


@dataclass(eq=False, slots=True)
class Batch:
    """What is written in one transaction. Each part is ``certain``, or given up when there is no room."""

    parts: "list[tuple[bool, list[Statement]]]" = field(default_factory=list)
    is_durable: bool = False
    written: "asyncio.Future[None] | None" = None

    def promised(self) -> "asyncio.Future[None]":
        """Done when the batch has been written."""
        if not self.written:
            self.written = asyncio.get_running_loop().create_future()
        return self.written


class Spool:
    """A file with the queues of a lab. Made and used on the lab's loop; opened by ``open``.

    ``runs`` is how often it has been opened, with this time.
    """

    def __init__(self, path: str | FilePath, clock: Clock) -> None:
        self._path, self._clock = FilePath(path), clock
        self._store: Store | None = None
        self._batch = Batch()
        self._writing: asyncio.Task[None] | None = None
        self.runs = 0

    async def open(self, *, afresh: bool = False) -> None:
        """Open the file, emptied if all begins ``afresh``; lab time goes on from where it was.

        Raises as Store does.
        """
        from labkit.relay.queueing.store import Store  # here: a lab without a spool needs no database

        self._store = await self._in_thread(Store, self._path)
        if afresh:
            await self._in_thread(self._store.clear)
        self.runs = await self._in_thread(lambda: self._opened.runs)
        self._clock.now = await self._in_thread(lambda: self._opened.now)

    async def restore(self, host: str, queue: Queue) -> None:
        """Fill a new queue with what is written for a host, and go on writing there."""
        self.write([("INSERT OR IGNORE INTO queues (host) VALUES (?)", (host,))])
        self.write(
            [
                (
                    "UPDATE queues SET in_doubt = in_doubt + "
                    "(SELECT count(*) FROM duties WHERE duties.host = queues.host AND in_flight) "
                    "WHERE host = ?",
                    (host,),
                ),
                ("UPDATE duties SET in_flight = 0 WHERE host = ?", (host,)),
            ]
        )
        await self._batch.promised()
        [counts] = await self._rows(f"SELECT {', '.join(COUNTS)} FROM queues WHERE host = ?", host)
        for name, count in zip(COUNTS, counts, strict=True):
            setattr(queue, name, count)
        for entry in await self._entries(host):
            queue.restore(entry)

    async def close(self) -> None:
        """Write what is still to be written, and let others have the file."""
        if self._store:
            try:
                self.write([])
                await self._batch.promised()
            finally:
                await self._in_thread(self._store.close)
                self._store = None

    def write(self, statements: "list[Statement]", *, certain: bool = True, durable: bool = False) -> Batch:
        """Have something written with the next transaction."""
        self._batch.parts.append((certain, statements))
        self._batch.is_durable |= durable
        if not self._writing or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write_all())
        return self._batch

    async def _write_all(self) -> None:
        await asyncio.sleep(0)  # so that whatever happens in this round is in the same transaction
        while self._batch.parts:
            batch, self._batch = self._batch, Batch()
            try:
                await self._in_thread(self._commit, batch, self._clock.now)
            except MachineError as error:
                if batch.written:
                    batch.written.set_exception(error)
                is_last = not self._batch.parts
                self._batch.parts[:0] = [part for part in batch.parts if part[0]]
                if is_last:
                    return  # what must not be lost is written with whatever comes next
                continue
            if batch.written:
                batch.written.set_result(None)

    def _commit(self, batch: Batch, now: datetime) -> None:
        statements = [statement for _, part in batch.parts for statement in part]
        statements.append(("UPDATE lab SET now = ?", (now.isoformat(),)))
        self._opened.write(statements, durable=batch.is_durable)

    @property
    def _opened(self) -> "Store":
        assert self._store, "the spool is not open"
        return self._store

    async def _entries(self, host: str) -> list[Entry]:
        letters = await self._rows(
            "SELECT queue_id, state, arrived, due, warned, client, envelope, content "
            "FROM letters WHERE host = ? ORDER BY number",
            host,
        )
        duties: dict[str, dict[Path, str]] = {}
        for queue_id, local, domain, reason in await self._rows(
            "SELECT queue_id, local, domain, reason FROM duties WHERE host = ? ORDER BY number", host
        ):
            duties.setdefault(queue_id, {})[Path(local, domain)] = reason
        return [self._entry(row, duties[row[0]]) for row in letters]

    def _entry(self, row: tuple[Any, ...], duties: dict[Path, str]) -> Entry:
        queue_id, state, arrived, due, warned, client, envelope, content = row
        entry = Entry(
            queue_id,
            letter_from(envelope, content),
            datetime.fromisoformat(arrived),
            client,
            duties,
            State(state),
            datetime.fromisoformat(due) if due else None,
            bool(warned),
        )
        if entry.due and entry.due <= self._clock.now:  # it was being tried when the lab ended
            entry.state, entry.due = State.ACTIVE, None
        return entry

    async def _rows(self, question: str, *values: str) -> list[tuple[Any, ...]]:
        return await self._in_thread(self._opened.rows, question, *values)

    async def _in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        # The default executor is the network's: one thread, under its guard.
        return await asyncio.get_running_loop().run_in_executor(None, work, *arguments)

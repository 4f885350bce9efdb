"""The queue on disk: what was promised is there again, and what can't be promised is refused."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.clock import START, Clock
from labkit.errors import MachineError, UsageError
from labkit.relay.queueing import pages
from labkit.relay.queueing.entry import State
from labkit.relay.queueing.pages import Pages
from labkit.relay.queueing.queue import Queue
from labkit.relay.queueing.spool import Spool
from labkit.relay.queueing.store import MARK, VERSION, Store
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter, Notice

STAFF, A, B = (
    Path(*address.split("@")) for address in ("staff@corp.example", "a@one.example", "b@two.example")
)
LETTER = Letter(STAFF, (A, B), b"Subject: x\r\n\r\nhello\r\n")

Script = Callable[[Queue, Clock], Coroutine[Any, Any, None]]


@pytest.fixture
def path(tmp_path: FilePath) -> FilePath:
    return tmp_path / "queue.db"


def one_thread() -> None:
    """What the network does for a lab."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))


async def nothing(queue: Queue, clock: Clock) -> None:
    return


def use(path: FilePath, script: Script = nothing, *, afresh: bool = False, kill: bool = False) -> Queue:
    """What a lab does with a spool, from opening to closing; ``kill`` leaves it as a kill would."""

    async def run() -> Queue:
        one_thread()
        clock = Clock()
        spool = Spool(path, clock)
        queue = Queue(clock, lambda: None, Pages(spool, "relay"))
        await spool.open(afresh=afresh)
        await spool.restore("relay", queue)
        try:
            await script(queue, clock)
        finally:
            if kill:
                await spool._in_thread(spool._opened.close)
            else:
                await spool.close()
        queue.clock = clock
        return queue

    return asyncio.run(run())


def counts(queue: Queue) -> tuple[int, int, int, int]:
    return queue.accepted, queue.delivered, queue.bounced, queue.queued


async def accept_one(queue: Queue, clock: Clock) -> None:
    await queue.accept(queue.next_id(), LETTER, "workstation")


def test_what_was_accepted_is_there_again(path: FilePath) -> None:
    use(path, accept_one, kill=True)
    queue = use(path)
    [entry] = queue.entries
    assert (entry.queue_id, entry.letter, entry.arrived, entry.client) == (
        "4B00000001",
        LETTER,
        START,
        "workstation",
    )
    assert (entry.duties, entry.state, queue.take()) == ({A: "", B: ""}, State.ACTIVE, entry)
    assert counts(queue) == (2, 0, 0, 2)


def test_queue_ids_and_lab_time_go_on(path: FilePath) -> None:
    async def later(queue: Queue, clock: Clock) -> None:
        await clock.advance(3600)
        await accept_one(queue, clock)

    use(path, later)
    queue = use(path)
    assert (queue.next_id(), queue.clock.elapsed) == ("4B00000002", 3600)


def test_every_state_is_kept(path: FilePath) -> None:
    async def script(queue: Queue, clock: Clock) -> None:
        for hold in (False, True, False, False):
            await queue.accept(queue.next_id(), LETTER, "workstation", hold)
        deferred, _held, _active, done = queue.entries
        for entry in (deferred, done):
            await queue.begin(entry, [A, B])
            queue.tried(entry, [A], {B: "come back later"})
        deferred.warned = True
        queue.attempted(deferred, [], [], clock.now + timedelta(hours=1), "relay")
        queue.attempted(done, [B], [(queue.next_id(), Letter(NULL, (STAFF,), b"sorry"))], clock.now, "relay")

    use(path, script)
    queue = use(path)
    deferred, _held, _active, notice = queue.entries
    assert (deferred.duties, deferred.due, deferred.warned) == (
        {B: "come back later"},
        START + timedelta(hours=1),
        True,
    )
    assert [entry.state for entry in queue.entries] == [
        State.DEFERRED,
        State.HOLD,
        State.ACTIVE,
        State.ACTIVE,
    ]
    assert (notice.letter, notice.client) == (Letter(NULL, (STAFF,), b"sorry"), "relay")
    assert counts(queue) == (9, 2, 1, 6)
    assert queue.in_doubt == 0


def test_what_the_postmaster_does_is_kept(path: FilePath) -> None:
    async def script(queue: Queue, clock: Clock) -> None:
        for _ in range(3):
            await accept_one(queue, clock)
        first, second, third = queue.entries
        queue.hold(first)
        queue.delete(second)
        queue.hold(third)
        queue.release(third)
        queue.discard(LETTER)

    use(path, script)
    queue = use(path)
    assert [entry.state for entry in queue.entries] == [State.HOLD, State.ACTIVE]
    assert (counts(queue), queue.discarded) == ((4, 0, 0, 4), 4)


def test_what_was_in_flight_at_a_kill_is_tried_again_and_counted_as_in_doubt(path: FilePath) -> None:
    async def script(queue: Queue, clock: Clock) -> None:
        await accept_one(queue, clock)
        await queue.begin(queue.entries[0], [A])

    use(path, script, kill=True)
    queue = use(path)
    assert (queue.in_doubt, counts(queue)) == (1, (2, 0, 0, 2))
    assert use(path).in_doubt == 1  # counted once


def test_an_attempt_that_was_due_when_the_lab_ended_is_due_at_once(path: FilePath) -> None:
    async def script(queue: Queue, clock: Clock) -> None:
        await accept_one(queue, clock)
        [entry] = queue.entries
        queue.take()
        queue.attempted(entry, [], [], clock.now + timedelta(seconds=300), "relay")
        await clock.advance(400)
        queue.discard(LETTER)  # something that is written down later

    use(path, script)
    assert use(path).waiting == 2


def test_two_relays_share_a_spool_and_mix_nothing_up(path: FilePath) -> None:
    async def run() -> list[int]:
        one_thread()
        clock = Clock()
        spool = Spool(path, clock)
        await spool.open()
        queues = [Queue(clock, lambda: None, Pages(spool, host)) for host in ("relay", "smarthost")]
        for queue, host in zip(queues, ("relay", "smarthost"), strict=True):
            await spool.restore(host, queue)
        if not queues[0].accepted:
            await accept_one(queues[0], clock)
            await accept_one(queues[1], clock)
            queues[1].hold(queues[1].entries[0])
        await spool.close()
        return [queue.waiting for queue in queues]

    assert [asyncio.run(run()), asyncio.run(run())] == [[2, 0], [2, 0]]


def test_many_letters_share_one_transaction(path: FilePath, monkeypatch: pytest.MonkeyPatch) -> None:
    transactions = []
    write = Store.write
    monkeypatch.setattr(
        Store, "write", lambda *args, **how: transactions.append(how["durable"]) or write(*args, **how)
    )

    async def script(queue: Queue, clock: Clock) -> None:
        transactions.clear()
        await asyncio.gather(*(accept_one(queue, clock) for _ in range(50)))
        assert transactions == [True]

    assert use(path, script).queued == 100


def test_a_new_start_empties_the_spool(path: FilePath) -> None:
    async def script(queue: Queue, clock: Clock) -> None:
        await accept_one(queue, clock)
        await clock.advance(60)

    use(path, script)
    queue = use(path, afresh=True)
    assert (counts(queue), queue.next_id(), queue.clock.now) == ((0, 0, 0, 0), "4B00000001", START)


def test_a_full_disk_refuses_and_loses_nothing(path: FilePath) -> None:
    async def script(queue: Queue, clock: Clock) -> None:
        await accept_one(queue, clock)
        [entry] = queue.entries
        await queue.begin(entry, [A, B])
        spool = queue._ledger._spool
        await limit(spool, 1)
        queue.tried(entry, [A], {B: "come back later " * 1000})
        with pytest.raises(MachineError, match=r"can't be written: .* Free some room"):
            await queue.accept(queue.next_id(), Letter(STAFF, (A,), b"x" * 100_000), "workstation")
        assert counts(queue) == (2, 1, 0, 1)
        await limit(spool, 1_000_000)
        await accept_one(queue, clock)

    assert counts(use(path, script)) == (4, 1, 0, 3)
    queue = use(path)
    assert (counts(queue), queue.in_doubt) == ((4, 1, 0, 3), 0)
    assert queue.entries[0].duties[B].startswith("come back later")


async def limit(spool: Spool, pages: int) -> None:
    """Let the file have no more pages, or no more than it has; SQLite then says that the disk is full."""
    await spool._in_thread(lambda: spool._opened._file.execute(f"PRAGMA max_page_count = {pages}").fetchall())


def a_folder(path: FilePath) -> None:
    path.mkdir()


def in_no_folder(path: FilePath) -> None:
    path.parent.rmdir()


def a_text(path: FilePath) -> None:
    path.write_text("Dear diary, " * 100)


def somebody_elses(path: FilePath) -> None:
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE diary (day TEXT)")
    file.close()


def a_newer_one(path: FilePath) -> None:
    with sqlite3.connect(path) as file:
        file.execute(f"PRAGMA application_id = {MARK}")
        file.execute(f"PRAGMA user_version = {VERSION + 1}")
        file.execute("CREATE TABLE lab (now TEXT)")
    file.close()


MISTAKES = [
    (a_folder, "is a folder, and a spool is a file"),
    (in_no_folder, "There is no folder"),
    (a_text, "is no spool but some other file, and stays as it is"),
    (somebody_elses, "is somebody else's database"),
    (a_newer_one, "was written by a newer version of this lab"),
]


@pytest.mark.parametrize(("prepare", "said"), MISTAKES)
def test_a_path_that_cant_be_a_spool_is_explained(
    path: FilePath, prepare: Callable[[FilePath], None], said: str
) -> None:
    prepare(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(UsageError, match=said):
        use(path)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_spool_belongs_to_one_lab_at_a_time(path: FilePath) -> None:
    store = Store(path)
    with pytest.raises(UsageError, match="in use by another lab"):
        Store(path)
    store.close()
    Store(path).close()


def test_a_spool_that_cant_be_written_is_explained(tmp_path: FilePath) -> None:
    with pytest.raises(UsageError, match="can't be written here"):
        Store(FilePath(os.devnull) if os.name == "nt" else FilePath("/proc/version"))


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
PATHS = st.builds(Path, TEXTS, TEXTS)
NOTICES = st.builds(Notice, st.frozensets(st.sampled_from(["NEVER", "SUCCESS", "FAILURE", "DELAY"])), TEXTS)


@given(st.lists(PATHS, min_size=1), st.data(), st.binary(max_size=50))
def test_a_letter_is_the_same_after_it_was_written_down(
    paths: list[Path], data: st.DataObject, content: bytes
) -> None:
    letter = Letter(
        data.draw(PATHS),
        tuple(paths),
        content,
        tuple(data.draw(NOTICES) for _ in paths),
        data.draw(st.sampled_from(["", "FULL", "HDRS"])),
        data.draw(TEXTS),
        data.draw(st.booleans()),
        data.draw(st.sampled_from(["", "7BIT", "8BITMIME"])),
    )
    assert pages.letter_from(pages.envelope_of(letter), content) == letter

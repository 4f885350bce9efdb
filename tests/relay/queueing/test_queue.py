"""The promise of a 250: accepted = delivered + bounced + queued, whatever happens, and at every moment."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from labkit.clock import START, Clock
from labkit.relay.queueing import queue as queue_module
from labkit.relay.queueing.entry import Entry, State
from labkit.relay.queueing.queue import Queue
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter

NAMES = st.lists(st.sampled_from("abcde"), min_size=1)
STAFF = Path("staff", "corp.example")


def letter(*names: str, content: bytes = b"Subject: x\r\n\r\nhello\r\n") -> Letter:
    return Letter(STAFF, tuple(Path(name, "customer.example") for name in names), content)


def accepted(queue: Queue, *names: str, hold: bool = False) -> Entry:
    queue_id = queue.next_id()
    asyncio.run(queue.accept(queue_id, letter(*names), "attacker", hold))
    return queue[queue_id]


class Promise(RuleBasedStateMachine):
    """Any order of what a client, the courier, the postmaster and the clock can do."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.queue = Queue(self.clock, lambda: None)
        self.taken: list[Entry] = []
        self.accepted = 0

    @rule(names=NAMES, hold=st.booleans())
    def accept(self, names: list[str], hold: bool) -> None:
        accepted(self.queue, *names, hold=hold)
        self.accepted += len(set(names))

    @rule(names=NAMES)
    def filter_out(self, names: list[str]) -> None:
        self.queue.discard(letter(*names))

    @rule()
    def take(self) -> None:
        entry = self.queue.take()
        if entry and entry not in self.taken:
            self.taken.append(entry)

    @rule(data=st.data(), pause=st.integers(1, 4000), tells=st.booleans())
    def attempt(self, data: st.DataObject, pause: int, tells: bool) -> None:
        if not self.taken:
            return
        entry = self.taken.pop()
        paths = list(entry.duties)
        asyncio.run(self.queue.begin(entry, paths))
        ends = data.draw(st.lists(st.sampled_from(State), min_size=len(paths), max_size=len(paths)))
        delivered = [path for path, end in zip(paths, ends, strict=True) if end is State.DELIVERED]
        bounced = [path for path, end in zip(paths, ends, strict=True) if end is State.BOUNCED]
        failed = {path: "connection refused" for path in paths if path not in delivered}
        self.queue.tried(entry, delivered, failed)
        notices = [(self.queue.next_id(), letter("staff"))] if tells and bounced else []
        self.queue.attempted(entry, bounced, notices, self.clock.now + timedelta(seconds=pause), "relay")
        self.accepted += len(notices)

    @rule(seconds=st.integers(0, 10_000))
    def wait(self, seconds: int) -> None:
        asyncio.run(self.clock.advance(seconds))

    @rule()
    def flush(self) -> None:
        self.queue.flush()

    @rule(data=st.data())
    def hold_release_or_delete(self, data: st.DataObject) -> None:
        if not len(self.queue):
            return
        entry = data.draw(st.sampled_from(self.queue.entries))
        if entry.state is State.HOLD:
            self.queue.release(entry)
        elif data.draw(st.booleans()):
            self.queue.hold(entry)
        else:
            self.accepted -= len(entry.duties)
            self.queue.delete(entry)

    @invariant()
    def nothing_is_lost(self) -> None:
        queue = self.queue
        assert self.accepted == queue.accepted == queue.delivered + queue.bounced + queue.queued
        assert queue.queued == sum(len(entry.duties) for entry in queue.entries)

    @invariant()
    def what_is_deferred_will_be_tried_and_nothing_else(self) -> None:
        for entry in self.queue.entries:
            assert (entry.due is not None) == (entry.state is State.DEFERRED)
            assert entry.due is None or entry.due > self.clock.now

    def teardown(self) -> None:
        for entry in self.queue.entries:
            if entry.state is State.HOLD:
                self.queue.release(entry)
        self.queue.flush()
        waiting = set(self.taken)
        while entry := self.queue.take():
            waiting.add(entry)
        assert waiting >= set(self.queue.entries)


TestPromise = Promise.TestCase


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> Queue:
    return Queue(clock, lambda: None)


def defer(queue: Queue, entry: Entry, seconds: float) -> None:
    queue.take()
    queue.tried(entry, [], dict.fromkeys(entry.duties, "connection refused"))
    queue.attempted(entry, [], [], START + timedelta(seconds=seconds), "relay")


def test_whoever_is_named_twice_gets_the_letter_once(queue: Queue) -> None:
    assert list(accepted(queue, "a", "b", "a").duties) == [
        Path("a", "customer.example"),
        Path("b", "customer.example"),
    ]
    assert queue.accepted == 2


def test_letters_due_at_the_same_moment_are_due_together_in_their_order(queue: Queue, clock: Clock) -> None:
    first, second, third = (accepted(queue, name) for name in "abc")
    for entry, seconds in ((first, 600), (second, 300), (third, 600)):
        defer(queue, entry, seconds)
    asyncio.run(clock.advance(299))
    assert queue.take() is None
    asyncio.run(clock.advance(301))
    assert [queue.take(), queue.take(), queue.take(), queue.take()] == [second, first, third, None]


def test_one_timer_serves_all_that_is_deferred(queue: Queue, clock: Clock) -> None:
    for _ in range(100):
        defer(queue, accepted(queue, "a"), 300)
    assert len(clock._timers) == 1


def test_what_is_on_hold_is_neither_due_nor_flushed(queue: Queue, clock: Clock) -> None:
    entry = accepted(queue, "a")
    defer(queue, entry, 300)
    queue.hold(entry)
    asyncio.run(clock.advance(10_000))
    assert (queue.flush(), queue.take(), queue.held) == (0, None, 1)
    queue.release(entry)
    assert queue.take() is entry


def test_what_is_flushed_isnt_due_again(queue: Queue, clock: Clock) -> None:
    entry = accepted(queue, "a")
    defer(queue, entry, 300)
    assert queue.flush() == 1
    assert queue.take() is entry
    asyncio.run(clock.advance(10_000))
    assert queue.take() is None


def test_what_is_deleted_counts_as_discarded_and_comes_back_never(queue: Queue, clock: Clock) -> None:
    entry = accepted(queue, "a", "b")
    defer(queue, entry, 300)
    queue.delete(entry)
    asyncio.run(clock.advance(10_000))
    assert (queue.take(), len(queue), queue.accepted, queue.discarded) == (None, 0, 0, 2)


def test_what_a_filter_discards_never_enters(queue: Queue) -> None:
    queue.discard(letter("a", "b", "a"))
    assert (queue.accepted, queue.queued, queue.discarded) == (0, 0, 2)


@pytest.mark.parametrize(("limit", "value"), [("LIMIT", 2), ("OCTETS", 40)])
def test_a_full_queue_says_so_and_takes_notices_of_its_own_all_the_same(
    queue: Queue, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(queue_module, limit, value)
    entry = accepted(queue, "a")
    assert not queue.is_full
    accepted(queue, "b")
    assert queue.is_full
    queue.tried(entry, [], dict.fromkeys(entry.duties, "no such user"))
    queue.attempted(
        entry, list(entry.duties), [(queue.next_id(), Letter(NULL, (STAFF,), b"x" * 40))], START, "relay"
    )
    assert (queue.accepted, queue.bounced, queue.queued) == (3, 1, 2)
    assert queue.is_full


def test_queue_ids_look_like_postfixs_and_are_counted(queue: Queue) -> None:
    assert [queue.next_id(), queue.next_id()] == ["4B00000001", "4B00000002"]

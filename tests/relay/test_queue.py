"""The promise of a 250: accepted = delivered + waiting + held, at every moment."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from labkit.clock import Clock
from labkit.relay.queue import Entry, Queue
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter

A, B = Path("a", "customer.example"), Path("b", "nowhere.example")


def letter(*paths: Path) -> Letter:
    return Letter(Path("staff", "corp.example"), paths, b"Subject: x\r\n\r\nhello\r\n")


class Promise(RuleBasedStateMachine):
    """Any order of accepting, delivering and holding."""

    @initialize()
    def start(self) -> None:
        self.queue = Queue(Clock(), lambda: None)
        self.current: Entry | None = None
        self.accepted = 0

    @rule(names=st.lists(st.sampled_from("abcde"), min_size=1))
    def accept(self, names: list[str]) -> None:
        paths = [Path(name, "customer.example") for name in names]
        self.queue.accept(self.queue.next_id(), letter(*paths), "attacker")
        self.accepted += len(set(names))

    @precondition(lambda self: not self.current)
    @rule()
    def take(self) -> None:
        self.current = self.queue.take()

    @precondition(lambda self: self.current)
    @rule(works=st.booleans())
    def settle_one(self, works: bool) -> None:
        assert self.current
        path = self.current.waiting[0]
        if works:
            self.queue.was_delivered(self.current, path)
        else:
            self.queue.hold(self.current, path, "connection refused")
        if not self.current.waiting:
            self.current = None

    @invariant()
    def nothing_is_lost(self) -> None:
        queue = self.queue
        assert self.accepted == queue.accepted == queue.delivered + queue.waiting + queue.held


TestPromise = Promise.TestCase


def test_the_queue_is_shown_as_postqueue_shows_it() -> None:
    queue = Queue(Clock(), lambda: None)
    assert repr(queue) == "Mail queue is empty"
    queue.accept(queue.next_id(), letter(A, B), "workstation")
    entry = queue.take()
    assert entry
    queue.hold(entry, B, "connect to mx.nowhere.example: Connection refused")
    queue.accept(queue.next_id(), Letter(NULL, (A,), b""), "attacker")
    assert repr(queue).splitlines() == [
        "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------",
        "4B00000001        21 Mon Jan 05 09:00:00  staff@corp.example",
        "  (connect to mx.nowhere.example: Connection refused)",
        "                                         b@nowhere.example",
        "                                         a@customer.example",
        "4B00000002*        0 Mon Jan 05 09:00:00  MAILER-DAEMON",
        "                                         a@customer.example",
        "-- 2 letters in the queue.",
    ]

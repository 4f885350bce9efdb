"""The queue as postqueue -p shows it (the form of Postfix's showq), and as HTML with the same content."""

import asyncio
from datetime import timedelta

import pytest

from labkit import Policy
from labkit.clock import Clock
from labkit.relay.queueing import postqueue
from labkit.relay.queueing.queue import Queue
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter

STAFF = Path("staff", "corp.example")
A, B, C = Path("a", "customer.example"), Path("b", "nowhere.example"), Path("c", "nowhere.example")
POLICY = Policy()
REFUSED = "connect to mx.nowhere.example[198.51.100.99]:25: Connection refused"


def queue_of(*letters: Letter) -> Queue:
    queue = Queue(Clock(), lambda: None)
    for letter in letters:
        asyncio.run(queue.accept(queue.next_id(), letter, "workstation"))
    return queue


@pytest.fixture
def queue() -> Queue:
    queue = queue_of(
        Letter(STAFF, (A, B, C), b"x" * 2100),
        Letter(NULL, (A,), b"x" * 300),
        Letter(STAFF, (A, B), b"x" * 20),
    )
    first, _, third = queue.entries
    queue.tried(first, [A], {B: REFUSED, C: REFUSED})
    queue.attempted(first, [], [], first.arrived + timedelta(minutes=5), "relay")
    queue.tried(third, [], {B: "come back later"})
    queue.hold(third)
    return queue


def test_the_queue_is_shown_as_postqueue_shows_it(queue: Queue) -> None:
    assert repr(postqueue.listing(queue.entries, POLICY)).splitlines() == [
        "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------",
        "4B00000001     2100 Mon Jan  5 09:00:00  staff@corp.example",
        "         (connect to mx.nowhere.example[198.51.100.99]:25: Connection refused)",
        "                                         b@nowhere.example",
        "                                         c@nowhere.example",
        "            next attempt Mon Jan  5 09:05:00, given up from Sat Jan 10 09:00:00 on",
        "",
        "4B00000002*     300 Mon Jan  5 09:00:00  MAILER-DAEMON",
        "                                         a@customer.example",
        "            given up from Sat Jan 10 09:00:00 on",
        "",
        "4B00000003!      20 Mon Jan  5 09:00:00  staff@corp.example",
        "                                         a@customer.example",
        "                                                             (come back later)",
        "                                         b@nowhere.example",
        "            on hold until it is released, given up from Sat Jan 10 09:00:00 on",
        "",
        "-- 2 Kbytes in 3 Requests.",
    ]


def test_html_has_the_same_content(queue: Queue) -> None:
    html = postqueue.listing(queue.entries, POLICY, ["A <note>."])._repr_html_()
    for text in (
        "4B00000001",
        "deferred",
        "active",
        "hold",
        "2,100",
        "Mon Jan  5 09:05:00",
        "MAILER-DAEMON",
        f"b@nowhere.example ({REFUSED})",
        "-- 2 Kbytes in 3 Requests.",
        "A &lt;note&gt;.",
    ):
        assert text in html


def test_an_empty_queue_says_so() -> None:
    empty = postqueue.listing((), POLICY, ["A note."])
    assert repr(empty) == "Mail queue is empty\nA note."
    assert empty._repr_html_() == "<p>Mail queue is empty</p><p>A note.</p>"


def test_what_a_client_wrote_is_no_html() -> None:
    queue = queue_of(Letter(Path("<script>", "x.example"), (A,), b""))
    assert "<script>" not in postqueue.listing(queue.entries, POLICY)._repr_html_()


def test_a_long_queue_is_folded_in_the_middle() -> None:
    queue = queue_of(*[Letter(STAFF, (A,), b"x")] * 100)
    listing = postqueue.listing(queue.entries, POLICY)
    assert "4B00000014*" in repr(listing)
    assert "4B00000015" not in repr(listing)
    assert "\n\n... 70 more letters ...\n\n4B0000005B*" in repr(listing)
    assert "-- 0 Kbytes in 100 Requests." in repr(listing)
    assert "... 70 more letters ..." in listing._repr_html_()

"""``lab.queue``: what a postmaster sees of the queue, and can do with it."""

import pytest

from labkit import Lab
from labkit.errors import LabClosed, UsageError
from labkit.relay.queueing.entry import State

DOWN = "orders@customer.example"


@pytest.fixture
def waiting(lab: Lab) -> str:
    """The queue id of a letter that waits for the name server."""
    lab.dns.fault = "timeout"
    lab.workstation.send(DOWN)
    [item] = lab.queue
    return item.queue_id


def test_an_empty_queue_in_memory_says_both(lab: Lab) -> None:
    assert repr(lab.queue).splitlines() == [
        "Mail queue is empty",
        "It is Mon Jan  5 09:00:00 in the lab.",
        "This queue is in memory: it ends with the lab. Lab(spool='my-queue.db') keeps it on disk.",
    ]


def test_what_waits_is_shown_with_the_reason_and_the_next_attempt(lab: Lab, waiting: str) -> None:
    item = lab.queue[waiting]
    [(address, reason)] = item.recipients
    assert (len(lab.queue), item.state, item.sender, address) == (
        1,
        State.DEFERRED,
        "staff@corp.example",
        DOWN,
    )
    assert "try again" in reason
    assert "next attempt Mon Jan  5 09:05:00" in repr(lab.queue)
    assert reason in lab.queue._repr_html_()


def test_time_delivers_what_could_not_be_delivered_before(lab: Lab, waiting: str) -> None:
    lab.dns.fault = None
    assert repr(lab.wait(minutes=5)) == (
        "It is Mon Jan  5 09:05:00 in the lab. Meanwhile 1 delivered and 0 bounced; 0 wait in the queue."
    )
    assert len(lab.mailbox(DOWN)) == 1


def test_a_flush_tries_at_once(lab: Lab, waiting: str) -> None:
    lab.dns.fault = None
    assert lab.queue.flush() == 1
    lab.settle()
    assert (len(lab.queue), len(lab.mailbox(DOWN))) == (0, 1)


def test_a_letter_on_hold_stays_until_it_is_released(lab: Lab, waiting: str) -> None:
    lab.dns.fault = None
    assert lab.queue.hold(waiting).state is State.HOLD
    assert f"{waiting}!" in repr(lab.queue)
    lab.wait(days=1)
    assert lab.mailbox(DOWN) == []
    lab.queue.release(waiting)
    lab.settle()
    assert len(lab.mailbox(DOWN)) == 1


def test_a_letter_that_is_deleted_is_gone_without_a_word(lab: Lab, waiting: str) -> None:
    lab.queue.delete(waiting)
    lab.wait(days=6)
    queue = lab.relay.queue
    assert (len(lab.queue), queue.accepted, queue.discarded, queue.bounced) == (0, 0, 1, 0)
    assert waiting not in lab.queue


def test_what_is_given_up_comes_back(lab: Lab, waiting: str) -> None:
    passage = lab.wait(days=6)
    assert (passage.bounced, passage.delivered, passage.queued) == (1, 1, 0)
    [notice] = lab.mailbox("staff@corp.example")
    assert "Undelivered Mail Returned to Sender" in notice.text


@pytest.mark.parametrize("call", ["hold", "release", "delete", "__getitem__"])
def test_a_letter_that_isnt_there_is_a_mistake_that_is_explained(lab: Lab, call: str) -> None:
    with pytest.raises(UsageError, match="There is no letter '4BFFFFFFFF' in the queue"):
        getattr(lab.queue, call)("4BFFFFFFFF")


def test_only_what_is_on_hold_can_be_released(lab: Lab, waiting: str) -> None:
    with pytest.raises(UsageError, match="isn't on hold"):
        lab.queue.release(waiting)


def test_a_closed_lab_has_no_queue() -> None:
    with Lab() as lab:
        queue = lab.queue
    with pytest.raises(LabClosed):
        queue.flush()

"""What is done with a letter that was handed in: stamped, marked, and taken or not."""

import pytest
from relay.place import client, path

from labkit import Lab
from labkit.errors import MachineError
from labkit.relay import intake
from labkit.relay.rules.case import NO_MARKS, Marks
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Letter
from labkit.smtp.reply import Reply

LETTER = Letter(path("a@bank.example"), (path("orders@customer.example"),), b"Subject: hi\r\n\r\nhello\r\n")


def taken(lab: Lab, marks: Marks = NO_MARKS, letter: Letter = LETTER) -> Reply | Decision:
    """What the relay answers at the end of the letter."""
    relay = lab.relay
    return lab.wait_for(intake.take(relay, relay.policy, client(), marks, letter), "a letter")


def content(lab: Lab) -> str:
    """The letter as it is in the queue."""
    return lab.relay.queue.entries[0].letter.content.decode()


def test_the_trace_names_a_single_recipient(lab: Lab) -> None:
    assert str(taken(lab, Marks(hold=True))) == "250 2.0.0 Ok: queued as 4B00000001"
    assert content(lab).splitlines()[:3] == [
        "Received: from client.example (unknown [203.0.113.66])",
        "\tby mail.corp.example (Postfix) with SMTP id 4B00000001",
        "\tfor <orders@customer.example>; Mon, 05 Jan 2026 09:00:00 +0000 (UTC)",
    ]


def test_what_is_prepended_stands_above_the_trace(lab: Lab) -> None:
    taken(lab, Marks(hold=True, prepend=("X-A: 1", "X-B: 2")))
    assert content(lab).startswith("X-A: 1\r\nX-B: 2\r\nReceived: from client.example ")


def test_a_letter_in_utf8_says_so_in_its_trace(lab: Lab) -> None:
    utf8 = Letter(LETTER.reverse_path, LETTER.forward_paths, LETTER.content, utf8=True)
    taken(lab, Marks(hold=True), utf8)
    assert "with UTF8SMTP id" in content(lab)


def test_a_queue_that_has_become_full_meanwhile_refuses(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labkit.relay.queueing.queue.LIMIT", 0)
    assert str(taken(lab)) == "452 4.3.1 Insufficient system storage"
    assert lab.relay.queue.accepted == 0


def test_a_full_disk_refuses(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_room(*_: object, **__: object) -> None:
        raise MachineError("The disk is full.")

    monkeypatch.setattr(lab.relay.queue, "accept", no_room)
    assert str(taken(lab)) == "452 4.3.1 Insufficient system storage"


def test_what_is_discarded_is_counted_apart(lab: Lab) -> None:
    assert str(taken(lab, Marks(discard=True))).startswith("250 2.0.0 Ok: queued as")
    assert (lab.relay.queue.accepted, lab.relay.queue.discarded) == (0, 1)

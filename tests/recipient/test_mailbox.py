"""Mailboxes: the proof that a letter arrived; bounded, and honest about what was dropped."""

import pytest

from labkit.clock import Clock
from labkit.recipient import mailbox
from labkit.recipient.mailbox import Mailboxes
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter


@pytest.fixture
def mailboxes() -> Mailboxes:
    return Mailboxes("customer.example", ["orders", "press"], Clock())


def put(mailboxes: Mailboxes, nonce: str, name: str = "orders", size: int = 10) -> None:
    path = Path(name, "customer.example")
    content = f"Subject: x\r\nMessage-ID: <{nonce}@lab.example>\r\n\r\n{'x' * size}\r\n"
    mailboxes.deliver(path, Letter(NULL, (path,), content.encode()))


def test_a_letter_is_found_by_its_nonce_and_in_its_mailbox(mailboxes: Mailboxes) -> None:
    put(mailboxes, "n1")
    assert mailboxes.holds("n1")
    assert not mailboxes.holds("n2")
    assert mailboxes["ORDERS"][0].text.startswith("Return-Path: <>\nSubject: x\n")
    assert mailboxes["press"] == []


@pytest.mark.parametrize(
    ("name", "known"), [("orders", True), ("Orders", True), ("postmaster", True), ("nobody", False)]
)
def test_which_mailboxes_there_are(mailboxes: Mailboxes, name: str, known: bool) -> None:
    assert mailboxes.knows(name) is known


def test_the_oldest_letters_go_when_the_mailboxes_are_full(
    mailboxes: Mailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "LIMIT", 1000)
    for number in range(20):
        put(mailboxes, f"n{number}", size=100)
    assert mailboxes.dropped > 0
    assert len(mailboxes) + mailboxes.dropped == 20
    assert (mailboxes.holds("n0"), mailboxes.holds("n19")) == (False, True)
    assert f"The {mailboxes.dropped} oldest letters were dropped" in repr(mailboxes)


def test_mailboxes_show_how_many_letters_are_in_each(mailboxes: Mailboxes) -> None:
    put(mailboxes, "n1")
    assert repr(mailboxes).splitlines() == [
        "Mailboxes of customer.example: 1 letter",
        "  orders              1",
        "  postmaster          0",
        "  press               0",
    ]


def test_unlisted_mailboxes_show_only_once_they_hold_something(mailboxes: Mailboxes) -> None:
    mailboxes.add_unlisted(["slow", "full"])
    assert (mailboxes.knows("Slow"), mailboxes.knows("fast")) == (True, False)
    put(mailboxes, "n1", "slow", size=100)
    assert repr(mailboxes).splitlines()[1:] == [
        "  orders              0",
        "  postmaster          0",
        "  press               0",
        "  slow                1",
    ]


def test_how_much_is_in_a_mailbox(mailboxes: Mailboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    put(mailboxes, "n1", size=1000)
    assert mailboxes.octets("Orders") == len(mailboxes["orders"][0].content)
    monkeypatch.setattr(mailbox, "LIMIT", 500)
    put(mailboxes, "n2", "press")
    assert (mailboxes.octets("orders"), mailboxes.octets("nobody")) == (0, 0)

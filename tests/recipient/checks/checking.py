"""Letters, sessions and answers for the tests of the checks."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from labkit.network.addresses import Host
from labkit.recipient.checks.verdict import Message
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Session

T = TypeVar("T")

RELAY = Host("relay", "192.0.2.25", "mail.corp.example")
STRANGER = Host("attacker", "203.0.113.66", "vps66.hosting.example")
TO = Path("orders", "customer.example")
LETTER = (
    b"From: Staff <staff@corp.example>\r\nSubject: Hello\r\nMessage-ID: <n1@x.example>\r\n\r\nTen boxes.\r\n"
)


def message(content: bytes = LETTER, sender: str = "staff@corp.example") -> Message:
    """A letter with an envelope; the null path for an empty ``sender``."""
    local, _, domain = sender.rpartition("@")
    return Message(content, Path(local, domain) if sender else NULL, TO)


def session(client: Host = RELAY, helo: str = "") -> Session:
    """A session from a client."""
    return Session(client, 1, 25, helo or client.domain, extended=True)


def now(work: Coroutine[Any, Any, T]) -> T:
    """What a check says."""
    return asyncio.run(work)

"""What arrived where: the letters in the mailboxes, told apart by the mark that each dialogue has."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from labkit.recipient.mailbox import Mailboxes

COMPANY = ("corp.example", "mail.corp.example", "")
THE_RELAY = "[192.0.2.25]"

_RETURN_PATH = re.compile(r"Return-Path: <(.*)>\n")
_RECEIVED = re.compile(r"Received: .*\n(?:[ \t].*\n)*")
_ENVELOPE = re.compile(r"^(?:From|To|Subject|Original-Envelope-Id): .*\n", re.MULTILINE)
_RECIPIENT = re.compile(
    r"^Final-Recipient: .*\n(?:(?:Original-Recipient|Action|Status): .*\n)*", re.MULTILINE
)
_VARIES = re.compile(r"(?<= id )\w+|\w{3}, +\d+ \w{3} \d{4} \d\d:\d\d:\d\d \+0000 \(UTC\)")


class Arrival(NamedTuple):
    """A letter in a mailbox. ``text`` has the relay's Received: line on top."""

    mailbox: str
    reverse_path: str
    text: str
    mark: str

    @property
    def is_notice(self) -> bool:
        """Whether it says what became of another letter."""
        return not self.reverse_path and self.text.startswith("From: Mail Delivery System")

    def lines(self) -> Iterator[str]:
        """As it stands in a failed comparison."""
        yield f"== arrived in {self.mailbox} from <{self.reverse_path}>"
        yield from (f"   {line}" for line in self.text.splitlines())


class _Patient(LMTP):
    line_length_limit = 2**16  # what Postfix delivers to itself has lines of any length


class Inbox:
    """Takes what Postfix delivers to the company, where the lab's relay has mailboxes of its own.

    It speaks LMTP (RFC 2033): to Postfix that is a delivery, not a hand-over to another relay.
    """

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes
        self.letters: list[Arrival] = []

    def serve(self) -> LMTP:
        return _Patient(self, hostname="inbox.corp.example", enable_SMTPUTF8=True, data_size_limit=None)

    async def handle_RCPT(
        self, server: LMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._mailboxes.knows(address.partition("@")[0]):
            return "550 5.1.1 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: LMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        for recipient in envelope.rcpt_tos:
            self.letters.append(_arrival(recipient, (envelope.mail_from or "").strip("<>"), _text(content)))
        return "\r\n".join(["250 2.0.0 Ok"] * len(envelope.rcpt_tos))


class Delivered(NamedTuple):
    """A letter in a mailbox of the lab, and whether the lab's relay has brought it."""

    arrival: Arrival
    by_the_lab: bool


def delivered(mailboxes: Mailboxes, seen: int) -> Iterator[Delivered]:
    """What is in the mailboxes of a domain, but for the first ``seen`` letters."""
    for letter in islice(mailboxes, seen, None):
        path = _RETURN_PATH.match(letter.text)
        assert path, letter.text
        rest, by_the_lab = letter.text[path.end() :], True
        if mailboxes.domain not in COMPANY:
            stamp = _RECEIVED.match(rest)
            assert stamp, letter.text
            rest, by_the_lab = rest[stamp.end() :], THE_RELAY in stamp[0]
        yield Delivered(_arrival(f"{letter.mailbox}@{mailboxes.domain}", path[1], rest), by_the_lab)


def _arrival(recipient: str, reverse_path: str, text: str) -> Arrival:
    local, _, domain = recipient.rpartition("@") if "@" in recipient else (recipient, "", "")
    mailbox = f"{local.lower()}@{'corp.example' if domain.lower() in COMPANY else domain}"
    mark = re.search(r"n\d{6}", text)
    shown = _VARIES.sub("*", text) if reverse_path or "multipart/report" not in text else _notice(text)
    return Arrival(mailbox, reverse_path, shown, mark[0] if mark else "")


def _notice(text: str) -> str:
    """Of a notice, what it says to programs (RFC 3464); its sentences are the lab's own."""
    return "".join([*_ENVELOPE.findall(text), *sorted(_RECIPIENT.findall(text))])


def _text(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace").replace("\r\n", "\n")

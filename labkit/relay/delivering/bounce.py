"""What a sender is told: delivery status notifications (RFC 3464, RFC 6522), in Postfix's form.

A notification comes from the empty reverse-path, and there is never one about a letter that came from
there: otherwise two mail systems could tell each other for ever that neither can be told anything.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from textwrap import wrap

from labkit.clock import header_date
from labkit.relay.delivering.outcome import Action, Outcome
from labkit.relay.delivering.session import one_line
from labkit.relay.policy import Policy
from labkit.smtp import trace
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter
from labkit.smtp.extensions import original_recipient

SIZE_LIMIT = 50_000  # octets of a letter that is sent back whole; Postfix: bounce_size_limit
LONGEST_LINE = 79
CRLF = b"\r\n"


class Kind(Enum):
    """What a notification is about: the wish for it (RFC 3461), its subject, and what is sent back."""

    FAILURE = ("FAILURE", "Undelivered Mail Returned to Sender", "Undelivered ")
    DELAY = ("DELAY", "Delayed Mail (still being retried)", "Undelivered ")
    SUCCESS = ("SUCCESS", "Successful Mail Delivery Report", "")

    def __init__(self, wish: str, subject: str, returned: str) -> None:
        self.wish, self.subject, self.returned = wish, subject, returned


@dataclass(frozen=True, slots=True)
class Subject:
    """The letter that a notification is about, as it is in the queue, and since when."""

    queue_id: str
    letter: Letter
    arrived: datetime


def notification(
    kind: Kind,
    subject: Subject,
    outcomes: Sequence[Outcome],
    *,
    policy: Policy,
    hostname: str,
    now: datetime,
    next_id: Callable[[], str],
) -> tuple[str, Letter] | None:
    """The queue id and the letter that tell the sender; None when nobody wants to be told.

    Failures are told unless NOTIFY says otherwise, and so are delays, where the policy has a
    ``delay_warning_time`` at all; success is told only where NOTIFY asks for it, and the next server
    doesn't promise to do so itself. ``next_id`` is asked only for a notification that is made.
    """
    letter = subject.letter
    told = [outcome for outcome in outcomes if _is_wanted(kind, letter, outcome)]
    if letter.reverse_path.is_null or not told:
        return None
    queue_id = next_id()
    report = _Report(kind, subject, told, policy, hostname, now, queue_id)
    return queue_id, Letter(NULL, (letter.reverse_path,), report.content(), utf8=letter.utf8, body="8BITMIME")


def _is_wanted(kind: Kind, letter: Letter, outcome: Outcome) -> bool:
    wishes = letter.notice(outcome.path).notify
    if kind is Kind.SUCCESS:
        return kind.wish in wishes and not (outcome.action is Action.RELAYED and outcome.takes_notices)
    return kind.wish in wishes or not wishes


@dataclass(frozen=True, slots=True)
class _Report:
    """A notification as it is written down, part by part."""

    kind: Kind
    subject: Subject
    outcomes: Sequence[Outcome]
    policy: Policy
    hostname: str
    now: datetime
    queue_id: str

    def content(self) -> bytes:
        mark = b"--" + self._boundary.encode()
        parts = (self._words(), self._delivery_status())
        text = [self._header(), *parts]
        head = b"".join(_lines(part) + mark + CRLF for part in text)
        return head + self._returned() + CRLF + mark + b"--" + CRLF

    @property
    def _boundary(self) -> str:
        return f"{self.subject.queue_id}.{int(self.now.timestamp())}/{self.hostname}"

    def _header(self) -> Iterator[str]:
        yield trace.received_here(self.hostname, self.queue_id, self.now).decode().removesuffix("\r\n")
        yield f"Date: {header_date(self.now)}"
        yield f"From: Mail Delivery System <MAILER-DAEMON@{self.hostname}>"
        yield f"Subject: {self.kind.subject}"
        yield f"To: {self.subject.letter.reverse_path.address}"
        yield "Auto-Submitted: auto-replied"
        yield "MIME-Version: 1.0"
        yield "Content-Type: multipart/report; report-type=delivery-status;"
        yield f'\tboundary="{self._boundary}"'
        yield "Content-Transfer-Encoding: 8bit"
        yield f"Message-Id: <{self.now:%Y%m%d%H%M%S}.{self.queue_id}@{self.hostname}>"
        yield ""
        yield "This is a MIME-encapsulated message."
        yield ""

    def _words(self) -> Iterator[str]:
        """For people: what happened, and what each server said."""
        yield "Content-Description: Notification"
        yield "Content-Type: text/plain; charset=utf-8"
        yield "Content-Transfer-Encoding: 8bit"
        yield ""
        yield f"This is the mail system at host {self.hostname}."
        yield ""
        yield from _TEXTS[self.kind](self.policy)
        for outcome in self.outcomes:
            yield ""
            yield from _wrapped(f"{outcome.path}: {outcome.reason}")
        yield ""

    def _delivery_status(self) -> Iterator[str]:
        """For programs (RFC 3464 section 2): one group of fields about the letter, one for each recipient."""
        letter = self.subject.letter
        yield "Content-Description: Delivery report"
        yield f"Content-Type: message/{'global-' if letter.utf8 else ''}delivery-status"
        if letter.utf8:
            yield "Content-Transfer-Encoding: 8bit"
        yield ""
        yield f"Reporting-MTA: dns; {self.hostname}"
        if letter.envid:
            yield f"Original-Envelope-Id: {letter.envid}"
        yield f"X-Postfix-Queue-ID: {self.subject.queue_id}"
        yield f"X-Postfix-Sender: {self._typed(letter.reverse_path)}"
        yield f"Arrival-Date: {header_date(self.subject.arrived)}"
        for outcome in self.outcomes:
            yield ""
            yield from self._recipient(outcome)
        yield ""

    def _recipient(self, outcome: Outcome) -> Iterator[str]:
        yield f"Final-Recipient: {self._typed(outcome.path)}"
        yield f"Original-Recipient: {original_recipient(self.subject.letter, outcome.path)}"
        yield f"Action: {'failed' if self.kind is Kind.FAILURE else outcome.action}"
        yield f"Status: {outcome.status}"
        if outcome.host:
            yield from _wrapped(f"Remote-MTA: dns; {outcome.host}")
        if outcome.answer:
            yield from _wrapped(f"Diagnostic-Code: smtp; {one_line(outcome.answer)}")
        else:
            yield from _wrapped(f"Diagnostic-Code: X-Postfix; {outcome.reason}")
        if self.kind is Kind.DELAY:
            until = self.subject.arrived + timedelta(seconds=self.policy.maximal_queue_lifetime)
            yield f"Will-Retry-Until: {header_date(until)}"

    def _returned(self) -> bytes:
        """The letter itself, or its header: only that of a large one, and where RET=HDRS asks for no more."""
        letter = self.subject.letter
        whole = self.kind is Kind.FAILURE and letter.ret != "HDRS" and len(letter.content) <= SIZE_LIMIT
        what = "Message" if whole else "Message Headers"
        about = [
            f"Content-Description: {self.kind.returned}{what}",
            f"Content-Type: {_MEDIA[letter.utf8, whole]}",
            "Content-Transfer-Encoding: 8bit",
            "",
            trace.return_path(letter.reverse_path).decode().removesuffix("\r\n"),
        ]
        content = letter.content if whole else letter.content.partition(CRLF + CRLF)[0]
        return _lines(about) + content.removesuffix(CRLF) + CRLF

    def _typed(self, path: Path) -> str:
        """An address with its type (RFC 3464 section 2.3.2, RFC 6533)."""
        kind = "utf-8" if self.subject.letter.utf8 and not path.address.isascii() else "rfc822"
        return f"{kind}; {path.address}"


_MEDIA = {
    (False, True): "message/rfc822",
    (False, False): "text/rfc822-headers",
    (True, True): "message/global",
    (True, False): "message/global-headers",
}


def _failure_text(_: Policy) -> Iterator[str]:
    yield "Your message didn't reach the recipients below, and it won't be tried again."
    yield "What was said about each of them follows; your message is attached."


def _delay_text(policy: Policy) -> Iterator[str]:
    hours, days = policy.delay_warning_time // 3600, policy.maximal_queue_lifetime // 86400
    yield "THIS IS ONLY A WARNING: there is no need to send your message again."
    yield ""
    yield f"Your message has been waiting for more than {hours} hour(s)."
    yield f"It will be tried again until it is {days} day(s) old."


def _success_text(_: Policy) -> Iterator[str]:
    yield "Your message was handed over for the recipients below. Where it says that it was"
    yield "delivered, it is in the mailbox; where it was relayed, the next server has it now."


_TEXTS = {Kind.FAILURE: _failure_text, Kind.DELAY: _delay_text, Kind.SUCCESS: _success_text}


def _wrapped(text: str) -> list[str]:
    return wrap(text, LONGEST_LINE, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")

"""The queue as ``postqueue -p`` shows it, and two moments that Postfix keeps to itself: when a letter is
tried again, and until when.

A long queue is folded in the middle. What is shown is computed when somebody looks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from labkit.relay.policy import Policy
from labkit.relay.queueing import backoff
from labkit.relay.queueing.entry import Entry, State

HEAD, TAIL = 20, 10  # letters that are shown of a long queue
HEADING = "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"
MARKS = {State.ACTIVE: "*", State.HOLD: "!"}
EMPTY = "Mail queue is empty"
IN_MEMORY = "This queue is in memory: it ends with the lab. Lab(spool='my-queue.db') keeps it on disk."
COLUMNS = ("queue id", "state", "size", "since", "next attempt", "given up", "sender", "recipients, reason")
LEFT = 'style="text-align:left;vertical-align:top"'


@dataclass(frozen=True, slots=True)
class Item:
    """A letter in the queue, as somebody sees it who looks.

    ``recipients`` are those who still have to get it, each with the reason why the last attempt failed,
    or "". All moments are lab time: ``since`` it is in the queue, ``next_attempt`` is None unless the
    letter is deferred, and an attempt that fails at or after ``until`` is the last.
    """

    queue_id: str
    state: State
    size: int
    since: datetime
    next_attempt: datetime | None
    until: datetime
    sender: str
    recipients: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return "\n".join([HEADING, *_lines(self)])


@dataclass(frozen=True, repr=False, slots=True)
class Listing:
    """The first and the last items of a queue with ``count`` letters of ``octets`` in all."""

    first: tuple[Item, ...]
    last: tuple[Item, ...]
    count: int
    octets: int
    notes: tuple[str, ...] = ()

    @property
    def _folded(self) -> str:
        left_out = self.count - len(self.first) - len(self.last)
        return f"... {left_out:,} more letters ..." if left_out else ""

    @property
    def _sum(self) -> str:
        return f"-- {self.octets // 1024} Kbytes in {self.count} Request{'s' if self.count != 1 else ''}."

    def __repr__(self) -> str:
        if not self.count:
            return "\n".join([EMPTY, *self.notes])
        blocks = ["\n".join(_lines(item)) for item in self.first]
        blocks += [self._folded] if self._folded else []
        blocks += ["\n".join(_lines(item)) for item in self.last]
        return "\n".join([HEADING, "\n\n".join(blocks), "", self._sum, *self.notes])

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        if not self.count:
            return f"<p>{EMPTY}</p>{notes}"
        head = "".join(f'<th scope="col" {LEFT}>{name}</th>' for name in COLUMNS)
        rows = [_row(item) for item in self.first]
        rows += [f'<tr><td colspan="{len(COLUMNS)}" {LEFT}>{self._folded}</td></tr>'] if self._folded else []
        rows += [_row(item) for item in self.last]
        return (
            '<table><caption style="text-align:left"><b>The queue</b></caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table><p>{self._sum}</p>{notes}"
        )


def item(entry: Entry, policy: Policy) -> Item:
    """An entry as it is now."""
    recipients = tuple((path.address, reason) for path, reason in list(entry.duties.items()))
    return Item(
        entry.queue_id,
        entry.state,
        entry.size,
        entry.arrived,
        entry.due,
        backoff.given_up_at(policy, entry),
        entry.letter.reverse_path.address or "MAILER-DAEMON",
        recipients,
    )


def listing(entries: Sequence[Entry], policy: Policy, notes: Iterable[str] = ()) -> Listing:
    """What is shown of these entries."""
    if len(entries) <= HEAD + TAIL:
        first, last = entries, entries[:0]
    else:
        first, last = entries[:HEAD], entries[-TAIL:]
    return Listing(
        tuple(item(entry, policy) for entry in first),
        tuple(item(entry, policy) for entry in last),
        len(entries),
        sum(entry.size for entry in entries),
        tuple(notes),
    )


def moment(when: datetime) -> str:
    """A moment as postqueue writes it, without the year."""
    return f"{when:%a %b} {when.day:2} {when:%H:%M:%S}"


def _lines(item: Item) -> list[str]:
    mark = item.queue_id + MARKS.get(item.state, "")
    lines = [f"{mark:11} {item.size:7} {moment(item.since)}  {item.sender}"]
    before = ""
    for address, reason in item.recipients:
        if reason != before:
            lines.append(f"{'':{max(0, 76 - len(reason))}}({reason or 'reason unavailable'})")
        lines.append(f"{'':41}{address}")
        before = reason
    return [*lines, f"{'':12}{_plan(item)}"]


def _plan(item: Item) -> str:
    until = f"given up from {moment(item.until)} on"
    if item.next_attempt:
        return f"next attempt {moment(item.next_attempt)}, {until}"
    return f"on hold until it is released, {until}" if item.state is State.HOLD else until


def _row(item: Item) -> str:
    reasons = "<br>".join(
        escape(f"{address} ({reason})" if reason else address) for address, reason in item.recipients
    )
    cells = (
        escape(item.queue_id),
        str(item.state),
        f"{item.size:,}",
        moment(item.since),
        moment(item.next_attempt) if item.next_attempt else "-",
        moment(item.until),
        escape(item.sender),
        reasons,
    )
    return "<tr>" + "".join(f"<td {LEFT}>{cell}</td>" for cell in cells) + "</tr>"

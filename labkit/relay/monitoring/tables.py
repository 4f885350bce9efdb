"""The relay's figures as plain tables: text, and HTML with the same content."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from labkit.relay.monitoring.figures import Event, Figures, Minute, span

NOTHING = "The relay has done nothing yet. Send a letter, as with lab.workstation.send(), and look again."
HEAD, TAIL, NAMES = 12, 6, 10  # minutes, and names, that are shown of many
COLUMNS = tuple(Event)
WHAT = {
    "client": "By client",
    "account": "By account that was logged in",
    "sender": "By sender (reverse-path)",
    "reason": "By reason: the rule that refused or put off, or the status of a delivery that failed",
}
LEFT = 'style="text-align:left"'
RIGHT = 'style="text-align:right"'


class Table(NamedTuple):
    """A title, the names of the columns, and the cells; the first column holds names."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def text(figures: Figures) -> str:
    """As plain text."""
    if not figures.minutes:
        return NOTHING
    blocks = ["\n".join(_summary(figures)), *("\n".join(_lines(table)) for table in _tables(figures))]
    return "\n\n".join(blocks)


def html(figures: Figures) -> str:
    """As HTML."""
    if not figures.minutes:
        return f"<p>{escape(NOTHING)}</p>"
    first, *rest = _summary(figures)
    lines = "<br>".join(map(escape, rest))
    return f"<p><b>{escape(first)}</b><br>{lines}</p>" + "".join(map(_html, _tables(figures)))


def _summary(figures: Figures) -> Iterator[str]:
    first, last = span(figures.minutes)
    total = {event: f"{figures.total(event):,}" for event in Event}
    most = max(minute.queue for minute in figures.minutes)
    sessions = max(minute.sessions for minute in figures.minutes)
    yield f"The relay's figures, lab time {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
    yield f"Letters accepted: {total[Event.ACCEPTED]}, for {total[Event.RECIPIENTS]} recipients"
    yield (
        f"Recipients delivered: {total[Event.DELIVERED]}, bounced: {total[Event.BOUNCED]}, "
        f"put into the queue again: {total[Event.DEFERRED]}"
    )
    yield (
        f"Requests refused: {total[Event.REFUSED]}, put off: {total[Event.PUT_OFF]}, "
        f"logins failed: {total[Event.LOGIN_FAILED]}"
    )
    yield f"In the queue now: {figures.queue:,} letters, at most: {most:,}"
    yield (
        f"Load: {figures.sessions:,} sessions open now, at most {sessions:,} at once; "
        f"at most {figures.busiest:,} letters accepted in a minute"
    )
    if figures.dropped:
        yield f"The oldest {figures.dropped:,} minutes are in the totals only: there was no more room."


def _tables(figures: Figures) -> Iterator[Table]:
    yield _by_minute(figures.minutes)
    for what, title in WHAT.items():
        found = figures.by(what)
        if found:
            yield _by_name(what, title, found)


def _by_minute(minutes: Sequence[Minute]) -> Table:
    one_day = minutes[0].start.date() == minutes[-1].start.date()
    stamp = "%H:%M" if one_day else "%m-%d %H:%M"
    events = _happened(row.event for minute in minutes for row, _ in minute.rows)
    rows = [
        (
            f"{minute.start:{stamp}}",
            *(f"{minute.total(event):,}" for event in events),
            f"{minute.queue:,}",
            f"{minute.sessions:,}",
        )
        for minute in minutes
    ]
    if len(rows) > HEAD + TAIL:
        left_out = (f"… {len(rows) - HEAD - TAIL:,} more", *[""] * (len(events) + 2))
        rows = [*rows[:HEAD], left_out, *rows[-TAIL:]]
    return Table("By minute of lab time", ("minute", *events, "queue", "sessions"), tuple(rows))


def _by_name(what: str, title: str, found: dict[str, Counter[Event]]) -> Table:
    events = _happened(event for counts in found.values() for event in counts)
    shown = list(found.items())
    rows = [(_cut(name), *(f"{counts[event]:,}" for event in events)) for name, counts in shown[:NAMES]]
    if len(shown) > NAMES:
        rest: Counter[Event] = sum((counts for _, counts in shown[NAMES:]), Counter())
        rows.append((f"… {len(shown) - NAMES:,} more", *(f"{rest[event]:,}" for event in events)))
    return Table(title, (what, *events), tuple(rows))


def _happened(events: Iterable[Event]) -> list[Event]:
    """The columns that aren't empty, in their order."""
    found = set(events)
    return [event for event in COLUMNS if event in found]


def _cut(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"


def _lines(table: Table) -> Iterator[str]:
    rows = (table.heads, *table.rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.heads))]
    yield table.title
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  " + "  ".join(cells).rstrip()


def _html(table: Table) -> str:
    heads = "".join(f'<th scope="col" {LEFT}>{escape(name)}</th>' for name in table.heads)
    body = "".join(
        f'<tr><th scope="row" {LEFT}>{escape(name)}</th>'
        + "".join(f"<td {RIGHT}>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in table.rows
    )
    return (
        f"<table><caption {LEFT}><b>{escape(table.title)}</b></caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )

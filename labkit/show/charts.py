"""Charts of the relay's traffic: what an administrator who watches the relay would see."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from labkit.lab import Lab
from labkit.relay.traffic import Outcome, Traffic
from labkit.show import bars, frame
from labkit.show.minutes import MINUTE, Minute, minutes, stamp, total
from labkit.show.picture import Picture
from labkit.show.sheet import WIDTH, png

COLUMNS = (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.DELIVERED, Outcome.HELD)
CELL = 11  # characters of a column of counts
ALL, FIRST, LAST = 40, 20, 10  # lines: the longest table shown whole, and what is shown of a longer one

NO_MAIL = "The relay has seen no mail yet. Send some, as with lab.attacker.spam(500), and look again."

EVERY_ACCEPTED = "The relay accepted every letter"
EVERY_REFUSED = "The relay refused every letter"
SOME_REFUSED = "The relay accepted some letters and refused others"
THEN_REFUSED = "Until {change} the relay accepted every letter, then it refused every letter"
THEN_ACCEPTED = "Until {change} the relay refused every letter, then it accepted every letter"
ONE_MINUTE = "Lab time {first}: {accepted:,} accepted, {refused:,} refused, {held:,} held in the queue"
BOUNCED = ", {bounced:,} returned"
MINUTES = "Lab time {first} to {last}: {accepted:,} accepted, {refused:,} refused, {held:,} held in the queue"

NO_MAIL_FOR_ONE = "{first}  no mail"
NO_MAIL_BETWEEN = "{first}  no mail until {last}"
LEFT_OUT = "… {count:,} lines are left out …"


def mail_per_minute(lab: Lab) -> Picture:
    """A chart of the letters that the relay accepted, refused and returned in each minute of lab time.

    Of the accepted ones, those that are held in the queue are marked; those that were returned hang
    below. The text equivalent is a table, which also counts what was delivered. Raises LabClosed.
    """
    return chart(lab.wait_for(_minutes(lab.relay.traffic), "the relay's counts"))


async def _minutes(traffic: Traffic) -> list[Minute]:
    # On the lab's thread, so that nothing is counted meanwhile.
    return minutes(traffic)


def chart(seen: Sequence[Minute]) -> Picture:
    """The chart of some minutes, which are in order."""
    if not seen:
        return Picture(text(seen), png(frame.EMPTY_HEIGHT, frame.nothing(NO_MAIL)), WIDTH)
    return Picture(text(seen), png(bars.HEIGHT, bars.bars(claim(seen), _summary(seen), seen)), WIDTH)


def text(seen: Sequence[Minute]) -> str:
    """What the chart shows, as a table under its title."""
    return "\n".join([f"{claim(seen)}.", f"{_summary(seen)}.", "", *_table(seen)]) if seen else NO_MAIL


def claim(seen: Sequence[Minute]) -> str:
    """What is to be seen, in a sentence without its full stop."""
    accepted = [minute.start for minute in seen if minute[Outcome.ACCEPTED]]
    refused = [minute.start for minute in seen if minute[Outcome.REFUSED]]
    if not refused:
        return EVERY_ACCEPTED
    if not accepted:
        return EVERY_REFUSED
    if accepted[-1] < refused[0]:
        return THEN_REFUSED.format(change=stamp(refused[0], seen))
    if refused[-1] < accepted[0]:
        return THEN_ACCEPTED.format(change=stamp(accepted[0], seen))
    return SOME_REFUSED


def _summary(seen: Sequence[Minute]) -> str:
    totals = {outcome.value: total(seen, outcome) for outcome in Outcome}
    words = ONE_MINUTE if len(seen) == 1 else MINUTES
    if totals[Outcome.BOUNCED.value]:
        words += BOUNCED
    return words.format(first=stamp(seen[0].start, seen), last=stamp(seen[-1].start, seen), **totals)


def _columns(seen: Sequence[Minute]) -> tuple[Outcome, ...]:
    """What is counted: what was returned to its senders only where something was."""
    return (*COLUMNS, Outcome.BOUNCED) if total(seen, Outcome.BOUNCED) else COLUMNS


def _table(seen: Sequence[Minute]) -> Iterator[str]:
    width = max(len("minute"), len(stamp(seen[0].start, seen)))
    columns = _columns(seen)
    yield _row("minute", columns, width)
    yield from folded(list(_lines(seen, columns, width)))
    yield _row("total", [f"{total(seen, outcome):,}" for outcome in columns], width)


def _lines(seen: Sequence[Minute], columns: Sequence[Outcome], width: int) -> Iterator[str]:
    yield _line(seen[0], seen, columns, width)
    for before, minute in pairwise(seen):
        yield from _gap(before, minute, seen)
        yield _line(minute, seen, columns, width)


def _line(minute: Minute, seen: Sequence[Minute], columns: Sequence[Outcome], width: int) -> str:
    return _row(stamp(minute.start, seen), [f"{minute[outcome]:,}" for outcome in columns], width)


def _gap(before: Minute, after: Minute, seen: Sequence[Minute]) -> Iterator[str]:
    first, last = before.start + MINUTE, after.start - MINUTE
    if first <= last:
        words = NO_MAIL_FOR_ONE if first == last else NO_MAIL_BETWEEN
        yield words.format(first=stamp(first, seen), last=stamp(last, seen))


def folded(rows: list[str]) -> list[str]:
    """The lines of a table; of a long one, those at its beginning and at its end."""
    if len(rows) <= ALL:
        return rows
    return [*rows[:FIRST], LEFT_OUT.format(count=len(rows) - FIRST - LAST), *rows[-LAST:]]


def _row(name: str, cells: Sequence[str], width: int) -> str:
    return name.ljust(width) + "".join(cell.rjust(CELL) for cell in cells)

"""How a letter's way ended, in a sentence. Each is complete, so that it can be translated."""

from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto

from labkit.lab.journey import Row
from labkit.wire.views.columns import cut

ROOM = 60  # cells of an address


class Fate(Enum):
    """What became of a letter for one of its recipients."""

    ARRIVED = auto()
    BOUNCED = auto()  # it can't be delivered
    WAITING = auto()
    LOST = auto()  # a server has said yes, and it is nowhere
    REFUSED = auto()
    PUT_OFF = auto()
    BROKEN = auto()  # nobody answered
    UNKNOWN = auto()  # it isn't recorded any more


ALL = {
    Fate.ARRIVED: ("The letter arrived", "The letter arrived in all {count:,} mailboxes"),
    Fate.BOUNCED: (
        "The letter was accepted, and couldn't be delivered; {told}",
        "The letter was accepted, and couldn't be delivered to any of its {count:,} recipients; {told}",
    ),
    Fate.WAITING: (
        "The letter waits in a queue",
        "The letter waits in a queue for all of its {count:,} recipients",
    ),
    Fate.LOST: (
        "A server has taken the letter, and it is in no mailbox",
        "A server has taken the letter for {count:,} recipients, and it is in no mailbox",
    ),
    Fate.REFUSED: (
        "The letter was refused by {server}",
        "The letter was refused by {server} for all of its {count:,} recipients",
    ),
    Fate.PUT_OFF: (
        "The letter was put off by {server}",
        "The letter was put off by {server} for all of its {count:,} recipients",
    ),
    Fate.BROKEN: (
        "The letter was never handed over to {server}",
        "The letter was never handed over to {server} for any of its {count:,} recipients",
    ),
    Fate.UNKNOWN: (
        "What became of the letter is no longer recorded",
        "What became of the letter for its {count:,} recipients is no longer recorded",
    ),
}
TOLD = {True: "its sender was told", False: "nobody was told"}
SOME = (
    "Of {count:,} recipients {arrived:,} got the letter; it was refused for {refused:,}, "
    "can't be delivered to {bounced:,}, and waits for {waiting:,}"
)
FROM = "From {sender} for {recipient}; {times}"
FROM_MANY = "From {sender} for {recipient} and {more:,} more; {times}"
NO_LETTER = "No letter was offered; {times}"
MOMENT = "lab time {first:%Y-%m-%d %H:%M:%S}"
TIMES = "lab time {first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S}"


def claim(server: str, fates: Counter[Fate], count: int, told: bool) -> str:
    """How it ended, in a sentence without its full stop; ``server`` is who was to take the letter
    first, and ``told`` says that the sender had a notice."""
    met = [fate for fate in Fate if fates[fate] > 0]
    if Fate.UNKNOWN in met:
        met = [Fate.UNKNOWN]
    if len(met) == 1:
        one, several = ALL[met[0]]
        return (one if count <= 1 else several).format(server=server, count=count, told=TOLD[told])
    return SOME.format(
        count=count,
        arrived=fates[Fate.ARRIVED],
        refused=fates[Fate.REFUSED] + fates[Fate.PUT_OFF] + fates[Fate.BROKEN],
        bounced=fates[Fate.BOUNCED] + fates[Fate.LOST],
        waiting=fates[Fate.WAITING],
    )


def summary(envelope: tuple[str, list[str]] | None, rows: Sequence[Row]) -> str:
    """Who wrote to whom, and when."""
    first, last = min(row.moment for row in rows), max(row.moment for row in rows)
    times = (MOMENT if first == last else TIMES).format(first=first, last=last)
    if not envelope:
        return NO_LETTER.format(times=times)
    sender, recipients = envelope
    words = FROM_MANY if len(recipients) > 1 else FROM
    recipient = recipients[0] if recipients else "<>"
    return words.format(
        sender=cut(sender, ROOM), recipient=cut(recipient, ROOM), more=len(recipients) - 1, times=times
    )

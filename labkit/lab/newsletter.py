"""The newsletter: many letters in a minute that are honest all the same.

An alarm or a limit that takes it for spam is switched off by noon on Monday. So each is tried with it.
"""

from collections.abc import Sequence
from itertools import cycle, islice

from labkit.attacker.letters import Draft, address
from labkit.errors import UsageError

SUBJECT = "The Monday newsletter"
TEXT = "Dear customer,\n\nnew on our shelves this week: paper in four colours.\n\nYour sales team"


def newsletter(sender: str, readers: Sequence[str], count: int, recipients_each: int) -> list[Draft]:
    """``count`` letters to the readers in turn, each for ``recipients_each`` of them.

    Raises UsageError for a number of recipients that can't be.
    """
    if not isinstance(recipients_each, int) or not 1 <= recipients_each <= len(readers):
        raise UsageError(
            f"There are {len(readers)} readers: a letter can't go to {recipients_each!r} of them."
        )
    turns = cycle(readers)
    return [_draft(sender, list(islice(turns, recipients_each))) for _ in range(count)]


def _draft(sender: str, readers: Sequence[str]) -> Draft:
    first, *others = map(address, readers)
    return Draft(address(sender), first, sender, SUBJECT, TEXT, tuple(others))

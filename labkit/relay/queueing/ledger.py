"""Where a queue writes down what it has promised. Without a spool that is nowhere."""

from asyncio import Future
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from labkit.relay.queueing.entry import Entry
from labkit.smtp.address import Path

Written = Future[None] | None  # done when it has been written down; None where nothing ever is


class Ledger(Protocol):
    """What happens to a queue, in order.

    Where the answer can be waited for, it raises MachineError when there is no room: nothing has been
    written down then. The other events are never lost: they come before anything that happens later.
    """

    def accepted(self, entry: Entry, *, hold: bool) -> Written:
        """A letter is the relay's."""

    def begun(self, entry: Entry, paths: Collection[Path]) -> Written:
        """These duties are in flight: whoever finds them so later can't know how it ended."""

    def tried(self, entry: Entry, delivered: Collection[Path], failed: Mapping[Path, str]) -> None:
        """These duties are in flight no more; some failed, for a reason."""

    def attempted(self, entry: Entry, bounced: Collection[Path], notices: Sequence[Entry]) -> None:
        """These duties ended with these notices, at one stroke; what is left waits as the entry says."""

    def changed(self, entry: Entry) -> None:
        """The letter waits as the entry says."""

    def discarded(self, count: int, entry: Entry | None = None) -> None:
        """So many duties are thrown away; an entry that had been accepted is gone with them."""


class Unwritten:
    """The ledger of a queue that is in memory only."""

    def accepted(self, entry: Entry, *, hold: bool) -> Written:
        return None

    def begun(self, entry: Entry, paths: Collection[Path]) -> Written:
        return None

    def tried(self, entry: Entry, delivered: Collection[Path], failed: Mapping[Path, str]) -> None: ...

    def attempted(self, entry: Entry, bounced: Collection[Path], notices: Sequence[Entry]) -> None: ...

    def changed(self, entry: Entry) -> None: ...

    def discarded(self, count: int, entry: Entry | None = None) -> None: ...

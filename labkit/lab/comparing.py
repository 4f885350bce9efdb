"""``diff``: what changed from one session to another, or from one attack to another."""

from typing import TYPE_CHECKING, overload

from labkit.attacker.report import Report
from labkit.errors import UsageError
from labkit.wire.record import Recording
from labkit.wire.transcript import Transcript

if TYPE_CHECKING:
    from labkit.attacker.comparison import Comparison
    from labkit.wire.comparing.diff import Diff

HOW = (
    "diff compares two sessions, as in diff(lab.transcripts[1], lab.transcripts[2]), "
    "or two reports, as in diff(before, after)."
)


@overload
def diff(before: Report, after: Report) -> "Comparison": ...
@overload
def diff(before: Transcript, after: Recording) -> "Diff": ...
def diff(before: Report | Transcript, after: Report | Recording) -> "Comparison | Diff":
    """What changed, with a sentence on top. Raises UsageError for what can't be compared."""
    if isinstance(before, Report) and isinstance(after, Report):
        return before.diff(after)
    if isinstance(before, Transcript) and isinstance(after, Recording):
        return before.diff(after)
    raise UsageError(HOW)

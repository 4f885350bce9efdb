"""A reply together with the rule that chose it, and why: what a transcript shows beside a reply."""

from typing import NamedTuple

from labkit.smtp.reply import Reply
from labkit.wire.record import Step as Step


class Decision(NamedTuple):
    """``rule`` is the name of a restriction or a setting; ``reason`` is a sentence for a student.

    ``tried`` are all restrictions that were asked, in order; the last one is the one that decided.
    """

    reply: Reply
    rule: str
    reason: str
    tried: tuple[Step, ...] = ()


Answer = Reply | Decision | None  # None: nothing to say, or said already

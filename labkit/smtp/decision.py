"""A reply together with the rule that chose it, and why: what a transcript shows beside a reply."""

from dataclasses import dataclass
from typing import NamedTuple

from labkit.smtp.reply import Reply


class Step(NamedTuple):
    """One restriction that was asked on the way to a decision.

    ``rule`` is its name, with its argument; ``saw`` says in a few words what it looked at, ``said``
    what it made of that: "permits", "refuses", "defers" or "goes on".
    """

    rule: str
    saw: str
    said: str


@dataclass(frozen=True, slots=True)
class Decision:
    """``rule`` is the name of a restriction or a setting; ``reason`` is a sentence for a student.

    ``tried`` are all restrictions that were asked, in order; the last one is the one that decided.
    """

    reply: Reply
    rule: str
    reason: str
    tried: tuple[Step, ...] = ()

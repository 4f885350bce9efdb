"""A reply together with the rule that chose it, and why: what a transcript shows beside a reply."""

from dataclasses import dataclass

from labkit.smtp.reply import Reply


@dataclass(frozen=True, slots=True)
class Decision:
    """``rule`` is the name of a restriction or a setting; ``reason`` is a sentence for a student."""

    reply: Reply
    rule: str
    reason: str

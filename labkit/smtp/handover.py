"""What came of handing a letter over, as its client has heard it."""

from dataclasses import dataclass
from typing import NamedTuple

from labkit.smtp.address import Path
from labkit.smtp.reply import Reply


class Refusal(NamedTuple):
    """A recipient that the server didn't take: what it answered, and at which step."""

    path: Path
    reply: Reply
    step: str


@dataclass(frozen=True)
class Handover:
    """What came of one letter: the answer that decided about it, at which step, for which recipients."""

    step: str  # MAIL, RCPT, DATA or the final dot
    reply: Reply
    accepted: tuple[Path, ...]
    refused: tuple[Refusal, ...]

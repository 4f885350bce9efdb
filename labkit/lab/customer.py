"""The customer's people: those who write, the postmaster, and readers: ``lab.customer``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.attacker.report import Report
from labkit.errors import UsageError
from labkit.lab.senders import Sender
from labkit.recipient.feedback import feedback
from labkit.recipient.mailbox import Received
from labkit.recipient.policy import RecipientPolicy, a_policy
from labkit.recipient.reputation import Reputation

if TYPE_CHECKING:
    from labkit.lab.lab import Lab


@dataclass(frozen=True, repr=False, slots=True)
class Complaints:
    """What came of calling letters spam: ``counted`` are those that lay in the inbox.

    ``reports`` are the feedback reports that a provider sends to whoever asked for them (RFC 5965).
    """

    called: int
    counted: int
    reports: tuple[bytes, ...]

    def __repr__(self) -> str:
        said = f"{self.called:,} called spam and moved, {self.counted:,} counted as complaints."
        rest = " A letter counts once, and only from the inbox." if self.counted < self.called else ""
        return said + rest


class Customer:
    """What the customer writes and checks, and what its readers and its memory say about senders."""

    def __init__(self, lab: "Lab") -> None:
        self._lab = lab

    def send(
        self, to: str = "", subject: str | None = None, text: str | None = None, *, tls: str | None = None
    ) -> Report:
        """Have the customer write a letter, to staff of the company unless ``to`` is another.

        The customer's mail server brings it, with TLS where that is offered; ``tls`` is as in
        ``lab.laptop.send``. Raises UsageError and OutsideTheLab as that does, and LabClosed.
        """
        stage = self._lab.stage
        sender = Sender(self._lab, stage.CUSTOMER_PROGRAM)
        return sender.send(to or f"staff@{stage.COMPANY}", subject, text, tls=tls)

    @property
    def checks(self) -> RecipientPolicy:
        """What both mail servers of the customer check, from the next session on.

        A server that has its own policy (``lab.mx2.checks``) keeps it. Raises PolicyError for anything
        but a RecipientPolicy, and LabClosed.
        """
        return self._lab.scenery.defence.policy

    @checks.setter
    def checks(self, policy: RecipientPolicy) -> None:
        self._lab.scenery.defence.policy = a_policy(policy)

    @property
    def reputation(self) -> Reputation:
        """What the customer thinks of those who sent to it, and by which rule."""
        return self._lab.scenery.defence.reputation

    @property
    def traps(self) -> tuple[str, ...]:
        """The customer's spam traps: addresses that nobody ever had."""
        scenery = self._lab.scenery
        return tuple(f"{name}@{scenery.customer.domain}" for name in sorted(scenery.defence.traps))

    def complain(self, letters: Received | Iterable[Received]) -> Complaints:
        """Call letters spam, as a reader does with a button; they move into the spam folder.

        Each letter counts once. Raises UsageError for what isn't a letter in a mailbox of the customer,
        and LabClosed.
        """
        chosen = [letters] if isinstance(letters, Received) else list(letters)
        for letter in chosen:
            if not isinstance(letter, Received):
                raise UsageError(f"{letter!r} is no letter. Take one from lab.mailbox(...).")
        return self._lab.wait_for(self._complain(chosen), "the complaints to be counted")

    async def _complain(self, letters: list[Received]) -> Complaints:
        scenery = self._lab.scenery
        reports = []
        for letter in letters:
            before = scenery.customer.report(letter)
            if before is None:
                raise UsageError(
                    "This letter isn't in a mailbox of the customer: it was dropped, or is another's."
                )
            if scenery.defence.complained(before):
                reports.append(feedback(before, scenery.customer.domain, scenery.clock.now))
        return Complaints(len(letters), len(reports), tuple(reports))

    def __repr__(self) -> str:
        return f"The customer, {self._lab.scenery.customer.domain}. What is checked:\n{self.checks}"

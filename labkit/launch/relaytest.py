"""``labkit probe``: the relay test as a command, whose exit status says what it has found.

At the lab's own relay a letter proves it, found in the stranger's mailbox. A server of the user's own can't
reach that mailbox. So what it has accepted counts against it: it might have carried the letter on.
"""

from dataclasses import dataclass

from labkit.attacker.means.relaytest import RelayTest
from labkit.attacker.report import Verdict
from labkit.errors import PeerError
from labkit.lab import Lab, probing

CLOSED, NOT_KNOWN, OPEN = 0, 1, 3
ACCEPTS = "accepts at DATA only"
STATUS = {"closed": CLOSED, "accepts at RCPT only": CLOSED, ACCEPTS: CLOSED, "open": OPEN}

SAID = {
    CLOSED: "It carries no stranger's letters to strangers (exit status 0).",
    NOT_KNOWN: "Whether it carries strangers' letters isn't known yet (exit status 1).",
    OPEN: "It carries strangers' letters to strangers: an open relay (exit status 3).",
}
NO_PROOF = (
    "Your server has accepted strangers' letters to strangers (exit status 3). The proof is missing, as it\n"
    "can't reach the lab's mailboxes: its log and queue say whether it tried to carry the letters on."
)
NOT_TESTED = "No letter could be tried: {why}\nIs the server running, and is this its port?"


@dataclass(frozen=True, slots=True)
class Probed:
    """What a relay test has found, and whether the server was one outside the lab."""

    report: RelayTest
    is_own: bool

    @property
    def is_unproved(self) -> bool:
        """Whether letters were accepted by a server that can't bring them to the lab's mailboxes."""
        return self.is_own and self.report.verdict == ACCEPTS

    @property
    def status(self) -> int:
        """0 for a closed relay, 3 for an open one, 1 where that isn't known."""
        return OPEN if self.is_unproved else STATUS.get(self.report.verdict, NOT_KNOWN)

    def __str__(self) -> str:
        return f"{self.report!r}\n\n{NO_PROOF if self.is_unproved else SAID[self.status]}"


def probe(lab: Lab, target: str, user: str | None = None, password: str = "") -> Probed:
    """Test the ``target``: a host of the lab, or a server on this machine ("127.0.0.1:2525").

    Raises PeerError where no letter could be tried, and what ``lab.attacker.probe`` does.
    """
    report = lab.attacker.probe(target, user=user, password=password)
    if report.count(Verdict.NOT_SENT) == report.tried:
        raise PeerError(NOT_TESTED.format(why=report.attempts[0].trouble))
    return Probed(report, is_own(lab, target))


def is_own(lab: Lab, target: str) -> bool:
    """Whether it is a server outside the lab, on this machine. Raises OutsideTheLab, and UsageError."""
    return probing.place(lab.scenery.network.hosts, target).is_own

"""Two scanners behind smtpd_milters: for viruses and for spam, as Debian's packages install them.

Real ones know millions of patterns. These know the one test pattern each that every real one knows too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from labkit.smtp import reply
from labkit.smtp.decision import Decision, Step
from labkit.smtp.mime import texts
from labkit.smtp.patterns import EICAR, GTUBE


@dataclass(frozen=True, slots=True)
class Scanner:
    """What a scanner looks for, and what it says when it is there."""

    name: str
    pattern: bytes
    says: str
    reason: str


SCANNERS = {
    "unix:/clamav/clamav-milter.ctl": Scanner(
        "clamav-milter",
        EICAR,
        "virus Eicar-Test-Signature detected by ClamAV",
        "The letter holds the EICAR test file, which every virus scanner knows.",
    ),
    "unix:/spamass/spamass.sock": Scanner(
        "spamass-milter",
        GTUBE,
        "Blocked by SpamAssassin",
        "The letter holds the GTUBE test text, which SpamAssassin scores at 1,000 points.",
    ),
}
"""By the sockets of smtpd_milters, where Debian's packages listen (relative to Postfix's queue)."""

SIGNER = "inet:localhost:8891"  # no scanner: OpenDKIM signs what passes, where its manual lets it listen


def scan(milters: Iterable[str], content: bytes) -> Decision | None:
    """What the first scanner that finds something says about a letter; None when none does.

    Each part of the letter is looked at as its reader would get it, and the headers as they stand there.
    Of ``milters``, only the names in ``SCANNERS`` are scanners.
    """
    parts = [content, *texts(content)]
    for milter in filter(SCANNERS.__contains__, milters):
        if any(SCANNERS[milter].pattern in part for part in parts):
            return _found(SCANNERS[milter], milter)
    return None


def _found(scanner: Scanner, milter: str) -> Decision:
    steps = (Step(milter, scanner.reason, "refuses"),)
    return Decision(reply.milter_rejected(scanner.says), f"smtpd_milters = {milter}", scanner.reason, steps)

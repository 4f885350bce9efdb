"""Two scanners behind smtpd_milters: for viruses and for spam, as Debian's packages install them.

Real ones know millions of patterns. These know the one test pattern each that every real one knows too:
EICAR for viruses, GTUBE for spam. Both are harmless, and made for this. They stand here in two pieces,
because a scanner on this machine would otherwise take this file for what it looks for; and joined when
the lab runs, because it would take the compiled file for that as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from labkit.relay.filtering.mime import texts
from labkit.smtp import reply
from labkit.smtp.decision import Decision, Step

EICAR = b"".join((b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"))
GTUBE = b"".join((b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE", b"-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"))


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


def scan(milters: Iterable[str], content: bytes) -> Decision | None:
    """What the first scanner that finds something says about a letter; None when none does.

    Each part of the letter is looked at as its reader would get it, and the headers as they stand there.
    ``milters`` are names from ``SCANNERS``.
    """
    parts = [content, *texts(content)]
    for milter in milters:
        if any(SCANNERS[milter].pattern in part for part in parts):
            return _found(SCANNERS[milter], milter)
    return None


def _found(scanner: Scanner, milter: str) -> Decision:
    steps = (Step(milter, scanner.reason, "refuses"),)
    return Decision(reply.milter_rejected(scanner.says), f"smtpd_milters = {milter}", scanner.reason, steps)

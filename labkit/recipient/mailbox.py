"""The mailboxes of a domain. Bounded: when they are full, the oldest letters go, and are counted."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from labkit.clock import Clock
from labkit.smtp import trace
from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter

LIMIT = 32 * 2**20  # octets in all mailboxes of a domain
OVERHEAD = 300  # octets of memory that a letter takes besides its content
NONCE = re.compile(rb"^Message-ID: *<([^@>\s]+)@", re.MULTILINE | re.IGNORECASE)
LETTERS = {True: "1 letter", False: "{count:,} letters"}
POSTMASTER = "postmaster"  # every domain has one (RFC 5321 section 4.5.1)


@dataclass(frozen=True, repr=False)
class Received:
    """A letter in a mailbox: who got it, when (lab time), and its content with the trace on top."""

    mailbox: str
    arrived: datetime
    content: bytes

    @property
    def text(self) -> str:
        """The letter as a mail program's "view source" shows it."""
        return self.content.decode("utf-8", "backslashreplace").replace("\r\n", "\n")

    def __repr__(self) -> str:
        return self.text


class Mailboxes:
    """All mailboxes of one domain; ``also`` are other domains whose mail goes into the same ones."""

    def __init__(self, domain: str, names: Iterable[str], clock: Clock, also: Iterable[str] = ()) -> None:
        self.domains = frozenset({domain, *also})
        self.domain, self.names = domain, frozenset(name.lower() for name in names) | {POSTMASTER}
        self.unlisted: frozenset[str] = frozenset()
        self.dropped = 0
        self._clock = clock
        self._letters: deque[Received] = deque()
        self._nonces: Counter[bytes] = Counter()
        self._octets: Counter[str] = Counter()

    def knows(self, local_part: str) -> bool:
        """Whether there is such a mailbox; capitals don't matter."""
        plain = local_part.lower()
        return plain in self.names or plain in self.unlisted

    def add_unlisted(self, names: Iterable[str]) -> None:
        """Have these mailboxes too, but show them only once they hold something."""
        self.unlisted |= frozenset(names)

    def octets(self, local_part: str) -> int:
        """How much is in a mailbox."""
        return self._octets[local_part.lower()]

    def deliver(self, recipient: Path, letter: Letter) -> None:
        """Put a letter into a mailbox, with the Return-Path that final delivery adds."""
        content = trace.return_path(letter.reverse_path) + letter.content
        self._letters.append(Received(recipient.local.lower(), self._clock.now, content))
        self._nonces.update(_nonces(content))
        self._octets[recipient.local.lower()] += len(content)
        while self._octets.total() + OVERHEAD * len(self._letters) > LIMIT:
            self._drop(self._letters.popleft())

    def _drop(self, oldest: Received) -> None:
        self._octets[oldest.mailbox] -= len(oldest.content)
        for nonce in _nonces(oldest.content):
            self._nonces[nonce] -= 1
            if not self._nonces[nonce]:
                del self._nonces[nonce]  # a Counter would remember it for ever
        self.dropped += 1

    def holds(self, nonce: str) -> bool:
        """Whether a letter with this nonce is in one of the mailboxes."""
        return self._nonces[nonce.encode()] > 0

    def __getitem__(self, name: str) -> list[Received]:
        """What is in one mailbox, oldest first."""
        return [letter for letter in self if letter.mailbox == name.lower()]

    def __iter__(self) -> Iterator[Received]:
        # A copy: students look while the lab's thread goes on delivering.
        return iter(list(self._letters))

    def __len__(self) -> int:
        return len(self._letters)

    def __repr__(self) -> str:
        counts = Counter(letter.mailbox for letter in self)
        lines = [f"Mailboxes of {self.domain}: {LETTERS[len(self) == 1].format(count=len(self))}"]
        lines += [f"  {name:14} {counts[name]:6}" for name in sorted(self.names | counts.keys())]
        if self.dropped:
            lines.append(f"  The {self.dropped} oldest letters were dropped: the mailboxes were full.")
        return "\n".join(lines)


def _nonces(content: bytes) -> list[bytes]:
    """Those of the letter itself: one that it brings back as an attachment has not arrived."""
    return NONCE.findall(content.partition(b"\r\n\r\n")[0])

"""The mailboxes of a domain. Bounded: when they are full, the oldest letters go, and are counted."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from labkit.clock import Clock
from labkit.recipient.checks.verdict import Message
from labkit.recipient.judgement import UNJUDGED, Judgement
from labkit.recipient.sheet import Sheet
from labkit.smtp import trace
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter

LIMIT = 32 * 2**20  # octets in all mailboxes of a domain
OVERHEAD = 300  # octets of memory that a letter takes besides its content
NONCE = re.compile(rb"^Message-ID: *<([^@>\s]+)@", re.MULTILINE | re.IGNORECASE)
LETTERS = {True: "1 letter", False: "{count:,} letters"}
POSTMASTER = "postmaster"  # every domain has one (RFC 5321 section 4.5.1)


INBOX, JUNK = "inbox", "spam folder"
IN_JUNK = "  ({count:,} in the spam folder)"


@dataclass(frozen=True, repr=False)
class Received:
    """A letter in a mailbox: who got it, when (lab time), and its content with the trace on top.

    ``folder`` is where its reader finds it, "inbox" or "spam folder", and ``verdicts`` why. ``client`` is
    the address of the host that brought it, ``domain`` the one that it was proved to come from, or empty.
    ``reported`` says that the reader called it spam.
    """

    mailbox: str
    arrived: datetime
    content: bytes
    folder: str = INBOX
    client: str = field(default="", compare=False)
    domain: str = field(default="", compare=False)
    verdicts: Judgement = field(default=UNJUDGED, compare=False)
    reported: bool = field(default=False, compare=False)

    @property
    def message(self) -> Message:
        """The letter as the checks see it, without the envelope that it lost on its way."""
        return Message(self.content, NULL, Path(self.mailbox, ""))

    @property
    def authentication(self) -> Sheet:
        """What each part of the letter's Authentication-Results: header says."""
        from labkit.recipient.checks.meaning import explain  # here: few letters are looked at so closely

        return explain(self.content)

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
        self._overhead = 0

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

    def deliver(
        self,
        recipient: Path,
        letter: Letter,
        *,
        folder: str = INBOX,
        client: str = "",
        domain: str = "",
        verdicts: Judgement = UNJUDGED,
    ) -> None:
        """Put a letter into a mailbox, with the Return-Path that final delivery adds."""
        content = trace.return_path(letter.reverse_path) + letter.content
        self._letters.append(
            Received(recipient.local.lower(), self._clock.now, content, folder, client, domain, verdicts)
        )
        self._overhead += OVERHEAD + verdicts.octets
        self._nonces.update(_nonces(content))
        self._octets[recipient.local.lower()] += len(content)
        while self._octets.total() + self._overhead > LIMIT:
            self._drop(self._letters.popleft())

    def report(self, letter: Received) -> Received | None:
        """The reader calls a letter spam, and it moves; the letter as it was, or None if it is gone."""
        place = next((at for at, one in enumerate(self._letters) if _is_same(one, letter)), None)
        if place is None:
            return None
        before = self._letters[place]
        self._letters[place] = replace(before, folder=JUNK, reported=True)
        return before

    def _drop(self, oldest: Received) -> None:
        self._octets[oldest.mailbox] -= len(oldest.content)
        self._overhead -= OVERHEAD + oldest.verdicts.octets
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
        junk = Counter(letter.mailbox for letter in self if letter.folder == JUNK)
        lines += [
            f"  {name:14} {counts[name]:6}{IN_JUNK.format(count=junk[name]) if junk[name] else ''}"
            for name in sorted(self.names | counts.keys())
        ]
        if self.dropped:
            lines.append(f"  The {self.dropped} oldest letters were dropped: the mailboxes were full.")
        return "\n".join(lines)


def _is_same(one: Received, other: Received) -> bool:
    """Whether two values are the same letter, wherever it lies; the one in the mailbox may have moved."""
    return one is other or (
        (one.mailbox, one.arrived) == (other.mailbox, other.arrived) and one.content is other.content
    )


def _nonces(content: bytes) -> list[bytes]:
    """Those of the letter itself: one that it brings back as an attachment has not arrived."""
    return NONCE.findall(content.partition(b"\r\n\r\n")[0])

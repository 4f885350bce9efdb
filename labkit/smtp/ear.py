"""The listening half of a client: takes the server's bytes apart into replies (RFC 5321 section 4.2.1)."""

import asyncio
from collections import deque
from datetime import timedelta

from labkit.clock import START, Clock, Timer
from labkit.errors import PeerError
from labkit.smtp import reply
from labkit.smtp.reply import Reply

REPLY_SECONDS = 60.0  # real time
LONGEST_LINE = 2**16  # octets
MOST_LINES = 1000  # of one reply


class Silence(PeerError):
    """The server said nothing for as long as the client was willing to wait."""


class Ear(asyncio.Protocol):
    """Collects the server's replies, and tells when the connection is lost.

    With a ``clock``, patience is measured in lab time: a mail server that waits for another one waits
    for as long as the lab's time stands still. Without, it ends after a minute, whatever the lab does.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.replies: deque[Reply] = deque()
        self.trouble: PeerError | None = None
        self._clock = clock
        self._timer: Timer | None = None
        self._patience_ends = START
        self._rest = b""
        self._lines: list[bytes] = []
        self._news: asyncio.Future[None] | None = None

    def data_received(self, data: bytes) -> None:
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            self._lines.append(line)
            if line[3:4] != b"-":
                self._complete()
        if len(self._rest) > LONGEST_LINE or len(self._lines) > MOST_LINES:
            self._fail(PeerError("sent a reply that never ends"))

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(PeerError("hung up"))

    async def next(self, seconds: float = REPLY_SECONDS) -> Reply:
        """The next reply. Raises PeerError, with what the server did instead, and Silence.

        ``seconds`` are of lab time, and count only where there is a clock.
        """
        if not self.replies and not self.trouble:
            loop = asyncio.get_running_loop()
            self._news = loop.create_future()
            if self._clock:
                self._be_patient(self._clock, seconds)
                await self._news
            else:
                patience = loop.call_later(REPLY_SECONDS, self._give_up)
                try:
                    await self._news
                finally:
                    patience.cancel()
        if self.replies:
            return self.replies.popleft()
        raise self.trouble or PeerError("hung up")

    def forget(self) -> None:
        """What came before TLS doesn't count after it (RFC 3207 section 4.2)."""
        self.replies.clear()
        self._lines, self._rest = [], b""

    def _be_patient(self, clock: Clock, seconds: float) -> None:
        # One timer serves many replies: it looks again when it goes off too early.
        self._patience_ends = clock.now + timedelta(seconds=seconds)
        if not self._timer or self._timer.moment > self._patience_ends:
            self._stop_timer()
            self._timer = clock.call_at(self._patience_ends, lambda: self._look_at(clock))

    def _look_at(self, clock: Clock) -> None:
        self._timer = None
        if self._news and not self._news.done():
            if clock.now >= self._patience_ends:
                self._give_up()
            else:
                self._timer = clock.call_at(self._patience_ends, lambda: self._look_at(clock))

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _complete(self) -> None:
        found = reply.parse(self._lines)
        self._lines = []
        if found:
            self.replies.append(found)
            self._wake()
        else:
            self._fail(PeerError("answered with something that isn't SMTP"))

    def _give_up(self) -> None:
        self._fail(Silence("gave no answer"))

    def _fail(self, trouble: PeerError) -> None:
        self.trouble = self.trouble or trouble
        self._stop_timer()
        self._wake()

    def _wake(self) -> None:
        if self._news and not self._news.done():
            self._news.set_result(None)

"""The listening half of a client: takes the server's bytes apart into replies (RFC 5321 section 4.2.1)."""

import asyncio
from collections import deque

from labkit.errors import PeerError
from labkit.smtp import reply
from labkit.smtp.reply import Reply

REPLY_SECONDS = 60.0  # real time
LONGEST_LINE = 2**16  # octets
MOST_LINES = 1000  # of one reply


class Ear(asyncio.Protocol):
    """Collects the server's replies, and tells when the connection is lost."""

    def __init__(self) -> None:
        self.replies: deque[Reply] = deque()
        self.trouble = ""
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
            self._fail("sent a reply that never ends")

    def connection_lost(self, error: Exception | None) -> None:
        self._fail("hung up")

    async def next(self) -> Reply:
        """The next reply. Raises PeerError, with what the server did instead."""
        if not self.replies and not self.trouble:
            loop = asyncio.get_running_loop()
            self._news = loop.create_future()
            patience = loop.call_later(REPLY_SECONDS, self._fail, "gave no answer")
            try:
                await self._news
            finally:
                patience.cancel()
        if self.replies:
            return self.replies.popleft()
        raise PeerError(self.trouble)

    def forget(self) -> None:
        """What came before TLS doesn't count after it (RFC 3207 section 4.2)."""
        self.replies.clear()
        self._lines, self._rest = [], b""

    def _complete(self) -> None:
        found = reply.parse(self._lines)
        self._lines = []
        if found:
            self.replies.append(found)
            self._wake()
        else:
            self._fail("answered with something that isn't SMTP")

    def _fail(self, what: str) -> None:
        self.trouble = self.trouble or what
        self._wake()

    def _wake(self) -> None:
        if self._news and not self._news.done():
            self._news.set_result(None)

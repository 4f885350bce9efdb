"""A relay as many were before 2011: it obeys after the handshake what it was told before (CVE-2011-0411).

For teaching only. It does one thing less than the lab's relay: it doesn't throw away, when TLS begins, what
came together with STARTTLS (RFC 3207 section 4.2). It says so when it greets, and wherever it is printed.
"""

import asyncio

from labkit.relay.server import Relay, RelayServer
from labkit.smtp import reply
from labkit.smtp.dialogue import Answer


class UnpatchedServer(RelayServer):
    """One client's session with such a relay."""

    note = " (unpatched, for teaching)"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        after_starttls = self._original_transport is not None
        told = bytes(self._reader._buffer) if after_starttls else b""  # type: ignore[attr-defined]
        super().connection_made(transport)
        if told:
            self._reader.feed_data(told)

    async def on_connect(self) -> Answer:
        return await super().on_connect() or reply.unpatched(self.hostname)


def unpatch(relay: Relay) -> None:
    """Let a relay of the lab be such a one, from the next session on; ``patch`` mends it."""
    relay.server = UnpatchedServer


def patch(relay: Relay) -> None:
    """Let it be as it was."""
    relay.server = RelayServer

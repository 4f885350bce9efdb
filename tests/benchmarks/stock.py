"""The rival in bench_relay: the same attack with nothing but aiosmtpd and aiosmtplib, on one loop, unrecorded.

It has the lab's shape: ten letters a session on both hops, the relay's own client keeps its connection
for as long as there is something to deliver, and the next session waits until the relay is quiet. It
does less than the lab does: no policy, no DNS, no Received: line, no queue that remembers.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session

from labkit.smtp.envelope import Letter

HOST = "127.0.0.1"
LETTERS_PER_SESSION = 10


class Taker:
    """Hands each letter that comes in to ``take``, and promises to deliver it."""

    def __init__(self, take: Callable[[Envelope], None]) -> None:
        self._take = take

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._take(envelope)
        return "250 Ok"


class StockRelay:
    """A recipient's server that keeps the letters, and a relay before it that takes letters for it."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.mailbox: list[Envelope] = []
        self._tls, self._client_tls = (
            tls,
            _trusting(),
        )  # made once: aiosmtplib would make one for each session
        self._waiting: asyncio.Queue[Envelope] = asyncio.Queue()

    async def start(self) -> None:
        self._recipient = await _listen(Taker(self.mailbox.append), "mx1.customer.example", self._tls)
        self._relay = await _listen(Taker(self._waiting.put_nowait), "mail.corp.example", None)

    async def attack(self, letters: Sequence[Letter]) -> None:
        """Send the letters, ten a session, and deliver them meanwhile."""
        for start in range(0, len(letters), LETTERS_PER_SESSION):
            batch = letters[start : start + LETTERS_PER_SESSION]
            await asyncio.gather(self._send(batch), self._deliver(len(batch)))

    async def stop(self) -> None:
        self._relay.close()
        self._recipient.close()

    async def _send(self, batch: Sequence[Letter]) -> None:
        client = aiosmtplib.SMTP(
            hostname=HOST, port=_port(self._relay), local_hostname="vps66.hosting.example", start_tls=False
        )
        await client.connect()
        for letter in batch:
            recipients = [path.address for path in letter.forward_paths]
            await client.sendmail(letter.reverse_path.address, recipients, letter.content)
        await client.quit()

    async def _deliver(self, count: int) -> None:
        first = await self._waiting.get()
        client = aiosmtplib.SMTP(
            hostname=HOST,
            port=_port(self._recipient),
            local_hostname="mail.corp.example",
            start_tls=self._tls is not None,
            tls_context=self._client_tls,
        )
        await client.connect()
        await _hand_over(client, first)
        for _ in range(count - 1):
            await _hand_over(client, await self._waiting.get())
        await client.quit()


async def _hand_over(client: aiosmtplib.SMTP, envelope: Envelope) -> None:
    assert envelope.mail_from is not None
    assert isinstance(envelope.content, bytes)
    await client.sendmail(envelope.mail_from, envelope.rcpt_tos, envelope.content)


async def _listen(handler: Taker, hostname: str, tls: ssl.SSLContext | None) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(handler, hostname=hostname, tls_context=tls, enable_SMTPUTF8=True, loop=loop), HOST, 0
    )


def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port

"""Plays one dialogue against a server, be it the lab's relay or a Postfix, and returns what was said.

    C: MAIL FROM:<a@b.example>    send the line, and read one reply
    C+ MAIL FROM:<a@b.example>    send it together with the next line (pipelining); it has a reply as well
    C> 'two\\nlines'               send these bytes, a Python literal, together with the next line; no reply
    D: Subject: hi                a line of content. Content is sent as a whole, and only after a 354
    D> 'hi\\r\\n.\\r\\n'             these bytes of content; its end must be among them
    S:                            read one more reply
    == TLS certificate            shake hands, if the last reply was a 220; show this certificate, if any
    == FIRST EHLO a.example       say this before the greeting comes; only at the beginning
    == AGAIN                      connect once more, and go on there; the first connection stays open
    == END                        say no more, and read what comes until the connection closes

Every dialogue ends with QUIT, so that it shows whether the connection was still there.
"""

import ast
import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

SECONDS = 8.0  # a silent server fails the test, it doesn't hang it
CLOSED, SILENCE = "== closed", "== silence"

Connect = Callable[[asyncio.Protocol], Awaitable[asyncio.Transport]]


@dataclass
class Player:
    """``connect`` opens a connection to the server; ``tls`` are settings by the certificate's name."""

    connect: Connect
    tls: Mapping[str, ssl.SSLContext]
    wrapped: bool = False  # TLS from the first byte
    seen: list[str] = field(default_factory=list)

    async def play(self, script: str) -> list[str]:
        """The dialogue as it was."""
        self._open: list[asyncio.BaseTransport] = []
        self._held, self._due, self._content = b"", 0, b""
        lines = [line.strip() for line in script.splitlines() if line.strip()]
        try:
            await self._connect(lines.pop(0) if lines[0].startswith("== FIRST") else "")
            for line in lines:
                await self._step(line[:2], line[3:], line)
            await self._finish()
        finally:
            for transport in self._open:
                transport.abort()  # type: ignore[attr-defined]
        return self.seen

    async def _step(self, mark: str, text: str, line: str) -> None:
        if self._gone and line != "== AGAIN":
            return
        if self._content and not mark.startswith("D"):
            await self._send_content()
        self.seen.append(line)
        if mark in ("C:", "C+"):
            self._held += f"{text}\r\n".encode()
            self._due += 1
        elif mark == "C>":
            self._held += _bytes(text)
        elif mark in ("D:", "D>"):
            self._content += f"{text}\r\n".encode() if mark == "D:" else _bytes(text)
        if mark == "C:":
            await self._send()
        elif mark == "S:":
            self.seen.pop()
            await self._send()
            await self._hear()
        elif line.startswith("== TLS") and self.code == "220":
            await self._shake_hands(line.removeprefix("== TLS").strip())
        elif line == "== AGAIN":
            await self._connect()
        elif line == "== END":
            await self._end()

    async def _connect(self, first: str = "") -> None:
        self._reader = asyncio.StreamReader(limit=2**20)
        self._protocol = _Ear(self._reader)
        self._transport: asyncio.Transport = await self.connect(self._protocol)
        self._open.append(self._transport)
        if self.wrapped:
            await self._shake_hands()
        if first:
            self.seen.append(first)
            self._transport.write(first.removeprefix("== FIRST ").encode() + b"\r\n")
        await self._hear()

    async def _shake_hands(self, certificate: str = "") -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(SECONDS):
                transport = await loop.start_tls(
                    self._transport,
                    self._protocol,
                    self.tls[certificate],
                    server_hostname="mail.corp.example",
                )
        except (OSError, TimeoutError) as error:
            self.seen.append(f"== no TLS: {type(error).__name__}")
            return
        assert transport
        self._transport = transport
        self._open.append(transport)

    async def _send(self) -> None:
        self._transport.write(self._held)
        for _ in range(self._due):
            if not self._gone:
                await self._hear()
        self._held, self._due = b"", 0

    async def _send_content(self) -> None:
        if self.code == "354":
            self._transport.write(self._content)
            await self._hear()
        else:
            self.seen.append("== not sent")
        self._content = b""

    async def _end(self) -> None:
        self._transport.write(self._held)
        if self._transport.can_write_eof():
            with suppress(OSError):  # the server was quicker
                self._transport.write_eof()
        else:
            self.seen.append(CLOSED)  # TLS has no half-closed connections
        while not self._gone:
            await self._hear()

    async def _finish(self) -> None:
        if self._content:
            await self._send_content()
        if not self._gone:
            await self._step("C:", "QUIT", "C: QUIT")
        if not self._gone:
            await self._hear()

    @property
    def _gone(self) -> bool:
        """Whether the server has closed the connection, or says nothing any more."""
        return bool(self.seen) and self.seen[-1] in (CLOSED, SILENCE)

    async def _hear(self) -> None:
        """Read one reply, which may have several lines."""
        while True:
            line = await self._line()
            self.seen.append(line)
            if line[6:7] != "-":
                self.code = line[3:6]
                return

    async def _line(self) -> str:
        try:
            async with asyncio.timeout(SECONDS):
                line = await self._reader.readuntil(b"\n")
        except TimeoutError:
            return SILENCE
        except (OSError, asyncio.IncompleteReadError):
            return CLOSED
        text = line.decode("utf-8", "backslashreplace").removesuffix("\n").removesuffix("\r")
        return f"S: {text}"


class _Ear(asyncio.StreamReaderProtocol):
    def eof_received(self) -> bool:
        super().eof_received()
        return False  # what the server has closed is closed; TLS knows nothing else


def _bytes(literal: str) -> bytes:
    value = ast.literal_eval(literal)
    return value if isinstance(value, bytes) else str(value).encode()

"""Playbooks: SMTP dialogues as text, played against the lab's relay.

    C: MAIL FROM:<a@b.example>      the client sends the line
    S: 250 2.1.0 Ok                 the server must answer so; * stands for anything to the line's end
    S: 250 ...                      a whole reply with this code, however many lines it has
    C> 'two\\nlines'                 the client sends these bytes, a Python literal, as they are
    == TLS                          both sides shake hands
    == TLS as x.example             the same, and the client shows a certificate with that name
    == TLS as x.example, distrusted the same, but nobody knows who signed it
    == EOF                          the server must have closed the connection

The whole dialogue is compared at its end, so a failure is a diff of two dialogues.
"""

import ast
import asyncio
import re

from labkit import Lab
from labkit.network.addresses import Host

SECONDS = 10  # a silent server fails the test, it doesn't hang it


class Player:
    """Plays as the host named ``source`` against a port of the relay."""

    def __init__(self, lab: Lab, source: str, port: int = 25, target: str = "192.0.2.25") -> None:
        self.lab, self.port, self.target = lab, port, target
        self.source: Host = next(host for host in lab.scenery.network.hosts if host.name == source)

    def play(self, script: str, meanwhile: str = "") -> list[str]:
        """Play the script, compare the answers, and return the dialogue as it was.

        ``meanwhile`` is played on a second connection, before the first one ends.
        """
        first, second = _lines(script), _lines(meanwhile)
        seen = self.lab.wait_for(self._play(first, second), "a playbook")
        assert _starred(seen, first + second) == first + second
        return seen

    async def _play(self, wanted: list[str], meanwhile: list[str]) -> list[str]:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        connection = await self.lab.scenery.network.connect(self.source, self.target, self.port, protocol)
        transport: asyncio.BaseTransport = connection.transport
        seen = []
        try:
            for line in wanted:
                mark, text = line[:2], line[3:]
                if mark == "C:":
                    transport.write(f"{text}\r\n".encode())
                elif mark == "C>":
                    transport.write(_bytes(text))
                elif mark == "==" and text.startswith("TLS"):
                    transport = await self._tls(transport, protocol, text.removeprefix("TLS").strip())
                elif line.endswith(" ..."):
                    line = await self._whole_reply(reader)
                else:
                    line = await self._hear(reader)
                seen.append(line)
            if meanwhile:
                seen += await self._play(meanwhile, [])
        finally:
            transport.abort()
        return seen

    async def _tls(
        self, transport: asyncio.BaseTransport, protocol: asyncio.Protocol, shows: str
    ) -> asyncio.BaseTransport:
        authority = self.lab.scenery.authority
        name, _, distrusted = shows.removeprefix("as ").partition(", ")
        context = authority.client_context(name, known=not distrusted) if name else authority.verifying
        return await asyncio.get_running_loop().start_tls(
            transport, protocol, context, server_hostname="mail.corp.example"
        )

    async def _whole_reply(self, reader: asyncio.StreamReader) -> str:
        while (line := await self._hear(reader))[6:7] == "-":
            pass
        return f"{line[:6]} ..." if line.startswith("S: ") else line

    @staticmethod
    async def _hear(reader: asyncio.StreamReader) -> str:
        try:
            line = await asyncio.wait_for(reader.readline(), SECONDS)
        except TimeoutError:
            return "(nothing)"
        except ConnectionError:
            return "== EOF"
        return f"S: {line.decode().rstrip()}" if line else "== EOF"


def _lines(script: str) -> list[str]:
    return [line.strip() for line in script.splitlines() if line.strip()]


def _bytes(literal: str) -> bytes:
    value = ast.literal_eval(literal)
    return value if isinstance(value, bytes) else value.encode()


def _starred(seen: list[str], wanted: list[str]) -> list[str]:
    """What was seen, with a star where the playbook has one and the rest agrees."""
    return [
        want if "*" in want and re.fullmatch(re.escape(want).replace(r"\*", ".*"), see) else see
        for see, want in zip(seen, wanted, strict=True)
    ]

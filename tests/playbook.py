"""Playbooks: SMTP dialogues as text, played against the lab's relay.

    C: MAIL FROM:<a@b.example>      the client sends the line
    S: 250 2.1.0 Ok                 the server must answer so; * stands for anything to the line's end
    C> 'two\\nlines'                 the client sends these bytes, a Python literal, as they are
    == TLS                          both sides shake hands
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

    def play(self, script: str) -> list[str]:
        """Play the script, compare the answers, and return the dialogue as it was."""
        wanted = [line.strip() for line in script.splitlines() if line.strip()]
        seen = self.lab.wait_for(self._play(wanted), "a playbook")
        assert _starred(seen, wanted) == wanted
        return seen

    async def _play(self, wanted: list[str]) -> list[str]:
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
                elif line == "== TLS":
                    transport = await self._tls(transport, protocol)
                else:
                    line = await self._hear(reader)
                seen.append(line)
        finally:
            transport.abort()
        return seen

    async def _tls(
        self, transport: asyncio.BaseTransport, protocol: asyncio.Protocol
    ) -> asyncio.BaseTransport:
        context = self.lab.scenery.authority.verifying
        return await asyncio.get_running_loop().start_tls(
            transport, protocol, context, server_hostname="mail.corp.example"
        )

    @staticmethod
    async def _hear(reader: asyncio.StreamReader) -> str:
        try:
            line = await asyncio.wait_for(reader.readline(), SECONDS)
        except TimeoutError:
            return "(nothing)"
        except ConnectionError:
            return "== EOF"
        return f"S: {line.decode().rstrip()}" if line else "== EOF"


def _bytes(literal: str) -> bytes:
    value = ast.literal_eval(literal)
    return value if isinstance(value, bytes) else value.encode()


def _starred(seen: list[str], wanted: list[str]) -> list[str]:
    """What was seen, with a star where the playbook has one and the rest agrees."""
    return [
        want if "*" in want and re.fullmatch(re.escape(want).replace(r"\*", ".*"), see) else see
        for see, want in zip(seen, wanted, strict=True)
    ]

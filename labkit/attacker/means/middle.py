"""A man in the middle of a mail session, who passes it on line by line, and reads it.

Each command waits for its answer before the next one goes on. So nothing depends on how fast either end
is, and every answer can be changed. The client's end is a server's connection like any other in the lab,
recorded above TLS as well: what stands there, he has read.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from aiosmtpd.smtp import TLSSetupException

from labkit.clock import Clock
from labkit.errors import LabError
from labkit.network.hop import Near, Passage
from labkit.smtp import reply
from labkit.smtp.client import SmtpClient
from labkit.smtp.connection import STREAM_BUFFER, Connection
from labkit.smtp.ear import Ear
from labkit.smtp.reply import Reply
from labkit.smtp.stage import Stage
from labkit.smtp.tls import Authority
from labkit.wire.record import CLIENT_HUNG_UP

IMPLICIT_TLS_PORT = 465  # RFC 8314 section 7.3
GO_AHEAD, NEXT_SECRET = 354, 334
FINAL_DOT = b".\r\n"
HANG_UP = (221, 421, 521)
# Chunks aren't lines. He hides that the server takes them, and refuses them himself (RFC 3030).
NOT_BY_LINES, CHUNK = "CHUNKING", "BDAT"
# He has time: it is the client who loses patience.
PATIENT = Stage("waiting for the server", 10**9, "command")


@dataclass
class Man:
    """Somebody on a path who takes every session that comes by. ``sessions`` are those with the clients."""

    name: str
    middle: "type[Middle]"
    clock: Clock
    authority: Authority
    sessions: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def meet(self, passage: Passage) -> asyncio.Protocol:
        """For Network.on_path: take the session, or let it pass where he could do nothing."""
        if passage.track.port == IMPLICIT_TLS_PORT and not self.middle.has_certificate:
            return Near(passage)
        self.sessions.append(passage.track.number)
        return self.middle(self, passage)


class Middle(Connection, ABC):
    """One session, taken. What somebody does with it is how he answers; all else is passed on."""

    has_certificate: ClassVar[bool] = False

    def __init__(self, man: Man, passage: Passage) -> None:
        self._man, self._passage = man, passage
        self._name = passage.server.domain or passage.server.name
        self._in_letter = self._in_auth = self._at_line_start = self._is_over = False
        self._reached: SmtpClient | None = None
        self._bringing: asyncio.Task[None] | None = None
        super().__init__(self._name, man.authority.server_context, man.problems.append)
        self.wrapper_mode = passage.track.port == IMPLICIT_TLS_PORT

    @abstractmethod
    async def answer(self, verb: str, line: bytes) -> Reply | None:
        """What the client hears to a command; None if that is said already."""

    @property
    def far(self) -> SmtpClient:
        """The session with the server, once it is reached."""
        assert self._reached
        return self._reached

    async def ask(self, line: bytes) -> Reply:
        """What the server says to a line."""
        self.far.write(line)
        return await self.far.hear(PATIENT)

    async def encrypt(self) -> Reply:
        """Begin TLS with the server, whoever that is; its answer. Raises PeerError."""
        return await self.far.starttls(self._man.authority.trusting, self._name)

    async def _handle_client(self) -> None:
        try:
            await self._reach_server()
            await self._pass_on()
        except LabError:
            self.track.close("the server hung up")
        except (ConnectionError, asyncio.IncompleteReadError):
            self.track.close(CLIENT_HUNG_UP)
        except TLSSetupException:
            pass  # the recording says so
        except Exception as error:
            self._problem(f"{self._man.name}, session {self.track.number}: {error!r}")
        finally:
            self._leave()

    async def _reach_server(self) -> None:
        ear = Ear(self._man.clock)
        connection = await self._passage.onward(ear)
        self._reached = SmtpClient(self._passage.server.name, ear, connection)
        if self.wrapper_mode:
            await self.far.shake_hands(self._man.authority.trusting, self._name)

    async def _pass_on(self) -> None:
        await self._tell(await self.far.hear(PATIENT))
        while not self._is_over:
            line = await self._line(STREAM_BUFFER)
            if not line.endswith(b"\n"):  # cut, as it was longer than that
                line += b"\r\n"
            if self._in_letter:
                await self._pass_content(line)
            elif self._in_auth:
                await self._tell(await self.ask(line))
            else:
                verb = line.split(None, 1)[0].decode("ascii", "replace").upper() if line.strip() else ""
                await self._tell(reply.NOT_IMPLEMENTED if verb == CHUNK else await self.answer(verb, line))

    async def _pass_content(self, line: bytes) -> None:
        self.far.write(line)
        if line == FINAL_DOT and self._at_line_start and self._bringing:
            await asyncio.wait([self._bringing])  # what follows is a command, and may be here already
        self._at_line_start = line.endswith(b"\r\n")

    async def _tell(self, said: Reply | None) -> None:
        if said is None:
            return
        await self.push(said)
        self._in_auth, self._in_letter = said.code == NEXT_SECRET, said.code == GO_AHEAD
        self._is_over = said.code in HANG_UP
        if self._in_letter:
            self._at_line_start = True
            # Where a letter ends is for the server to say, by its answer: it may take less for the end.
            self._bringing = asyncio.get_running_loop().create_task(self._bring_answer())

    async def _bring_answer(self) -> None:
        try:
            await self._tell(await self.far.hear(PATIENT))
        except (LabError, ConnectionError):
            self.track.close("the server hung up")
            self._is_over = True
        if self._is_over:
            self._leave()

    def _leave(self) -> None:
        if self._bringing and self._bringing is not asyncio.current_task():
            self._bringing.cancel()
        if self._reached:
            self._reached.abort()
        self._hang_up()


class Stripper(Middle):
    """Has the client believe that the server knows no TLS, and speaks TLS with the server himself."""

    async def answer(self, verb: str, line: bytes) -> Reply | None:
        if verb == "STARTTLS":
            return reply.TLS_NOT_AVAILABLE
        said = await self.ask(line)
        if verb != "EHLO":
            return said
        if "STARTTLS" in offers(said) and (await self.encrypt()).is_positive:
            said = await self.ask(line)
        return without(said, "STARTTLS", NOT_BY_LINES)


class Impostor(Middle):
    """Shows the client a certificate of his own, and speaks TLS with both."""

    has_certificate = True

    async def answer(self, verb: str, line: bytes) -> Reply | None:
        if verb == "STARTTLS":
            return await self._take_over()
        said = await self.ask(line)
        return without(said, NOT_BY_LINES) if verb == "EHLO" else said

    async def _take_over(self) -> Reply | None:
        said = await self.encrypt()
        if not said.is_positive:
            return said
        await self.start_tls()
        return None


def offers(said: Reply) -> Iterable[str]:
    """The keywords in an answer to EHLO (RFC 5321 section 4.1.1.1)."""
    return [line.partition(" ")[0].upper() for line in said.text.split("\n")[1:]]


def without(said: Reply, *keywords: str) -> Reply:
    """An answer to EHLO with some of its lines removed."""
    first, *rest = said.text.split("\n")
    kept = [line for line in rest if line.partition(" ")[0].upper() not in keywords]
    return Reply(said.code, said.enhanced, "\n".join([first, *kept]))

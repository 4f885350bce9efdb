"""SMTP by hand: lines of a student's own, said one after the other, each when the one before is answered.

Nothing is put in and nothing is put right, so whoever speaks learns from the answers. What would never
be answered (a letter without its end) ends the session at once and is explained, and for a server
that takes its time the lab's clock goes on meanwhile: no call hangs.
"""

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from textwrap import dedent
from typing import TYPE_CHECKING

from labkit.clock import Clock
from labkit.errors import OutsideTheLab, PeerError, UsageError
from labkit.lab.scenery import Scenery
from labkit.lab.spoken import Spoken
from labkit.network.addresses import Host, lab_domain
from labkit.network.caller import Caller
from labkit.smtp.client import SmtpClient
from labkit.smtp.ear import Silence
from labkit.smtp.order import ORDER
from labkit.smtp.reply import Reply
from labkit.smtp.stage import DOT

if TYPE_CHECKING:
    from labkit.lab.lab import Lab

MOST_LINES = 10_000
MOMENT = 10  # turns of the loop
HANG_UP = (221, 421, 521)  # the server hangs up after one of these
MARK = re.compile(r"\s*[CS]: ")
RECIPIENT = re.compile(r"(?i)\s*RCPT\s+TO:\s*<?[^<>]*@([^<>@\s\[]+)>?")

NO_LINES = (
    'Give the lines as one text or as a list of texts, such as "EHLO workstation.corp.example\\nQUIT". '
    "This is {kind}."
)
MARKED = (
    "Line {number} begins with {mark!r}. That mark belongs to the transcript: write only what the "
    "client says."
)
TOO_MANY = "{count:,} lines are more than anybody says by hand: say {most:,} at most."
NO_SERVER = "{server!r} is no host of this lab. Speak to 'relay', 'mx1', 'mx2' or 'smarthost'."

NO_PORT = "{port!r} is not a port: choose a number from 1 to 65535, such as 25."

NO_DOT = (
    "The letter has no end. After DATA every line belongs to the letter, QUIT too, until a line with only a "
    "dot. No such line came, so the lab hung up, and the server threw the letter away."
)
NO_LETTER = "The server did not ask for a letter: it answered DATA with {code}. So the letter was not said."
NOT_SAID = 'The server hung up. This line was not said: "{line}".'
NOT_SAID_OF_MANY = 'The server hung up. {count:,} lines were not said, the first of them "{line}".'
NO_CHUNKS = "BDAT counts every byte of a letter, which nobody does by hand. So the lab hung up: use DATA."
NO_ANSWER = "The server said nothing for {seconds:,} seconds of lab time, so the lab hung up."


def speak(lab: "Lab", source: Host, lines: str | Sequence[str], server: str, port: int) -> Spoken:
    """Say the lines to a server of the lab, and return the session when all that follows has been done.

    At a port where TLS comes first, and after STARTTLS, the two shake hands. Raises UsageError for lines,
    a server or a port that can't be, OutsideTheLab for a recipient who could be real, and LabClosed.
    """
    target = _target(lab.scenery, server)
    if not isinstance(port, int) or not 1 <= port <= 65535:
        raise UsageError(NO_PORT.format(port=port))
    work = _spoken(lab.scenery, source, target, port, _checked(lines))
    return lab.wait_for(work, f"{target.name} to answer")


def _checked(lines: str | Sequence[str]) -> list[str]:
    """The lines, one by one. Raises UsageError and OutsideTheLab, before anything is said."""
    parts = [lines] if isinstance(lines, str) else lines
    if not isinstance(parts, (list, tuple)) or not all(isinstance(part, str) for part in parts):
        raise UsageError(NO_LINES.format(kind=repr(lines)[:60]))
    text = dedent("\n".join(parts))
    each = [line.removesuffix("\r") for line in text.strip("\r\n").split("\n")] if text.strip() else []
    if len(each) > MOST_LINES:
        raise UsageError(TOO_MANY.format(count=len(each), most=MOST_LINES))
    for number, line in enumerate(each, 1):
        if mark := MARK.match(line):
            raise UsageError(MARKED.format(number=number, mark=mark[0].strip()))
        if recipient := RECIPIENT.match(line):
            lab_domain(recipient[1])
    return each


def _target(scenery: Scenery, server: str) -> Host:
    wanted = str(server).strip().lower()
    for host in scenery.network.hosts:
        if wanted in (host.name, host.address, host.domain):
            return host
    raise OutsideTheLab(NO_SERVER.format(server=server))


async def _spoken(scenery: Scenery, source: Host, target: Host, port: int, lines: Sequence[str]) -> Spoken:
    try:
        client = await SmtpClient.open(scenery.network, source, target.address, port, scenery.clock)
    except PeerError as error:
        return _shown(scenery, scenery.recorder.opened, str(error))
    talk = _Talk(client, lines)
    passing = asyncio.create_task(_time_passes(scenery.clock, client.caller))
    try:
        if _begins_with_tls(scenery, target, port):
            await client.shake_hands(scenery.authority.trusting, target.domain)
        await talk.hold(scenery, target)
    except Silence:
        talk.remarks.append(NO_ANSWER.format(seconds=client.stage.seconds))
    except PeerError as error:
        talk.remarks.append(str(error))
    finally:
        passing.cancel()
        client.abort()
    await client.caller.over()
    await scenery.settle()
    return _shown(scenery, client.session, *talk.remarks)


def _shown(scenery: Scenery, number: int, *remarks: str) -> Spoken:
    session = scenery.recorder.transcript(number)
    return Spoken(**vars(session), remarks=remarks)


def _begins_with_tls(scenery: Scenery, target: Host, port: int) -> bool:
    relays = (relay for relay in (scenery.relay, scenery.smarthost) if relay.site.host == target)
    return any(relay.services.begins_with_tls(port, relay.policy) for relay in relays)


async def _time_passes(clock: Clock, caller: Caller) -> None:
    """Let lab time go on whenever the server waits for it before it answers."""
    while True:
        await caller.kept_waiting.wait()
        for _ in range(MOMENT):  # until what it said before is here
            await asyncio.sleep(0)
        await clock.advance(1)


class _Talk:
    """One session. ``remarks`` is what there is to say about it afterwards."""

    def __init__(self, client: SmtpClient, lines: Sequence[str]) -> None:
        self._client, self._left = client, deque(lines)
        self.remarks: list[str] = []

    async def hold(self, scenery: Scenery, target: Host) -> None:
        """Say everything, as far as the server listens. Raises PeerError."""
        answer: Reply | None = await self._client.hear()
        while self._left and answer and answer.code not in HANG_UP:
            line = self._left.popleft()
            if line.strip().upper() == "STARTTLS":
                answer = await self._client.starttls(scenery.authority.trusting, target.domain)
            else:
                answer = await self._exchange(line)
        if self._left and answer:
            words = NOT_SAID if len(self._left) == 1 else NOT_SAID_OF_MANY
            self.remarks.append(words.format(count=len(self._left), line=self._left[0]))

    async def _exchange(self, line: str) -> Reply | None:
        """Say a line, and the letter if it is asked for; None where no answer can come any more."""
        verb = _verb(line)
        if verb == "BDAT":
            self.remarks.append(NO_CHUNKS)
            return None
        answer = await self._client.command(line)
        if answer.code == 354:
            return await self._letter()
        if verb == "DATA":
            self._pass_over(answer)
        return answer

    async def _letter(self) -> Reply | None:
        content = list(self._left)
        end = content.index(".") + 1 if "." in content else len(content)
        for line in content[:end]:
            self._client.say(line)
            self._left.popleft()
        if content[end - 1 : end] == ["."]:
            return await self._client.hear(DOT)
        self.remarks.append(NO_DOT)
        return None

    def _pass_over(self, refusal: Reply) -> None:
        """Leave out the letter that the server didn't ask for: all up to its end, or to the next command."""
        letter = []
        while self._left and _verb(self._left[0]) not in ORDER:
            letter.append(self._left.popleft())
            if letter[-1] == ".":
                break
        if letter:
            self.remarks.append(NO_LETTER.format(code=refusal.code))


def _verb(line: str) -> str:
    return line.strip().partition(" ")[0].upper()

"""What a flood is made of: five ways to keep a mail server busy, each bounded in count and in memory."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from labkit.attacker.letters import SOMEBODY, Draft, address
from labkit.attacker.means.post import LETTERS_PER_SESSION
from labkit.attacker.means.visitor import trouble
from labkit.attacker.report import Finding
from labkit.attacker.scene import Scene
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp.address import NULL, Path
from labkit.smtp.client import SmtpClient
from labkit.smtp.envelope import Letter
from labkit.smtp.handover import Refusal

OWN = "staff@corp.example"  # whoever a server refuses, it takes mail for its own people
LINE = 100_000  # octets; a command has at most 2,048
BOMB = b"Content-Type: message/rfc822\r\n\r\n" * 100 + b"\r\n" + b"A flood, for a test.\r\n" * 4_000
LINES_PER_SESSION = 10
CONNECTED, TAKEN = "connected", "taken, for one recipient"


@dataclass
class Wave:
    """A flood under way, from ``sources`` in turn.

    ``held`` are its open connections, ``answers`` what it has heard, how often; ``talks`` says that its
    clients say something each minute, so that nobody takes them for dead.
    """

    network: Network
    sources: Sequence[Host]
    target: Host
    scene: Scene
    port: int
    count: int
    talks: bool = False
    held: list[SmtpClient] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    sessions: dict[str, int] = field(default_factory=dict)

    def heard(self, said: object, session: int = 0) -> None:
        """Count an answer, and remember in which session it came first."""
        self.answers[str(said)] += 1
        self.sessions.setdefault(str(said), session)

    async def opened(self, number: int) -> SmtpClient | None:
        """A connection that has greeted; None when there is none to be had."""
        source = self.sources[number % len(self.sources)]
        try:
            client = await SmtpClient.open(self.network, source, self.target.address, self.port)
        except PeerError as error:
            self.heard(trouble(error))
            return None
        try:
            greeting = await client.hear()
            if greeting.is_positive:
                await client.ehlo(source.domain or source.name)
                return client
            self.heard(greeting, client.session)
        except PeerError as error:
            self.heard(trouble(error), client.session)
        client.abort()
        return None

    async def minute(self) -> None:
        """A minute of lab time has passed."""
        for client in list(self.held) if self.talks else ():
            try:
                await client.command("NOOP")
            except PeerError as error:
                self.heard(trouble(error), client.session)
                self.held.remove(client)

    async def release(self) -> None:
        """Let go of every connection."""
        held, self.held = self.held, []
        for client in held:
            if client.is_fresh:
                await client.quit()
            else:
                client.abort()

    def findings(self) -> list[Finding]:
        """What the flood has heard, most frequent first."""
        return [
            Finding(f"{count:,} × {said}", "what the flood heard", self.sessions[said], harm=False)
            for said, count in self.answers.most_common()
        ]


async def connections(wave: Wave) -> None:
    """Connections that are opened and kept, and say nothing."""
    for number in range(wave.count):
        client = await wave.opened(number)
        if client:
            wave.heard(CONNECTED, client.session)
            wave.held.append(client)


async def slow(wave: Wave) -> None:
    """The same, but each says something once a minute."""
    wave.talks = True
    await connections(wave)


async def lines(wave: Wave) -> None:
    """Commands that are far too long."""
    for first in range(0, wave.count, LINES_PER_SESSION):
        client = await wave.opened(first)
        if not client:
            continue
        try:
            for _ in range(min(LINES_PER_SESSION, wave.count - first)):
                wave.heard(await client.command("X" * LINE), client.session)
            await client.quit()
        except PeerError as error:
            wave.heard(trouble(error), client.session)
            client.abort()


async def recipients(wave: Wave) -> None:
    """One letter to very many."""
    somebody = wave.scene.tell(SOMEBODY)
    paths = tuple(Path(f"nobody{number}", address(somebody).domain) for number in range(wave.count))
    await _send(wave, 0, [_letter(wave, somebody, b"\r\n")._replace(forward_paths=paths)])


async def bombs(wave: Wave) -> None:
    """Large letters, each of them a hundred letters within each other."""
    readers = wave.scene.tell((SOMEBODY, OWN))
    for first in range(0, wave.count, LETTERS_PER_SESSION):
        numbers = range(first, min(first + LETTERS_PER_SESSION, wave.count))
        await _send(wave, first, [_letter(wave, readers[number % 2], BOMB) for number in numbers])


async def _send(wave: Wave, number: int, letters: Sequence[Letter]) -> None:
    client = await wave.opened(number)
    if not client:
        return
    try:
        for letter in letters:
            handover = await client.send(letter)
            _refused(wave, client.session, handover.refused)
            for _ in handover.accepted:
                wave.heard(TAKEN, client.session)
        await client.quit()
    except PeerError as error:
        _refused(wave, client.session, client.refusals)
        wave.heard(trouble(error), client.session)
        client.abort()


def _refused(wave: Wave, session: int, refusals: Iterable[Refusal]) -> None:
    for refusal in refusals:
        wave.heard(str(refusal.reply).replace(refusal.path.address, "*"), session)


def _letter(wave: Wave, recipient: str, content: bytes) -> Letter:
    """From nobody: so that nothing of it ever comes back."""
    source = wave.sources[0]
    draft = Draft(
        NULL, address(recipient), f"flood@{source.domain or source.name}", "A flood, for a test", ""
    )
    letter = draft.letter(next(wave.scene.nonces), wave.scene.clock.now, source.domain or source.name)
    # What follows is the rest of the header, and all the rest.
    return letter._replace(content=letter.content.rstrip(b"\r\n") + b"\r\n" + content)


class Way(NamedTuple):
    """One way to flood: what it does, how often unless told otherwise, how often at most, and what."""

    begin: Callable[[Wave], Awaitable[None]]
    usual: int
    most: int
    what: str


WAYS = {
    "connections": Way(connections, 120, 400, "connections that say nothing"),
    "slow": Way(slow, 120, 400, "connections that say one word a minute"),
    "lines": Way(lines, 20, 1_000, "lines of 100,000 octets"),
    "recipients": Way(recipients, 1_200, 5_000, "recipients of one letter"),
    "bombs": Way(bombs, 40, 200, "letters of 100 letters within each other"),
}

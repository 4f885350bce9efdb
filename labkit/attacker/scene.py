"""What an attack needs besides its two hosts: the lab's time, marks for letters, and a look into mailboxes.

Every attack gets the same, so that each is one function of the same shape and can be tried against any
target: the lab's relay, a server that fools the usual tools, or a real Postfix.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from labkit.attacker.report import Attempt, Finding, Report
from labkit.clock import Clock
from labkit.dns.resolver import Resolver
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp.envelope import Letter, Session
from labkit.smtp.tls import Authority

T = TypeVar("T")


class Tell(Protocol):
    """Gives a text, or what is made of texts, in the words of a lab's stage."""

    def __call__(self, text: T, /) -> T: ...


def as_it_is(text: T) -> T:
    """A scene on the usual stage."""
    return text


async def nothing_found(_letter: Letter, _session: Session, _server: str) -> bytes:
    """A scene in which nobody looks at letters."""
    return b""


@dataclass(frozen=True)
class Scene:
    """The surroundings of an attack.

    ``nonces`` marks letters; ``holds`` says whether a letter with this mark is in a mailbox; ``settle``
    waits until everything that can be delivered now is. ``progress`` is told of each attempt, so that
    nothing that was sent is forgotten when the attack is stopped. ``work`` is how much the target has
    computed for logins so far: what a stopwatch would tell, but the same on every run. ``contents`` gives
    the letters in one mailbox. ``publish`` adds records to the DNS. ``authenticate`` says in an
    Authentication-Results: header of the named server what SPF, DKIM, DMARC and ARC find about a letter
    that came in a session. ``tell`` gives what is written for the usual stage in this lab's own words.
    """

    clock: Clock
    nonces: Iterator[str]
    holds: Callable[[str], bool]
    settle: Callable[[], Awaitable[None]]
    resolver: Resolver
    authority: Authority
    progress: Callable[[Attempt], None] = lambda _: None
    work: Callable[[], int] = lambda: 0
    contents: Callable[[str], Iterable[bytes]] = lambda _: ()
    publish: Callable[[str], object] = lambda _: None
    authenticate: Callable[[Letter, Session, str], Awaitable[bytes]] = nothing_found
    tell: Tell = as_it_is

    async def judged(self, attempts: Iterable[Attempt]) -> tuple[Attempt, ...]:
        """The attempts, after a look into the mailboxes once everything is delivered that can be."""
        await self.settle()
        return tuple(attempt.looked_up(self.holds) for attempt in attempts)

    async def report(
        self,
        network: Network,
        source: Host,
        what: str,
        attempts: Iterable[Attempt],
        findings: Iterable[Finding] = (),
        *,
        goal: str,
    ) -> Report:
        """What came of an attack, proved at the mailboxes, with the transcripts of its sessions."""
        judged, found = await self.judged(attempts), tuple(findings)
        sessions = {attempt.session for attempt in judged} | {finding.session for finding in found}
        numbers = sorted(number for number in sessions if number in network.recorder)
        transcripts = tuple(network.recorder.transcript(number) for number in numbers)
        return Report(source.name, what, judged, transcripts, found, goal)

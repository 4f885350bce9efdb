"""Spam: many letters in other people's names, through a relay that doesn't ask who sends them.

A spammer's program opens a connection or several, pours a handful of letters through each, and opens
the next. Time passes on the lab's clock in between, at the rate that is asked for.
"""

import itertools
from collections.abc import AsyncGenerator, Iterator, Sequence

from labkit.attacker.letters import FORGERIES, SOMEBODY, Draft, Forgery, address, lab_path
from labkit.attacker.report import Attempt, Report, Verdict, judged
from labkit.attacker.scene import Scene
from labkit.errors import PeerError, UsageError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient

GOAL = "letters in other people's names, in somebody's mailbox"
LETTERS_PER_SESSION = 10
MOST_LETTERS = 100_000  # in one attack, counted once for each recipient
MOST_CONNECTIONS = 100  # at the same time

Session = AsyncGenerator[Attempt, None]


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    recipients: Sequence[str] = (SOMEBODY,),
    count: int = 500,
    port: int = 25,
    per_minute: int = 100,
    connections: int = 1,
    recipients_each: int = 1,
    hello: str = "",
) -> Report:
    """Send ``count`` forged letters through ``target``, at ``per_minute`` of lab time.

    ``connections`` are open at the same time, each letter has ``recipients_each`` recipients. ``hello`` is
    the name to greet with, the host's own unless given. A letter for which there was no connection is an
    attempt, too: it wasn't sent. Raises UsageError for numbers and names that can't be, OutsideTheLab for a
    recipient who could be real.
    """
    greeting = _name(hello or source.domain)
    paths = _checked(recipients, count, per_minute, connections, recipients_each)
    drafts = itertools.islice(_drafts(scene.tell(FORGERIES), paths, recipients_each), count)
    attempts: list[Attempt] = []
    while batch := list(itertools.islice(drafts, LETTERS_PER_SESSION * connections)):
        hands = [batch[first::connections] for first in range(min(connections, len(batch)))]
        async for attempt in _in_turn(
            [_session(network, source, target, port, scene, hand, greeting) for hand in hands]
        ):
            attempts.append(attempt)
            scene.progress(attempt)
        await scene.clock.advance(60 * len(batch) / per_minute)
    what = "1 forged letter" if count == 1 else f"{count:,} forged letters"
    return await scene.report(network, source, what, attempts, goal=GOAL)


def _checked(
    recipients: Sequence[str], count: int, per_minute: int, connections: int, recipients_each: int
) -> list[Path]:
    """The recipients' paths, when the numbers can be."""
    if not 1 <= count * recipients_each <= MOST_LETTERS:
        raise UsageError(f"{count * recipients_each:,} letters can't be sent: choose 1 to {MOST_LETTERS:,}.")
    if per_minute < 1:
        raise UsageError(f"{per_minute} letters a minute is no rate: choose 1 or more.")
    if not 1 <= connections <= MOST_CONNECTIONS:
        raise UsageError(f"{connections} connections can't be open: choose 1 to {MOST_CONNECTIONS}.")
    paths = [lab_path(recipient) for recipient in recipients]
    if not 1 <= recipients_each <= len(paths):
        raise UsageError(
            f"There are {len(paths)} recipients: a letter can't go to {recipients_each} of them."
        )
    return paths


def _name(hello: str) -> str:
    """The name to greet with, when it fits into one line."""
    if not isinstance(hello, str) or not hello.isprintable() or not hello.strip():
        raise UsageError(f"{hello!r} is no name to greet with, such as 'workstation.corp.example'.")
    return hello


def _drafts(forgeries: Sequence[Forgery], paths: Sequence[Path], each: int) -> Iterator[Draft]:
    """Every forged sender to every recipient in turn, for ever."""
    for turn, forgery in enumerate(itertools.cycle(forgeries)):
        # Moved on by one each time all senders have had their turn: so that everybody hears from everybody.
        first = turn * each + turn // len(forgeries)
        yield _draft(forgery, [paths[(first + place) % len(paths)] for place in range(each)])


def _draft(forgery: Forgery, recipients: Sequence[Path]) -> Draft:
    first, *blind = recipients
    sender = address(forgery.reverse_path)
    return Draft(sender, first, forgery.header_from, forgery.subject, forgery.text, tuple(blind))


async def _in_turn(sessions: Sequence[Session]) -> Session:
    """One letter of each session after the other: all are open at once, and the order is always the same."""
    going = list(sessions)
    try:
        while going:
            for session in list(going):
                attempt = await anext(session, None)
                if attempt:
                    yield attempt
                else:
                    going.remove(session)
    finally:
        for session in going:
            await session.aclose()


async def _session(
    network: Network, source: Host, target: Host, port: int, scene: Scene, drafts: Sequence[Draft], hello: str
) -> Session:
    """One connection with a handful of letters; when it breaks, the rest of them wasn't sent."""
    waiting = [(draft, next(scene.nonces)) for draft in drafts]
    client = None
    try:
        client = await SmtpClient.connect(network, source, target.address, port)
        await client.ehlo(hello)
        while waiting:
            draft, nonce = waiting[0]
            handover = await client.send(draft.letter(nonce, scene.clock.now, source.domain))
            waiting.pop(0)
            yield judged(nonce, handover, client.session)
        await client.quit()
    except PeerError as error:
        for _, nonce in waiting:
            yield Attempt(nonce, Verdict.NOT_SENT, trouble=str(error))
    finally:
        if client:
            client.abort()

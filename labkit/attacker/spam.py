"""Spam: many letters in other people's names, through a relay that doesn't ask who sends them.

A spammer's program opens a connection, pours a handful of letters through it, and opens the next.
Time passes on the lab's clock between two connections, at the rate that is asked for.
"""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from labkit.attacker.letters import FORGERIES, Draft, Forgery, address
from labkit.attacker.report import Attempt, Verdict
from labkit.clock import Clock
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient
from labkit.smtp.handover import Handover

LETTERS_PER_SESSION = 10


async def run(
    network: Network,
    source: Host,
    target: Host,
    *,
    clock: Clock,
    recipients: Sequence[str],
    nonces: Iterator[str],
    count: int,
    port: int = 25,
    per_minute: int = 100,
    progress: Callable[[Attempt], None],
) -> None:
    """Send ``count`` forged letters through ``target``, at ``per_minute`` of lab time.

    ``progress`` is told of each attempt, so that nothing that was sent is forgotten when the attack
    is stopped. A letter for which there was no connection is an attempt, too: it wasn't sent.
    """
    drafts = itertools.islice(_drafts(recipients), count)
    while batch := list(itertools.islice(drafts, LETTERS_PER_SESSION)):
        async for attempt in _session(network, source, target, port, clock, nonces, batch):
            progress(attempt)
        await clock.advance(60 * len(batch) / per_minute)


def _drafts(recipients: Sequence[str]) -> Iterator[Draft]:
    """Every forged sender to every recipient in turn, for ever."""
    paths = [address(recipient) for recipient in recipients]
    for forgery, recipient in zip(itertools.cycle(FORGERIES), _shifted(paths, len(FORGERIES)), strict=False):
        yield _draft(forgery, recipient)


def _shifted(paths: list[Path], step: int) -> Iterator[Path]:
    """The recipients round after round, moved on by one each time all senders have had their turn."""
    for turn in itertools.count():
        yield paths[(turn + turn // step) % len(paths)]


def _draft(forgery: Forgery, recipient: Path) -> Draft:
    return Draft(address(forgery.reverse_path), recipient, forgery.header_from, forgery.subject, forgery.text)


async def _session(
    network: Network,
    source: Host,
    target: Host,
    port: int,
    clock: Clock,
    nonces: Iterator[str],
    batch: list[Draft],
) -> AsyncIterator[Attempt]:
    """One connection with a handful of letters; when it breaks, the rest of them wasn't sent."""
    waiting = [(draft, next(nonces)) for draft in batch]
    client = None
    try:
        client = await SmtpClient.connect(network, source, target.address, port)
        await client.ehlo(source.domain)
        while waiting:
            draft, nonce = waiting[0]
            handover = await client.send(draft.letter(nonce, clock.now, source.domain))
            waiting.pop(0)
            yield judged(nonce, handover, client.session)
        await client.quit()
    except PeerError as error:
        for _, nonce in waiting:
            yield Attempt(nonce, Verdict.NOT_SENT, trouble=str(error))
    finally:
        if client:
            client.abort()


def judged(nonce: str, handover: Handover, session: int) -> Attempt:
    """The attempt that a handover was, before a look into the mailboxes."""
    if handover.accepted:
        verdict = Verdict.ACCEPTED
    else:
        verdict = Verdict.DEFERRED if handover.reply.is_transient else Verdict.REFUSED
    return Attempt(nonce, verdict, handover.step, handover.reply, session)

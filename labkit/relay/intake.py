"""How a letter comes into the queue: its trace, its filters, and the promise that a 250 is."""

from typing import TYPE_CHECKING

from labkit.errors import MachineError
from labkit.relay.filtering import filters
from labkit.relay.filtering.scanners import SIGNER
from labkit.relay.policy import Policy
from labkit.relay.rules.case import Marks
from labkit.smtp import reply, trace
from labkit.smtp.address import Path
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Letter, Session
from labkit.smtp.reply import Reply

if TYPE_CHECKING:
    from labkit.relay.server import Relay

MOST_HOPS = 50  # servers that a letter may come through, this one included; Postfix: hopcount_limit
GOES_ROUND = "So many servers have taken this letter that it must be going round in circles."


async def take(
    relay: "Relay", policy: Policy, session: Session, marks: Marks, letter: Letter
) -> Reply | Decision:
    """Put a letter into the queue, or refuse it; ``marks`` is what access tables want to be done with it."""
    queue = relay.queue
    if queue.is_full:
        return reply.QUEUE_FULL
    queue_id = queue.next_id()
    filtered = filters.check(policy, _stamped(relay, session, marks, letter, queue_id))
    relay.watch.arrived(queue_id, session, letter._replace(content=filtered.content), filtered.remarks)
    if trace.hops(filtered.content) >= MOST_HOPS:  # the checks can have removed some
        return Decision(reply.TOO_MANY_HOPS, f"hopcount_limit = {MOST_HOPS}", GOES_ROUND)
    if filtered.answer:
        return filtered.answer
    content = filtered.content
    if SIGNER in policy.smtpd_milters:
        content = relay.signer.signed(content, policy, session, relay.site.clock.now)
    taken = _qualified(letter._replace(content=content), relay.site.host.domain)
    if marks.discard or filtered.discard:
        queue.discard(taken)
    else:
        try:
            await queue.accept(queue_id, taken, session.client.name, hold=marks.hold or filtered.hold)
        except MachineError:
            return reply.QUEUE_FULL
    relay.watch.accepted(session, letter)
    return reply.queued(queue_id)


def _stamped(relay: "Relay", session: Session, marks: Marks, letter: Letter, queue_id: str) -> bytes:
    """The letter with what the relay writes on top of it."""
    only = letter.forward_paths[0] if len(letter.forward_paths) == 1 else None
    hostname, now = relay.site.host.domain, relay.site.clock.now
    stamp = trace.received(session, session.client_name, hostname, queue_id, only, now, utf8=letter.utf8)
    prepended = "".join(f"{line}\r\n" for line in marks.prepend).encode()
    return prepended + stamp + letter.content


def _qualified(letter: Letter, origin: str) -> Letter:
    """The letter with a domain behind every address (Postfix: append_at_myorigin)."""
    paths = (letter.reverse_path, *letter.forward_paths)
    whole = tuple(_with_domain(path, origin) for path in paths)
    if whole == paths:
        return letter
    return letter._replace(reverse_path=whole[0], forward_paths=whole[1:])


def _with_domain(path: Path, origin: str) -> Path:
    return path if path.domain or path.is_null else Path(path.local, origin)

"""The courier: takes letters from the queue, has them handed over, and draws the consequences.

Each letter is handed over once a destination, the oldest first. Connections are kept while there is
more to deliver or somebody is still handing letters in, and closed when the relay is quiet: so which
letters share a session doesn't depend on how fast the machine is.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from labkit.dns.questions import on_errand
from labkit.errors import MachineError
from labkit.relay.delivering import bounce
from labkit.relay.delivering.baton import Step
from labkit.relay.delivering.bounce import Kind, Subject
from labkit.relay.delivering.destinations import Attempt, Destination, Destinations, Part
from labkit.relay.delivering.outcome import Action, Outcome
from labkit.relay.policy import Policy
from labkit.relay.queueing import backoff
from labkit.relay.queueing.entry import Entry, State
from labkit.relay.queueing.queue import Queue
from labkit.relay.site import Site
from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter

MOST_AT_ONCE = 100  # deliveries under way; Postfix: default_process_limit
ENOUGH = 1_000  # letters that wait; then delivery begins although more are being handed in
UNREACHABLE = ("4.4.1", "4.4.3")  # no connection; no answer from the DNS

Told = tuple[Kind, str, Letter]  # what a notice is about, its queue id, and the notice
DONE = (Action.DELIVERED, Action.RELAYED)


class Carrier(Protocol):
    """Who hands letters over."""

    def destination(self, path: Path) -> str:
        """Where a recipient's letter goes next; letters that go the same way have the same."""

    async def hand_over(self, letter: Letter, destination: str, waited: float) -> list[Outcome]:
        """An outcome for each recipient; ``waited`` is how long the letter has been in the queue."""

    async def hang_up(self) -> None:
        """Take leave of everybody."""


class Witness(Protocol):
    """Who is told what becomes of letters."""

    def activated(self, entry: Entry, /) -> None:
        """An attempt to deliver a letter begins."""

    def tried(self, entry: Entry, outcomes: Sequence[Outcome], /) -> None:
        """One of its destinations was tried."""

    def concluded(self, entry: Entry, outcomes: Sequence[Outcome], told: Sequence[Told], /) -> None:
        """All were tried; these notices tell of it."""


class Courier:
    """Delivers what is in the queue, whenever it has the baton.

    ``is_busy`` says whether somebody is handing letters in, and ``is_fed`` whether a program of the lab
    is. ``witness`` is told what becomes of each letter.
    """

    def __init__(
        self,
        site: Site,
        queue: Queue,
        carrier: Carrier,
        *,
        policy: Callable[[], Policy],
        is_busy: Callable[[], bool],
        is_fed: Callable[[], bool],
        witness: Witness,
    ) -> None:
        self._site, self._queue, self._carrier = site, queue, carrier
        self._policy, self._is_busy, self._is_fed, self._witness = policy, is_busy, is_fed, witness
        self._attempts: dict[Entry, Attempt] = {}
        self._destinations = Destinations()
        self._under_way = 0
        self._has_sessions = False
        site.baton.join(self)

    def flush(self) -> int:
        """Try everything that is deferred, wherever it goes (``postqueue -f``); how many letters."""
        for destination in self._destinations:
            destination.revive()
        return self._queue.flush()

    # For the baton

    @property
    def is_handed_letters(self) -> bool:
        """Whether a program of the lab hands letters in, and there is room for more of them."""
        return self._is_fed() and len(self._queue) < ENOUGH

    def next_step(self) -> Step | None:
        """What can be done now."""
        self._take_letters()
        found = self._next_part() if self._under_way < MOST_AT_ONCE else None
        if found:
            self._under_way += 1
            return Step(lambda: self._deliver(*found))
        if self._has_sessions and not self._is_busy():
            self._has_sessions = False
            return Step(self._carrier.hang_up)
        return None

    def _take_letters(self) -> None:
        while entry := self._queue.take():
            if entry in self._attempts:
                continue  # it was on hold for a while, and the attempt goes on
            by_name: dict[str, list[Path]] = {}
            for path in entry.duties:
                by_name.setdefault(self._carrier.destination(path), []).append(path)
            attempt = self._attempts[entry] = Attempt(entry, len(by_name))
            self._witness.activated(entry)
            for name, paths in by_name.items():
                destination = self._destinations[name]
                if destination.is_dead(self._site.clock.now):
                    self._suspend(destination, attempt, paths)
                else:
                    self._destinations.add(destination, attempt, paths)

    def _next_part(self) -> tuple[Destination, Part] | None:
        policy = self._policy()
        limit = 1 if policy.default_destination_rate_delay else policy.default_destination_concurrency_limit
        return self._destinations.next(limit, self._site.clock.now)

    # How it is done

    async def _deliver(self, destination: Destination, part: Part) -> None:
        attempt, entry = part.attempt, part.attempt.entry
        is_wanted = entry.state is State.ACTIVE and entry.queue_id in self._queue
        paths = [path for path in part.paths if path in entry.duties] if is_wanted else []
        try:
            outcomes = await self._outcomes(entry, paths, destination.name) if paths else []
        finally:
            self._under_way -= 1
            destination.under_way -= 1
        self._note(attempt, outcomes)
        self._judge(destination, outcomes)
        self._let_in_the_next(destination)

    async def _outcomes(self, entry: Entry, paths: list[Path], destination: str) -> list[Outcome]:
        waited = (self._site.clock.now - entry.arrived).total_seconds()
        try:
            await self._queue.begin(entry, paths)
            with on_errand(self._site.host.name, entry.queue_id):
                return await self._carrier.hand_over(only_for(entry.letter, paths), destination, waited)
        except MachineError as error:
            return [Outcome(path, Action.DELAYED, "4.3.0", str(error)) for path in paths]
        except Exception as error:
            self._site.problems.append(f"delivery of {entry.queue_id}: {error!r}")
            return [Outcome(path, Action.DELAYED, "4.3.0", "unknown mail system error") for path in paths]
        finally:
            self._has_sessions = True

    def _judge(self, destination: Destination, outcomes: Sequence[Outcome]) -> None:
        """Whether the destination can be reached. If it is dead, nothing else is tried there now."""
        if not outcomes:
            return
        if any(outcome.status not in UNREACHABLE or outcome.answer for outcome in outcomes):
            destination.revive()
            return
        clock, pause = self._site.clock, timedelta(seconds=self._policy().minimal_backoff_time)
        destination.failed(outcomes[0].reason, clock.now, pause)
        if destination.dead_until:
            clock.call_at(destination.dead_until, lambda: self._open(destination))
        while destination.is_dead(clock.now) and destination.parts:
            part = destination.parts.popleft()
            self._suspend(destination, part.attempt, part.paths)

    def _suspend(self, destination: Destination, attempt: Attempt, paths: list[Path]) -> None:
        reason = f"delivery temporarily suspended: {destination.why_dead}"
        duties = [path for path in paths if path in attempt.entry.duties]
        self._note(attempt, [Outcome(path, Action.DELAYED, UNREACHABLE[0], reason) for path in duties])

    def _let_in_the_next(self, destination: Destination) -> None:
        """At once, or after the pause that the policy prescribes."""
        clock, pause = self._site.clock, self._policy().default_destination_rate_delay
        if pause:
            destination.not_before = clock.now + timedelta(seconds=pause)
            clock.call_at(destination.not_before, lambda: self._open(destination))
        else:
            self._open(destination)

    def _open(self, destination: Destination) -> None:
        self._take_letters()  # some may be for this destination: then it isn't forgotten
        self._destinations.list(destination)
        self._destinations.forget_if_idle(destination, self._site.clock.now)
        self._site.baton.go_on()

    # What follows

    def _note(self, attempt: Attempt, outcomes: Sequence[Outcome]) -> None:
        """A part of an attempt is over; with the last one, the attempt is."""
        attempt.outcomes += outcomes
        self._witness.tried(attempt.entry, outcomes)
        delivered = [outcome.path for outcome in outcomes if outcome.action in DONE]
        failed = {outcome.path: outcome.reason for outcome in outcomes if outcome.action not in DONE}
        if outcomes:
            self._queue.tried(attempt.entry, delivered, failed)
        attempt.parts -= 1
        if not attempt.parts:
            self._conclude(attempt.entry, self._attempts.pop(attempt.entry).outcomes)

    def _conclude(self, entry: Entry, outcomes: Sequence[Outcome]) -> None:
        """Return the letter, tell of the delay, and say when it is tried again."""
        now, policy = self._site.clock.now, self._policy()
        if now >= backoff.given_up_at(policy, entry):
            outcomes = [_given_up(outcome) for outcome in outcomes]
        delivered = [outcome for outcome in outcomes if outcome.action in DONE]
        failed = [outcome for outcome in outcomes if outcome.action is Action.FAILED]
        delayed = [outcome for outcome in outcomes if outcome.action is Action.DELAYED]
        told = [(Kind.SUCCESS, delivered), (Kind.FAILURE, failed)]
        if delayed and backoff.is_overdue(policy, entry, now):
            entry.warned = True
            told.append((Kind.DELAY, delayed))
        written = [(kind, self._notice(kind, entry, some)) for kind, some in told if some]
        notices = [(kind, *notice) for kind, notice in written if notice]
        due = backoff.next_attempt(policy, entry, now)
        bounced = [outcome.path for outcome in failed]
        sent = [(queue_id, letter) for _, queue_id, letter in notices]
        self._queue.attempted(entry, bounced, sent, due, self._site.host.name)
        self._witness.concluded(entry, outcomes, notices)

    def _notice(self, kind: Kind, entry: Entry, outcomes: Sequence[Outcome]) -> tuple[str, Letter] | None:
        return bounce.notification(
            kind,
            Subject(entry.queue_id, entry.letter, entry.arrived),
            outcomes,
            policy=self._policy(),
            hostname=self._site.host.domain,
            now=self._site.clock.now,
            next_id=self._queue.next_id,
        )


def only_for(letter: Letter, paths: Sequence[Path]) -> Letter:
    """The same letter for some of its recipients."""
    if letter.forward_paths == tuple(paths):
        return letter
    notices = tuple(letter.notice(path) for path in paths) if letter.notices else ()
    return letter._replace(forward_paths=tuple(paths), notices=notices)


def _given_up(outcome: Outcome) -> Outcome:
    return outcome._replace(action=Action.FAILED) if outcome.action is Action.DELAYED else outcome

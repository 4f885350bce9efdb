"""The lab: the one object that a student holds."""

import atexit
import gc
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from labkit.attacker.report import Attempt, Report
from labkit.dns.server import NameServer
from labkit.errors import LabClosed, UsageError
from labkit.lab import passing, stage, views
from labkit.lab.passing import Passage
from labkit.lab.queue import MailQueue
from labkit.lab.scenery import Scenery
from labkit.lab.senders import Attacker, Sender
from labkit.lab.views import AllMailboxes
from labkit.loop import LoopThread
from labkit.network.addresses import Host
from labkit.recipient.mailbox import Received
from labkit.recipient.server import Recipient
from labkit.relay.policy import Policy
from labkit.relay.server import Relay

if TYPE_CHECKING:
    from labkit.wire.listing import Transcripts

T = TypeVar("T")

CAP = 10_000  # letters that one attack may send
QUARTER = 15  # minutes

_current: "Lab | None" = None


class Lab:
    """A whole mail world in this process: a relay, its users, a customer, a stranger.

    A new lab replaces the one before it. ``policy`` is the relay's policy at the start, an open relay
    unless you choose another; ``cap`` bounds the letters of one attack; ``seed``
    decides what real mail servers leave to chance. Use it with ``with``, or call ``close`` when you are
    done. Raises MachineError when the machine has no port or file left.

    ``spool`` is a file that keeps the relays' queues and the lab's time: a later lab with the same spool
    goes on with them, even if this one was killed. Policies and mailboxes aren't kept. Raises UsageError
    for a path that can't be a spool.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        cap: int = CAP,
        spool: str | Path | None = None,
        seed: int = stage.SEED,
    ) -> None:
        global _current
        if _current:
            _current.close()
        self._first_policy = policy or Policy.parse(stage.OPEN_POLICY)
        self._cap, self._spool, self._seed = cap, _path(spool), seed
        self._thread = LoopThread()
        self._scenery: Scenery | None = None
        try:
            self._scenery = self._thread.call(self._built(), waiting_for="the servers to start")
        except BaseException:
            self._thread.close()
            raise
        _current = self
        self.attacker = Attacker(self, stage.ATTACKER)
        self.workstation = Sender(self, stage.OFFICE_PROGRAM)
        self.copier = Sender(self, stage.COPIER_PROGRAM)
        self.laptop = Sender(self, stage.ROAD_PROGRAM)

    # What is in it

    @property
    def scenery(self) -> Scenery:
        """Everything that the lab consists of. Raises LabClosed."""
        if not self._scenery:
            raise LabClosed("This lab is closed. Start a new one with lab = Lab().")
        return self._scenery

    @property
    def relay(self) -> Relay:
        """The relay: its policy, its queue, its accounts."""
        return self.scenery.relay

    @property
    def mx1(self) -> Recipient:
        """The customer's first mail server."""
        return self.scenery.mx1

    @property
    def mx2(self) -> Recipient:
        """The customer's second mail server."""
        return self.scenery.mx2

    @property
    def smarthost(self) -> Relay:
        """The mail server of the company's provider: a relay with a policy of its own."""
        return self.scenery.smarthost

    @property
    def dns(self) -> NameServer:
        """The name server: its zone, and what is wrong with it (``lab.dns.fault``)."""
        return self.scenery.dns

    @property
    def transcripts(self) -> "Transcripts":
        """Every recorded session, numbered from 1."""
        from labkit.wire.listing import Transcripts  # here: a lab starts sooner without its views

        return Transcripts(self.scenery.recorder)

    @property
    def mailboxes(self) -> AllMailboxes:
        """The mailboxes of every domain in the lab."""
        return AllMailboxes((self.scenery.company, self.scenery.customer))

    def mailbox(self, address: str) -> list[Received]:
        """The letters in one mailbox, oldest first. Raises UsageError when there is no such mailbox."""
        name, _, domain = address.partition("@")
        for mailboxes in self.mailboxes:
            if mailboxes.domain == domain and mailboxes.knows(name):
                return mailboxes[name]
        raise UsageError(f"There is no mailbox {address!r} in this lab. Look at lab.mailboxes.")

    @property
    def ports(self) -> dict[str, int]:
        """The real ports on 127.0.0.1, for programs outside the lab: "relay:25" and so on.

        A program that connects there is "your terminal", which is in none of the lab's networks.
        """
        real = self.scenery.network.ports
        names = {host.address: host.name for host in self.scenery.network.hosts}
        return {f"{names[address]}:{port}": number for (address, port, _), number in real.items()}

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong inside the lab itself: normally nothing. Please report what you find here."""
        return tuple(self._thread.problems)

    @property
    def queue(self) -> MailQueue:
        """What waits in the relay's queue, as ``postqueue -p`` shows it."""
        return MailQueue(self)

    # What can be done with it

    def wait(
        self, minutes: float | None = None, *, hours: float = 0, days: float = 0, seconds: float = 0
    ) -> Passage:
        """Let lab time pass, 15 minutes unless you say otherwise; what is due meanwhile happens in order.

        Raises UsageError for a time that can't pass, Interrupted when you stop it, and LabClosed.
        """
        if minutes is None:
            minutes = 0 if hours or days or seconds else QUARTER
        return passing.wait(self, passing.seconds_in(seconds, minutes, hours, days))

    def settle(self) -> None:
        """Wait until nothing is being delivered any more, as far as that needs no lab time.

        Raises Interrupted when you stop it, and LabClosed.
        """
        self.wait_for(self.scenery.settle(), "the relays to finish what can be done now")

    def reset(self) -> "Lab":
        """Bring the first state back: policy, clock, mailboxes, queue, recording.

        A spool is emptied. A reset that is stopped half way leaves a closed lab.
        """
        try:
            self._take_down()
            self._scenery = self.wait_for(self._built(afresh=True), "the servers to start")
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Stop every server and the lab's thread. A second call does nothing."""
        global _current
        if _current is self:
            _current = None
        try:
            if self._scenery:
                self._take_down()
        finally:
            self._thread.close()

    def _take_down(self) -> None:
        scenery, self._scenery = self.scenery, None
        self.wait_for(scenery.close(), "the servers to stop")
        del scenery
        # A lab is a circle of references. Its memory is given back now, not at some later time.
        gc.collect()

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # For the senders

    def wait_for(
        self,
        work: Coroutine[Any, Any, T],
        what: str,
        *,
        limit: float = 60,
        tick: Callable[[], None] | None = None,
    ) -> T:
        """Run ``work`` on the lab's thread; errors as LoopThread.call raises them."""
        return self._thread.call(work, waiting_for=what, limit=limit, tick=tick)

    async def _built(self, *, afresh: bool = False) -> Scenery:
        scenery = Scenery(self._first_policy, self._thread.problems, self._seed, self._spool)
        try:
            await scenery.start(afresh=afresh)
        except BaseException:
            await scenery.close()
            raise
        return scenery

    def check_count(self, count: int) -> None:
        """Raise UsageError unless 1 <= count <= the cap."""
        if not isinstance(count, int) or count < 1:
            raise UsageError(
                f"{count!r} letters can't be sent: choose a whole number from 1 to {self._cap:,}."
            )
        if count > self._cap:
            raise UsageError(
                f"{count:,} letters are more than this lab sends at once ({self._cap:,}). "
                "Choose a smaller number, or start the lab with Lab(cap=...)."
            )

    def report(self, host: Host, what: str, attempts: Sequence[Attempt]) -> Report:
        """A report with the transcripts of the sessions that the attempts were made in."""
        recorder = self.scenery.recorder
        numbers = sorted({attempt.session for attempt in attempts})
        transcripts = tuple(recorder.transcript(number) for number in numbers if number in recorder)
        return Report(host.name, what, tuple(attempts), transcripts)

    def __repr__(self) -> str:
        return views.text(self._scenery)

    def _repr_html_(self) -> str:
        return views.html(self._scenery)


def _path(spool: str | Path | None) -> Path | None:
    if spool is None:
        return None
    if not isinstance(spool, (str, Path)) or not str(spool).strip():
        raise UsageError(f"{spool!r} is no path: name a file for the spool, such as 'my-queue.db'.")
    return Path(spool)


def _close_current() -> None:
    if _current:
        _current.close()


# Without this, Python would end while the lab's thread still holds open connections.
atexit.register(_close_current)

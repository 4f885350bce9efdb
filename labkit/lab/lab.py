"""The lab: the one object that a student holds."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from labkit.attacker.report import Attempt, Report
from labkit.errors import Interrupted, LabClosed, UsageError
from labkit.lab import opened, passing, views
from labkit.lab.background import RENEWED, Background, to_its_end
from labkit.lab.cast import Cast
from labkit.lab.customer import Customer
from labkit.lab.exam.call import Examined
from labkit.lab.four_servers import FourServers
from labkit.lab.mail_tls import MailTls
from labkit.lab.passing import Passage
from labkit.lab.queue import MailQueue
from labkit.lab.scenery import Scenery
from labkit.lab.senders import Sender
from labkit.lab.stage import stage_of
from labkit.loop import LoopThread
from labkit.network.addresses import Host
from labkit.relay.policy import Policy

if TYPE_CHECKING:
    from labkit.lab.attacks import Attacker

T = TypeVar("T")

CAP = 10_000  # letters that one attack may send
QUARTER = 15  # minutes


class Lab(Cast, Background, Examined):
    """A whole mail world in this process: a relay, its users, a customer, a stranger.

    A new lab replaces the one before it, unless it is to stand ``beside`` it. ``policy`` is the relay's
    policy at the start, an open relay unless you choose another; ``cap`` bounds the letters of one attack.
    Use it with ``with``, or ``close`` it when you are done. Raises MachineError when no port or file is left.

    ``seed`` is a number, which decides what real mail servers leave to chance; or a text such as your name,
    which also gives the lab names, addresses and passwords of its own (``lab.stage``). Raises
    UsageError for what can't be a seed.

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
        seed: int | str | None = None,
        beside: bool = False,
    ) -> None:
        super().__init__()
        self.stage = stage = stage_of(seed)
        if not beside:
            opened.make_way()
        self._first_policy = policy or Policy.parse(stage.OPEN_POLICY, stage.home)
        self._cap, self._spool = cap, _path(spool)
        self._thread = LoopThread()
        self._renewing = asyncio.Lock()
        self._scenery: Scenery | None = None
        try:
            self._scenery = self._thread.call(self._built(), waiting_for="the servers to start")
        except BaseException:
            self._thread.close()
            raise
        opened.note(self, beside=beside)
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

    @cached_property
    def attacker(self) -> "Attacker":
        """A stranger, and what a stranger tries."""
        from labkit.lab.attacks import Attacker  # here: a lab starts sooner without its attacks

        return Attacker(self, self.stage.ATTACKER)

    @property
    def guest(self) -> "Attacker":
        """Another guest of the hotel that the laptop is in, and what a stranger tries from there."""
        from labkit.lab.attacks import Attacker

        return Attacker(self, self.scenery.network.add(self.stage.HOTEL_GUEST))

    @property
    def customer(self) -> Customer:
        """The customer's side of it all: what is checked there, what readers say, who is trusted."""
        return Customer(self)

    @property
    def servers(self) -> FourServers:
        """Four servers to be tested, of which nothing is known."""
        return FourServers(self)

    @property
    def tls(self) -> MailTls:
        """What the relay knows of the TLS of others: MTA-STS policies, TLS reports, DANE."""
        return MailTls(self)

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

    def reset(self) -> Self:
        """Bring the first state back: policy, clock, mailboxes, queue, recording.

        A spool is emptied. A reset that has begun is carried through, also when you stop it.
        """
        self.end()
        try:
            self.wait_for(self.renewed(), "the servers to start")
        except BaseException as error:
            if not self._scenery:
                self.close()
            elif isinstance(error, Interrupted):
                raise Interrupted(RENEWED) from None
            raise
        return self

    def close(self) -> None:
        """Stop every server and the lab's thread. A second call does nothing."""
        opened.forget(self)
        self._leave()
        try:
            if self._scenery:
                self.wait_for(self._taken_down(), "the servers to stop")
        finally:
            self._thread.close()

    async def renewed(self) -> None:
        """What ``reset`` waits for. It can't be stopped half way: half a lab is no lab."""
        await to_its_end(self._renewed())

    async def _renewed(self) -> None:
        async with self._renewing:
            await self._taken_down()
            self._scenery = await self._built(afresh=True)

    async def _taken_down(self) -> None:
        scenery, self._scenery = self.scenery, None
        await scenery.close()
        del scenery
        # A lab is a circle of references. Its memory is given back now, not at some later time.
        gc.collect()

    def __enter__(self) -> Self:
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
        scenery = Scenery(self._first_policy, self._thread.problems, self.stage, self._spool)
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

"""How an attack is run in a lab: with all that it needs, a progress bar, and a word when it is stopped."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from labkit.attacker.report import Attempt, Report
from labkit.attacker.scene import Scene
from labkit.errors import Interrupted, UsageError
from labkit.lab.progress import progress
from labkit.lab.stage import Stage
from labkit.network.addresses import Host
from labkit.network.fabric import Network

if TYPE_CHECKING:
    from labkit.lab.lab import Lab

Found = TypeVar("Found", bound=Report)
Attack = Callable[[Network, Host, Host, Scene], Coroutine[Any, Any, Found]]


class Attacking:
    """A host of a lab from which attacks are run."""

    def __init__(self, lab: "Lab", host: Host) -> None:
        self._lab, self.host = lab, host

    def _run(
        self,
        attack: Attack[Found],
        total: int = 1,
        things: str = "attempts",
        target: Host | None = None,
        source: Host | None = None,
    ) -> Found:
        """Run an attack with a bar for ``total`` attempts, which are ``things``; from this host and at the
        relay, unless ``source`` and ``target`` are others.

        Raises Interrupted when it is stopped, saying how many were made, and whatever the attack raises.
        """
        attempts: list[Attempt] = []
        try:
            with progress(total, things) as show:
                return self._lab.wait_for(
                    self._work(attack, attempts.append, source, target),
                    f"{total:,} {things} to be made",
                    limit=60 + total / 10,
                    tick=lambda: show(len(attempts)),
                )
        except Interrupted:
            raise Interrupted(
                f"You stopped the attack after {len(attempts):,} of {total:,} {things}. They are recorded "
                "in lab.transcripts, and the lab goes on."
            ) from None

    def _work(
        self,
        attack: Attack[Found],
        told: Callable[[Attempt], None],
        source: Host | None,
        target: Host | None,
    ) -> Coroutine[Any, Any, Found]:
        """What is to be done; ``told`` hears of each attempt."""
        network = self._lab.scenery.network
        return attack(network, source or self.host, target or self._lab.stage.RELAY, self._scene(told))

    def _scene(self, told: Callable[[Attempt], None]) -> Scene:
        """What an attack needs besides its hosts, of this lab."""
        scenery = self._lab.scenery
        return Scene(
            scenery.clock,
            scenery.nonces,
            scenery.holds,
            scenery.settle,
            scenery.resolver,
            scenery.authority,
            told,
            lambda: scenery.relay.accounts.computed,
            scenery.contents,
            scenery.dns.add,
            scenery.authenticate,
            scenery.stage.tell,
        )

    # Who is who on the lab's stage

    @property
    def _stage(self) -> Stage:
        return self._lab.stage

    @property
    def _staff(self) -> str:
        return f"staff@{self._stage.COMPANY}"

    @property
    def _somebody(self) -> str:
        return self._stage.CUSTOMERS[0]

    def _target(self, name: str) -> tuple[Host, str]:
        """A server, and somebody who has a mailbox behind it. Raises UsageError."""
        stage = self._stage
        known = {
            "relay": (stage.RELAY, self._staff),
            "mx1": (stage.MX1, self._somebody),
            "mx2": (stage.MX2, self._somebody),
        }
        if name not in known:
            raise UsageError(f"{name!r} can't be the target. Choose one of {', '.join(known)}.")
        return known[name]

    def _pool(self, addresses: int) -> tuple[Host, ...]:
        """The addresses that a stranger uses besides the first. Raises UsageError."""
        pool = self._stage.POOL
        if not 1 <= addresses <= 1 + len(pool):
            raise UsageError(f"The stranger has 1 to {1 + len(pool)} addresses, and not {addresses}.")
        return pool[: addresses - 1]

    def __repr__(self) -> str:
        return str(self.host)

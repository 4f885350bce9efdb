"""How an attack is run in a lab: with all that it needs, a progress bar, and a word when it is stopped."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from labkit.attacker.report import Attempt, Report
from labkit.attacker.scene import Scene
from labkit.errors import Interrupted
from labkit.lab import stage
from labkit.lab.progress import progress
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
        target: Host = stage.RELAY,
        source: Host | None = None,
    ) -> Found:
        """Run an attack with a bar for ``total`` attempts, which are ``things``; from this host, unless
        ``source`` is another.

        Raises Interrupted when it is stopped, saying how many were made, and whatever the attack raises.
        """
        attempts: list[Attempt] = []
        scene = self._scene(attempts.append)
        try:
            with progress(total, things) as show:
                return self._lab.wait_for(
                    attack(self._lab.scenery.network, source or self.host, target, scene),
                    f"{total:,} {things} to be made",
                    limit=60 + total / 10,
                    tick=lambda: show(len(attempts)),
                )
        except Interrupted:
            raise Interrupted(
                f"You stopped the attack after {len(attempts):,} of {total:,} {things}. They are recorded "
                "in lab.transcripts, and the lab goes on."
            ) from None

    def _scene(self, told: Callable[[Attempt], None]) -> Scene:
        """What an attack needs besides its hosts, of this lab; ``told`` hears of each attempt."""
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
        )

    def __repr__(self) -> str:
        return str(self.host)

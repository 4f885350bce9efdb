"""Attacks and letters that are begun and not waited for: the same calls, which return at once."""

from collections.abc import Coroutine
from typing import Any

from labkit.attacker.report import Attempt, Report
from labkit.lab.attacking import Attack
from labkit.lab.attacks import Attacker
from labkit.lab.background import Undertaking
from labkit.lab.senders import Sender
from labkit.network.addresses import Host


class AttackerAtOnce(Attacker):
    """A stranger whose calls return at once: each gives the Undertaking that has the report in the end.

    Every call raises UsageError when something goes on already, besides what it raises otherwise.
    """

    def _run(
        self,
        attack: Attack[Report],
        total: int = 1,
        things: str = "attempts",
        target: Host | None = None,
        source: Host | None = None,
    ) -> Any:
        attempts: list[Attempt] = []
        work = self._work(attack, attempts.append, source, target)
        return self._lab.begin(work, Undertaking("the attack", total, things, lambda: len(attempts)))


class SenderAtOnce(Sender):
    """A host whose ``send`` returns at once: it gives the Undertaking that has the report in the end."""

    def _wait_for(self, work: Coroutine[Any, Any, Report]) -> Any:
        return self._lab.begin(work, Undertaking("the letter"))

"""Where the panel's buttons hand in their work.

A callback of a widget may run on the notebook's main thread or on another one, and must never wait: so it
begins work on the lab's own thread and returns. What goes wrong is said in the panel, in words.
"""

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.lab.background import PROBLEM, Undertaking
from labkit.relay.policy import Policy

NEW_POLICY = "This policy is in force, from the next session on."
OLD_POLICY = "{error} The relay keeps the policy that it had."


class Desk:
    """The way from a click to the lab. ``said`` is what the panel is to say about the last click, and
    ``policy_said`` about the last change of the policy: each a sentence, and whether it is trouble."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.said: tuple[str, bool] = ("", False)
        self.policy_said: tuple[str, bool] = ("", False)

    def begin(self, what: str, start: Callable[[], Undertaking]) -> None:
        """Begin something that takes its time, or say why not."""
        self.said = ("", False)
        try:
            start().what = what
        except LabError as error:
            self.said = (str(error), True)
        except Exception as error:
            # A callback's errors would go to a log that nobody sees.
            self.said = (PROBLEM.format(error=error), True)

    def stop(self) -> None:
        """Stop what goes on."""
        self.said = ("", False) if self.lab.stop() else ("Nothing goes on that could be stopped.", False)

    def change_policy(self, change: Callable[[Policy], Policy]) -> None:
        """Put a changed policy into force; where it can't be, the old one stays."""

        async def work() -> None:
            self.lab.relay.policy = change(self.lab.relay.policy)

        self._hand_in(work(), self._policy_changed)

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that takes no time."""
        self._hand_in(work, self._done)

    def _hand_in(self, work: Coroutine[Any, Any, None], then: "Callable[[Future[None]], None]") -> None:
        try:
            self.lab.start(work).outcome.add_done_callback(then)
        except LabError as error:
            self.said = (str(error), True)

    def _policy_changed(self, outcome: "Future[None]") -> None:
        error = outcome.exception()
        self.policy_said = (OLD_POLICY.format(error=_words(error)), True) if error else (NEW_POLICY, False)

    def _done(self, outcome: "Future[None]") -> None:
        error = outcome.exception()
        self.said = (_words(error), True) if error else ("", False)


def _words(error: BaseException) -> str:
    return str(error) if isinstance(error, LabError) else PROBLEM.format(error=error)

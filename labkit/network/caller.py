"""Who calls whom, as the tasks themselves know it.

A server's task runs in the context (contextvars) of who called it. So whatever happens there, such as
waiting for lab time, is known to happen on behalf of one caller, however many talk at the same time.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labkit.network.addresses import Host
from labkit.wire.record import CLIENT_HUNG_UP
from labkit.wire.recorder import Track

if TYPE_CHECKING:
    from labkit.network.hop import Hop

_served: ContextVar["Caller | None"] = ContextVar("served", default=None)


def served() -> "Caller | None":
    """The caller whom the current task serves, or None."""
    return _served.get()


@dataclass(eq=False, slots=True)
class Caller:
    """Who dials, and the recording that was opened for it.

    ``end`` is its end of the connection, once there is one. ``context`` is that of the task which now
    waits for the server's answer: sessions are passed on from task to task. ``passed_on`` is called
    when that happens. ``hop`` stands in the middle. Who calls ``for_whom`` goes on from a hop in that
    caller's name; what the server does then, it does for that caller. ``kept_waiting`` is set while the
    server waits for lab time before it goes on.
    """

    host: Host
    track: Track
    end: asyncio.Transport | None = None
    context: Context = field(default_factory=copy_context)
    passed_on: Callable[[], None] | None = None
    hop: "Hop | None" = None
    for_whom: "Caller | None" = None
    kept_waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.context.run(_served.set, self.for_whom or self)

    @property
    def is_gone(self) -> bool:
        """Whether it has hung up; the server may not have noticed yet."""
        return self.end is not None and self.end.is_closing()

    def is_current_task(self) -> None:
        """From now on the current task waits for the server's answers."""
        self.context = copy_context()
        if self.passed_on:
            self.passed_on()

    async def over(self) -> None:
        """Wait until the server's end has heard that this one hung up: the recording is whole then.

        A server that waits for lab time won't hear it before that has passed, so there it ends now.
        """
        if self.kept_waiting.is_set():
            self.track.close(CLIENT_HUNG_UP)
        while not self.track.is_over:  # noqa: ASYNC110 - a few turns of the loop
            await asyncio.sleep(0)

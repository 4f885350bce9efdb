"""The one pump that keeps every open view of a lab up to date.

Whatever happens in a lab, and however fast, a view is told at most ten times a second, and always of the
newest state: what came between is nobody's business. The pump has a thread of its own, and this thread
alone sets what the widgets show: two writers would overtake each other. It ends with the lab.
"""

import atexit
import threading
from collections.abc import Callable, Hashable
from functools import partial
from time import monotonic
from typing import Protocol

from labkit.screens.state import State

PAUSE = 0.1  # seconds of real time between two looks
IMAGE_PAUSE = 0.2  # seconds of real time between two drawings of one image
SHARE = 20  # times as long as a drawing took, it isn't drawn again: the lab's own work comes first
LONGEST = 2.0  # seconds of real time that a drawing is put off for that
FAREWELL = 20.0  # seconds of real time that the last round may take


class View(Protocol):
    """What shows a state. ``last`` says that no other will follow: nothing may be put off."""

    def show(self, state: State, *, last: bool = False) -> None: ...

    def end(self) -> None:
        """The lab is closed, and the last state has been shown."""


class Part:
    """A part of a view, drawn again when its ``key`` has changed, and never more often than is good for
    the machine. What is put off is drawn in a later round.

    ``pause`` are seconds of real time between two drawings, at least. With ``rest``, it is drawn only when
    the key has stayed as it is for so many seconds: for what is read, and mustn't change under the reader.
    """

    def __init__(
        self,
        key: Callable[[State], Hashable],
        draw: Callable[[State], None],
        pause: float = 0.0,
        rest: float = 0.0,
    ) -> None:
        self._key, self._draw, self._pause, self._rest = key, draw, pause, rest
        self._shown: Hashable = object()
        self._seen: Hashable = self._shown
        self._not_before = 0.0

    def forget(self) -> None:
        """Draw it again, although nothing has changed."""
        self._shown = object()

    def show(self, state: State, *, last: bool = False) -> None:
        """Draw what has changed, if it is time to."""
        key, began = self._key(state), monotonic()
        if key != self._seen:
            self._seen = key
            self._not_before = max(self._not_before, began + self._rest)
        if key == self._shown or (began < self._not_before and not last):
            return
        self._draw(state)
        self._shown, ended = key, monotonic()
        self._not_before = ended + min(LONGEST, max(self._pause, SHARE * (ended - began)))


class Pump:
    """Looks, and lets the views show what it saw, from the first view on until ``end``.

    ``look`` gives None when there is nothing to see at the moment; ``trouble`` is told of a view that
    couldn't be drawn. The others go on then.
    """

    def __init__(self, look: Callable[[], State | None], trouble: Callable[[str], None]) -> None:
        self._look, self._trouble = look, trouble
        self._views: tuple[View, ...] = ()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._gate = threading.Lock()

    @property
    def is_current(self) -> bool:
        """Whether the caller is the pump itself: then a widget has changed because of it."""
        return threading.current_thread() is self._thread

    def open(self, view: View) -> None:
        """Keep a view up to date from now on."""
        with self._gate:
            self._views += (view,)
            if not self._thread and not self._ending.is_set():
                self._thread = threading.Thread(target=self._run, name="labkit views", daemon=True)
                self._thread.start()
                atexit.register(self._abandon)

    def shut(self, view: View) -> None:
        """Leave a view alone from now on; what goes on in the lab isn't touched by that."""
        with self._gate:
            self._views = tuple(each for each in self._views if each is not view)

    def end(self) -> None:
        """Show the last state, and end. A second call does nothing."""
        atexit.unregister(self._abandon)
        self._ending.set()
        if self._thread and not self.is_current:
            self._thread.join(FAREWELL)

    def _abandon(self) -> None:
        """The program ends: nobody is there any more to show something to."""
        self._views = ()
        self.end()

    def _run(self) -> None:
        while not self._ending.wait(PAUSE):
            self._round()
        self._round(last=True)
        for view in self._views:
            self._guarded(view.end)

    def _round(self, *, last: bool = False) -> None:
        state = self._look()
        if state is None:
            return
        for view in self._views:
            self._guarded(partial(view.show, state, last=last))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            # One view that can't be drawn must not leave the others standing still.
            self._trouble(f"A view couldn't be drawn: {error!r}")

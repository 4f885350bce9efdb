"""The two pictures of a live view: the chart of letters per minute, and the map of who may send."""

from collections.abc import Hashable
from itertools import count

from labkit.lab.stage import Stage
from labkit.screens.pieces import box, in_words, markup
from labkit.screens.pump import IMAGE_PAUSE, Part
from labkit.screens.state import State
from labkit.show import live_chart
from labkit.show.minutes import minutes
from labkit.show.plan import Plan
from labkit.show.topology import drawing, plan_of, text

_numbers = count()  # of charts: a page may show several
QUIET = 1.0  # seconds of real time without a new letter before the map tells in words how many there were
NO_MAIL = "<p>No mail yet.</p>"


class Chart:
    """The chart, which says the same in words to who can't see it."""

    def __init__(self) -> None:
        self.widget, self._name = markup(NO_MAIL), f"labkit-chart-{next(_numbers)}"
        self._part = Part(_letters, self._draw, IMAGE_PAUSE)

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        self._part.show(state, last=last)

    def _draw(self, state: State) -> None:
        seen = minutes(state.traffic)
        self.widget.value = live_chart.drawing(seen, self._name) if seen else NO_MAIL


class Map:
    """The map, under the policy of the moment and with the letters so far.

    It follows an attack. Its words wait until it is quiet: who has unfolded them is reading.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage, self._picture, self._words = stage, markup(), markup()
        self.widget = box(self._picture, self._words, kind="labkit-map")
        self._parts = (
            Part(_on_the_map, self._draw, IMAGE_PAUSE),
            Part(_on_the_map, self._write, rest=QUIET),
        )

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        for part in self._parts:
            part.show(state, last=last)

    def _draw(self, state: State) -> None:
        self._picture.value = drawing(self._plan(state))

    def _write(self, state: State) -> None:
        self._words.value = in_words("The map in words", text(self._plan(state)))

    def _plan(self, state: State) -> Plan:
        return plan_of(state.policy, state.zone, state.traffic, state.waiting, self._stage, state.holders)


def _on_the_map(state: State) -> Hashable:
    return state.policy, state.waiting, state.holders, _letters(state)


def _letters(state: State) -> frozenset[object]:
    return frozenset(state.traffic.counts.items())

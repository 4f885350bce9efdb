"""The two pictures of a live view: the chart of letters per minute, and the map of who may send."""

from collections.abc import Hashable

from labkit.lab.stage import Stage
from labkit.screens.pieces import image, in_words, markup
from labkit.screens.pump import IMAGE_PAUSE, Part
from labkit.screens.state import State
from labkit.show.topology import drawing, plan_of, text

NO_MAIL = "<p>No mail yet.</p>"


class Chart:
    """The chart, which says the same in words to who can't see it."""

    def __init__(self) -> None:
        self.widget = markup(NO_MAIL)
        self._part = Part(_letters, self._draw, IMAGE_PAUSE)

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        self._part.show(state, last=last)

    def _draw(self, state: State) -> None:
        from labkit.show import live_chart  # here, on the pump's thread: it takes its time
        from labkit.show.minutes import minutes

        seen = minutes(state.traffic)
        self.widget.value = image(live_chart.draw(seen), live_chart.sentence(seen)) if seen else NO_MAIL


class Map:
    """The map, under the policy of the moment and with the letters so far."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self.widget = stage, markup()
        self._part = Part(_on_the_map, self._draw, IMAGE_PAUSE)

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        self._part.show(state, last=last)

    def _draw(self, state: State) -> None:
        plan = plan_of(state.policy, state.zone, state.traffic, state.waiting, self._stage, state.holders)
        self.widget.value = drawing(plan) + in_words("The map in words", text(plan))


def _on_the_map(state: State) -> Hashable:
    return state.policy, state.waiting, state.holders, _letters(state)


def _letters(state: State) -> frozenset[object]:
    return frozenset(state.traffic.counts.items())

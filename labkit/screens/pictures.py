"""The two pictures of a live view: the chart of letters per minute, and the map of who may send."""

from labkit.errors import LabClosed
from labkit.lab import Lab
from labkit.screens.pieces import image, in_words, markup
from labkit.screens.pump import IMAGE_PAUSE, Part
from labkit.screens.state import State

QUIET = 1.0  # seconds of real time without a new letter before the map tells how many there were
NO_MAIL = "<p>No mail yet.</p>"
DRAWING = "<p>The map is being drawn …</p>"


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
    """The map, at once for a new policy, and with its counts once it is quiet."""

    def __init__(self, lab: Lab) -> None:
        self._lab, self.widget = lab, markup(DRAWING)
        self._parts = (
            Part(lambda state: state.policy, self._draw, IMAGE_PAUSE),
            Part(lambda state: (_letters(state), state.waiting), self._draw, IMAGE_PAUSE, rest=QUIET),
        )

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        for part in self._parts:
            part.show(state, last=last)

    def _draw(self, _state: State) -> None:
        from labkit.show.topology import topology  # here, on the pump's thread: it takes its time

        try:
            picture = topology(self._lab)
        except LabClosed:  # a reset has begun meanwhile, and there is another look after it
            return
        claim = picture.text.splitlines()[0]
        self.widget.value = image(picture.png, claim) + in_words("The map in words", picture.text)


def _letters(state: State) -> frozenset[object]:
    return frozenset(state.traffic.counts.items())

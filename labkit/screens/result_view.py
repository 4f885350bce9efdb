"""What goes on, what came of it, and the counts: the part that a live view and the panel share."""

from typing import Any

from labkit.screens import words
from labkit.screens.pieces import box, markup, note
from labkit.screens.pump import Part
from labkit.screens.state import State


class ResultView:
    """A sentence, the report behind it, and the relay's counts."""

    def __init__(self) -> None:
        self._doing, self._report, self._counts = markup(), markup(), markup()
        self.widget = box(self._doing, self._report, self._counts, kind="labkit-result")
        self._parts = (
            Part(words.doing, lambda state: _put(self._doing, note(*words.doing(state)))),
            Part(words.report, lambda state: _put(self._report, words.report_html(state))),
            Part(words.counts, lambda state: _put(self._counts, words.counts_html(state))),
        )

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        for part in self._parts:
            part.show(state, last=last)

    def say(self, sentence: str) -> None:
        """Say something else instead of what goes on."""
        self._doing.value = note(sentence)


def _put(widget: Any, value: str) -> None:
    widget.value = value

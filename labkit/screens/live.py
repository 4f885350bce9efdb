"""``lab.live()``: counts, the newest lines and a chart, kept up to date while the lab works."""

from html import escape
from typing import Any

from labkit.lab import Lab
from labkit.screens import words
from labkit.screens.pictures import Chart
from labkit.screens.pieces import box, markup, mimebundle, scrolled, view
from labkit.screens.pump import Part, Pump
from labkit.screens.result_view import ResultView
from labkit.screens.state import State, look

IN_WORDS = "A live view of the lab. It needs a notebook page; print(lab.live().text) shows the same in words."


class Live:
    """A window onto a lab that is kept up to date. Show it as the last line of a cell.

    Closing it, or the page, stops nothing of what goes on in the lab. It ends with the lab.
    """

    def __init__(self, lab: Lab, pump: Pump) -> None:
        self._lab, self._pump = lab, pump
        self._result, self._chart = ResultView(), Chart()
        self._name, self._lines = markup(), markup()
        self._newest = Part(lambda state: state.newest, self._draw)
        session = box(self._name, self._lines, kind="labkit-newest")
        self.widget = view(self._result.widget, session, self._chart.widget, kind="labkit-live")
        if state := look(lab):
            self.show(state)
        self.is_closed = False
        pump.open(self)

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        for part in (self._result, self._newest, self._chart):
            part.show(state, last=last)

    def end(self) -> None:
        """Say that the lab is closed; the pump calls this."""
        self._result.say(words.CLOSED)

    def close(self) -> None:
        """Take the view away; the lab goes on."""
        self._pump.shut(self)
        self.widget.close()
        self.is_closed = True

    def _draw(self, state: State) -> None:
        text = "\n".join(words.newest_lines(state.newest))
        self._name.value = f"<p>{escape(words.session_name(state.newest))}</p>"
        self._lines.value = scrolled(f"<pre>{escape(text)}</pre>", "The newest lines") if state.newest else ""

    @property
    def text(self) -> str:
        """The same in words, as it is now."""
        state = look(self._lab)
        return words.live_text(state) if state else words.CLOSED

    def __repr__(self) -> str:
        return IN_WORDS

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return mimebundle(self.widget, IN_WORDS)

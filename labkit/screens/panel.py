"""``lab.panel()``: the whole stage on one screen, to be worked with the mouse or the keyboard alone."""

from typing import Any

from labkit.lab import Lab
from labkit.screens import words
from labkit.screens.deeds import Deeds
from labkit.screens.desk import Desk
from labkit.screens.pictures import Chart, Map
from labkit.screens.pieces import box, heading, markup, mimebundle, note, view
from labkit.screens.policy_controls import PolicyControls
from labkit.screens.pump import Part, Pump
from labkit.screens.queue_view import QueueView
from labkit.screens.result_view import ResultView
from labkit.screens.sessions import Sessions
from labkit.screens.state import State, look

IN_WORDS = (
    "The panel of the lab. It needs a notebook page. In words: print(lab), print(lab.live().text), "
    "print(lab.queue)."
)


class Panel:
    """The relay's policy, who sends what, and what comes of it: map, counts, sessions, chart and queue.

    Closing it, or the page, stops nothing of what goes on. It ends with the lab.
    """

    def __init__(self, lab: Lab, pump: Pump) -> None:
        self._pump, self._desk = pump, Desk(lab)
        self._policy = PolicyControls(self._desk, lambda: pump.is_current)
        self._deeds, self._result = Deeds(self._desk), ResultView()
        self._sessions, self._queue = Sessions(lab), QueueView(self._desk, self._deeds, pump)
        self._chart, self._map = Chart(), Map(lab.stage)
        self._said = markup()
        self._refusal = Part(lambda _: self._desk.said, lambda _: self._say())
        self.widget = self._assembled()
        if state := look(lab):
            self.show(state)
        # Only now: what the panel itself has set just above is nobody's choice.
        self._policy.listen()
        self._queue.listen()
        self.is_closed = False
        pump.open(self)

    def _assembled(self) -> Any:
        doing = box(self._deeds.widget, self._said, self._result.widget, kind="labkit-doing")
        stage = box(
            heading("Who may send"),
            self._map.widget,
            self._sessions.widget,
            heading("Letters per minute"),
            self._chart.widget,
            self._queue.widget,
            kind="labkit-stage",
        )
        return view(box(self._policy.widget, doing, stage, kind="labkit-columns"), kind="labkit-panel")

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        said = (self._refusal, self._policy, self._result, self._sessions, self._queue)
        for part in (*said, self._chart, self._map):
            part.show(state, last=last)

    def end(self) -> None:
        """Say that the lab is closed; the pump calls this."""
        self._result.say(words.CLOSED)

    def close(self) -> None:
        """Take the panel away; the lab goes on."""
        self._pump.shut(self)
        self.widget.close()
        self.is_closed = True

    def _say(self) -> None:
        self._said.value = note(*self._desk.said)

    def __repr__(self) -> str:
        return IN_WORDS

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return mimebundle(self.widget, IN_WORDS)

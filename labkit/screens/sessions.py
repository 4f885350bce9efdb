"""The sessions of a lab in the panel: the newest one, or any other, as a transcript."""

from html import escape

from labkit.errors import UsageError
from labkit.lab import Lab
from labkit.screens import words
from labkit.screens.pieces import box, button, heading, markup, scrolled
from labkit.screens.pump import Part
from labkit.screens.state import State
from labkit.wire.transcript import Transcript


class Sessions:
    """The transcript, and the buttons to turn pages. What is read stays until the reader goes on."""

    def __init__(self, lab: Lab) -> None:
        self._lab, self._chosen, self._newest = lab, 0, 0
        self._name, self._transcript = markup(), markup()
        earlier, later = button("◀ Earlier session"), button("Later session ▶")
        newest = button("Newest session", "Shows the newest session to which somebody hands mail, always")
        earlier.on_click(lambda _: self._turn(-1))
        later.on_click(lambda _: self._turn(1))
        newest.on_click(lambda _: self._choose(0))
        self.widget = box(
            heading("What was said"),
            box(earlier, later, newest, kind="labkit-row"),
            self._name,
            self._transcript,
            kind="labkit-sessions",
        )
        self._part = Part(self._key, self._draw)

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        if self._chosen > state.sessions:  # the lab was reset
            self._chosen = 0
        self._newest = state.newest.number if state.newest else 0
        self._part.show(state, last=last)

    def _key(self, state: State) -> tuple[object, ...]:
        return (self._chosen, None if self._chosen else state.newest)

    def _draw(self, state: State) -> None:
        try:
            session = self._session() if self._chosen else state.newest
        except UsageError as error:
            self._name.value, self._transcript.value = f"<p>{escape(str(error))}</p>", ""
            return
        self._name.value = f"<p>{escape(words.session_name(session))}</p>"
        self._transcript.value = scrolled(session.html(), "Transcript") if session else ""

    def _session(self) -> Transcript:
        async def found() -> Transcript:
            return self._lab.scenery.recorder.transcript(self._chosen)

        return self._lab.wait_for(found(), "a transcript")

    def _turn(self, step: int) -> None:
        self._choose(max(1, (self._chosen or self._newest) + step))

    def _choose(self, number: int) -> None:
        self._chosen = number

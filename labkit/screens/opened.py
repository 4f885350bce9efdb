"""The screens of one lab: a live view and a panel, each once, fed by one pump.

To ask for a screen again, as when a cell is run again, shows the same one once more.
"""

from labkit.lab import Lab
from labkit.screens.live import Live
from labkit.screens.panel import Panel
from labkit.screens.pump import Pump
from labkit.screens.state import look


class Screens:
    """What is open of a lab. It ends with the lab, after its last state has been shown."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._pump = Pump(lambda: look(lab), lab.note_problem)
        lab.leaving.append(self._pump.end)
        self._live: Live | None = None
        self._panel: Panel | None = None

    def live(self) -> Live:
        """The live view. Raises LabClosed."""
        if self._live is None or self._live.is_closed:
            self._live = Live(self._lab, self._pump)
        return self._live

    def panel(self) -> Panel:
        """The panel. Raises LabClosed."""
        if self._panel is None or self._panel.is_closed:
            self._panel = Panel(self._lab, self._pump)
        return self._panel

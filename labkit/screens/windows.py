"""The lab as students hold it: the lab itself, and two windows onto it that stay open while it works.

The windows stand in a layer above the lab, so it is here that the lab gets them.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from labkit import lab

if TYPE_CHECKING:
    from labkit.screens.live import Live
    from labkit.screens.opened import Screens
    from labkit.screens.panel import Panel


class Lab(lab.Lab):
    __doc__ = lab.Lab.__doc__

    def live(self) -> "Live":
        """A window onto the lab: counts, the newest lines and a chart, while an attack runs and after it.

        Show it as the last line of a cell, and run the attack in the next one. Closing it stops nothing.
        Raises LabClosed.
        """
        return self._screens.live()

    def panel(self) -> "Panel":
        """The whole stage on one screen: the relay's policy, attacks, map, sessions, chart and queue.

        Show it as the last line of a cell. Closing it stops nothing; the next call shows it again.
        Raises LabClosed.
        """
        return self._screens.panel()

    @cached_property
    def _screens(self) -> "Screens":
        self.scenery  # noqa: B018 - a closed lab says so
        from labkit.screens.opened import Screens

        return Screens(self)

"""The relay's queue in the panel: what waits, why, and the time that makes it move."""

from contextlib import suppress
from typing import Any

import ipywidgets

from labkit.errors import LabClosed
from labkit.lab import Lab
from labkit.screens.deeds import Deeds
from labkit.screens.desk import Desk
from labkit.screens.pieces import box, heading, markup, scrolled
from labkit.screens.pump import Part, Pump
from labkit.screens.state import State


class QueueView:
    """The listing, a button that lets time pass, and a switch that gives the queue something to do."""

    def __init__(self, desk: Desk, deeds: Deeds, pump: Pump) -> None:
        self._lab, self._desk, self._pump = desk.lab, desk, pump
        self._down = ipywidgets.Checkbox(description="The customer's mail servers are down", indent=False)
        self._listing = markup()
        self.widget = box(
            heading("The queue"),
            box(deeds.fast_forward(), kind="labkit-row"),
            self._down,
            self._listing,
            kind="labkit-queue",
        )
        self._parts = (
            Part(_key, lambda _: self._draw()),
            Part(lambda state: state.faults, lambda state: self._set(state.faults)),
        )

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        for part in self._parts:
            part.show(state, last=last)

    def listen(self) -> None:
        """Follow the switch from now on."""
        self._down.observe(self._switched, "value")

    def _draw(self) -> None:
        with suppress(LabClosed):  # a reset has begun meanwhile, and there is another look after it
            self._listing.value = scrolled(self._lab.queue._repr_html_(), "The queue")

    def _set(self, faults: tuple[str, str]) -> None:
        self._down.value = faults == ("down", "down")

    def _switched(self, event: Any) -> None:
        if not self._pump.is_current:
            self._desk.do(_let_them_be(self._lab, "down" if event.new else ""))


def _key(state: State) -> tuple[object, ...]:
    return (state.now, state.waiting, state.accepted, state.delivered, state.bounced)


async def _let_them_be(lab: Lab, fault: str) -> None:
    for server in (lab.mx1, lab.mx2):
        await server.change(fault)

"""What can be done in the panel: honest mail, attacks, a stop, time that passes, and a reset."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from labkit.lab.background import Undertaking
from labkit.lab.lab import QUARTER
from labkit.lab.passing import MINUTE, passed
from labkit.screens.desk import Desk
from labkit.screens.pieces import box, button, heading


@dataclass(frozen=True)
class Deed:
    """A button: its label, what it does, and the call behind it with its options.

    ``logs_in`` says that it uses the staff's account.
    """

    label: str
    meaning: str
    call: str
    options: Mapping[str, Any] = field(default_factory=dict)
    logs_in: bool = False


LETTERS = (
    Deed("Letter from the office", "The workstation sends one letter to the customer", "workstation"),
    Deed("Scan from the copier", "The copier, which knows neither AUTH nor TLS, sends a scan", "copier"),
    Deed("Letter from the hotel", "Staff on the road send one letter, without a login", "laptop"),
    Deed("The same with a login", "Staff on the road log in, and send one letter", "laptop", logs_in=True),
)
ATTACKS = (
    Deed("Spam, 100 letters", "A stranger sends 100 forged letters", "spam", {"count": 100}),
    Deed("Spam, 5,000 letters", "The same for longer: watch the chart", "spam", {"count": 5_000}),
    Deed("Open relay test", "Letters to an outside mailbox, by every trick with addresses", "probe"),
    Deed("Forged names", "Letters as the bank and as the director", "spoof"),
    Deed("Backscatter", "Bounces to somebody who never wrote", "backscatter"),
    Deed(
        "Guess passwords",
        "A hundred guesses at the account of sales",
        "spray",
        {"count": 100, "user": "sales"},
    ),
    Deed("Use a stolen password", "Letters with the password of sales", "takeover"),
    Deed("Smuggle letters", "A second letter hidden behind a false end of a first one", "smuggle"),
    Deed("Flood", "Open connections until the relay has none left", "flood"),
    Deed("Listen in the hotel", "What a listener has read there so far; send from the hotel first", "sniff"),
    Deed("Take TLS away", "Somebody stands between the hotel and the relay, and removes STARTTLS", "strip"),
)


class Deeds:
    """The buttons. Each begins its work and returns at once; what comes of it is shown by the pump."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._lab = desk, desk.lab
        letters = [self._button(deed, self._letter) for deed in LETTERS]
        attacks = [self._button(deed, self._attack) for deed in ATTACKS]
        stop = button("Stop", "Stops what goes on; what was done until then stays done", "labkit-stop")
        stop.on_click(lambda _: desk.stop())
        reset = button("Reset the lab", "Stops what goes on, and brings the first state back")
        reset.on_click(lambda _: desk.begin("Reset the lab", self._reset))
        self.widget = box(
            heading("2. Who sends what"),
            heading("Honest mail", 3),
            box(*letters, kind="labkit-row"),
            heading("Attacks", 3),
            box(*attacks, kind="labkit-row"),
            box(stop, reset, kind="labkit-row"),
            kind="labkit-deeds",
        )

    def fast_forward(self) -> Any:
        """The button that lets time pass."""
        widget = button(
            "Let fifteen minutes pass", "What is due within them happens: the queue is tried again"
        )
        widget.on_click(lambda _: self._desk.begin("Fifteen minutes", self._wait))
        return widget

    def _button(self, deed: Deed, do: Callable[[Deed], Undertaking]) -> Any:
        widget = button(deed.label, deed.meaning)
        widget.on_click(lambda _: self._desk.begin(deed.label, partial(do, deed)))
        return widget

    def _letter(self, deed: Deed) -> Undertaking:
        from labkit.lab.at_once import SenderAtOnce  # here: the panel opens sooner without all attacks

        stage = self._lab.stage
        programs = (stage.OFFICE_PROGRAM, stage.COPIER_PROGRAM, stage.ROAD_PROGRAM)
        program = next(each for each in programs if each.host.name == deed.call)
        login = zip(("user", "password"), stage.STAFF_LOGIN, strict=True) if deed.logs_in else ()
        sender: Any = SenderAtOnce(self._lab, program)
        begun: Undertaking = sender.send(**deed.options, **dict(login))
        return begun

    def _attack(self, deed: Deed) -> Undertaking:
        from labkit.lab.at_once import AttackerAtOnce

        attack = getattr(AttackerAtOnce(self._lab, self._lab.stage.ATTACKER), deed.call)
        begun: Undertaking = attack(**deed.options)
        return begun

    def _wait(self) -> Undertaking:
        seconds = QUARTER * MINUTE
        return self._lab.begin(passed(self._lab.scenery, seconds), Undertaking("the passing of time"))

    def _reset(self) -> Undertaking:
        return self._lab.begin_instead(self._renewed, Undertaking("the reset"))

    async def _renewed(self) -> str:
        await self._lab.renewed()
        return "everything is as it was at the start."

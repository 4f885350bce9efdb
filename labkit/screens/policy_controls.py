"""The relay's policy as controls: the ladder, each switch alone, and the main.cf that results."""

from collections.abc import Callable
from typing import Any

import ipywidgets

from labkit.relay.policy import Policy
from labkit.screens.desk import Desk
from labkit.screens.ladder import LADDER, LEVELS, rung_of, trusts_the_world, with_the_world
from labkit.screens.pieces import box, button, heading, markup, note
from labkit.screens.pump import Part
from labkit.screens.state import State

OWN = "This is a policy of your own: it stands on no rung of the ladder."


class PolicyControls:
    """The controls. ``is_ours`` says whether a widget changes because the pump is just setting it."""

    def __init__(self, desk: Desk, is_ours: Callable[[], bool]) -> None:
        self._desk, self._is_ours = desk, is_ours
        rungs = [(f"{number}. {rung.name}", rung) for number, rung in enumerate(LADDER, 1)]
        self._ladder = ipywidgets.RadioButtons(options=rungs, value=None)
        self._world = _checkbox("Trust every address in the world (mynetworks)")
        self._auth = _checkbox("Offer a login, AUTH (smtpd_sasl_auth_enable)")
        self._only = _checkbox("Passwords inside TLS only (smtpd_tls_auth_only)")
        self._level = ipywidgets.Dropdown(
            options=LEVELS, value="none", description="TLS (smtpd_tls_security_level)"
        )
        self._level.style.description_width = "initial"
        self._text = ipywidgets.Textarea(
            description="main.cf: change it, then put it into force", continuous_update=False, rows=11
        )
        self._text.style.description_width = "initial"
        self._apply = button("Put main.cf into force", "The relay follows it from the next session on")
        self._undo = button("Undo my changes", "Shows the policy again that is in force")
        self._note, self._own = markup(), markup()
        self.widget = self._assembled()
        self._parts = (
            Part(lambda state: state.policy, lambda state: self.set(state.policy)),
            Part(lambda _: desk.policy_said, lambda _: self._say()),
        )

    def show(self, state: State, *, last: bool = False) -> None:
        """Show a state; the pump calls this."""
        for part in self._parts:
            part.show(state, last=last)

    def set(self, policy: Policy) -> None:
        """Set every control as a policy has it."""
        rung = rung_of(policy)
        self._ladder.value = rung
        self._own.value = "" if rung else note(OWN)
        self._world.value = trusts_the_world(policy)
        self._auth.value, self._only.value = policy.smtpd_sasl_auth_enable, policy.smtpd_tls_auth_only
        self._level.value = policy.smtpd_tls_security_level
        self._text.value = str(policy)

    def _say(self) -> None:
        text, trouble = self._desk.policy_said
        self._note.value = note(text, trouble=trouble)

    def _assembled(self) -> Any:
        return box(
            heading("1. The relay's policy"),
            self._ladder,
            self._own,
            heading("Each switch alone", 3),
            self._world,
            self._auth,
            self._level,
            self._only,
            heading("The file that results", 3),
            self._text,
            box(self._apply, self._undo, kind="labkit-row"),
            self._note,
            kind="labkit-policy",
        )

    def listen(self) -> None:
        """Follow the controls from now on."""
        change = self._desk.change_policy
        self._on(self._ladder, lambda rung: change(rung.climbed) if rung else None)
        self._on(self._world, lambda on: change(lambda policy: with_the_world(policy, trusted=on)))
        self._on(self._auth, lambda on: change(lambda policy: policy.replace(smtpd_sasl_auth_enable=on)))
        self._on(self._only, lambda on: change(lambda policy: policy.replace(smtpd_tls_auth_only=on)))
        self._on(
            self._level, lambda level: change(lambda policy: policy.replace(smtpd_tls_security_level=level))
        )
        self._apply.on_click(lambda _: self._put_into_force())
        self._undo.on_click(lambda _: self._undone())

    def _on(self, widget: Any, change: Callable[[Any], None]) -> None:
        def heard(event: Any) -> None:
            if not self._is_ours():
                change(event.new)

        widget.observe(heard, "value")

    def _put_into_force(self) -> None:
        text = self._text.value
        self._desk.change_policy(lambda _: Policy.parse(text))

    def _undone(self) -> None:
        self._desk.policy_said = ("", False)
        self._parts[0].forget()


def _checkbox(label: str) -> Any:
    return ipywidgets.Checkbox(description=label, indent=False)

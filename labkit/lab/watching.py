"""What an administrator watches: the relay's figures, its log, and alarms."""

from typing import TYPE_CHECKING

from labkit.relay.monitoring.alarm import Alarm, Bell
from labkit.relay.monitoring.figures import Figures
from labkit.relay.monitoring.maillog import MailLog

if TYPE_CHECKING:
    from labkit.relay.server import Relay


class Watching:
    """The part of a lab in which the relay is watched. Each raises LabClosed when the lab is closed."""

    @property
    def relay(self) -> "Relay":
        """The relay that is watched."""
        raise NotImplementedError

    @property
    def figures(self) -> Figures:
        """What the relay has done, minute by minute: a value that can be kept, and tested with an alarm."""
        return self.relay.figures

    @property
    def log(self) -> MailLog:
        """The relay's log, as Postfix would write it."""
        return self.relay.log

    def alarm(self, rule: str | Alarm) -> Bell:
        """Set an alarm, such as "sent per minute by one client > 50", and see when it has fired.

        It knows what is recorded already, and what will be. Raises UsageError for a rule that can't be.
        """
        found = rule if isinstance(rule, Alarm) else Alarm.parse(rule)
        self.relay  # noqa: B018 - a closed lab says so here, and not when somebody looks
        return Bell(found, lambda: self.figures)

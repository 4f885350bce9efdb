"""A server that tells the watch what its client says, and what it hears."""

from collections import Counter
from typing import TYPE_CHECKING

from labkit.relay.monitoring.refusals import Refusal
from labkit.smtp.address import Path
from labkit.smtp.content import Content
from labkit.smtp.decision import Answer, Decision
from labkit.smtp.order import IN_TRANSACTION, ORDER
from labkit.smtp.reply import Reply
from labkit.smtp.server import MailServer

if TYPE_CHECKING:
    from labkit.relay.monitoring.watch import Watch

# In the order of Postfix's own list, in which it logs how often each was said.
COMMANDS = (*ORDER, "unknown")
GREETINGS = ("HELO", "EHLO")
ITS_END = "END-OF-MESSAGE"


class WatchedServer(MailServer):
    """A session under the eyes of ``watch``."""

    watch: "Watch"
    _where = "CONNECT"
    named: Path | None = None  # the address in the command that is being answered
    _greeting = ""  # what a HELO or EHLO says that isn't taken yet
    _is_welcome = False
    _was_ended = False

    def begin_watch(self) -> None:
        """The client's name is known: from here on it is watched."""
        self._tried: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._is_welcome = True
        self.watch.connected(self.facts)

    async def _handle_client(self) -> None:
        try:
            await super()._handle_client()
        finally:
            if self._is_welcome:
                self.watch.disconnected(self.facts, self._lost(), self._counts())

    async def _opening(self) -> Reply | Decision:
        answer = await super()._opening()
        self._tell("CONNECT", answer, None, None)
        return answer

    async def _command(self, verb: str, rest: str) -> Answer:
        name = verb if verb in ORDER else "unknown"
        self._tried[name] += 1
        if not self._closed_to or verb == "QUIT":
            self._where = verb if verb in ORDER else "UNKNOWN"
        self.named, self._greeting = None, rest
        user, secure = self.user, self.secure
        sender = self.reverse_path if self.state in IN_TRANSACTION else None
        recipients = self.forward_paths
        answer = await super()._command(verb, rest)
        if answer is None:
            self._done[name] += self.user != user or self.secure != secure
            return None
        if verb == "MAIL":
            sender = self.named
        recipient = self.named if verb == "RCPT" else recipients[-1] if recipients else None
        said = self._tell(self._where, answer, sender, recipient)
        self._done[name] += said.is_positive
        return answer

    def _path(self, said: list[str], closed: bool, *, utf8: bool) -> Path | None:
        self.named = super()._path(said, closed, utf8=utf8)
        return self.named

    async def read_letter(self) -> Content:
        content = await super().read_letter()
        self._where = ITS_END
        return content

    def _goes_on_after(self, said: Reply) -> bool:
        goes_on = super()._goes_on_after(said)
        self._was_ended = not goes_on
        return goes_on

    def _tell(
        self, where: str, answer: Reply | Decision, sender: Path | None, recipient: Path | None
    ) -> Reply:
        said = self.worded(answer.reply if isinstance(answer, Decision) else answer)
        if not said.is_positive and self._is_welcome:
            facts = self.facts._replace(helo=self._greeting) if where in GREETINGS else self.facts
            self.watch.refused(facts, Refusal(where, answer, said, sender, recipient))
        return said

    def _lost(self) -> str:
        """How it ended, if neither QUIT nor a refusal ended it."""
        if self.errors >= self.hard_error_limit:
            return f"too many errors after {self._where}"
        return "" if self._was_ended else f"lost connection after {self._where}"

    def _counts(self) -> str:
        """The commands, with how often each was obeyed, and how often it was said, where that differs."""
        tried, done = self._tried, self._done
        counts = [_count(name.lower(), done[name], tried[name]) for name in COMMANDS if tried[name]]
        return " ".join([*counts, _count("commands", done.total(), tried.total())])


def _count(name: str, done: int, tried: int) -> str:
    return f"{name}={done}" if done == tried and tried else f"{name}={done}/{tried}"

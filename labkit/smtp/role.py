"""What a role decides: a relay and a recipient's server differ in these methods and in nothing else.

Each ``on_...`` is asked before a command does what it does. None lets it go on; an answer is given
instead of that. They are asked in the order in which Postfix asks.
"""

from abc import ABC, abstractmethod

from labkit.smtp.address import Path
from labkit.smtp.decision import Answer, Decision
from labkit.smtp.envelope import Letter


class Role(ABC):
    """What a server offers, whom it knows, and what it does with a letter."""

    def offers_auth(self) -> bool:
        """Whether AUTH is offered on this connection, now."""
        return False

    def why_no_auth(self) -> tuple[str, str]:
        """The setting, and the reason, for which AUTH isn't offered."""
        return "smtpd_sasl_auth_enable = no", "This server knows no users."

    def why_wrong(self) -> tuple[str, str]:
        """The setting, and the reason, for which the last login was refused."""
        reason = "The user name or the password is wrong. The server doesn't say which."
        return "smtpd_sasl_auth_enable", reason

    def leads_somewhere(self, path: Path, *, utf8: bool) -> bool:
        """Whether a path that asks to be sent on (``user%there@here``) names a possible place."""
        return True

    async def on_connect(self) -> Answer:
        """Before the greeting. An answer is said instead of it, and whatever follows is refused."""
        return None

    async def on_helo(self, name: str) -> Answer:
        """Before a greeting counts."""
        return None

    async def on_starttls(self) -> Answer:
        """Before TLS begins."""
        return None

    async def on_auth(self) -> Answer:
        """At each AUTH, before anything else is looked at."""
        return None

    async def on_count(self, verb: str) -> Answer:
        """At each MAIL, RCPT and VRFY that comes in its order, before its address is looked at."""
        return None

    async def on_mail(self, path: Path) -> Answer:
        """Before a transaction begins."""
        return None

    @abstractmethod
    async def on_rcpt(self, path: Path) -> Decision:
        """Whether the server takes mail for this recipient in this session."""

    async def on_data(self) -> Answer:
        """Before the letter is asked for, or its first chunk taken."""
        return None

    async def on_vrfy(self, path: Path) -> Answer:
        """Before VRFY is answered: as Postfix does, a recipient that is refused is refused here too."""
        decision = await self.on_rcpt(path)
        return None if decision.reply.is_positive else decision

    async def on_etrn(self, domain: str) -> Answer:
        """Send what waits for a domain."""
        return None

    @abstractmethod
    async def take(self, letter: Letter) -> Answer:
        """Take responsibility for a letter, or say why not."""

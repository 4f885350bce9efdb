"""Staff and copier, as students call them: plain calls that wait and return a report."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from labkit.attacker.letters import Draft, address
from labkit.attacker.report import Report
from labkit.errors import UsageError
from labkit.lab import stage
from labkit.lab.sending import Account, send
from labkit.network.addresses import lab_domain
from labkit.smtp.address import NULL
from labkit.smtp.client import Tls

if TYPE_CHECKING:
    from labkit.lab.lab import Lab


class Sender:
    """A host from which somebody sends honest mail through the relay."""

    def __init__(self, lab: "Lab", program: stage.Program) -> None:
        self._lab, self.host, self._program = lab, program.host, program

    def send(
        self,
        to: str = "orders@customer.example",
        subject: str | None = None,
        text: str | None = None,
        *,
        sender: str | None = None,
        header_from: str | None = None,
        user: str = "",
        password: str = "",
        port: int | None = None,
        tls: str | None = None,
    ) -> Report:
        """Send one letter through the relay, and say what came of it.

        What isn't given is as the mail program is set up: the office and the road use TLS where it is
        offered, the copier never does. ``sender`` is the envelope's reverse-path, ``header_from`` what
        the reader sees. ``tls`` is "none", "may", "encrypt" or "verify".

        Raises UsageError for an address, a header, a port or a TLS level that can't be, OutsideTheLab
        for a recipient who could be real, and LabClosed.
        """
        program = self._program
        draft = self._draft(to, subject, text, program.sender if sender is None else sender, header_from)
        account = Account(
            _port(program.port if port is None else port),
            _tls(program.tls if tls is None else tls),
            user,
            password,
        )
        return self._wait_for(self._posted(account, draft, f"one letter to {to}"))

    async def _posted(self, account: Account, draft: Draft, what: str) -> Report:
        attempt = await send(self._lab.scenery, self.host, account, draft)
        return self._lab.report(self.host, what, [attempt])

    def _wait_for(self, work: Coroutine[Any, Any, Report]) -> Report:
        return self._lab.wait_for(work, "a letter to be sent")

    def _draft(
        self, to: str, subject: str | None, text: str | None, sender: str, header_from: str | None
    ) -> Draft:
        recipient = address(to)
        if recipient.domain:
            lab_domain(recipient.domain)
        return Draft(
            address(sender) if sender else NULL,
            recipient,
            sender if header_from is None else header_from,
            self._program.subject if subject is None else subject,
            self._program.text if text is None else text,
        )

    def __repr__(self) -> str:
        return f"{self.host}, sends as {self._program.sender}"


def _port(port: int) -> int:
    if not isinstance(port, int) or not 1 <= port <= 65535:
        raise UsageError(f"{port!r} is not a port. The relay listens on 25, 587 and 465.")
    return port


def _tls(level: str) -> Tls:
    try:
        return Tls(level)
    except ValueError:
        raise UsageError(f"{level!r} is not one of {', '.join(Tls)}.") from None

"""Staff and copier, as students call them: plain calls that wait and return a report."""

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from labkit.attacker.letters import Draft, address
from labkit.attacker.report import Report
from labkit.errors import UsageError
from labkit.lab.newsletter import newsletter
from labkit.lab.sending import Account, send
from labkit.lab.speaking import speak
from labkit.lab.spoken import Spoken
from labkit.lab.usual import Program
from labkit.network.addresses import lab_domain
from labkit.smtp.address import NULL
from labkit.smtp.client import Tls

if TYPE_CHECKING:
    from labkit.lab.lab import Lab


class Sender:
    """A host from which somebody sends honest mail through the relay."""

    def __init__(self, lab: "Lab", program: Program) -> None:
        self._lab, self.host, self._program = lab, program.host, program

    def send(
        self,
        to: str | None = None,
        subject: str | None = None,
        text: str | None = None,
        *,
        sender: str | None = None,
        header_from: str | None = None,
        user: str = "",
        password: str = "",
        port: int | None = None,
        tls: str | None = None,
        certificate: str = "",
        bare_newlines: bool = False,
    ) -> Report:
        """Send one letter through the relay, to a customer unless you say to whom, and say what came of it.

        What isn't given is as the mail program is set up: the office and the road use TLS where it is
        offered, the copier never does. ``sender`` is the envelope's reverse-path, ``header_from`` what
        the reader sees. ``tls`` is "none", "may", "encrypt" or "verify". ``certificate`` is a name, such as
        "laptop.corp.example": then the company's authority has signed a certificate for it, which the program
        shows to a relay that asks for one (smtpd_tls_ask_ccert), and to no server that it can't trust. With
        ``bare_newlines`` it is an old program, which ends the lines of a letter with a line feed alone.

        Raises UsageError for an address, a header, a port, a TLS level or a name that can't be,
        OutsideTheLab for what could be real, and LabClosed.
        """
        program, to = self._program, self._lab.stage.CUSTOMERS[0] if to is None else to
        draft = self._draft(to, subject, text, program.sender if sender is None else sender, header_from)
        account = Account(
            _port(program.port if port is None else port),
            _tls(program.tls if tls is None else tls),
            user,
            password,
            lab_domain(certificate) if certificate else "",
            bare_newlines,
        )
        return self._wait_for(self._posted(account, [draft], f"one letter to {to}"))

    def newsletter(
        self, count: int = 20, *, recipients_each: int = 1, user: str = "", password: str = ""
    ) -> Report:
        """Send ``count`` letters to the customer's people, in one session and within one minute.

        Each letter has ``recipients_each`` recipients. Raises UsageError for numbers that can't be, and
        LabClosed.
        """
        self._lab.check_count(count)
        program, stage = self._program, self._lab.scenery.stage
        readers = [f"{name}@{stage.CUSTOMER}" for name in stage.CUSTOMER_MAILBOXES]
        drafts = newsletter(program.sender, readers, count, recipients_each)
        account = Account(program.port, program.tls, user, password)
        letters = "a newsletter of 1 letter" if count == 1 else f"a newsletter of {count:,} letters"
        each = f", {recipients_each} recipients each" if recipients_each > 1 else ""
        return self._wait_for(self._posted(account, drafts, letters + each))

    def speak(self, lines: str | Sequence[str], *, server: str = "relay", port: int | None = None) -> Spoken:
        """Speak SMTP by hand: say these lines one after the other, each when the one before is answered.

        After DATA, all lines up to the one with only a dot are said at once. ``server`` is any host of the
        lab; the port is the mail program's, unless you give one. At a port where TLS comes first, and after
        STARTTLS, the two shake hands. The session is returned, with remarks on what could not be said.

        Raises UsageError for lines or a port that can't be, OutsideTheLab for a server or a recipient who
        could be real, and LabClosed.
        """
        return speak(self._lab, self.host, lines, server, self._program.port if port is None else port)

    async def _posted(self, account: Account, drafts: Sequence[Draft], what: str) -> Report:
        attempts = await send(self._lab.scenery, self.host, account, drafts)
        return self._lab.report(self.host, what, attempts)

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

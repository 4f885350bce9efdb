"""Staff, copier and stranger, as students call them: plain calls that wait and return a report."""

from typing import TYPE_CHECKING

from labkit.attacker import spam
from labkit.attacker.letters import Draft, address
from labkit.attacker.report import Attempt, Report
from labkit.errors import Interrupted, UsageError
from labkit.lab import stage
from labkit.lab.progress import progress
from labkit.lab.sending import Account, send
from labkit.network.addresses import Host, lab_domain
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
        attempt = self._lab.wait_for(
            send(self._lab.scenery, self.host, account, draft), "a letter to be sent"
        )
        return self._lab.report(self.host, f"one letter to {to}", [attempt])

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


class Attacker:
    """A stranger, and what a stranger tries."""

    def __init__(self, lab: "Lab", host: Host) -> None:
        self._lab, self.host = lab, host

    def spam(self, count: int = 500, *, per_minute: int = 100) -> Report:
        """Send ``count`` forged letters through the relay, ``per_minute`` of lab time.

        Raises UsageError for a count that isn't between 1 and the lab's cap, Interrupted when you
        stop it (what was sent stays recorded), and LabClosed.
        """
        self._lab.check_count(count)
        if per_minute < 1:
            raise UsageError(f"{per_minute} letters a minute is no rate: choose 1 or more.")
        attempts: list[Attempt] = []
        try:
            with progress(count, "letters") as show:
                self._lab.wait_for(
                    self._spam(count, per_minute, attempts),
                    f"{count:,} letters to be sent",
                    limit=60 + count / 10,
                    tick=lambda: show(len(attempts)),
                )
        except Interrupted:
            raise Interrupted(
                f"You stopped the attack after {len(attempts):,} of {count:,} letters. They are recorded "
                "in lab.transcripts, and the lab goes on."
            ) from None
        return self._lab.report(
            self.host, "1 forged letter" if count == 1 else f"{count:,} forged letters", attempts
        )

    async def _spam(self, count: int, per_minute: int, attempts: list[Attempt]) -> None:
        scenery = self._lab.scenery
        await spam.run(
            scenery.network,
            self.host,
            stage.RELAY,
            clock=scenery.clock,
            recipients=[f"{name}@{stage.CUSTOMER}" for name in stage.CUSTOMER_MAILBOXES],
            nonces=scenery.nonces,
            count=count,
            per_minute=per_minute,
            progress=attempts.append,
        )
        await scenery.relay.settle()
        attempts[:] = [attempt.looked_up(scenery.holds) for attempt in attempts]

    def __repr__(self) -> str:
        return str(self.host)


def _port(port: int) -> int:
    if not isinstance(port, int) or not 1 <= port <= 65535:
        raise UsageError(f"{port!r} is not a port. The relay listens on 25, 587 and 465.")
    return port


def _tls(level: str) -> Tls:
    try:
        return Tls(level)
    except ValueError:
        raise UsageError(f"{level!r} is not one of {', '.join(Tls)}.") from None

"""Hears of everything that the relay does, has it counted, and logs it in Postfix's words.

Postfix's log says a few things more, or says them otherwise. It gives a letter its queue id at the first
recipient, and so names it where a later one is refused; the lab does that at the letter's end. It splits
the delay of a delivery in four; in lab time only the whole is more than nothing. It logs what it found in a
header before the Message-ID, if that comes first, and says of a letter that broke off how much had come.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from labkit.clock import Clock
from labkit.network.addresses import Host
from labkit.relay.delivering.bounce import Kind
from labkit.relay.delivering.outcome import Action, Outcome
from labkit.relay.filtering.filters import Remark
from labkit.relay.monitoring import refusals
from labkit.relay.monitoring.figures import Event, Row, shown_sender
from labkit.relay.monitoring.maillog import MailLog
from labkit.relay.monitoring.record import Record
from labkit.relay.monitoring.refusals import Refusal, about, caller
from labkit.relay.queueing.entry import Entry
from labkit.relay.traffic import Outcome as Count
from labkit.relay.traffic import Traffic
from labkit.relay.trail import Arrived, Began, Told, Trail
from labkit.smtp.envelope import Letter, Session

COUNTED = {
    Action.DELIVERED: (Event.DELIVERED, Count.DELIVERED),
    Action.RELAYED: (Event.DELIVERED, Count.DELIVERED),
    Action.DELAYED: (Event.DEFERRED, Count.HELD),
    Action.FAILED: (Event.BOUNCED, Count.BOUNCED),
}
STATUS = {
    Action.DELIVERED: "sent",
    Action.RELAYED: "sent",
    Action.DELAYED: "deferred",
    Action.FAILED: "bounced",
}
NOTICES = {
    Kind.FAILURE: "sender non-delivery notification",
    Kind.DELAY: "sender delay notification",
    Kind.SUCCESS: "sender delivery status notification",
}
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S[^\r\n]*?)\s*$", re.IGNORECASE | re.MULTILINE)


class Watch:
    """The figures and the log of one relay. ``queue`` and ``sessions`` say how many there are."""

    def __init__(
        self,
        clock: Clock,
        host: Host,
        queue: Callable[[], int],
        sessions: Callable[[], int],
        trail: Trail | None = None,
    ) -> None:
        self._clock, self._trail = clock, trail or Trail()
        self.traffic = Traffic()
        self.record = Record(clock, queue, sessions)
        self.log = MailLog(clock, host.domain.partition(".")[0] or host.name)

    # What clients do

    def connected(self, session: Session) -> None:
        """A client is there, and the DNS has said who it is."""
        self.record.note(Row(Event.CONNECTED, session.client.name))
        self.log.write("smtpd", f"connect from {caller(session)}", session.number)

    def disconnected(self, session: Session, lost_after: str, counts: str) -> None:
        """A client is gone; ``lost_after`` is the command after which it hung up without a word."""
        if lost_after:
            self.log.write("smtpd", f"{lost_after} from {caller(session)}", session.number)
        self.log.write("smtpd", f"disconnect from {caller(session)} {counts}", session.number)
        self.record.mark()

    def refused(self, session: Session, refusal: Refusal) -> None:
        """A client was told no."""
        sender = "" if refusal.sender is None else shown_sender(refusal.sender.address)
        event = Event.PUT_OFF if refusal.said.is_transient else Event.REFUSED
        if refusal.is_login:
            event = Event.LOGIN_FAILED
        self.record.note(Row(event, session.client.name, session.user, sender, refusal.rule))
        line = refusals.line(session, refusal)
        if line:
            self.log.write("smtpd", line, session.number)

    # How letters come in

    def arrived(self, queue_id: str, session: Session, letter: Letter, remarks: Iterable[Remark]) -> None:
        """A letter was read, and looked at; it isn't promised yet."""
        self._trail.note(Arrived(queue_id, self._clock.now, session.number))
        login = f", sasl_method={session.mechanism}, sasl_username={session.user}" if session.user else ""
        self.log.write("smtpd", f"{queue_id}: client={caller(session)}{login}", session.number)
        noted = list(remarks)
        # A header that ends the search is logged before the headers are at their end.
        if not any(one.word in ("reject", "discard") and one.found.startswith("header") for one in noted):
            self._identified(queue_id, letter.content)
        for remark in noted:
            self.log.write("cleanup", f"{queue_id}: {_remark(session, letter, remark)}")

    def accepted(self, session: Session, letter: Letter) -> None:
        """A letter is the relay's."""
        client, sender = session.client.name, shown_sender(letter.reverse_path.address)
        self.record.note(Row(Event.ACCEPTED, client, session.user, sender))
        self.record.note(Row(Event.RECIPIENTS, client, session.user, sender), len(set(letter.forward_paths)))
        self.traffic.note(self._clock.now, client, Count.ACCEPTED)

    # How they leave

    def activated(self, entry: Entry) -> None:
        """A letter is about to be delivered, for the first time or again."""
        self._trail.note(Began(entry.queue_id, self._clock.now))
        sender, count = entry.letter.reverse_path.address, len(entry.duties)
        self.log.write(
            "qmgr", f"{entry.queue_id}: from=<{sender}>, size={entry.size}, nrcpt={count} (queue active)"
        )

    def tried(self, entry: Entry, outcomes: Sequence[Outcome]) -> None:
        """A destination has taken a letter, or hasn't."""
        self._trail.tried(entry.queue_id, self._clock.now, outcomes)
        delay = (self._clock.now - entry.arrived).total_seconds()
        for outcome in outcomes:
            program = "local" if outcome.relay == "local" else "smtp"
            self.log.write(
                program,
                f"{entry.queue_id}: to=<{outcome.path.address}>, relay={outcome.relay}, delay={delay:g}, "
                f"dsn={outcome.status}, status={STATUS[outcome.action]} ({outcome.reason})",
            )

    def concluded(
        self, entry: Entry, outcomes: Sequence[Outcome], told: Sequence[tuple[Kind, str, Letter]]
    ) -> None:
        """All destinations were tried; ``told`` are the notices: what about, the queue id, and the letter."""
        name, sender = entry.client, shown_sender(entry.letter.reverse_path.address)
        for outcome in outcomes:
            event, count = COUNTED[outcome.action]
            reason = "" if event is Event.DELIVERED else outcome.status
            self.record.note(Row(event, name, "", sender, reason))
            self.traffic.note(self._clock.now, name, count)
        if any(one.action is Action.FAILED and one.status.startswith("4") for one in outcomes):
            said = f"from=<{entry.letter.reverse_path.address}>, status=expired, returned to sender"
            self.log.write("qmgr", f"{entry.queue_id}: {said}")
        for kind, queue_id, letter in told:
            self._trail.note(Told(entry.queue_id, self._clock.now, kind.subject, queue_id))
            self._identified(queue_id, letter.content)
            self.log.write("bounce", f"{entry.queue_id}: {NOTICES[kind]}: {queue_id}")
        if not entry.duties:
            self.log.write("qmgr", f"{entry.queue_id}: removed")

    def _identified(self, queue_id: str, content: bytes) -> None:
        found = _MESSAGE_ID.search(content.partition(b"\r\n\r\n")[0])
        identity = found[1].decode("utf-8", "replace") if found else "<>"
        self.log.write("cleanup", f"{queue_id}: message-id={identity}")


def _remark(session: Session, letter: Letter, remark: Remark) -> str:
    """What the filters have done, as cleanup logs it."""
    client = caller(session)
    envelope = about(session, letter.reverse_path, letter.forward_paths[-1])
    if remark.word == "milter-reject":
        return f"{remark.word}: {remark.found} from {client}: {remark.text};{envelope}"
    said = f": {remark.text}" if remark.text else ""
    return f"{remark.word}: {remark.found} from {client};{envelope}{said}"

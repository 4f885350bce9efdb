"""Follows one letter across all hosts: from session to queue, from the queue to the DNS, and on.

What each relay did with a letter is in its trail, what was said is in the transcripts, what the name
server was asked is in the resolver's list, and where the letter is, the mailboxes know. Nothing is
asked anew: to follow a letter changes nothing in the lab.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from labkit.dns.questions import Errand
from labkit.lab import journey_rows
from labkit.lab.journey import Journey, Kind, Row
from labkit.lab.journey_claims import Fate, claim, summary
from labkit.lab.journey_start import start
from labkit.lab.journey_way import ROOM, Way
from labkit.lab.scenery import Scenery
from labkit.relay.delivering.local import LOCAL
from labkit.relay.delivering.outcome import Action
from labkit.relay.queueing.entry import State
from labkit.relay.server import Relay
from labkit.relay.trail import Arrived, Began, Event, Offered, Told, Tried
from labkit.wire.reading.exchanges import Dialogue, Offer, dialogue
from labkit.wire.record import Party
from labkit.wire.transcript import Transcript
from labkit.wire.views.columns import cut

MOST_ATTEMPTS = 3  # that are shown one by one

DISCARDED = "has thrown it away, although it said yes"
LEFT_OUT = "{count:,} more attempts like this, until {moment:%Y-%m-%d %H:%M:%S}"
WAITS = "waits in the queue; next attempt at {due:%H:%M:%S on %Y-%m-%d}"
ON_HOLD = "is on hold in the queue"
IS_TOLD = "writes to the sender: {subject} ({queue_id})"
CONNECTS = "connects"
LOST_TRAIL = "where it went from here is no longer recorded"
FORGOTTEN = "session {number} is no longer recorded"


def follow(scenery: Scenery, what: object, letter: int = 1) -> Journey:
    """The way of one letter, chosen as ``labkit.show.sequence`` says. Raises UsageError."""
    return _Following(scenery).journey(*start(scenery, what, letter))


class _Following(Way):
    """Goes from session to session, and from there into the queue and out again."""

    def journey(self, session: Transcript, number: int) -> Journey:
        said = dialogue(session)
        offer = said.offers[number] if said.offers else None
        self._session(session, offer)
        dns = self.scenery.stage.DNS
        self.parties.setdefault(dns.name, dns.party)
        shown = {name for row in self.rows for name in (row.source, row.target)}
        parties = tuple(party for name, party in self.in_order() if name in shown)
        recipients = len(journey_rows.envelope(offer)[1]) if offer else 0
        return Journey(
            claim(session.server.name, self.fates, recipients, self.told),
            summary(journey_rows.envelope(offer) if offer else None, self.rows),
            parties,
            tuple(self.shown()),
        )

    # A session, and what follows from it

    def _session(self, session: Transcript, offer: Offer | None, before: tuple[int, ...] = ()) -> None:
        """Go through a session; ``before`` are those in which somebody in the middle has led to it."""
        self.parties.setdefault(session.client.name, session.client)
        self.parties.setdefault(session.server.name, session.server)
        relay = self.relays.get(session.server.address)
        onward = self._behind(session, offer)
        asked = [one for one in self.questions if one.session in (session.number, *before)]
        self.rows += journey_rows.rows(session, offer, [] if onward else asked, early=relay is not None)
        if onward:
            self._session(*onward, before=(*before, session.number))
            return
        count = journey_rows.taken(offer) if offer else 0
        self._refused(dialogue(session), offer, count)
        if relay and offer and offer.queue_id:
            self._queued(relay, offer.queue_id, count)
        elif offer and count:
            self.stored(session.server, offer.queue_id, count)

    def _refused(self, said: Dialogue, offer: Offer | None, taken: int) -> None:
        no = journey_rows.deciding(said, offer)
        lost = (len(journey_rows.envelope(offer)[1]) if offer else 0) - taken
        if no and (lost > 0 or not taken):
            self.fates[Fate.PUT_OFF if no.code < 500 else Fate.REFUSED] += max(lost, 1)
        elif not taken:
            self.fates[Fate.BROKEN] += 1

    def _behind(self, session: Transcript, offer: Offer | None) -> tuple[Transcript, Offer | None] | None:
        """The session in which somebody in the middle went on in the client's name."""
        hop = session.server.name
        if any(host.name == hop for host in self.scenery.network.hosts):
            return None
        for later in self.scenery.recorder:
            if later.number > session.number and later.client.name == hop:
                sender = offer.exchanges[0].command if offer else ""
                offers = dialogue(later).offers
                return later, next((one for one in offers if one.exchanges[0].command == sender), None)
        return None

    # A relay

    def _queued(self, relay: Relay, queue_id: str, count: int) -> None:
        name, events = relay.site.host.name, relay.site.trail.of(queue_id)
        moment = self.rows[-1].moment
        if not events or not isinstance(events[0], Arrived):
            self.note(name, moment, LOST_TRAIL)
            self.fates[Fate.UNKNOWN] += count
            return
        before = sum(self.fates.values())
        attempts = _attempts(events)
        dull = [attempt for attempt in attempts[1:-1] if not _settles(attempt)]
        left_out = dull if len(dull) > MOST_ATTEMPTS - 2 else []
        for attempt in attempts:
            if attempt not in left_out:
                self._attempt(relay, attempt)
            elif attempt is left_out[-1]:
                words = LEFT_OUT.format(count=len(left_out), moment=attempt[0].moment)
                self.note(name, attempt[0].moment, words)
        self._notices(relay, events)
        entry = next((one for one in relay.queue.entries if one.queue_id == queue_id), None)
        if entry:
            words = ON_HOLD if entry.state is State.HOLD else WAITS.format(due=entry.due or entry.arrived)
            self.note(name, relay.site.clock.now, words)
            self.fates[Fate.WAITING] += len(entry.duties)
        elif not attempts and sum(self.fates.values()) == before:
            self.note(name, moment, DISCARDED)
            self.fates[Fate.LOST] += count
        elif (left := count - (sum(self.fates.values()) - before)) > 0:
            self.fates[Fate.BOUNCED] += left

    def _attempt(self, relay: Relay, attempt: Sequence[Event]) -> None:
        """One attempt to deliver: for each destination the look-ups, the sessions, and the outcome."""
        name, queue_id = relay.site.host.name, attempt[0].queue_id
        since = attempt[0].moment
        asked = [
            one for one in self.questions if one.errand == Errand(name, queue_id) and one.moment >= since
        ]
        was_offered = False
        for event in attempt:
            if isinstance(event, (Offered, Tried)):
                last = event.asked if isinstance(event, Offered) else self.last_until(event.moment)
                due = [one for one in asked if one.number <= last]
                asked = asked[len(due) :]
                self.asks(name, due)
            if isinstance(event, Offered):
                self._offered(relay, event)
                was_offered = True
            elif isinstance(event, Tried):
                self._tried(relay, event, was_offered)
                was_offered = False

    def _offered(self, relay: Relay, event: Offered) -> None:
        host = next((one for one in self.scenery.network.hosts if one.address == event.address), None)
        party = host.party if host else Party(event.name, event.address)
        if event.session not in self.scenery.recorder:
            self.parties.setdefault(party.name, party)
            words = event.trouble or FORGOTTEN.format(number=event.session)
            self.rows.append(
                Row(Kind.BROKEN, event.moment, relay.site.host.name, party.name, CONNECTS, cut(words, ROOM))
            )
            self.fates[Fate.UNKNOWN] += not event.trouble
            return
        session = self.scenery.recorder.transcript(event.session)
        offers = dialogue(session).offers
        fates = Counter(self.fates)
        self._session(session, offers[event.number] if event.number < len(offers) else None)
        for fate in (Fate.REFUSED, Fate.PUT_OFF, Fate.BROKEN):  # the relay has an answer to these yet
            self.fates[fate] = fates[fate]

    def _tried(self, relay: Relay, event: Tried, was_offered: bool) -> None:
        if event.relay == LOCAL:
            self.stored(relay.site.host.party, event.queue_id, event.count(Action.DELIVERED))
        self.fates[Fate.BOUNCED] += event.count(Action.FAILED)
        if not was_offered:
            for address, action, reason in event.results:
                if action in (Action.FAILED, Action.DELAYED):
                    words = f"<{address}>: {reason}"
                    self.note(relay.site.host.name, event.moment, cut(words, ROOM))

    def _notices(self, relay: Relay, events: Iterable[Event]) -> None:
        """What the sender is told; the notices are letters, too, but not the one that is followed."""
        for event in events:
            if isinstance(event, Told):
                self.told = True
                words = IS_TOLD.format(subject=event.subject, queue_id=event.notice)
                self.note(relay.site.host.name, event.moment, words)
                told = _Following(self.scenery, self.rows, self.parties)
                told.delivered(relay, event.notice)

    def delivered(self, relay: Relay, queue_id: str) -> None:
        """Follow a letter of the relay's own."""
        for attempt in _attempts(relay.site.trail.of(queue_id))[-1:]:
            self._attempt(relay, attempt)


def _settles(attempt: Iterable[Event]) -> bool:
    """Whether an attempt has decided anything for any recipient."""
    return any(
        isinstance(event, Tried) and event.count(Action.DELIVERED, Action.RELAYED, Action.FAILED)
        for event in attempt
    )


def _attempts(events: Iterable[Event]) -> list[list[Event]]:
    """The attempts to deliver, each from its beginning on."""
    found: list[list[Event]] = []
    for event in events:
        if isinstance(event, Began):
            found.append([])
        if found and not isinstance(event, (Arrived, Told)):
            found[-1].append(event)
    return found

"""A domain's defence against unwanted mail: its policy, and what it remembers of those who send to it.

All mail servers of a domain share one, as they share its mailboxes.
"""

from collections.abc import Iterable
from datetime import timedelta

from labkit.clock import Clock
from labkit.recipient.actions import CHECKS, Action
from labkit.recipient.checks.bulk_rules import Facts, sender_domain
from labkit.recipient.checks.domains import organisation
from labkit.recipient.checks.verdict import Message, Verdict
from labkit.recipient.dmarc_report import DmarcTally
from labkit.recipient.judgement import Judgement
from labkit.recipient.mailbox import INBOX, Received
from labkit.recipient.policy import NOTHING, RecipientPolicy
from labkit.recipient.reputation import Reputation
from labkit.recipient.tally import MOST_SENDERS, Event, Tally
from labkit.smtp.envelope import Session
from labkit.smtp.greylist import Triplets

DAY = timedelta(days=1)
OPINIONS = ("greylist", "bulk", "reputation")  # these say nothing about the letter itself
SPAM_SIGNS = ("dnsbl", "dmarc", "content")


class Defence:
    """What the servers of one domain decide by.

    ``traps`` are local parts that nobody ever had: whoever writes to one has taken it from a list of
    guessed or stolen addresses. ``volumes`` counts by the organisation in From:, whoever wrote that, and
    only while anything is checked.
    """

    def __init__(self, clock: Clock, traps: Iterable[str] = ()) -> None:
        self.policy: RecipientPolicy = NOTHING
        self.reputation = Reputation(clock)
        self.greylist, self.volumes = Triplets(), Tally()
        self.traps = frozenset(traps)
        self.dmarc = DmarcTally()
        self._bulk_senders: dict[str, None] = {}  # oldest first
        self._clock = clock

    def bulk_facts(
        self, policy: RecipientPolicy, message: Message, session: Session, found: dict[str, Verdict]
    ) -> Facts:
        """What the rules for bulk senders look at; the letter itself counts."""
        sender = organisation(sender_domain(message))
        day = self.volumes.since(sender, self._clock.now - DAY)
        day[Event.LETTER] += 1
        if sender and day[Event.LETTER] >= policy.bulk_volume:
            self._bulk_senders[sender] = None
            if len(self._bulk_senders) > MOST_SENDERS:
                del self._bulk_senders[next(iter(self._bulk_senders))]
        return Facts(message, session, found, day, policy.bulk_volume, sender in self._bulk_senders)

    def took(
        self, message: Message, address: str, domain: str, judgement: Judgement, recipients: Iterable[str]
    ) -> None:
        """A letter has come to its end; one that is deferred has not: it comes again."""
        if judgement.action is Action.DEFER:
            return
        events = [Event.LETTER]
        if _is_spam(judgement):
            events.append(Event.SPAM)
        if judgement.action in (Action.NOTHING, Action.HEADER):
            events.append(Event.INBOX)
        if any(name.lower() in self.traps for name in recipients):
            events.append(Event.TRAP)
        for event in events:
            self.reputation.note(event, address, domain)
        if judgement:  # where nothing is checked, nobody asks for it
            self._noted_by_name(message, events)

    def _noted_by_name(self, message: Message, events: Iterable[Event]) -> None:
        sender = organisation(sender_domain(message))
        for event in events if sender else ():
            self.volumes.note(sender, event, self._clock.now)

    def complained(self, letter: Received) -> bool:
        """Note a reader's complaint; False where it doesn't count, as the letter wasn't in the inbox."""
        if letter.folder != INBOX:
            return False
        self.reputation.note(Event.COMPLAINT, letter.client, letter.domain)
        self._noted_by_name(letter.message, [Event.COMPLAINT])
        return True


def _is_spam(judgement: Judgement) -> bool:
    """Whether the letter is bad by what was found about it, and not by what is thought of its sender."""
    if judgement.action in (Action.JUNK, Action.REFUSE):
        decisive = judgement.decisive
        if decisive and decisive.check not in OPINIONS:
            return True
    return any(
        one.check in SPAM_SIGNS and one.verdict.result in CHECKS[one.check].bad for one in judgement.judged
    )

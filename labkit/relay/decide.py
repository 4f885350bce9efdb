"""Asks the policy's lists of restrictions, each at its time (Postfix: SMTPD_ACCESS_README).

The first rule that permits or refuses, decides for its list; a list in which none does, permits. A
recipient is taken when every list permits. With ``smtpd_delay_reject`` the lists about the client, its
greeting and the sender wait until a recipient is known: more can then be said of what was refused, and
some clients don't understand an earlier refusal.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labkit.relay.hearing import Hearing, Ruling
from labkit.relay.restrictions import reject_unlisted_recipient
from labkit.relay.rules.case import NO_MARKS, Case, Effect, Place
from labkit.smtp import reply
from labkit.smtp.address import Path
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Session

if TYPE_CHECKING:
    from labkit.relay.policy import Policy

POSTMASTER = "postmaster"


class Doorkeeper:
    """Asks the lists for one client, and remembers from one command to the next.

    ``marks`` is what access tables want to be done with the letter that is being handed in.
    """

    def __init__(self, policy: "Policy", site: Place) -> None:
        self._policy, self._site = policy, site
        self._of_client: Ruling | None = None
        self._of_helo: Ruling | None = None
        self._of_sender: Ruling | None = None
        self.marks = NO_MARKS

    def forget_letter(self) -> None:
        """The transaction is over."""
        self.marks = NO_MARKS

    async def at_connect(self, session: Session) -> Decision | None:
        """Before the greeting: the refusal, or None."""
        if self._policy.smtpd_delay_reject:
            return None
        hearing = Hearing()
        return hearing.refusal(await self._client(hearing, self._case(session)))

    async def at_helo(self, session: Session) -> Decision | None:
        """At HELO, with the new name in ``session``: the refusal, or None."""
        if self._policy.smtpd_delay_reject:
            return None
        hearing = Hearing()
        return hearing.refusal(await self._helo(hearing, self._case(session)))

    async def at_mail(self, session: Session, sender: Path) -> Decision | None:
        """At MAIL: the refusal, or None."""
        if self._policy.smtpd_delay_reject:
            return None
        hearing = Hearing()
        refusal = hearing.refusal(await self._sender(hearing, self._case(session, sender)))
        self.marks = NO_MARKS if refusal else hearing.marks
        return refusal

    async def at_rcpt(self, session: Session, sender: Path | None, recipient: Path) -> Decision:
        """At RCPT, and at VRFY, where there may be no sender: whether the recipient is taken."""
        if recipient.address.lower() == POSTMASTER:
            return Decision(reply.OK_RCPT, "RFC 5321 section 4.5.1", "Every mail server has a postmaster.")
        hearing, case = Hearing(self.marks), self._case(session, sender, recipient)
        refusal = await self._delayed(hearing, case) if self._policy.smtpd_delay_reject else None
        ruling = refusal or await self._recipient(hearing, case)
        self.marks = hearing.marks
        return hearing.answer(ruling)

    async def at_data(self, session: Session, sender: Path, recipients: Sequence[Path]) -> Decision | None:
        """At DATA: the refusal, or None."""
        hearing, only = Hearing(self.marks), recipients[0] if len(recipients) == 1 else None
        ruling = await hearing.ask(self._case(session, sender, only), "smtpd_data_restrictions")
        self.marks = hearing.marks
        return hearing.refusal(ruling) or hearing.refusal(hearing.if_permitted)

    async def at_etrn(self, session: Session) -> Decision | None:
        """At ETRN: the refusal, or None."""
        hearing, case, refusal = Hearing(), self._case(session), None
        if self._policy.smtpd_delay_reject:
            refusal = await self._client(hearing, case) or await self._helo(hearing, case)
        return hearing.refusal(refusal or self._of_client or self._of_helo)

    def _case(self, session: Session, sender: Path | None = None, recipient: Path | None = None) -> Case:
        return Case(self._policy, self._site, session, sender, recipient)

    async def _delayed(self, hearing: Hearing, case: Case) -> Ruling | None:
        return (
            await self._client(hearing, case)
            or await self._helo(hearing, case)
            or await self._sender(hearing, case)
        )

    async def _client(self, hearing: Hearing, case: Case) -> Ruling | None:
        hearing.if_permitted = None
        refusal = await _refusal(hearing, case, "smtpd_client_restrictions")
        self._of_client = hearing.if_permitted
        return refusal

    async def _helo(self, hearing: Hearing, case: Case) -> Ruling | None:
        if not case.session.helo:
            return None
        hearing.if_permitted = self._of_client
        refusal = await _refusal(hearing, case, "smtpd_helo_restrictions")
        self._of_helo = hearing.if_permitted
        return refusal

    async def _sender(self, hearing: Hearing, case: Case) -> Ruling | None:
        if case.sender is None:
            return None
        hearing.if_permitted = self._of_client or self._of_helo
        refusal = await _refusal(hearing, case, "smtpd_sender_restrictions")
        self._of_sender = hearing.if_permitted
        return refusal

    async def _recipient(self, hearing: Hearing, case: Case) -> Ruling:
        hearing.if_permitted, hearing.if_refused = self._of_sender, None
        relay = await hearing.ask(case, "smtpd_relay_restrictions")
        if relay and relay.reply:
            return relay
        further = await hearing.ask(case, "smtpd_recipient_restrictions")
        if further and further.reply:
            return further
        return hearing.if_permitted or _unlisted(hearing, case) or relay or further or _nobody_refused(case)


async def _refusal(hearing: Hearing, case: Case, name: str) -> Ruling | None:
    hearing.if_refused = None
    ruling = await hearing.ask(case, name)
    return ruling if ruling and ruling.reply else None


def _unlisted(hearing: Hearing, case: Case) -> Ruling | None:
    """Whether there is such a recipient is asked last, unless a list has asked it."""
    if not case.policy.smtpd_reject_unlisted_recipient or hearing.listed or hearing.marks.discard:
        return None
    verdict = reject_unlisted_recipient(case)
    if verdict.effect is not Effect.REFUSE:
        return None
    return hearing.heard("smtpd_reject_unlisted_recipient = yes", verdict)


def _nobody_refused(case: Case) -> Ruling:
    assert case.destination
    if case.destination.is_ours:
        saw = f"{case.destination.path.domain} is the relay's own, so no rule refused it"
    else:
        saw = "No rule refused it"
    return Ruling("smtpd_relay_restrictions", saw)

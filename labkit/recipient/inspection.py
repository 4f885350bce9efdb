"""How a letter is looked at: the checks that the policy asks for, at RCPT TO and at the final dot.

All checks run before anything is decided, so that a student sees every verdict, also those that changed
nothing.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

from labkit.dns.resolver import Resolver
from labkit.recipient.actions import Action
from labkit.recipient.checks import authres, bulk, dnsbl
from labkit.recipient.checks.authres import AuthResults
from labkit.recipient.checks.verdict import Message, Verdict, one_line
from labkit.recipient.defence import Defence
from labkit.recipient.judgement import UNJUDGED, Judged, Judgement, judgement
from labkit.recipient.policy import RecipientPolicy
from labkit.smtp import verdict_reply
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Envelope, Letter, Session
from labkit.smtp.greylist import LET_IN
from labkit.smtp.reply import Reply

AUTHENTICATION = authres.METHODS
NO_LETTER = b""
CONTENT = {"spam": "unwanted", "too big": "too big", "malformed": "malformed"}  # anything else is dangerous


class Inspection:
    """One transaction, as the recipient's checks see it; ``server`` is the name of who checks."""

    def __init__(self, policy: RecipientPolicy, defence: Defence, dns: Resolver, server: str) -> None:
        self.policy, self.defence, self.dns, self.server = policy, defence, dns, server
        self._listed = self._at_recipient = UNJUDGED

    async def at_recipient(self, session: Session, envelope: Envelope, now: datetime) -> Judgement:
        """What is thought of taking mail from this client for this recipient."""
        judged = await self._of_client(session, envelope)
        if self.policy.runs("greylist"):
            judged += judgement(self.policy, [("greylist", self._greylisted(session, envelope, now))])
        if judged.action not in (Action.DEFER, Action.REFUSE):
            self._at_recipient = judged
        return judged

    async def _of_client(self, session: Session, envelope: Envelope) -> Judgement:
        if self.policy.runs("dnsbl") and not self._listed:
            message = Message(NO_LETTER, envelope.reverse_path, envelope.recipient)
            verdict = await dnsbl.check(message, session, self.dns, self.policy.lists)
            self._listed = judgement(self.policy, [("dnsbl", verdict)])
        return self._listed

    def _greylisted(self, session: Session, envelope: Envelope, now: datetime) -> Verdict:
        wait = self.defence.greylist.wait(session, envelope, now)
        if wait == LET_IN:
            return Verdict("known", "This client has come back, as a mail server does.")
        seconds = f"{wait.total_seconds():.0f}"
        reason = f"This client is new here: it is let in when it comes back in {seconds} seconds or later."
        return Verdict("new", reason, (("seconds", seconds),))

    async def at_dot(self, session: Session, letter: Letter) -> "Inspected":
        """What is to become of a letter. The domain remembers it, unless it is deferred."""
        message = Message(letter.content, letter.reverse_path, letter.forward_paths[0])
        results = await self._authenticated(session, message)
        verdicts = [pair async for pair in self._verdicts(session, message, results)]
        judged = self._at_recipient + _excused(self.policy, results, judgement(self.policy, verdicts))
        domain = proved_domain(results)
        names = [path.local for path in letter.forward_paths]
        if results:
            self._count(results, session, judged)
        self.defence.took(message, session.client.address, domain, judged, names)
        envelope = Envelope(letter.reverse_path, letter.forward_paths[0])
        return Inspected(judged, envelope, domain, _headers(self.server, judged, results))

    def _count(self, results: AuthResults, session: Session, judged: Judgement) -> None:
        """For the report to the domain in From:."""
        action = next((one.action for one in judged.judged if one.check == "dmarc"), Action.NOTHING)
        done = {Action.JUNK: "quarantine", Action.REFUSE: "reject"}.get(action, "none")
        excused = bool(results.excused_by(self.policy.sealers))
        self.defence.dmarc.note(results, session, self.dns.now, done, excused=excused)

    async def _authenticated(self, session: Session, message: Message) -> AuthResults | None:
        if not any(map(self.policy.runs, (*AUTHENTICATION, "bulk", "reputation"))):
            return None
        return await authres.authenticate(message, session, self.dns)

    async def _verdicts(
        self, session: Session, message: Message, results: AuthResults | None
    ) -> AsyncIterator[tuple[str, Verdict]]:
        runs = self.policy.runs
        found = {method: getattr(results, method) for method in AUTHENTICATION if results}
        for method in AUTHENTICATION:
            if runs(method):
                yield method, found[method]
        if runs("content"):
            from labkit.recipient.checks import content  # here: few recipients look into letters

            rules = self.policy.rules or content.RULES
            yield "content", await content.check(message, session, self.dns, rules)
        if runs("bulk"):
            yield "bulk", bulk.judge(self.defence.bulk_facts(self.policy, message, session, found))
        if runs("reputation"):
            yield "reputation", self.defence.reputation.check(session.client.address, proved_domain(results))

    def cleaned(self, content: bytes) -> bytes:
        """The letter without what others say in this server's name, where its readers would believe it."""
        if not any(map(self.policy.runs, AUTHENTICATION)):
            return content
        return authres.without_forged(content, self.server)


@dataclass(frozen=True, slots=True)
class Inspected:
    """What came of looking at a letter: ``domain`` is the one it was proved to come from, or empty, and
    ``header`` what the server writes on top of it."""

    judgement: Judgement
    envelope: Envelope
    domain: str
    header: bytes


def refused(judged: Judgement, session: Session, envelope: Envelope) -> Decision | None:
    """The refusal, for now or for good, that follows from what was found; None when none does."""
    decisive = judged.decisive
    if not decisive or judged.action not in (Action.DEFER, Action.REFUSE):
        return None
    answer = _answer(decisive, session, envelope, for_now=judged.action is Action.DEFER)
    return Decision(answer, decisive.check, decisive.verdict.reason, judged.steps)


def accepted(judged: Judgement, positive: Reply) -> Reply | Decision:
    """The answer to a letter that is taken, with what was found about it."""
    decisive = judged.decisive
    if not decisive:
        return positive
    if judged.action is Action.JUNK:
        reason = f"{decisive.verdict.reason} The letter goes into the spam folder."
        return Decision(positive, decisive.check, reason, judged.steps)
    return Decision(positive, "checks", NOTHING_AGAINST, judged.steps)


NOTHING_AGAINST = "Nothing that was found speaks against it."


def proved_domain(results: AuthResults | None) -> str:
    """The domain of From:, if it was proved; empty otherwise."""
    return results.header_from if results and results.dmarc.result == "pass" else ""


def _excused(policy: RecipientPolicy, results: AuthResults | None, judged: Judgement) -> Judgement:
    """DMARC's failure is forgiven where a trusted forwarder saw the letter pass."""
    sealer = results.excused_by(policy.sealers) if results and policy.sealers else ""
    if not sealer or "dmarc" not in judged or judged["dmarc"].result != "fail":
        return judged
    return Judgement(tuple(_forgiven(one, sealer) if one.check == "dmarc" else one for one in judged.judged))


def _forgiven(judged: Judged, sealer: str) -> Judged:
    verdict = judged.verdict
    reason = f"{verdict.reason} But {sealer}, which is trusted here, saw it pass."
    return judged._replace(verdict=replace(verdict, reason=reason), action=Action.HEADER)


def _answer(decisive: Judged, session: Session, envelope: Envelope, *, for_now: bool) -> Reply:
    verdict = decisive.verdict
    what = _what(decisive)
    return verdict_reply.failed(
        what,
        for_now=for_now,
        domain=one_line(verdict.shows("domain")) or "unknown",
        address=session.client.address,
        sender=one_line(verdict.shows("sender")) or session.client.address,
        recipient=one_line(envelope.recipient.address),
        list=verdict.shows("list"),
        text=one_line(verdict.shows("text")),
        seconds=verdict.shows("seconds"),
    )


def _what(decisive: Judged) -> str:
    """Which of the providers' answers fits."""
    check, result = decisive.check, decisive.verdict.result
    if check == "content":
        return CONTENT.get(result, "dangerous")
    if check == "reputation" and result == "too fast":
        return "speed"
    if check == "bulk":
        rule = decisive.verdict.shows("rule")
        return "speed" if rule == "complaints" else f"bulk {rule}"
    return check


def _headers(server: str, judged: Judgement, results: AuthResults | None) -> bytes:
    """What the server writes on top of a letter that it has checked."""
    shown = {one.check for one in judged.judged if one.action is not Action.NOTHING}
    methods = tuple(method for method in AUTHENTICATION if method in shown)
    said = results.header(server, methods) if results and methods else b""
    return said + _spam_status(judged)


def _spam_status(judged: Judgement) -> bytes:
    """What the checks have found that Authentication-Results has no words for."""
    tests = [
        f"{one.check}={one.verdict.result.replace(' ', '-')}"
        for one in judged.judged
        if one.check not in AUTHENTICATION and one.action is not Action.NOTHING
    ]
    is_junk = judged.action is Action.JUNK
    if not tests and not is_junk:
        return b""
    flag = "X-Spam-Flag: YES\r\n" if is_junk else ""
    status = f"X-Spam-Status: {'Yes' if is_junk else 'No'}, tests={','.join(tests) or 'none'}\r\n"
    return (flag + status).encode("ascii", "replace")

"""One hearing: lists of restrictions are asked for one command, and everything that was said is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from labkit.relay.restrictions import RESTRICTIONS, Rule, reject_unlisted_recipient
from labkit.relay.rules.case import NO_MARKS, Case, Effect, Marks, Verdict, refuses
from labkit.smtp import reply
from labkit.smtp.decision import Decision, Step
from labkit.smtp.reply import Reply

DEEPEST = 100  # tables that name restrictions that ask tables; Postfix has the same bound


class Ruling(NamedTuple):
    """What one rule decided for its list: ``reply`` refuses, and is None for a permission."""

    rule: str
    reason: str
    reply: Reply | None = None

    def waiting(self, consequence: str) -> "Ruling":
        """The same, for other rules to bring into force."""
        return self._replace(reason=f"{self.reason}, {consequence}")


@dataclass
class Hearing:
    """What happens while lists are asked for one command.

    ``if_permitted`` and ``if_refused`` are what an earlier rule wants said instead. ``marks`` are what
    access tables want to be done with the letter. ``listed`` says that it was checked whether there is
    such a recipient.
    """

    marks: Marks = NO_MARKS
    steps: list[Step] = field(default_factory=list)
    if_permitted: Ruling | None = None
    if_refused: Ruling | None = None
    listed: bool = False

    async def ask(self, case: Case, name: str) -> Ruling | None:
        """Ask a list of the policy: what one of its rules decided, or None."""
        entries: tuple[str, ...] = getattr(case.policy, name)
        if not entries or self.marks.discard:
            return None
        ruling = await self._ask(case.before(name), entries, 0)
        if not ruling:
            self.steps.append(Step(name, "No rule of this list has decided", Effect.PERMIT.value))
        return ruling

    async def _ask(self, case: Case, entries: Sequence[str], depth: int) -> Ruling | None:
        for entry in entries:
            verdict = await _judged(entry, case, depth)
            ruling = self.heard(entry, verdict)
            if verdict.effect is Effect.ASK:
                ruling = await self._ask(replace(case, about=verdict.about), verdict.rules, depth + 1)
            if ruling or self.marks.discard or (self.if_permitted and self.if_refused):
                return ruling
        return None

    def heard(self, entry: str, verdict: Verdict) -> Ruling | None:
        """Note what a rule said; what it decided, if it did."""
        name = _asked(entry).shown
        self.steps.append(Step(name, verdict.saw, verdict.said))
        self.listed = self.listed or name == reject_unlisted_recipient.__name__
        if verdict.marks is not NO_MARKS:
            self.marks = self.marks.with_others(verdict.marks)
        if verdict.effect is Effect.GO_ON or verdict.effect is Effect.ASK:
            return None
        ruling = Ruling(name, verdict.saw, verdict.reply)
        if verdict.effect is Effect.REFUSE:
            return self._refused(ruling)
        if verdict.effect is Effect.DEFER_IF_PERMIT and not self.if_permitted:
            self.if_permitted = ruling.waiting("so what other rules permit has to wait")
        if verdict.effect is Effect.DEFER_IF_REJECT and not self.if_refused:
            self.if_refused = ruling.waiting("so what other rules refuse may come again")
        return ruling if verdict.effect is Effect.PERMIT else None

    def _refused(self, ruling: Ruling) -> Ruling:
        for_good = ruling.reply and not ruling.reply.is_transient
        return self.if_refused if self.if_refused and for_good else ruling

    def answer(self, ruling: Ruling) -> Decision:
        """The answer to the client."""
        return Decision(ruling.reply or reply.OK_RCPT, ruling.rule, f"{ruling.reason}.", tuple(self.steps))

    def refusal(self, ruling: Ruling | None) -> Decision | None:
        """The answer to the client, if it is a refusal."""
        return self.answer(ruling) if ruling and ruling.reply else None


class Asked(NamedTuple):
    """An entry of a list: the rule, what stands behind its name, and what is shown of the two."""

    rule: Rule | None
    argument: str
    shown: str


@lru_cache(maxsize=1024)
def _asked(entry: str) -> Asked:
    name, _, argument = entry.partition(" ")
    rule = RESTRICTIONS.get(name.lower())
    if rule and rule.takes and not argument:
        rule = None
    return Asked(rule, argument.strip(), name if "{" in argument else entry)


async def _judged(entry: str, case: Case, depth: int) -> Verdict:
    """What a rule says, given its name and what stands behind it."""
    rule, argument, _ = _asked(entry)
    if not rule or depth > DEEPEST:
        return refuses(reply.BAD_CONFIGURATION, f"A table says {entry!r}, which is no restriction")
    verdict = rule.judge(case, argument) if rule.takes else rule.judge(case)
    return verdict if isinstance(verdict, Verdict) else await verdict

"""What follows from all verdicts about a letter together, and why: pure, and kept with the letter."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from labkit.recipient.actions import Action
from labkit.recipient.checks.verdict import Verdict
from labkit.recipient.policy import RecipientPolicy
from labkit.recipient.sheet import Sheet
from labkit.smtp.decision import Step

SEVERITY = (Action.NOTHING, Action.HEADER, Action.JUNK, Action.DEFER, Action.REFUSE)
STEPS = {Action.JUNK: "spam folder", Action.DEFER: "defers", Action.REFUSE: "refuses"}
GOES_ON = "goes on"

# What the owner of a domain asks for in p= (RFC 7489 section 6.3).
ASKED = {"quarantine": Action.JUNK, "reject": Action.REFUSE}


class Judged(NamedTuple):
    """A check, what it found, and what follows from that alone."""

    check: str
    verdict: Verdict
    action: Action

    @property
    def step(self) -> Step:
        """What a transcript says of it."""
        saw = f"{self.verdict.result}: {self.verdict.reason}".removesuffix(".")
        return Step(self.check, saw, STEPS.get(self.action, GOES_ON))


@dataclass(frozen=True, repr=False, slots=True)
class Judgement:
    """Everything that was found about a letter, in the order in which it was looked at."""

    judged: tuple[Judged, ...] = ()

    @property
    def decisive(self) -> Judged | None:
        """The first of those from which the most follows; None when nothing was checked."""
        severities = [SEVERITY.index(one.action) for one in self.judged]
        return self.judged[severities.index(max(severities))] if severities else None

    @property
    def action(self) -> Action:
        """What follows from all of it."""
        return self.decisive.action if self.decisive else Action.NOTHING

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of it, as a transcript shows it."""
        return tuple(one.step for one in self.judged)

    @property
    def octets(self) -> int:
        """About how much memory it takes."""
        return sum(200 + len(one.verdict.reason) + 2 * len(one.verdict.evidence) * 40 for one in self.judged)

    def __add__(self, other: "Judgement") -> "Judgement":
        return Judgement(self.judged + other.judged)

    def __getitem__(self, check: str) -> Verdict:
        """What one check said; KeyError when it wasn't run."""
        return {one.check: one.verdict for one in self.judged}[check]

    def __contains__(self, check: object) -> bool:
        return any(one.check == check for one in self.judged)

    def __iter__(self) -> Iterator[str]:
        return (one.check for one in self.judged)

    def __len__(self) -> int:
        return len(self.judged)

    @property
    def sheet(self) -> Sheet:
        """The verdicts as a table."""
        if not self.judged or not self.decisive:
            return Sheet("Nothing was checked about this letter.", ("check",), ())
        rows = tuple(
            (one.check, one.verdict.result, one.action.value, one.verdict.reason) for one in self.judged
        )
        why = f"What follows from all of it: {self.action}, because of {self.decisive.check}."
        notes = (
            (why,) if self.action not in (Action.NOTHING, Action.HEADER) else ("Nothing speaks against it.",)
        )
        return Sheet(
            "What was found about this letter", ("check", "result", "what follows", "why"), rows, notes
        )

    def __repr__(self) -> str:
        return repr(self.sheet) if self.judged else self.sheet.title

    def _repr_html_(self) -> str:
        return self.sheet._repr_html_()


UNJUDGED = Judgement()


def judgement(policy: RecipientPolicy, verdicts: Iterable[tuple[str, Verdict]]) -> Judgement:
    """What a policy makes of these verdicts."""
    return Judgement(
        tuple(Judged(check, verdict, _follows(policy, check, verdict)) for check, verdict in verdicts)
    )


def _follows(policy: RecipientPolicy, check: str, verdict: Verdict) -> Action:
    action = policy.action(check, verdict.result)
    if action is Action.AS_ASKED:
        return ASKED.get(verdict.shows("disposition"), Action.HEADER)
    return action

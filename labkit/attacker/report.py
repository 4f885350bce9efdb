"""What came of letters that somebody tried to send: tried, answered, and delivered.

A 250 proves nothing. The verdict "delivered" is given only to a letter that was found in a mailbox. What
an attacker gets besides letters (a password, a list of names) is a finding, with the proof that it is true.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.smtp.handover import Handover
from labkit.smtp.reply import Reply
from labkit.wire.transcript import Transcript

if TYPE_CHECKING:
    from labkit.attacker.comparison import Comparison
    from labkit.wire.export.save import Saved


class Verdict(IntEnum):
    """How far a letter came, in rising order. Only the last one proves anything.

    ``ACCEPTED_AT_RCPT`` is a letter whose recipient was taken, and which was refused later.
    """

    NOT_SENT = 0
    REFUSED = 1
    DEFERRED = 2
    ACCEPTED_AT_RCPT = 3
    ACCEPTED = 4
    DELIVERED = 5

    @property
    def word(self) -> str:
        """The verdict as students read it."""
        return WORDS.get(self) or self.name.lower().replace("_", " ")


WORDS = {Verdict.ACCEPTED_AT_RCPT: "accepted at RCPT", Verdict.ACCEPTED: "accepted at DATA"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One letter: its nonce, the answer that decided about it, and at which step; "" if none was heard."""

    nonce: str
    verdict: Verdict
    step: str = ""
    reply: Reply | None = None
    session: int = 0
    trouble: str = ""

    def looked_up(self, is_delivered: Callable[[str], bool]) -> "Attempt":
        """The same attempt, after a look into the mailboxes.

        What was refused after DATA is looked for as well: a server may deliver it all the same.
        """
        if self.verdict >= Verdict.ACCEPTED_AT_RCPT and is_delivered(self.nonce):
            return replace(self, verdict=Verdict.DELIVERED)
        return self


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an attacker has got besides letters.

    ``proof`` says how it is known to be true. ``harm`` is False for what the attacker only learnt on the
    way, and what is no more than anybody may know.
    """

    what: str
    proof: str
    session: int = 0
    harm: bool = True


@dataclass(frozen=True, repr=False)
class Report:
    """What ``who`` tried, and what came of it. ``transcripts`` are the sessions it was tried in, in order.

    ``goal`` is what an attack is after, in a few words; honest mail has none. With a goal the report has
    a verdict: whether that was reached, and the proof; or ``moot`` says why there was nothing to reach yet.
    """

    who: str
    what: str
    attempts: tuple[Attempt, ...]
    transcripts: tuple[Transcript, ...]
    findings: tuple[Finding, ...] = ()
    goal: str = ""
    moot: str = ""

    def count(self, *verdicts: Verdict) -> int:
        """How many letters came exactly this far."""
        return sum(attempt.verdict in verdicts for attempt in self.attempts)

    @property
    def tried(self) -> int:
        return len(self.attempts)

    @property
    def accepted(self) -> int:
        """Letters that the relay promised to deliver, whether or not it did."""
        return self.count(Verdict.ACCEPTED, Verdict.DELIVERED)

    @property
    def refused(self) -> int:
        """Letters that weren't taken, at whatever step."""
        return self.count(Verdict.REFUSED, Verdict.DEFERRED, Verdict.ACCEPTED_AT_RCPT)

    @property
    def delivered(self) -> int:
        """Letters that were found in a mailbox."""
        return self.count(Verdict.DELIVERED)

    @property
    def harm(self) -> int:
        """What the attack has reached: letters that arrived, and findings that do harm."""
        return self.delivered + sum(finding.harm for finding in self.findings)

    @property
    def answers(self) -> tuple[tuple[str, int], ...]:
        """The answers that decided, most frequent first, with an example of each and how often it came."""
        examples: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for attempt in self.attempts:
            kind = attempt.reply.status if attempt.reply else attempt.trouble
            examples.setdefault(kind, example(attempt))
            counts[kind] += 1
        return tuple((examples[kind], count) for kind, count in counts.most_common())

    @property
    def conclusion(self) -> str:
        """Whether the attack has reached its goal, in a sentence."""
        return self.moot or ("The attack works." if self.harm else "The attack fails.")

    def rows(self) -> Iterable[tuple[str, str]]:
        """The report as pairs of label and value, for every view."""
        if self.goal:
            yield "goal", self.goal
            yield "verdict", self.conclusion
        yield from self._letters()
        for finding in self.findings:
            yield "found", f"{finding.what} ({finding.proof})"
        for example, count in self.answers:
            yield "answer", f"{count:,} × {example}"

    def _letters(self) -> Iterable[tuple[str, str]]:
        if not self.attempts:
            return
        yield "tried", f"{self.tried:,}"
        if not_sent := self.count(Verdict.NOT_SENT):
            yield "not sent", f"{not_sent:,}"
        yield "refused", f"{self.refused:,}"
        yield "accepted", f"{self.accepted:,}"
        yield "delivered", f"{self.delivered:,} found in the recipients' mailboxes"

    def diff(self, after: "Report") -> "Comparison":
        """What changed from this report to a later one: counts, verdicts, answers."""
        from labkit.attacker.comparison import compare

        return compare(self, after)

    def save(self, path: str | Path, *, overwrite: bool = False, reveal: bool = False) -> "Saved":
        """Write the report and its sessions into a file: .html, .txt, .jsonl or .pcapng.

        A .pcapng file has only the packets of the sessions. The options, and what is raised, are those of
        Transcript.save.
        """
        from labkit.attacker.saving import as_run
        from labkit.wire.export.save import save

        return save(path, as_run(self), overwrite=overwrite, reveal=reveal)

    def __repr__(self) -> str:
        return "\n".join(
            [f"{self.who}: {self.what}", *(f"  {label:10} {value}" for label, value in self.rows())]
        )

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(label)}</th>'
            f'<td style="text-align:left">{escape(value)}</td></tr>'
            for label, value in self.rows()
        )
        title = escape(f"{self.who}: {self.what}")
        return f'<table><caption style="text-align:left"><b>{title}</b></caption>{cells}</table>'


def judged(nonce: str, handover: Handover, session: int) -> Attempt:
    """The attempt that a handover was, before a look into the mailboxes."""
    if handover.accepted:
        verdict = Verdict.ACCEPTED
    else:
        verdict = Verdict.DEFERRED if handover.reply.is_transient else Verdict.REFUSED
    return Attempt(nonce, verdict, handover.step, handover.reply, session)


def example(attempt: Attempt) -> str:
    """The answer that decided about a letter, and to what it was given."""
    if not attempt.reply:
        return attempt.trouble
    step = "the final dot" if attempt.step == "." else attempt.step
    return f"{attempt.reply} (to {step})"

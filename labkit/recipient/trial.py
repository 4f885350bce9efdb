"""A filter on trial: which of the labelled letters it takes for what, and how often it is wrong.

Two mistakes are counted, because a filter always chooses between them: a false positive is an honest
letter that is kept from its reader, a miss is a bad one that arrives.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from html import escape

from labkit.recipient.checks.verdict import Verdict
from labkit.recipient.samples import Sample, samples

BAD_RESULTS = ("malware", "dangerous", "spam", "too big")
LEFT = 'style="text-align:left"'
COLUMNS = ("letter", "is", "taken for", "", "why")


@dataclass(frozen=True, slots=True)
class Case:
    """One letter, and what was said of it; ``is_stopped`` says that it is kept from its reader."""

    sample: Sample
    verdict: Verdict
    is_stopped: bool

    @property
    def mistake(self) -> str:
        """ "false positive", "miss", or empty."""
        if self.is_stopped == self.sample.is_bad:
            return ""
        return "false positive" if self.is_stopped else "miss"


@dataclass(frozen=True, repr=False, slots=True)
class Trial:
    """All letters, in order."""

    cases: tuple[Case, ...]

    def _count(self, *, bad: bool, stopped: bool) -> int:
        return sum(case.sample.is_bad is bad and case.is_stopped is stopped for case in self.cases)

    @property
    def caught(self) -> int:
        """Bad letters that were stopped."""
        return self._count(bad=True, stopped=True)

    @property
    def missed(self) -> int:
        """Bad letters that arrive."""
        return self._count(bad=True, stopped=False)

    @property
    def passed(self) -> int:
        """Honest letters that arrive."""
        return self._count(bad=False, stopped=False)

    @property
    def false_positives(self) -> int:
        """Honest letters that were stopped."""
        return self._count(bad=False, stopped=True)

    @property
    def summary(self) -> str:
        """The four figures in a sentence."""
        bad, honest = self.caught + self.missed, self.passed + self.false_positives
        return (
            f"Of {bad} bad letters {self.caught} were stopped and {self.missed} missed; of {honest} honest "
            f"ones {self.passed} arrived and {self.false_positives} were stopped (false positives)."
        )

    def _rows(self) -> Iterable[tuple[str, ...]]:
        for case in self.cases:
            kind = "bad" if case.sample.is_bad else "honest"
            yield case.sample.name, kind, case.verdict.result, case.mistake, case.verdict.reason

    def __repr__(self) -> str:
        rows = [COLUMNS, *self._rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = (
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]])
            for row in rows
        )
        return "\n".join([self.summary, "", *lines])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" {LEFT}>{escape(name)}</th>' for name in COLUMNS)
        body = "".join(
            "<tr>" + "".join(f"<td {LEFT}>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._rows()
        )
        return (
            f"<table><caption {LEFT}><b>{escape(self.summary)}</b></caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def trial(
    judge: Callable[[bytes], Verdict] | None = None,
    *,
    letters: Iterable[Sample] | None = None,
    stops: Collection[str] = BAD_RESULTS,
) -> Trial:
    """Try a filter on labelled letters; ``stops`` are the results for which a letter isn't delivered.

    Without a ``judge`` it is the lab's own check of the content, with its own rules; with other rules it is
    ``trial(lambda letter: content.judge(letter, Rules(spam_from=2)))``.
    """
    from labkit.recipient.checks import content  # here: few look into letters

    judged = judge or content.judge
    verdicts = [(sample, judged(sample.content)) for sample in (samples() if letters is None else letters)]
    return Trial(tuple(Case(sample, verdict, verdict.result in stops) for sample, verdict in verdicts))

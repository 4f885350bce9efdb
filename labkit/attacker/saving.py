"""A report as what a file is made from: its sessions, under what came of the attack.

In JSON Lines it adds three kinds of objects to those of ``wire.export.jsonl``:

    {"kind": "report", "who": ..., "what": ..., "goal": ..., "tried": ..., "accepted": ..., "refused": ...,
     "delivered": ..., "harm": ...}
    {"kind": "attempt", "nonce": ..., "verdict": ..., "step": ..., "reply": ..., "session": 3, "trouble": ...}
    {"kind": "finding", "what": ..., "proof": ..., "session": 3, "harm": true}
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from labkit.wire.export.run import Run

if TYPE_CHECKING:
    from labkit.attacker.report import Attempt, Report


def as_run(report: "Report") -> Run:
    """What there is to write about a report."""
    title = f"{report.who}: {report.what}"
    return Run(title, report.transcripts, tuple(report.rows()), records=tuple(_records(report)))


def _records(report: "Report") -> Iterator[dict[str, object]]:
    yield {
        "kind": "report",
        "who": report.who,
        "what": report.what,
        "goal": report.goal,
        "tried": report.tried,
        "accepted": report.accepted,
        "refused": report.refused,
        "delivered": report.delivered,
        "harm": report.harm,
    }
    yield from map(_attempt, report.attempts)
    yield from ({"kind": "finding", **asdict(finding)} for finding in report.findings)


def _attempt(attempt: "Attempt") -> dict[str, object]:
    return {
        "kind": "attempt",
        "nonce": attempt.nonce,
        "verdict": attempt.verdict.word,
        "step": attempt.step,
        "reply": str(attempt.reply) if attempt.reply else "",
        "session": attempt.session,
        "trouble": attempt.trouble,
    }

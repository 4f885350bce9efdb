"""What changed from one attack to another: counts, verdicts, and which answers came instead.

The letters are compared in their order: the first with the first, and so on. So it is seen how the same
attack fares against another policy.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.attacker import comparison_words as words
from labkit.attacker.report import Attempt, Report, Verdict, example
from labkit.wire.reading.lines import lines
from labkit.wire.views import markup
from labkit.wire.views.columns import WIDTH, table, wrap

TITLE = "What changed from one attack to the other: {what}"
COLUMNS = ("", "", "before", "after")
WIDEST = (1, 76, 17, 17)  # cells
LEGEND = "- only before; + only after; ~ more or fewer than before."
MEANINGS = {" ": "same", "~": "changed", "-": "only before", "+": "only after"}
LABELS = {
    Verdict.NOT_SENT: "letters that couldn't be sent",
    Verdict.REFUSED: "letters refused",
    Verdict.DEFERRED: "letters refused for now",
    Verdict.ACCEPTED_AT_RCPT: "letters accepted at RCPT and refused later",
    Verdict.ACCEPTED: "letters accepted, and not arrived",
    Verdict.DELIVERED: "letters delivered, found in a mailbox",
}
TRIED, HARM = "letters tried", "what the attack reached"
FOUND, ANSWER, RULE = "found: {what}", "answer: {what}", "refused by the rule {what}"

Row = tuple[str, str, str, str]  # sign, what is counted, before, after


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two reports side by side. ``summary`` says in whole sentences what changed."""

    title: str
    summary: tuple[str, ...]
    rows: tuple[Row, ...]

    def __str__(self) -> str:
        said = [row for sentence in (self.title, *self.summary) for row in wrap(sentence, WIDTH)]
        rows = [*said, "", *table([COLUMNS, *self.rows], WIDEST), "", LEGEND]
        return "\n".join(row.rstrip() for row in rows)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        _, _, before, after = COLUMNS
        heads = (
            markup.column("", "who", "change"),
            markup.column("", "", "what is counted"),
            *(markup.column(name, markup.NUMBER) for name in (before, after)),
        )
        return markup.table((self.title, *self.summary), heads, map(_html_row, self.rows), [LEGEND])


def compare(before: Report, after: Report) -> Comparison:
    """What changed from one report to a later one."""
    title = TITLE.format(what=after.what)
    return Comparison(title, tuple(_summary(before, after)), tuple(_rows(before, after)))


def _summary(before: Report, after: Report) -> Iterator[str]:
    if (before.who, before.what) != (after.who, after.what):
        yield words.NOT_ALIKE.format(before=before, after=after)
    pairs = list(zip(before.attempts, after.attempts, strict=False))
    moves = Counter((a.verdict, b.verdict) for a, b in pairs if a.verdict is not b.verdict)
    if moves:
        way, count = moves.most_common(1)[0]
        example_of = next(b for a, b in pairs if (a.verdict, b.verdict) == way)
        yield _moved(way, count, len(pairs), example_of, after)
        if len(moves) > 1:
            yield words.OTHERS
    elif pairs:
        yield words.FARED_ALIKE
    if before.tried != after.tried:
        yield words.UNEQUAL.format(before=before.tried, after=after.tried)
    if before.goal and after.goal and not (before.moot or after.moot):
        yield words.HARM[before.harm > 0, after.harm > 0]


def _moved(way: tuple[Verdict, Verdict], count: int, total: int, case: Attempt, after: Report) -> str:
    first, second = way
    rule = _rules(after).get(_key(case), "")
    sentences = words.OTHERWISE
    if first is Verdict.DELIVERED:
        refused = words.BY_RULE if rule else words.BY_ANSWER
        sentences = refused.get(second) or words.FROM_DELIVERED[second]
    elif second is Verdict.DELIVERED:
        sentences = words.TO_DELIVERED[first]
    code = case.reply.code if case.reply else 0
    step = "the final dot" if case.step == "." else case.step
    return sentences[total == 1].format(count=count, total=total, step=step, rule=rule, code=code)


def _rows(before: Report, after: Report) -> Iterator[Row]:
    sides = before, after
    if before.attempts or after.attempts:
        yield _row(TRIED, *(side.tried for side in sides))
    for verdict, label in LABELS.items():
        counts = [side.count(verdict) for side in sides]
        if any(counts):
            yield _row(label, *counts)
    if before.goal or after.goal:
        yield _row(HARM, *(side.harm for side in sides))
    yield from _counted(FOUND, *(Counter(finding.what for finding in side.findings) for side in sides))
    yield from _counted(RULE, *map(_refusals, sides))
    yield from _answers(before, after)


def _answers(before: Report, after: Report) -> Iterator[Row]:
    examples: dict[str, str] = {}
    counts: list[Counter[str]] = [Counter(), Counter()]
    for side, counted in zip((before, after), counts, strict=True):
        for attempt in side.attempts:
            kind = f"{attempt.reply.status} {attempt.step}" if attempt.reply else attempt.trouble
            counted[examples.setdefault(kind, example(attempt))] += 1
    yield from _counted(ANSWER, *counts)


def _counted(label: str, before: Counter[str], after: Counter[str]) -> Iterator[Row]:
    for what in {**before, **after}:
        yield _row(label.format(what=what), before[what], after[what])


def _row(what: str, before: int, after: int) -> Row:
    sign = " " if before == after else "~" if before and after else "-" if before else "+"
    return sign, what, f"{before:,}", f"{after:,}"


def _refusals(report: Report) -> Counter[str]:
    """How many letters each rule has refused."""
    rules = _rules(report)
    refused = (attempt for attempt in report.attempts if attempt.verdict < Verdict.ACCEPTED)
    return Counter(rule for attempt in refused if (rule := rules.get(_key(attempt))))


def _rules(report: Report) -> dict[tuple[int, str, str], str]:
    """The rules that refused something, by session, step and answer."""
    said = ((session.number, line) for session in report.transcripts for line in lines(session))
    return {(number, line.step, line.text): line.rule for number, line in said if line.refused and line.rule}


def _key(attempt: Attempt) -> tuple[int, str, str]:
    return attempt.session, attempt.step, str(attempt.reply or "").split("\n")[-1]


def _html_row(row: Row) -> str:
    sign, what, before, after = row
    cells = (
        markup.leading(sign, MEANINGS[sign]),
        markup.words(what),
        *(markup.words(number, markup.NUMBER) for number in (before, after)),
    )
    return markup.row(cells, "" if sign == " " else "signed changed")

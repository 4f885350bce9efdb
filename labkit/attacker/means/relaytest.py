"""What a relay test has found: a verdict for each pattern in each state, and one for the server."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from labkit.attacker.means.patterns import Names, Pattern
from labkit.attacker.report import Attempt, Report, Verdict, example
from labkit.wire.views import markup
from labkit.wire.views.columns import WIDTH, table, wrap

PLAIN, TLS, AUTH = STATES = ("plain", "after STARTTLS", "after AUTH")

# How far the luckiest letter of a stranger came, and what that says about the server.
CONCLUSIONS = {
    Verdict.NOT_SENT: ("not tested", "no letter of a stranger could be tried"),
    Verdict.REFUSED: ("closed", "every stranger's letter was refused"),
    Verdict.DEFERRED: ("undecided", "strangers were put off until later, so test again later"),
    Verdict.ACCEPTED_AT_RCPT: (
        "accepts at RCPT only",
        "strangers' recipients were accepted, and every letter was refused in the end: no open relay",
    ),
    Verdict.ACCEPTED: (
        "accepts at DATA only",
        "strangers' letters were accepted, and none has arrived: that proves no open relay",
    ),
    Verdict.DELIVERED: ("open", "strangers' letters arrived in an outside mailbox"),
}
IN_PART = ("undecided", "some letters could not be tried, and all others were refused")
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Trial:
    """One pattern in one state, and what came of its letter."""

    pattern: Pattern
    state: str
    attempt: Attempt


@dataclass(frozen=True, repr=False)
class RelayTest(Report):
    """A report of a relay test. ``trials`` are its attempts with what was tried.

    ``missing`` says for a state why it wasn't tried; ``names`` what the letters in the patterns stood for.
    """

    trials: tuple[Trial, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    names: Names | None = None

    @classmethod
    def of(
        cls, report: Report, trials: Iterable[Trial], missing: Mapping[str, str], names: Names
    ) -> "RelayTest":
        """The test whose attempts, in the same order, are judged in the report."""
        judged = (
            replace(trial, attempt=attempt) for trial, attempt in zip(trials, report.attempts, strict=True)
        )
        return cls(
            report.who,
            report.what,
            report.attempts,
            report.transcripts,
            report.findings,
            report.goal,
            report.moot,
            tuple(judged),
            tuple(missing.items()),
            names,
        )

    @property
    def verdict(self) -> str:
        """What is known of the server: "open", "closed", or what else ``CONCLUSIONS`` has."""
        return self._conclusion[0]

    @property
    def is_open(self) -> bool:
        """Whether a letter of a stranger, who had not logged in, has arrived."""
        return self._best is Verdict.DELIVERED

    @property
    def harm(self) -> int:
        """Letters that arrived without a login: a relay is there for those who log in."""
        return sum(trial.attempt.verdict is Verdict.DELIVERED for trial in self._of_strangers)

    @property
    def hits(self) -> int:
        """What the usual tools count: classic patterns, in the clear, whose RCPT was accepted."""
        return sum(
            trial.attempt.verdict >= Verdict.ACCEPTED_AT_RCPT
            for trial in self.trials
            if trial.state == PLAIN and trial.pattern.is_classic
        )

    def of_pattern(self, number: str | int, state: str = PLAIN) -> Attempt | None:
        """The attempt with a pattern, such as 7 or "a", in a state; None when it wasn't made."""
        found = (t.attempt for t in self.trials if (t.pattern.number, t.state) == (str(number), state))
        return next(found, None)

    @property
    def _of_strangers(self) -> tuple[Trial, ...]:
        return tuple(trial for trial in self.trials if trial.state != AUTH)

    @property
    def _conclusion(self) -> tuple[str, str]:
        untried = any(trial.attempt.verdict is Verdict.NOT_SENT for trial in self._of_strangers)
        return IN_PART if self._best is Verdict.REFUSED and untried else CONCLUSIONS[self._best]

    @property
    def _best(self) -> Verdict:
        return max((trial.attempt.verdict for trial in self._of_strangers), default=Verdict.NOT_SENT)

    # Views

    def rows(self) -> Iterator[tuple[str, str]]:
        """The report without its table, as pairs of label and value."""
        yield "goal", self.goal
        yield "verdict", ": ".join(self._conclusion)
        yield from self._letters()
        yield "usual tools", f"would count {self.hits} of the sixteen, as they look at RCPT only"
        for state, why in self.missing:
            yield "not tried", f"{state}: {why}"

    def __repr__(self) -> str:
        head = [f"{self.who}: {self.what}", *(f"  {label:12} {value}" for label, value in self.rows())]
        notes = [row.rstrip() for note in self._notes() for row in wrap(note, WIDTH)]
        cells = [self._columns(), *self._table()]
        return "\n".join([*head, "", *table(cells, (WIDTH,) * len(cells[0])), "", *notes])

    def _repr_html_(self) -> str:
        heads = map(markup.whole, self._columns())
        goal, verdict, *others = (f"{label}: {value}" for label, value in self.rows())
        caption = [f"{self.who}: {self.what}", goal, verdict]
        return markup.table(caption, heads, map(self._row, self._table()), [*self._notes(), *others])

    def _row(self, cells: tuple[str, ...]) -> str:
        number, mail, rcpt, *verdicts, trick = cells
        return markup.row(
            (
                markup.leading(number),
                markup.code(mail),
                markup.code(rcpt),
                *(markup.words(verdict, _tint(verdict)) for verdict in verdicts),
                markup.words(trick),
            )
        )

    def _columns(self) -> tuple[str, ...]:
        return ("no", "MAIL FROM", "RCPT TO", *self._states, "the trick")

    @property
    def _states(self) -> tuple[str, ...]:
        absent = dict(self.missing)
        return tuple(state for state in STATES if state not in absent)

    def _table(self) -> Iterator[tuple[str, ...]]:
        numbers = {kind: number for number, kind in enumerate(self._answers(), 1)}
        patterns = dict.fromkeys(trial.pattern for trial in self.trials)
        found = {(trial.pattern, trial.state): trial.attempt for trial in self.trials}
        for pattern in patterns:
            verdicts = (_cell(found.get((pattern, state)), numbers) for state in self._states)
            yield (pattern.number, pattern.mail, pattern.rcpt, *verdicts, pattern.trick)

    def _answers(self) -> dict[tuple[str, str], str]:
        """An example of each kind of answer, in the order in which they came."""
        examples: dict[tuple[str, str], str] = {}
        for attempt in self.attempts:
            examples.setdefault(_kind(attempt), example(attempt))
        return examples

    def _notes(self) -> Iterator[str]:
        if self.names:
            yield str(self.names)
        for number, answer in enumerate(self._answers().values(), 1):
            yield f"[{number}] {answer}"


def _kind(attempt: Attempt) -> tuple[str, str]:
    """What answers have to have in common to be shown as one."""
    return (attempt.reply.status if attempt.reply else attempt.trouble), attempt.step


def _cell(attempt: Attempt | None, numbers: Mapping[tuple[str, str], int]) -> str:
    return f"{attempt.verdict.word} [{numbers[_kind(attempt)]}]" if attempt else NOTHING


def _tint(attempt: str) -> str:
    """The tint repeats what the word says: red is what shouldn't have happened."""
    return "refused" if attempt.startswith(Verdict.DELIVERED.word) else ""

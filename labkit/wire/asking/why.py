"""Why a server gave a reply: the rules that were asked, in order, what each saw, and which one decided."""

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.wire.record import Step
from labkit.wire.views import markup
from labkit.wire.views.columns import WIDTH, table, wrap
from labkit.wire.views.page import decided

TITLE = "Session {session}, reply {number}: why the server said {code}"
COLUMNS = ("", "rule", "what it saw", "what it said")
WIDEST = (5, 36, 48, 23)  # cells
MARK = "→"
DECIDES = "{said}, and decides"
DECIDING_ROW = "{number}, the rule that decided"
NO_LIST = "No list of rules was asked for this reply."
NO_RULE = "No rule decided this reply: the server answers so at this point of the dialogue."


@dataclass(frozen=True, repr=False)
class Why:
    """One reply of a session, with its reasons.

    ``session`` is the session's number; ``number`` counts its replies from 1, which is the greeting.
    ``command`` is what the reply answers, empty for the greeting; the lines of ``reply`` have line feeds
    between them. ``rule`` and ``reason`` are of the decision and ``tried`` are the rules that were asked,
    in order; empty where no rule had a say.
    """

    session: int
    number: int
    command: str
    reply: str
    rule: str = ""
    reason: str = ""
    tried: tuple[Step, ...] = ()

    @property
    def code(self) -> int:
        """The reply code (RFC 5321, section 4.2), or 0 where the server didn't give any."""
        return int(self.reply[:3]) if self.reply[:3].isdecimal() else 0

    @property
    def refused(self) -> bool:
        """Whether the reply says no, for now (4yz) or for good (5yz)."""
        return self.code >= 400

    @property
    def deciding(self) -> int:
        """Which of the rules tried decided, counted from 1; 0 where none of them did."""
        numbers = range(len(self.tried), 0, -1)
        return next((number for number in numbers if self._is_named(self.tried[number - 1])), 0)

    @property
    def sentence(self) -> str:
        """The reason in a sentence."""
        return decided(self.reply, self.rule, self.reason) if self.rule else NO_RULE

    def _is_named(self, step: Step) -> bool:
        """Whether the decision names this rule; it may leave the rule's argument away."""
        return f"{step.rule} ".startswith(f"{self.rule} ")

    @property
    def _said(self) -> tuple[str, ...]:
        """The title, and the dialogue that it is about."""
        title = TITLE.format(session=self.session, number=self.number, code=self.reply[:3])
        command = (f"C: {self.command}",) if self.command else ()
        return title, *command, *(f"S: {line}" for line in self.reply.split("\n"))

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for number, (rule, saw, said) in enumerate(self.tried, start=1):
            decides = number == self.deciding
            verdict = DECIDES.format(said=said) if decides else said
            yield f"{MARK if decides else ' '} {number}", rule, saw, verdict

    def __str__(self) -> str:
        title, *said = self._said
        rows = table([COLUMNS, *self._rows()], WIDEST) if self.tried else [NO_LIST]
        before, after = (
            [row for line in part for row in wrap(line, WIDTH)] for part in (said, [self.sentence])
        )
        return "\n".join(row.rstrip() for row in [title, "", *before, "", *rows, "", *after])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = map(markup.column, COLUMNS if self.tried else [NO_LIST])
        return markup.table(self._said, heads, map(self._html_row, self._rows()), [self.sentence])

    def _html_row(self, row: tuple[str, ...]) -> str:
        sign, rule, *cells = row
        decides = sign.startswith(MARK)
        meaning = DECIDING_ROW.format(number=self.deciding) if decides else ""
        kind = ("refused" if self.refused else "accepted") if decides else ""
        shown = (markup.words(cell, strong=decides) for cell in cells)
        first = markup.leading(sign.strip(), meaning), markup.name(rule, strong=decides)
        return markup.row((*first, *shown), kind)

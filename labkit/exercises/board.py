"""The board: every exercise of the course, and how far it is."""

from dataclasses import dataclass

from labkit.exercises.checking import MARKS, State
from labkit.exercises.keeping import Entry
from labkit.wire.views import markup
from labkit.wire.views.columns import table

TITLE = "{done} of {total} exercises done"
COLUMNS = ("exercise", "title", "state", "checks", "hints")
WIDEST = (8, 60, 15, 6, 5)
RESUME = 'Where nothing is kept, begin the next time with progress.resume("{code}").'


@dataclass(frozen=True, slots=True)
class Line:
    """An exercise, and what is kept of it."""

    number: str
    title: str
    entry: Entry

    @property
    def cells(self) -> tuple[str, ...]:
        """What the board shows of it; a zero is left out, as most are at first."""
        state = f"{MARKS[self.entry.state]} {self.entry.state.value}"
        counts = (str(count or "") for count in (self.entry.checks, self.entry.hints))
        return self.number, self.title, state, *counts


@dataclass(frozen=True, repr=False, slots=True)
class Board:
    """The board as it stands at one moment. ``notes`` are about the file that it is kept in."""

    lines: tuple[Line, ...]
    code: str
    notes: tuple[str, ...] = ()

    @property
    def done(self) -> int:
        """How many exercises are done."""
        return sum(line.entry.state is State.DONE for line in self.lines)

    @property
    def _title(self) -> str:
        return TITLE.format(done=self.done, total=len(self.lines))

    @property
    def _below(self) -> tuple[str, ...]:
        return (RESUME.format(code=self.code), *self.notes) if self.done else self.notes

    def __repr__(self) -> str:
        rows = table([COLUMNS, *(line.cells for line in self.lines)], WIDEST)
        return "\n".join([self._title, "", *rows, *(("", *self._below) if self._below else ())])

    def _repr_html_(self) -> str:
        words, counts = COLUMNS[:3], COLUMNS[3:]
        heads = [*map(markup.whole, words), *(markup.column(name, markup.NUMBER) for name in counts)]
        return markup.table([self._title], heads, map(_html_row, self.lines), self._below)


def _html_row(line: Line) -> str:
    number, title, state, *counts = line.cells
    return markup.row(
        [markup.leading(number), markup.words(title), markup.words(state, markup.SHORT)]
        + [markup.words(count, markup.NUMBER) for count in counts]
    )

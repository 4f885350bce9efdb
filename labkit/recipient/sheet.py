"""A table of the recipient's, as text and as HTML with the same content."""

from dataclasses import dataclass

from labkit.wire.views import markup
from labkit.wire.views.columns import WIDTH, table, wrap

WIDEST = 56  # cells in a column


@dataclass(frozen=True, repr=False, slots=True)
class Sheet:
    """A title, the columns' names, rows of texts, and sentences beneath."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        shown = table([self.columns, *self.rows], (WIDEST,) * len(self.columns))
        notes = [row.rstrip() for note in self.notes for row in wrap(note, WIDTH)]
        return "\n".join([self.title, "", *shown, *(["", *notes] if notes else [])])

    def _repr_html_(self) -> str:
        heads = map(markup.column, self.columns)
        rows = (
            markup.row((markup.leading(first), *map(markup.words, others))) for first, *others in self.rows
        )
        return markup.table([self.title], heads, rows, self.notes)

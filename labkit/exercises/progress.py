"""What a student has done so far, and the board that shows it.

It is kept in a file beside the notebooks (``keeping``), so it is there again after a restart. Where nothing
is kept, a short code carries it over (``resuming``). Nothing is written for what wasn't attempted.
"""

from dataclasses import replace

from labkit.exercises import registry, resuming
from labkit.exercises.board import Board, Line
from labkit.exercises.checking import State
from labkit.exercises.keeping import Book, Entry

LONGEST = 20_000  # characters of an answer that is kept; none that is meant so is near that


class Progress:
    """The state of every exercise. Show it, and it is a board.

    Everything is read from the file when it is asked for, as another notebook may have written meanwhile.
    """

    def __init__(self, book: Book | None = None) -> None:
        self._book = book or Book()

    # For tasks

    def checks(self, number: str) -> int:
        """How many answers to an exercise were checked."""
        return self._entry(number).checks

    def checked(self, number: str, state: State, answer: str, seed: str) -> tuple[str, ...]:
        """Note a check, and give what must be said about keeping it. What was done stays done."""
        before, answer = self._entry(number), answer[:LONGEST]
        if before.state is State.DONE and state is not State.DONE:
            after = replace(before, checks=before.checks + 1)
        else:
            after = replace(before, state=state, answer=answer, checks=before.checks + 1, seed=seed)
        return self._book.write({**self._book.read(), number: after})

    def hinted(self, number: str, most: int, seed: str) -> tuple[int, tuple[str, ...]]:
        """Note that one more hint was seen; give how many now, and what must be said about keeping it."""
        before = self._entry(number)
        count = min(before.hints + 1, most)
        if count == before.hints:
            return count, ()
        after = replace(before, hints=count, seed=before.seed or seed)
        return count, self._book.write({**self._book.read(), number: after})

    def _entry(self, number: str) -> Entry:
        return self._book.read().get(number, Entry())

    # For students

    @property
    def resume_code(self) -> str:
        """A short code for what is done. Write it down where nothing is kept, and give it to ``resume``."""
        return resuming.code(one for one, entry in self._book.read().items() if entry.state is State.DONE)

    def resume(self, code: str) -> Board:
        """Count as done what the code says, besides what is done. Raises UsageError for a wrong code."""
        entries = self._book.read()
        for number in resuming.done(code):
            before = entries.get(number, Entry())
            entries[number] = replace(before, state=State.DONE)
        return self._board(self._book.write(entries))

    def reset(self, number: str | None = None) -> Board:
        """Begin an exercise again, or all of them. Raises UsageError when there is no such exercise."""
        entries = self._book.read() if number is not None else {}
        if number is not None:
            entries.pop(registry.find(number).id, None)
        return self._board(self._book.write(entries))

    @property
    def entries(self) -> dict[str, Entry]:
        """What is kept, by the exercises' numbers, in the order of the course."""
        return dict(sorted(self._book.read().items()))

    def _board(self, notes: tuple[str, ...] = ()) -> Board:
        entries = self._book.read()
        lines = (Line(one.id, one.title, entries.get(one.id, Entry())) for one in registry.exercises())
        return Board(tuple(lines), self.resume_code, (*self._book.said(), *notes))

    def __repr__(self) -> str:
        return repr(self._board())

    def _repr_html_(self) -> str:
        return self._board()._repr_html_()


progress = Progress()

"""All recorded sessions, as students get them: ``lab.transcripts``.

Thousands of sessions may stand there, so only those that are shown are unpacked.
"""

from collections.abc import Iterator
from functools import partial
from typing import overload

from labkit.errors import UsageError
from labkit.wire import markup
from labkit.wire.columns import cut, measure, pad
from labkit.wire.letters import Fate, outcome
from labkit.wire.line import Part
from labkit.wire.lines import lines
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

ALL, FIRST, LAST = 20, 10, 5  # the longest list shown whole, and what is shown of a longer one
PARTY, RULE = 16, 32  # cells; numbers to 99999 still fit into a notebook's width

NONE_YET = "No session has been recorded yet. Sessions appear here as soon as hosts talk to each other."
TITLE = {True: "1 recorded session", False: "{count:,} recorded sessions"}
MORE = {True: "… 1 more session …", False: "… {count:,} more sessions …"}
DROPPED = {
    True: "1 older session is no longer here: the recording keeps the newest {size:,} MB.",
    False: "{count:,} older sessions are no longer here: the recording keeps the newest {size:,} MB.",
}
BY_NUMBER = (
    "Sessions are asked for by number, as in lab.transcripts[3], or lab.transcripts[-1] for the newest."
)
FROM_ONE = "Sessions are numbered from 1."
TOO_FEW = "There is no session {number} from the end: {count} are recorded."

COLUMNS = ("no.", "lab time", "client → server", "port", "wire", "accepted", "refused", "first refusal by")
NUMBERS = frozenset({"no.", "port", "accepted", "refused"})  # aligned to the right

Row = tuple[str, ...]  # a cell for each column, or a single one that says what is left out


class Transcripts:
    """The recorded sessions, numbered from 1 in the order in which they opened.

    ``[3]`` is session 3 and ``[-1]`` the newest one; a slice goes by numbers too and gives a list,
    without the sessions that the recording has dropped. Raises UsageError for a session that isn't
    there.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @overload
    def __getitem__(self, number: int) -> Transcript: ...
    @overload
    def __getitem__(self, number: slice) -> list[Transcript]: ...
    def __getitem__(self, number: int | slice) -> Transcript | list[Transcript]:
        if isinstance(number, slice):
            return self._slice(number)
        if not isinstance(number, int):
            raise UsageError(BY_NUMBER)
        if number == 0:
            raise UsageError(FROM_ONE)
        return self._recorder.transcript(number) if number > 0 else self._from_the_end(number)

    def __iter__(self) -> Iterator[Transcript]:
        return iter(self._recorder)

    def __len__(self) -> int:
        return len(self._recorder)

    def between(self, client: str, server: str) -> list[Transcript]:
        """The sessions that the host ``client`` opened to the host ``server``, by their names."""
        return [each for each in self if (each.client.name, each.server.name) == (client, server)]

    def __repr__(self) -> str:
        return "\n".join(self._text())

    def _repr_html_(self) -> str:
        if not len(self):
            return f"<p>{NONE_YET}</p>"
        heads = (markup.column(name, _kind(name)) for name in COLUMNS)
        return markup.table([self._title()], heads, map(_html_row, self._rows()), self._dropped())

    def _from_the_end(self, number: int) -> Transcript:
        recorded = list(self)
        if -number > len(recorded):
            raise UsageError(TOO_FEW.format(number=-number, count=len(recorded)))
        return recorded[number]

    def _slice(self, numbers: slice) -> list[Transcript]:
        recorded = {each.number: each for each in self}
        wanted = range(*numbers.indices(self._recorder.opened + 1))
        return [recorded[number] for number in wanted if number in recorded]

    def _rows(self) -> list[Row]:
        recorded = list(self)
        days = {session.opened.date() for session in recorded}
        row = partial(_row, time="%H:%M:%S" if len(days) <= 1 else "%a %d %b %H:%M:%S")
        if len(recorded) <= ALL:
            return list(map(row, recorded))
        left_out = len(recorded) - FIRST - LAST
        more = MORE[left_out == 1].format(count=left_out)
        return [*map(row, recorded[:FIRST]), (more,), *map(row, recorded[-LAST:])]

    def _title(self) -> str:
        return TITLE[len(self) == 1].format(count=len(self))

    def _dropped(self) -> list[str]:
        count, size = self._recorder.dropped, self._recorder.limit // 2**20
        return [DROPPED[count == 1].format(count=count, size=size)] if count else []

    def _text(self) -> Iterator[str]:
        if not len(self):
            yield NONE_YET
            return
        rows = self._rows()
        table = [COLUMNS, *(row for row in rows if len(row) > 1)]
        widths = [max(map(measure, column)) for column in zip(*table, strict=True)]
        yield self._title()
        yield ""
        for row in (COLUMNS, *rows):
            yield _text_row(row, widths) if len(row) > 1 else row[0]
        yield from self._dropped()


def _row(session: Transcript, time: str) -> Row:
    said = lines(session)
    letters = outcome(said)
    return (
        str(session.number),
        session.opened.strftime(time),
        f"{cut(session.client.name, PARTY)} → {cut(session.server.name, PARTY)}",
        str(session.port),
        "TLS" if any(line.part is Part.TLS for line in said) else "clear",
        str(letters.count(Fate.ACCEPTED)),
        str(letters.count(Fate.REFUSED)),
        cut(letters.refusal.rule, RULE) if letters.refusal else "-",
    )


def _text_row(row: Row, widths: list[int]) -> str:
    cells = (
        pad(cell, width) if name not in NUMBERS else cell.rjust(width)
        for name, cell, width in zip(COLUMNS, row, widths, strict=True)
    )
    return "  ".join(cells).rstrip()


def _html_row(row: Row) -> str:
    if len(row) == 1:
        return markup.row((markup.words(row[0], span=len(COLUMNS)),), "event")
    number, *others = row
    cells = (markup.words(cell, _kind(name)) for name, cell in zip(COLUMNS[1:], others, strict=True))
    return markup.row((markup.leading(number), *cells))


def _kind(name: str) -> str:
    return markup.NUMBER if name in NUMBERS else ""

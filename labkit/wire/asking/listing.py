"""All recorded sessions, as students get them: ``lab.transcripts``.

Thousands of sessions may stand there, so only those that are shown are unpacked.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, overload

from labkit.errors import UsageError
from labkit.wire.asking.choosing import Wanted, Words, check, choose
from labkit.wire.reading.digest import digest
from labkit.wire.reading.verdict import DEFERRED, MIXED, REFUSED
from labkit.wire.recorder import Recorder, Track
from labkit.wire.transcript import Transcript
from labkit.wire.views import markup
from labkit.wire.views.columns import cut, measure, pad

if TYPE_CHECKING:
    from labkit.wire.export.save import Saved

ALL, FIRST, LAST = 20, 10, 5  # the longest list shown whole, and what is shown of a longer one
PARTY, RULE = 13, 31  # cells; "your terminal" and the longest restriction fit, and all into a notebook

NONE_YET = "No session has been recorded yet. Sessions appear here as soon as hosts talk to each other."
NONE_FITS = "No recorded session fits: {wanted}."
TITLE = {True: "1 recorded session", False: "{count:,} recorded sessions"}
CHOSEN = {
    True: "1 recorded session of {all:,} fits: {wanted}",
    False: "{count:,} recorded sessions of {all:,} fit: {wanted}",
}
MORE = {True: "… 1 more session …", False: "… {count:,} more sessions …"}
FEWER = "lab.transcripts.where(host=..., verdict=..., rule=...) finds some of them, and [number] shows one."
DROPPED = {
    True: "1 older session is no longer here: the recording keeps the newest {size:,} MB.",
    False: "{count:,} older sessions are no longer here: the recording keeps the newest {size:,} MB.",
}
BY_NUMBER = (
    "Sessions are asked for by number, as in lab.transcripts[3], or lab.transcripts[-1] for the newest."
)
FROM_ONE = "Sessions are numbered from 1."
TOO_FEW = "There is no session {number} from the end: {count} are recorded."
NOT_AMONG = "Session {number} isn't among those that fit {wanted}. lab.transcripts[{number}] shows it."

COLUMNS = ("no.", "lab time", "client → server", "port", "wire", "verdict", "accepted", "first refusal by")
NUMBERS = frozenset({"no.", "port", "accepted"})  # aligned to the right
SHORT = frozenset({"lab time", "wire", "verdict"})  # never broken in two
VERDICT = COLUMNS.index("verdict")
SAID_NO = frozenset({REFUSED, DEFERRED, MIXED})
ACCEPTED = "{accepted:,} of {offered:,}"
NOTHING = "-"

Row = tuple[str, ...]  # a cell for each column, or a single one that says what is left out


class Transcripts:
    """The recorded sessions, numbered from 1 in the order in which they opened.

    ``[3]`` is session 3 and ``[-1]`` the newest one; a slice goes by numbers too and gives a list,
    without the sessions that the recording has dropped. Raises UsageError for a session that isn't
    there. ``words`` are names that ``where`` knows besides those that were recorded.
    """

    def __init__(self, recorder: Recorder, words: Words | None = None, wanted: Wanted | None = None) -> None:
        self._recorder, self._words, self._wanted = recorder, words or Words(), wanted

    def where(
        self, *, host: str | None = None, verdict: str | None = None, rule: str | None = None
    ) -> "Transcripts":
        """Those of the sessions that fit: they keep their numbers, and are shown in the same way.

        ``host`` is the name or the address of either end. ``verdict`` is "accepted", "refused",
        "deferred", "mixed" (some letters were accepted, others not), "unfinished" or "no letter".
        ``rule`` decided something in the session. Sessions that come later are found as well. Raises
        UsageError for a word that is none of the lab's.
        """
        before = self._wanted or Wanted()
        wanted = Wanted(
            before.host if host is None else host,
            before.verdict if verdict is None else verdict,
            before.rule if rule is None else rule,
        )
        check(self._recorder.tracks, wanted, self._words)
        return Transcripts(self._recorder, self._words, wanted)

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
        return self._numbered(number) if number > 0 else self._from_the_end(number)

    def __iter__(self) -> Iterator[Transcript]:
        return (track.transcript() for track in self._tracks())

    def __len__(self) -> int:
        return len(self._tracks()) if self._wanted else len(self._recorder)

    def between(self, client: str, server: str) -> list[Transcript]:
        """The sessions that the host ``client`` opened to the host ``server``, by their names."""
        return [each for each in self if (each.client.name, each.server.name) == (client, server)]

    def save(self, path: str | Path, *, overwrite: bool = False, reveal: bool = False) -> "Saved":
        """Write all of these sessions into one file: .html, .txt, .jsonl or .pcapng.

        The options, and what is raised, are those of Transcript.save.
        """
        from labkit.wire.export.run import Run
        from labkit.wire.export.save import save

        tracks = self._tracks()
        sessions = tuple(track.transcript() for track in tracks)
        run = Run(self._title(tracks), sessions, notes=tuple(self._dropped()))
        return save(path, run, overwrite=overwrite, reveal=reveal)

    def __repr__(self) -> str:
        return "\n".join(self._text())

    def _repr_html_(self) -> str:
        tracks = self._tracks()
        if not tracks:
            return f"<p>{escape(self._none())}</p>"
        heads = (markup.column(name, _kind(name)) for name in COLUMNS)
        return markup.table([self._title(tracks)], heads, map(_html_row, _rows(tracks)), self._notes(tracks))

    def _tracks(self) -> list[Track]:
        tracks = self._recorder.tracks
        return choose(tracks, self._wanted) if self._wanted else tracks

    def _numbered(self, number: int) -> Transcript:
        found = self._recorder.transcript(number)
        if self._wanted and number not in {track.number for track in self._tracks()}:
            raise UsageError(NOT_AMONG.format(number=number, wanted=self._wanted))
        return found

    def _from_the_end(self, number: int) -> Transcript:
        tracks = self._tracks()
        if -number > len(tracks):
            raise UsageError(TOO_FEW.format(number=-number, count=len(tracks)))
        return tracks[number].transcript()

    def _slice(self, numbers: slice) -> list[Transcript]:
        recorded = {track.number: track for track in self._tracks()}
        wanted = range(*numbers.indices(self._recorder.opened + 1))
        return [recorded[number].transcript() for number in wanted if number in recorded]

    def _none(self) -> str:
        return NONE_FITS.format(wanted=self._wanted) if self._wanted and len(self._recorder) else NONE_YET

    def _title(self, tracks: list[Track]) -> str:
        count, titles = len(tracks), CHOSEN if self._wanted else TITLE
        return titles[count == 1].format(count=count, all=len(self._recorder), wanted=self._wanted)

    def _notes(self, tracks: list[Track]) -> Iterator[str]:
        if len(tracks) > ALL:
            yield FEWER
        yield from self._dropped()

    def _dropped(self) -> Iterator[str]:
        count, size = self._recorder.dropped, self._recorder.limit // 2**20
        if count:
            yield DROPPED[count == 1].format(count=count, size=size)

    def _text(self) -> Iterator[str]:
        tracks = self._tracks()
        if not tracks:
            yield self._none()
            return
        rows = _rows(tracks)
        table = [COLUMNS, *(row for row in rows if len(row) > 1)]
        widths = [max(map(measure, column)) for column in zip(*table, strict=True)]
        yield self._title(tracks)
        yield ""
        for row in (COLUMNS, *rows):
            yield _text_row(row, widths) if len(row) > 1 else row[0]
        yield from self._notes(tracks)


def _rows(tracks: list[Track]) -> list[Row]:
    days = {track.opened.date() for track in tracks}
    time = "%H:%M:%S" if len(days) <= 1 else "%a %d %b %H:%M:%S"
    if len(tracks) <= ALL:
        return [_row(track, time) for track in tracks]
    left_out = len(tracks) - FIRST - LAST
    more = MORE[left_out == 1].format(count=left_out)
    first, last = ([_row(track, time) for track in part] for part in (tracks[:FIRST], tracks[-LAST:]))
    return [*first, (more,), *last]


def _row(track: Track, time: str) -> Row:
    read = digest(track)
    return (
        str(track.number),
        track.opened.strftime(time),
        f"{cut(track.client.name, PARTY)} → {cut(track.server.name, PARTY)}",
        str(track.port),
        "TLS" if read.secure else "clear",
        read.verdict,
        ACCEPTED.format(accepted=read.accepted, offered=read.offered) if read.offered else NOTHING,
        cut(read.refused_by, RULE) if read.refused_by else NOTHING,
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
    said_no = row[VERDICT] in SAID_NO
    cells = (
        markup.words(cell, _kind(name), strong=said_no and name == COLUMNS[VERDICT])
        for name, cell in zip(COLUMNS[1:], others, strict=True)
    )
    return markup.row((markup.leading(number), *cells), "refused" if said_no else "")


def _kind(name: str) -> str:
    return markup.NUMBER if name in NUMBERS else markup.SHORT if name in SHORT else ""

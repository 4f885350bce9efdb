"""The replies of a session, each with the command that it answers: to look up, and to ask for reasons."""

from collections import deque
from collections.abc import Callable, Iterator

from labkit.errors import UsageError
from labkit.wire.asking.why import Why
from labkit.wire.reading.line import Line, Part
from labkit.wire.reading.lines import lines
from labkit.wire.record import Recording
from labkit.wire.views import markup
from labkit.wire.views.columns import cut, table

CHALLENGE = 334  # AUTH isn't answered yet (RFC 4954, section 4)
FIRST_CODE = 200
ALL, FIRST, LAST = 40, 25, 10  # the longest table shown whole, and what is shown of a longer one

TITLE = {True: "Session {session}: 1 reply", False: "Session {session}: {count:,} replies"}
COLUMNS = ("no.", "command", "reply", "decided by")
WIDEST = (6, 36, 42, 28)  # cells
NONE_YET = "Nobody has answered in this session."
NONE_DECIDED = "No rule decided anything in this session."
MORE = {True: "… 1 more reply …", False: "… {count:,} more replies …"}

HOW = "lab.transcripts[{session}].replies lists them all."
NOTHING_DECIDED = "Nothing was refused in session {session}, and no rule was asked. "
NOT_THERE = "Session {session} has no reply {number}: it has {count:,}, numbered from 1. "
NOT_SAID = "Nothing in session {session} holds {text!r}, no reply and no command that was answered. "
HOW_TO_ASK = "Ask for a reply by its code, as in why(554), or by a text, as in why('RCPT TO')."


class Replies(tuple[Why, ...]):
    """Replies of one session, in order. Its views are tables; an item tells all about one reply."""

    session: int
    empty: str

    def __new__(cls, session: int, replies: Iterator[Why], empty: str = NONE_YET) -> "Replies":
        made = super().__new__(cls, replies)
        made.session, made.empty = session, empty
        return made

    @property
    def decided(self) -> "Replies":
        """Those that a rule decided; they keep their numbers."""
        return Replies(self.session, (reply for reply in self if reply.rule), NONE_DECIDED)

    def why(self, what: int | str | None = None) -> Why:
        """The reply that is meant, as ``Transcript.why`` describes it."""
        if what is None:
            return self._deciding()
        if isinstance(what, str) and what.strip():
            return self._holding(what.strip())
        if isinstance(what, int) and not isinstance(what, bool):
            return self._numbered(what)
        raise UsageError(HOW_TO_ASK)

    def _deciding(self) -> Why:
        refused = [reply for reply in self if reply.refused]
        ruled = [reply for reply in refused if reply.rule]
        chosen = ruled[:1] or refused[:1] or self.decided[-1:]
        return chosen[0] if chosen else self._fail(NOTHING_DECIDED)

    def _numbered(self, number: int) -> Why:
        if number >= FIRST_CODE and (found := self._first(lambda reply: reply.code == number)):
            return found
        if 1 <= number <= len(self):
            return self[number - 1]
        return self._fail(NOT_THERE, number=number, count=len(self))

    def _holding(self, text: str) -> Why:
        wanted = text.casefold()
        found = self._first(lambda reply: any(said.startswith(wanted) for said in _words(reply)))
        found = found or self._first(lambda reply: any(wanted in said for said in _words(reply)))
        return found or self._fail(NOT_SAID, text=text)

    def _first(self, fits: Callable[[Why], bool]) -> Why | None:
        return next(filter(fits, self), None)

    def _fail(self, sentence: str, **particulars: str | int) -> Why:
        raise UsageError((sentence + HOW).format(session=self.session, **particulars))

    def __repr__(self) -> str:
        if not self:
            return self.empty
        return "\n".join([self._title, "", *table([COLUMNS, *self._rows()], WIDEST)])

    __str__ = __repr__

    def _repr_html_(self) -> str:
        if not self:
            return f"<p>{self.empty}</p>"
        number, *others = COLUMNS
        heads = (markup.column(number, markup.NUMBER), *map(markup.column, others))
        return markup.table([self._title], heads, map(_html_row, self._rows()), [])

    @property
    def _title(self) -> str:
        return TITLE[len(self) == 1].format(session=self.session, count=len(self))

    def _rows(self) -> list[tuple[str, ...]]:
        if len(self) <= ALL:
            return list(map(_row, self))
        left_out = len(self) - FIRST - LAST
        more = MORE[left_out == 1].format(count=left_out)
        return [*map(_row, self[:FIRST]), ("", more, "", ""), *map(_row, self[-LAST:])]


def replies(recording: Recording) -> Replies:
    """The replies of a session, each with its command and its reasons."""
    return Replies(recording.number, _answered(recording))


def _answered(recording: Recording) -> Iterator[Why]:
    said: deque[Line] = deque()  # by the client, and not answered yet
    reply: list[str] = []
    number = 0
    for line in lines(recording):
        if line.part is Part.TLS:
            said.clear()
        elif line.part in (Part.COMMAND, Part.SECRET):
            said.append(line)
        elif line.part is Part.REPLY:
            reply.append(line.text)
            if line.last and line.code != CHALLENGE:
                number += 1
                command = _command(line.step, said)
                text = "\n".join(reply)
                yield Why(recording.number, number, command, text, line.rule, line.reason, line.tried)
            if line.last:
                reply.clear()


def _command(step: str, said: deque[Line]) -> str:
    """What a reply to this step answers: the first such command that is still without an answer."""
    if step in ("", "."):
        return step
    while said:
        line = said.popleft()
        if line.step == step:
            return line.text
    return step


def _words(reply: Why) -> tuple[str, ...]:
    return (reply.command.casefold(), *reply.reply.casefold().split("\n"))


def _row(reply: Why) -> tuple[str, ...]:
    first, *others = reply.reply.split("\n")
    said = f"{first} …" if others else first
    cells = (reply.command, said, reply.rule or "-")
    return str(reply.number), *map(cut, cells, WIDEST[1:])


def _html_row(row: tuple[str, ...]) -> str:
    number, command, reply, rule = row
    return markup.row((markup.leading(number), markup.code(command), markup.code(reply), markup.words(rule)))

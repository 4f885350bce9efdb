"""The state diagram of an SMTP session, drawn from the very table that the lab's servers run."""

from collections.abc import Iterable, Iterator
from itertools import product

from labkit.show.picture import Picture
from labkit.show.sheet import WIDTH, png
from labkit.show.statechart import Chart, Edges, height, paint
from labkit.smtp.order import (
    CHUNK_LAST,
    CHUNK_READ,
    CHUNK_TAKEN,
    CHUNK_UNREAD,
    IDLE,
    MAIL,
    ORDER,
    RCPT,
    State,
)
from labkit.smtp.reply import Reply

CLAIM = "What an SMTP server expects next"
ENDING = "From every state, {commands} lead back to “{state}”"
KEEPING = "Wherever they are allowed, {commands} change nothing"
KEEPING_ALONE = "Wherever it is allowed, {commands} changes nothing"
STATE = "In the state “{state}”:"
LEADS, STAYS = "  {command} leads to “{state}”", "  {command} stays there"
REFUSED = "  {command} is refused: {reply}"

TAKEN, UNREAD, READ, LAST = "BDAT", "BDAT ✗", "BDAT ✗✗", "BDAT … LAST"
CHUNKED = (
    f"{UNREAD} is a chunk that was refused before the server had read it, {READ} one that was refused after"
)
CHUNKS = {TAKEN: CHUNK_TAKEN, UNREAD: CHUNK_UNREAD, READ: CHUNK_READ, LAST: CHUNK_LAST}
ROWS = {name: row for name, row in ORDER.items() if name != "BDAT"} | CHUNKS

ENDS = tuple(name for name, row in ROWS.items() if all(row.get(state) is IDLE for state in State))
KEEPS = tuple(
    name for name, row in ROWS.items() if all(isinstance(to, Reply) or to is at for at, to in row.items())
)
MOVES = tuple(name for name in ROWS if name not in (*ENDS, *KEEPS))

# What a mail program needs for a letter.
BASIC = ("HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT")
BASIC_STATES = (IDLE, MAIL, RCPT)


def states(*, basic: bool = False) -> Picture:
    """A picture of the states of a mail transaction: which command leads where, and what is refused.

    A ``basic`` one has only the commands that a letter needs.
    """
    drawn = chart(basic=basic)
    return Picture(text(basic=basic), png(height(drawn), paint(drawn)), WIDTH)


def chart(*, basic: bool = False) -> Chart:
    """What the picture shows."""
    edges: Edges = {}
    refused: dict[State, list[str]] = {}
    shown, known = _shown(basic)
    for name, at in product(shown, known):
        to = ROWS[name].get(at)
        if name in MOVES and isinstance(to, State):
            edges.setdefault((at, to), []).append(name)
        if isinstance(to, Reply):
            refused.setdefault(at, []).append(name)
    return Chart(CLAIM, _remarks(basic), edges, refused, known)


def _shown(basic: bool) -> tuple[tuple[str, ...], tuple[State, ...]]:
    """The commands and the states that are in the picture."""
    return (BASIC, BASIC_STATES) if basic else (tuple(ROWS), tuple(State))


def _remarks(basic: bool) -> tuple[str, ...]:
    """Which commands end a transaction, and which change nothing: sentences without their full stops."""
    shown, _ = _shown(basic)
    ending = ENDING.format(commands=_and(name for name in ENDS if name in shown), state=IDLE.value)
    keeping = [name for name in KEEPS if name in shown]
    words = KEEPING if len(keeping) > 1 else KEEPING_ALONE
    return (ending, words.format(commands=_and(keeping)), *(() if basic else (CHUNKED,)))


def text(*, basic: bool = False) -> str:
    """The whole table in words."""
    remarks = (f"{remark}." for remark in _remarks(basic))
    return "\n".join([f"{CLAIM}.", *remarks, *_lines(*_shown(basic))])


def _lines(shown: tuple[str, ...], known: tuple[State, ...]) -> Iterator[str]:
    for state in known:
        yield STATE.format(state=state.value)
        for name in (*MOVES, *KEEPS):
            to = ROWS[name].get(state) if name in shown else None
            if isinstance(to, Reply):
                yield REFUSED.format(command=name, reply=to)
            elif to is state and name in MOVES:
                yield STAYS.format(command=name)
            elif to and to is not state:
                yield LEADS.format(command=name, state=to.value)


def _and(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last

"""The state diagram of an SMTP session, drawn from the very table that the lab's servers run."""

from collections.abc import Iterator
from itertools import product

from labkit.show.picture import Picture
from labkit.show.sheet import WIDTH, png
from labkit.show.statechart import HEIGHT, Chart, Edges, paint
from labkit.smtp.order import CHUNK_LAST, CHUNK_READ, CHUNK_TAKEN, CHUNK_UNREAD, IDLE, ORDER, State
from labkit.smtp.reply import Reply

CLAIM = "What an SMTP server expects next"
ENDING = "From every state, {commands} lead back to “{state}”"
KEEPING = "Wherever they are allowed, {commands} change nothing"
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


def states() -> Picture:
    """A picture of the states of a mail transaction: which command leads where, and what is refused."""
    return Picture(text(), png(HEIGHT, paint(chart())), WIDTH)


def chart() -> Chart:
    """What the picture shows."""
    edges: Edges = {}
    refused: dict[State, list[str]] = {}
    for name, at in product(MOVES, State):
        to = ROWS[name].get(at)
        if isinstance(to, State):
            edges.setdefault((at, to), []).append(name)
    for name, at in product(ROWS, State):
        if isinstance(ROWS[name].get(at), Reply):
            refused.setdefault(at, []).append(name)
    return Chart(CLAIM, (ending(), keeping(), CHUNKED), edges, refused)


def ending() -> str:
    """Which commands end a transaction, in a sentence without its full stop."""
    return ENDING.format(commands=_and(ENDS), state=IDLE.value)


def keeping() -> str:
    """Which commands change nothing, in a sentence without its full stop."""
    return KEEPING.format(commands=_and(KEEPS))


def text() -> str:
    """The whole table in words."""
    return "\n".join([f"{CLAIM}.", f"{ending()}.", f"{keeping()}.", f"{CHUNKED}.", *_lines()])


def _lines() -> Iterator[str]:
    for state in State:
        yield STATE.format(state=state.value)
        for name in (*MOVES, *KEEPS):
            to = ROWS[name].get(state)
            if isinstance(to, Reply):
                yield REFUSED.format(command=name, reply=to)
            elif to is state and name in MOVES:
                yield STAYS.format(command=name)
            elif to and to is not state:
                yield LEADS.format(command=name, state=to.value)


def _and(names: tuple[str, ...]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last

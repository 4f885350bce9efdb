"""What a shown session says, before it is text or HTML: heading, verdict, lines, remarks.

Both forms are made from this, so they can't differ in what they say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from labkit.wire.reading.credentials import is_masked, spelled
from labkit.wire.reading.letters import outcome
from labkit.wire.reading.line import Line, Part
from labkit.wire.reading.lines import MASK, lines
from labkit.wire.reading.meanings import meaning
from labkit.wire.reading.verdict import sentence
from labkit.wire.record import Recording
from labkit.wire.views.fold import fold

HIDDEN = "▒"
SESSION_VIEW = "session view: what the server saw"
WIRE_VIEW = "wire view: what a listener on the path reads"

HEADING = "Session {number}: {client} → {server} port {port}, lab time {time:%H:%M:%S}"
NOTHING_SAID = "Nothing was said in this session."
NO_TLS = "No TLS: a listener on the path reads every word."
TLS = f"{HIDDEN} marks what TLS hid: a listener on the path reads noise there."
PASSWORD_IN_CLEAR = (
    f"{MASK} stands for a name and password. They crossed the wire in clear, and anybody can undo base64."
)
PASSWORD_HIDDEN = f"{MASK} stands for a name and password. TLS hid them on the path."
REVEAL = "lab.transcripts[{number}].reveal() shows them."
FOLDED = "Some lines are folded away here. print(lab.transcripts[{number}].text(full=True)) shows them all."
ASK = "lab.transcripts[{number}].why() tells which rules were asked, and which one decided."
SIZES = "The client sent {client:,} bytes, and the server {server:,}."
SIZES_OF_LETTERS = (
    "The client sent {client:,} bytes, {letters:,} of them in letters, and the server {server:,}."
)
SIZES_IN_TLS = "Without what TLS adds, the client sent {client:,} bytes, and the server {server:,}."
SIZES_OF_LETTERS_IN_TLS = (
    "Without what TLS adds, the client sent {client:,} bytes, {letters:,} of them in letters, "
    "and the server {server:,}."
)

PAUSE = 1.0  # seconds of lab time that are worth a line
PASSED = {
    True: "… 1 second later, at {time:%H:%M:%S} of lab time",
    False: "… {seconds:,} seconds later, at {time:%H:%M:%S} of lab time",
}
PIPELINED = "… {count:,} commands came at once; the answers follow in order"

# For good (5yz), for now (4yz), or accepted (RFC 5321, section 4.2.1).
DECISIONS = {
    "5": "refused by {rule}: {reason}",
    "4": "refused for now by {rule}: {reason}",
    "2": "accepted by {rule}: {reason}",
}
HANGS_UP = "the server hangs up"
WITHOUT_RULE = {"5": "refused", "4": "refused for now"}

MEANINGS = "What the replies mean:"
GREETING, UNASKED, REFUSAL = "as greeting", "unasked", "as a refusal"
TO, TO_THE_DOT = "to {step}", "to the final dot"


@dataclass(frozen=True, slots=True)
class Page:
    """A session as it is shown.

    ``verdict`` says in a sentence what became of its letters; ``remarks`` are whole sentences for below
    the lines. ``meanings`` are the replies that are shown, each kind once: its codes, what it answers,
    and what it means.
    """

    heading: str
    verdict: str
    lines: tuple[Line, ...]
    remarks: tuple[str, ...]
    meanings: tuple[tuple[str, str, str], ...]


def page(recording: Recording, *, full: bool = False, reveal: bool = False) -> Page:
    """What to show of a session: all its lines when ``full``, and its credentials when ``reveal``."""
    whole = lines(recording, reveal=reveal)
    shown = whole if full else fold(whole)
    return Page(
        heading(recording),
        sentence(outcome(whole)),
        tuple(_explained(shown, recording.opened)),
        tuple(_remarks(recording.number, whole, shown)),
        tuple(_meanings(shown)),
    )


def heading(recording: Recording) -> str:
    """Which session this is, who spoke to whom, and when."""
    return HEADING.format(
        number=recording.number,
        client=recording.client,
        server=recording.server,
        port=recording.port,
        time=recording.opened,
    )


def decision(line: Line) -> str:
    """What is to be said beneath a reply: who decided it and why; often nothing."""
    if line.part is not Part.REPLY or not line.last:
        return ""
    if line.rule:
        return decided(line.text, line.rule, line.reason)
    return HANGS_UP if line.code in (421, 521) else WITHOUT_RULE.get(line.text[:1], "")


def decided(reply: str, rule: str, reason: str) -> str:
    """Which rule decided a reply, and why."""
    return DECISIONS.get(reply[:1], DECISIONS["2"]).format(rule=rule, reason=reason).removesuffix(": ")


def note(line: Line) -> str:
    """The lab's own words beneath a line: what was decided, or what a credential says in plain."""
    if line.part is Part.REPLY:
        return decision(line)
    return spelled(line, line.text) if line.step == "AUTH" and not is_masked(line) else ""


def _explained(shown: tuple[Line, ...], opened: datetime) -> Iterator[Line]:
    """The lines, and events where lab time passed, and where a client didn't wait for its answers."""
    now, unanswered = 0.0, 0
    for line in shown:
        if line.at - now >= PAUSE:
            seconds, time = round(line.at - now), opened + timedelta(seconds=line.at)
            yield _event(PASSED[seconds == 1].format(seconds=seconds, time=time), line)
        if line.who == "S" and unanswered > 1:
            yield _event(PIPELINED.format(count=unanswered), line)
        now = line.at
        unanswered = unanswered + (line.part is Part.COMMAND) if line.who == "C" else 0
        yield line


def _event(text: str, before: Line) -> Line:
    return Line("=", Part.EVENT, text, "" if before.hidden else text, hidden=before.hidden, at=before.at)


def _meanings(shown: tuple[Line, ...]) -> Iterator[tuple[str, str, str]]:
    known: set[tuple[str, str]] = set()
    greeted = False
    for line in shown:
        means = meaning(line)
        if means:
            codes, place = f"{line.text[:3]} {line.enhanced}".rstrip(), _place(line, greeted=greeted)
            if (codes, place) not in known:
                known.add((codes, place))
                yield codes, place, means
            greeted = True


def _place(line: Line, *, greeted: bool) -> str:
    """To what a reply was given, as far as its meaning depends on that."""
    if not line.step:
        return UNASKED if greeted else GREETING
    if line.refused:
        return REFUSAL
    return TO_THE_DOT if line.step == "." else TO.format(step=line.step)


def _remarks(number: int, whole: tuple[Line, ...], shown: tuple[Line, ...]) -> Iterator[str]:
    if not whole:
        yield NOTHING_SAID
        return
    secured = any(line.part is Part.TLS for line in whole)
    if any(line.hidden for line in whole):
        yield TLS
    elif not secured:  # it may have begun, and nothing been said
        yield NO_TLS
    masked = [line for line in whole if is_masked(line)]
    if masked:
        yield PASSWORD_HIDDEN if all(line.hidden for line in masked) else PASSWORD_IN_CLEAR
        yield REVEAL.format(number=number)
    yield _sizes(whole, secured=secured)
    if any(line.tried for line in whole):
        yield ASK.format(number=number)
    if shown != whole:
        yield FOLDED.format(number=number)


def _sizes(whole: tuple[Line, ...], *, secured: bool) -> str:
    client, server = (sum(line.size for line in whole if line.who == who) for who in "CS")
    letters = sum(line.size for line in whole if line.part is Part.CONTENT)
    with_letters, without = (SIZES_OF_LETTERS_IN_TLS, SIZES_IN_TLS) if secured else (SIZES_OF_LETTERS, SIZES)
    return (with_letters if letters else without).format(client=client, server=server, letters=letters)

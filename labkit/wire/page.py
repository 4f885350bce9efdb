"""What a shown session says, before it is text or HTML: heading, captions, lines, remarks.

Both forms are made from this, so they can't differ in what they say.
"""

from dataclasses import dataclass

from labkit.wire.fold import fold
from labkit.wire.letters import outcome
from labkit.wire.line import Line, Part
from labkit.wire.lines import MASK, lines
from labkit.wire.record import Recording

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
FOLDED = "Some lines are left out here. print(lab.transcripts[{number}].text(full=True)) shows them all."

# For good (5yz), for now (4yz), or accepted (RFC 5321, section 4.2.1).
DECISIONS = {
    "5": "refused by {rule}: {reason}",
    "4": "refused for now by {rule}: {reason}",
    "2": "accepted by {rule}: {reason}",
}
WITHOUT_RULE = {"5": "refused", "4": "refused for now"}


@dataclass(frozen=True, slots=True)
class Page:
    """A session as it is shown. ``remarks`` are whole sentences for below the lines."""

    heading: str
    lines: tuple[Line, ...]
    remarks: tuple[str, ...]


def page(recording: Recording, *, full: bool = False, reveal: bool = False) -> Page:
    """What to show of a session: all its lines when ``full``, and its credentials when ``reveal``."""
    whole = lines(recording, reveal=reveal)
    shown = whole if full else fold(whole)
    return Page(heading(recording), shown, tuple(_remarks(recording.number, whole, shown)))


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
    return decided(line.text, line.rule, line.reason) if line.rule else WITHOUT_RULE.get(line.text[:1], "")


def decided(reply: str, rule: str, reason: str) -> str:
    """Which rule decided a reply, and why."""
    return DECISIONS.get(reply[:1], DECISIONS["2"]).format(rule=rule, reason=reason).removesuffix(": ")


def _remarks(number: int, whole: tuple[Line, ...], shown: tuple[Line, ...]) -> list[str]:
    remarks = [outcome(whole).sentence]
    if not whole:
        return [NOTHING_SAID, *remarks]
    remarks.append(TLS if any(line.hidden for line in whole) else NO_TLS)
    masked = [line for line in whole if line.step == "AUTH" and MASK in line.text]
    if masked:
        remarks.append(PASSWORD_HIDDEN if all(line.hidden for line in masked) else PASSWORD_IN_CLEAR)
    if shown != whole:
        remarks.append(FOLDED.format(number=number))
    return remarks

"""What it takes to look: a transcript of 1,000 lines, a list of 10,000 sessions, and filters over it.

Sessions are written into a recorder of this script's own: what is measured is reading and showing. Wall time
counts, and it is the median of several rounds; each round reads afresh, since nobody looks at the same
session twice in a row.
"""

from collections.abc import Callable
from dataclasses import replace

from measuring import Cost, Stopwatch, alternate, in_ms, line, middle

from labkit.clock import Clock
from labkit.wire.asking.listing import Transcripts
from labkit.wire.reading.lines import lines
from labkit.wire.record import Kind, Party, Step
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

ROUNDS = 15
LINES, SESSIONS = 1_000, 10_000
TARGET_TRANSCRIPT, TARGET_LIST = 50, 200  # ms
ATTACKER, RELAY = Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25")
RULES = [
    Step("permit_mynetworks", "203.0.113.66", "goes on"),
    Step("reject_unauth_destination", "d.example", "refuses"),
]
REFUSED = b"554 5.7.1 <c@d.example>: Relay access denied\r\n"


def main() -> None:
    transcript()
    listing()


def transcript() -> None:
    session = recorded(Recorder(Clock()), letters=LINES // 12 + 1)
    count = len(lines(session))
    assert LINES <= count < LINES + 100
    views: dict[str, Callable[[], object]] = {
        "HTML, all lines": lambda: replace(session).html(full=True),
        "HTML, folded": lambda: replace(session).html(),
        "text, all lines": lambda: replace(session).text(full=True),
    }
    for name, costs in measured(views).items():
        show(f"a transcript of {count:,} lines, {name}", costs, TARGET_TRANSCRIPT)


def listing() -> None:
    recorder = Recorder(Clock())
    for number in range(SESSIONS):
        recorded(recorder, letters=1, refused=number % 2 == 0)
    sessions = Transcripts(recorder)
    with Stopwatch() as watch:
        sessions._repr_html_()
    show(f"a list of {SESSIONS:,} sessions, the first time", [watch.cost], TARGET_LIST)
    filters: dict[str, Callable[[], object]] = {
        "again": sessions._repr_html_,
        "where(host)": lambda: repr(sessions.where(host="attacker")),
        "where(rule)": lambda: repr(sessions.where(rule="reject_unauth_destination")),
    }
    with Stopwatch() as watch:
        repr(sessions.where(verdict="refused"))
    line("  where(verdict), which reads them all once", in_ms([watch.cost]))
    filters["where(verdict), later"] = lambda: repr(sessions.where(verdict="refused"))
    for name, costs in measured(filters).items():
        line(f"  {name}", in_ms(costs))


def recorded(recorder: Recorder, letters: int, *, refused: bool = False) -> Transcript:
    """A session with letters of 12 lines, or with one line of refusal instead of each letter's content."""
    track = recorder.open(ATTACKER, RELAY, 25)
    track.add(Kind.SERVER, b"220 mail.corp.example ESMTP Postfix\r\n")
    for _ in range(letters):
        track.add(Kind.CLIENT, b"MAIL FROM:<a@b.example>\r\n")
        track.add(Kind.SERVER, b"250 2.1.0 Ok\r\n")
        track.add(Kind.CLIENT, b"RCPT TO:<c@d.example>\r\n")
        track.decided("reject_unauth_destination" if refused else "permit_mynetworks", "So it is.", RULES)
        track.add(Kind.SERVER, REFUSED if refused else b"250 2.1.5 Ok\r\n")
        if not refused:
            track.add(Kind.CLIENT, b"DATA\r\n")
            track.add(Kind.SERVER, b"354 End data with <CR><LF>.<CR><LF>\r\n")
            track.add(Kind.CLIENT, b"From: a@b.example\r\nSubject: An offer\r\n\r\nHello,\r\n.\r\n")
            track.add(Kind.SERVER, b"250 2.0.0 Ok: queued as 4B00000001\r\n")
    track.close()
    return recorder.transcript(track.number)


def measured(cases: dict[str, Callable[[], object]]) -> dict[str, list[Cost]]:
    return alternate(ROUNDS, {name: _timed(case) for name, case in cases.items()})


def _timed(case: Callable[[], object]) -> Callable[[], Cost]:
    def run() -> Cost:
        with Stopwatch() as watch:
            case()
        return watch.cost

    return run


def show(name: str, costs: list[Cost], target: int) -> None:
    line(name, in_ms(costs), f"< {target} ms", met=1000 * middle(costs).wall < target)


if __name__ == "__main__":
    main()

"""What a live view says in words, as HTML and as text: pure functions of a state."""

from html import escape
from itertools import chain

from labkit.attacker.report import Report
from labkit.screens.pieces import folded
from labkit.screens.state import State
from labkit.show import live_chart
from labkit.show.minutes import minutes
from labkit.wire.reading.line import Part
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript
from labkit.wire.views.fold import cut
from labkit.wire.views.page import decision

NOTHING_YET = "Whatever happens in the lab is counted here, whoever begins it."
CLOSED = "This lab is closed. What you see is its last state."
NO_SESSION = "No session has been recorded yet."
GOES_ON = "{what}: {done:,} of {total:,} {things} …"
GOES_ON_UNCOUNTED = "{what} goes on …"
NEWEST = 12  # lines of the newest session


def counts(state: State) -> tuple[tuple[str, str], ...]:
    """What the relay has done so far, as pairs of label and value."""
    return (
        ("lab time", f"{state.now:%a %H:%M:%S}"),
        ("letters accepted", f"{state.accepted:,}"),
        ("recipients refused", f"{state.refused:,}"),
        ("delivered", f"{state.delivered:,}"),
        ("bounced", f"{state.bounced:,}"),
        ("in the queue", f"{state.waiting:,}"),
        ("sessions", f"{state.sessions:,}"),
    )


def counts_html(state: State) -> str:
    """The same as HTML."""
    pairs = (f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in counts(state))
    return f'<dl class="labkit-counts">{"".join(pairs)}</dl>'


def doing(state: State) -> tuple[str, bool]:
    """What goes on in the background, or what came of it, in a sentence, and whether that is trouble."""
    begun = state.undertaking
    if not begun:
        return NOTHING_YET, False
    if not begun.is_over:
        words = GOES_ON if begun.total else GOES_ON_UNCOUNTED
        return words.format(what=begun.what, done=state.done, total=begun.total, things=begun.things), False
    if begun.trouble:
        return f"{begun.what}: {begun.trouble}", not begun.was_stopped
    return f"{begun.what}: {_result(begun.result)}", False


def _result(result: object) -> str:
    if isinstance(result, Report):
        return _verdict(result)
    return str(result)


def _verdict(report: Report) -> str:
    tried = f"{report.delivered:,} of {report.tried:,} letters delivered, {report.refused:,} refused."
    if not report.goal:
        return tried if report.tried != 1 else _one_letter(report)
    verdict = report.conclusion[0].lower() + report.conclusion[1:]
    found = [f"It got {finding.what}." for finding in report.findings if finding.harm][:1]
    return " ".join([verdict, *([tried] if report.tried else []), *found])


def _one_letter(report: Report) -> str:
    words = "delivered" if report.delivered else report.attempts[0].verdict.word
    (answer, _), *_ = report.answers
    return f"the letter was {words}: {answer}"


def report(state: State) -> object:
    """What came of it, as a value; None while it goes on and where there is trouble."""
    begun = state.undertaking
    return begun.result if begun and begun.is_over else None


def report_html(state: State) -> str:
    """The report of what came of it, if there is one, as HTML."""
    found = report(state)
    return folded("The whole report", found._repr_html_()) if isinstance(found, Report) else ""


def live_text(state: State) -> str:
    """A live view as text."""
    width = max(len(label) for label, _ in counts(state))
    rows = (f"{label.ljust(width)}  {value}" for label, value in counts(state))
    chart = live_chart.sentence(minutes(state.traffic))
    session = [session_name(state.newest), *newest_lines(state.newest)] if state.newest else [NO_SESSION]
    return "\n".join([doing(state)[0], "", *rows, "", *session, "", chart])


def newest_lines(session: Transcript | None) -> list[str]:
    """The newest lines of a session, as the server saw them and without letters; decisions below replies."""
    if session is None:
        return [NO_SESSION]
    newest = [line for line in lines(session) if line.part is not Part.CONTENT][-NEWEST:]
    said = []
    for line in chain.from_iterable(map(cut, newest)):
        said.append(f"{line.who}: {line.text}" if line.who in "CS" else line.text)
        if why := decision(line):
            said.append(f"   └─ {why}")
    return said


def session_name(session: Transcript | None) -> str:
    """Which session that is."""
    if session is None:
        return NO_SESSION
    ended = "" if session.ended else ", still open"
    return (
        f"Session {session.number}: {session.client.name} → {session.server.name}, port {session.port}{ended}"
    )

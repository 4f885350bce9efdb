"""Sessions as JSON Lines: a JSON object in each line, for programs and for data frames.

The first object describes the file; each object says in ``kind`` what it is.

    {"kind": "file", "format": "smtp-relay-lab", "version": 1, "title": ..., "sessions": how many}
    {"kind": "session", "session": 3, "client": {"name": ..., "address": ...}, "server": {...}, "port": 25,
     "opened": "2026-01-05T09:00:00+00:00", "ended": true, "verdict": a word, "sentence": a sentence}
    {"kind": "line", "session": 3, "number": 1, "at": seconds since the session opened, in lab time,
     "who": "C", "S" or "=", "part": "command", "reply", "secret", "content", "tls" or "event",
     "text": the session view, "wire": the wire view, "hidden": whether TLS hid it,
     "step": the command that it belongs to, "code": of a reply, or 0,
     "rule": ..., "reason": ..., "tried": [{"rule": ..., "saw": ..., "said": ...}]}

Fields are never taken away or given another meaning without a new ``version``; new ones may come, and new
kinds (a report adds its own). What can't be printed is escaped in ``text`` and ``wire``, as in the views;
a pcapng file has the bytes as they were.
"""

import json
from collections.abc import Iterator, Mapping

from labkit.wire.export.run import Run
from labkit.wire.reading.letters import Outcome, outcome
from labkit.wire.reading.line import Line
from labkit.wire.reading.lines import lines
from labkit.wire.reading.verdict import sentence, verdict
from labkit.wire.record import Party, Recording

FORMAT, VERSION = "smtp-relay-lab", 1


def render(run: Run, reveal: bool = False) -> bytes:
    """The objects, in ASCII; ``reveal`` shows the credentials in the session view too."""
    return "".join(f"{json.dumps(each)}\n" for each in _objects(run, reveal)).encode("ascii")


def _objects(run: Run, reveal: bool) -> Iterator[Mapping[str, object]]:
    yield {
        "kind": "file",
        "format": FORMAT,
        "version": VERSION,
        "title": run.title,
        "sessions": len(run.sessions),
    }
    yield from run.records
    for session in run.sessions:
        read = lines(session, reveal=reveal)
        yield _session(session, outcome(read))
        for number, line in enumerate(read, start=1):
            yield _line(session.number, number, line)


def _session(session: Recording, came_of_it: Outcome) -> dict[str, object]:
    return {
        "kind": "session",
        "session": session.number,
        "client": _party(session.client),
        "server": _party(session.server),
        "port": session.port,
        "opened": session.opened.isoformat(),
        "ended": session.ended,
        "verdict": verdict(came_of_it),
        "sentence": sentence(came_of_it),
    }


def _party(party: Party) -> dict[str, str]:
    return {"name": party.name, "address": party.address}


def _line(session: int, number: int, line: Line) -> dict[str, object]:
    return {
        "kind": "line",
        "session": session,
        "number": number,
        "at": line.at,
        "who": line.who,
        "part": line.part.value,
        "text": line.text,
        "wire": line.wire,
        "hidden": line.hidden,
        "step": line.step,
        "code": line.code,
        "rule": line.rule,
        "reason": line.reason,
        "tried": [step._asdict() for step in line.tried],
    }

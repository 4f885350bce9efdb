"""JSON Lines: each line an object, every line of every session in it, whatever bytes crossed the wire."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labkit.clock import Clock
from labkit.wire.export.jsonl import render
from labkit.wire.export.run import Run
from labkit.wire.reading.lines import lines
from labkit.wire.record import Kind, Party
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

Sample = Callable[[str], Transcript]

CLIENT, SERVER = Party('<b>"attacker"\n', "203.0.113.66"), Party("relay", "192.0.2.25")


def read(written: bytes) -> list[dict[str, Any]]:
    assert written.endswith(b"\n")
    return [json.loads(line) for line in written.split(b"\n")[:-1]]


def test_the_first_object_says_what_the_file_is(sample: Sample) -> None:
    first, second, *_ = read(render(Run("one session", (sample("refused"),))))
    assert first == {
        "kind": "file",
        "format": "smtp-relay-lab",
        "version": 1,
        "title": "one session",
        "sessions": 1,
    }
    assert second == {
        "kind": "session",
        "session": 1,
        "client": {"name": "attacker", "address": "203.0.113.66"},
        "server": {"name": "relay", "address": "192.0.2.25"},
        "port": 25,
        "opened": "2026-01-05T09:00:00+00:00",
        "ended": True,
        "verdict": "refused",
        "sentence": "Refused: the letter was refused at RCPT by reject_unauth_destination.",
    }


def test_a_reply_has_its_decision_and_the_rules_that_were_asked(sample: Sample) -> None:
    objects = read(render(Run("", (sample("refused"),))))
    [decided] = [each for each in objects if each.get("rule")]
    assert (decided["code"], decided["step"], decided["who"]) == (554, "RCPT", "S")
    assert decided["rule"] == "reject_unauth_destination"
    assert set(decided) == {
        *("kind", "session", "number", "at", "who", "part", "text", "wire", "hidden", "step", "code"),
        *("rule", "reason", "tried"),
    }


def test_credentials_are_masked_unless_they_are_to_be_shown(sample: Sample) -> None:
    run = Run("", (sample("starttls_auth"),))
    assert b"********" in render(run)
    assert b"********" not in render(run, True)


BYTES = st.lists(
    st.tuples(st.booleans(), st.binary(max_size=200) | st.text(max_size=50).map(str.encode)), max_size=6
)


@given(BYTES)
def test_whatever_crosses_the_wire_can_be_read_back(dialogue: list[tuple[bool, bytes]]) -> None:
    recorder = Recorder(Clock())
    track = recorder.open(CLIENT, SERVER, 25)
    for by_client, data in dialogue:
        track.add(Kind.CLIENT if by_client else Kind.SERVER, data)
    session = recorder.transcript(1)
    _, head, *rest = read(render(Run("", (session,))))
    assert head["client"]["name"] == CLIENT.name
    assert [(each["who"], each["part"], each["text"], each["wire"], each["at"]) for each in rest] == [
        (line.who, line.part.value, line.text, line.wire, line.at) for line in lines(session)
    ]
    assert [each["number"] for each in rest] == [*range(1, len(rest) + 1)]

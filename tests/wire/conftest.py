"""Sessions for the tests, written as playbooks.

    S: 220 mail.corp.example ESMTP Postfix      what the server says
    C: MAIL FROM:<a@stranger.example>           what the client says
    == TLS TLSv1.3                              TLS begins
    ?? permit_mynetworks | 203.0.113.66 | goes on    a rule that was asked, what it saw, what it said
    -- reject: nobody may send                  rule and reason of the server's next reply
    !! the connection broke off                 how the session ended

The lines in one direction cross the network together, and a line that ends in a backslash is half
a line.
"""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest

from labkit.clock import Clock
from labkit.wire.record import Kind, Party, Step
from labkit.wire.recorder import Recorder, Track
from labkit.wire.transcript import Transcript

HERE = Path(__file__).parent
RECORD = 22  # bytes that TLS adds to what it hides

ATTACKER = Party("attacker", "203.0.113.66")
LAPTOP = Party("laptop", "198.51.100.77")
RELAY = Party("relay", "192.0.2.25")

Play = Callable[..., Transcript]


@pytest.fixture(scope="session")
def play() -> Play:
    """Plays a playbook on a recorder, a new one unless given, and returns the transcript."""
    return _play


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Transcript]:
    """A transcript from a file under ``playbooks``."""

    def play_file(name: str) -> Transcript:
        playbook = (HERE / "playbooks" / f"{name}.txt").read_text()
        on_submission = "AUTH" in playbook
        return _play(playbook, LAPTOP if on_submission else ATTACKER, port=587 if on_submission else 25)

    return play_file


def _play(
    playbook: str,
    client: Party = ATTACKER,
    server: Party = RELAY,
    port: int = 25,
    recorder: Recorder | None = None,
) -> Transcript:
    # An empty recorder has no length, so it counts as false.
    recorder = Recorder(Clock()) if recorder is None else recorder
    track = recorder.open(client, server, port)
    said = [line.lstrip() for line in playbook.splitlines() if line.strip()]
    secure, how = False, ""
    tried: tuple[Step, ...] = ()
    for mark, run in groupby(said, key=lambda line: line[:2]):
        texts = [line[3:].lstrip() if mark not in ("C:", "S:") else line[3:] for line in run]
        if mark == "==":
            track.secured(texts[0].removeprefix("TLS "), 0)
            secure = True
        elif mark == "??":
            tried = tuple(Step(*text.split(" | ")) for text in texts)
        elif mark == "--":
            rule, reason = texts[0].split(": ", 1)
            track.decided(rule, reason, tried)
            tried = ()
        elif mark == "!!":
            how = texts[0]
        else:
            _say(track, mark, b"".join(map(_bytes, texts)), secure)
    track.close(how)
    return recorder.transcript(track.number)


def _bytes(text: str) -> bytes:
    half = text.endswith("\\")
    return text.removesuffix("\\").encode() + (b"" if half else b"\r\n")


def _say(track: Track, mark: str, data: bytes, secure: bool) -> None:
    wire, inside = (Kind.CLIENT, Kind.CLIENT_INSIDE) if mark == "C:" else (Kind.SERVER, Kind.SERVER_INSIDE)
    frames = [(wire, data)]
    if secure:
        frames = [(wire, bytes(len(data) + RECORD)), (inside, data)]
    # What the server says is hidden before it is sent; what it reads is sent before it is opened.
    for kind, content in frames if mark == "C:" else reversed(frames):
        track.add(kind, content)

"""The ring: bounded, and honest about what it dropped."""

import pytest

from labkit.clock import Clock
from labkit.errors import UsageError
from labkit.wire.record import Kind, Party
from labkit.wire.recorder import OVERHEAD, SESSION_BYTES, Recorder, Track

CLIENT, SERVER = Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25")
LETTER = b"x" * 1000


def session(recorder: Recorder, closed: bool = True) -> Track:
    track = recorder.open(CLIENT, SERVER, 25)
    track.add(Kind.CLIENT, LETTER)
    if closed:
        track.close()
    return track


@pytest.fixture
def ring() -> Recorder:
    """A recorder with room for three letters."""
    return Recorder(Clock(), limit=3 * (len(LETTER) + OVERHEAD + 10))


def numbers(recorder: Recorder) -> list[int]:
    return [transcript.number for transcript in recorder]


def test_sessions_are_numbered_in_the_order_in_which_they_opened() -> None:
    recorder = Recorder(Clock())
    first, second = session(recorder, closed=False), session(recorder)
    first.close()
    assert (first.number, second.number) == (1, 2)
    assert numbers(recorder) == [1, 2]


def test_a_full_ring_drops_the_oldest_sessions_and_counts_them(ring: Recorder) -> None:
    for _ in range(10):
        session(ring)
    assert numbers(ring) == [8, 9, 10]
    assert (len(ring), ring.opened, ring.dropped) == (3, 10, 7)
    assert ring.size <= ring.limit


def test_a_session_that_goes_on_is_not_dropped(ring: Recorder) -> None:
    running = session(ring, closed=False)
    for _ in range(5):
        session(ring)
    assert numbers(ring) == [1, 5, 6]
    running.close()
    session(ring)
    assert numbers(ring) == [5, 6, 7]


def test_the_ring_says_that_a_session_was_dropped(ring: Recorder) -> None:
    for _ in range(5):
        session(ring)
    with pytest.raises(UsageError, match="Session 2 is no longer recorded"):
        ring.transcript(2)


@pytest.mark.parametrize("number", [-1, 0, 4])
def test_a_session_that_never_was_is_an_error_that_says_how_many_there_are(number: int) -> None:
    recorder = Recorder(Clock())
    for _ in range(3):
        session(recorder)
    with pytest.raises(UsageError, match=rf"no session {number}: this lab has recorded 3"):
        recorder.transcript(number)


def test_a_session_can_be_looked_at_while_it_goes_on() -> None:
    track = session(Recorder(Clock()), closed=False)
    early = track.transcript()
    track.add(Kind.SERVER, b"250 2.0.0 Ok\r\n")
    assert [frame.kind for frame in early.frames] == [Kind.CLIENT]
    assert [frame.kind for frame in track.transcript().frames] == [Kind.CLIENT, Kind.SERVER]


def test_an_endless_session_is_cut_at_its_share_and_says_how_much_is_missing() -> None:
    recorder = Recorder(Clock())
    track = recorder.open(CLIENT, SERVER, 25)
    for _ in range(20):
        track.add(Kind.CLIENT, b"x" * 2**16)
    last = track.transcript().frames[-1]
    assert (last.kind, int(last.data)) == (Kind.LOST, track.lost)
    assert sum(len(frame.data) for frame in track.transcript().frames[:-1]) + track.lost == 20 * 2**16
    assert recorder.size <= SESSION_BYTES + OVERHEAD + 100


def test_nothing_is_written_after_the_end() -> None:
    track = session(Recorder(Clock()))
    before = track.transcript().packed
    track.add(Kind.CLIENT, b"late")
    track.close("twice")
    assert track.transcript().packed == before


def test_decisions_tls_and_the_end_are_frames_of_their_own() -> None:
    track = Recorder(Clock()).open(CLIENT, SERVER, 25)
    track.decided("reject", "Nobody may send.")
    track.takes_bare_newlines()
    track.secured("TLSv1.3", 74)
    track.close("the connection broke off")
    assert [(frame.kind, frame.data) for frame in track.transcript().frames] == [
        (Kind.DECISION, b"reject\nNobody may send."),
        (Kind.BARE_LF, b""),
        (Kind.TLS, b"TLSv1.3\n74"),
        (Kind.END, b"the connection broke off"),
    ]

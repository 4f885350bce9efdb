"""The packed recording: what goes in comes out, however the network cut it into pieces."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from labkit.clock import START, Clock
from labkit.wire.record import Frame, Kind, Party, Recording, Step, pack_decision, unpack_decision
from labkit.wire.recorder import Recorder

CLIENT, SERVER = Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25")
SAID = st.lists(st.tuples(st.sampled_from([Kind.CLIENT, Kind.SERVER]), st.binary(min_size=1)), max_size=8)


def recorded(pieces: list[tuple[Kind, bytes]]) -> Recording:
    track = Recorder(Clock()).open(CLIENT, SERVER, 25)
    for kind, data in pieces:
        track.add(kind, data)
    return track.transcript()


def cut(data: bytes, where: list[int]) -> list[bytes]:
    ends = sorted({0, len(data), *(at for at in where if at < len(data))})
    return [data[start:end] for start, end in pairwise(ends)]


@given(SAID, st.lists(st.integers(1, 20)))
def test_how_the_network_cuts_the_bytes_does_not_show(
    said: list[tuple[Kind, bytes]], where: list[int]
) -> None:
    in_pieces = [(kind, piece) for kind, data in said for piece in cut(data, where)]
    assert recorded(in_pieces).frames == recorded(said).frames


@given(SAID)
def test_every_byte_comes_back_in_its_direction_and_order(said: list[tuple[Kind, bytes]]) -> None:
    for kind in (Kind.CLIENT, Kind.SERVER):
        back = b"".join(frame.data for frame in recorded(said).frames if frame.kind is kind)
        assert back == b"".join(data for each, data in said if each is kind)


def test_bytes_that_crossed_at_different_times_stay_apart() -> None:
    clock = Clock()
    track = Recorder(clock).open(CLIENT, SERVER, 25)
    track.add(Kind.CLIENT, b"NOOP\r\n")
    clock.now += timedelta(seconds=90.5)
    track.add(Kind.CLIENT, b"QUIT\r\n")
    transcript = track.transcript()
    assert transcript.frames == (Frame(Kind.CLIENT, 0.0, b"NOOP\r\n"), Frame(Kind.CLIENT, 90.5, b"QUIT\r\n"))
    assert transcript.time_of(transcript.frames[1]) == START + timedelta(seconds=90.5)


TEXT = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))


@given(TEXT, TEXT, st.lists(st.builds(Step, TEXT, TEXT, TEXT), max_size=4))
def test_a_decision_comes_back_with_its_steps_in_order(rule: str, reason: str, tried: list[Step]) -> None:
    assert unpack_decision(pack_decision(rule, reason, tried)) == (rule, reason, tuple(tried))


def test_what_a_client_sent_adds_no_step_to_a_decision_and_breaks_nothing() -> None:
    evil = Step("check_helo_access", "a\nb\nc\nd", "\udcff")
    _, _, tried = unpack_decision(pack_decision("reject", "No.", [evil]))
    assert tried == (Step("check_helo_access", "a b c d", "\\udcff"),)


def test_a_decision_of_the_older_form_has_no_steps() -> None:
    assert unpack_decision(b"reject\nNobody may send.") == ("reject", "Nobody may send.", ())


def test_a_party_is_named_with_its_address() -> None:
    assert str(CLIENT) == "attacker [203.0.113.66]"

"""A session as TCP carries it: a stream that any TCP would put together again, octet for octet."""

from collections.abc import Callable
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire.export.capture import Heard, heard

from labkit.clock import Clock
from labkit.wire.export.conversation import packets
from labkit.wire.export.framing import Flags
from labkit.wire.record import BROKEN_OFF, CLIENT_HUNG_UP, REFUSED, Kind, Party, Recording
from labkit.wire.recorder import SESSION_BYTES, Recorder, Track
from labkit.wire.transcript import Transcript

Play = Callable[..., Transcript]

CLIENT, SERVER = Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25")
CLIENT6, SERVER6 = Party("attacker", "2001:db8::66"), Party("relay", "2001:db8::25")
LETTERS = {Flags.SYN: "S", Flags.FIN: "F", Flags.RST: "R", Flags.PSH: "P", Flags.ACK: "A"}


def track(client: Party = CLIENT, server: Party = SERVER) -> Track:
    return Recorder(Clock()).open(client, server, 25)


def story(session: Recording) -> list[str]:
    """The packets in short: who sends, the flags, and how many octets of data."""
    return [short(heard(packet.octets)) for packet in packets(session)]


def short(packet: Heard) -> str:
    who = "S" if packet.source[1] == 25 else "C"
    flags = "".join(letter for flag, letter in LETTERS.items() if packet.flags & flag)
    return f"{who} {flags} {len(packet.data)}" if packet.data else f"{who} {flags}"


def test_a_session_has_a_beginning_and_an_end(play: Play) -> None:
    session = play("""
        S: 220 mail.corp.example ESMTP Postfix
        C: QUIT
        S: 221 2.0.0 Bye
    """)
    assert story(session) == ["C S", "S SA", "C A", "S PA 37", "C PA 6", "S PA 15", "S FA", "C FA", "S A"]


@pytest.mark.parametrize(
    ("how", "end"),
    [
        (CLIENT_HUNG_UP, ["C FA", "S FA", "C A"]),
        ("the server hung up", ["S FA", "C FA", "S A"]),
        (BROKEN_OFF, ["S RA"]),
    ],
)
def test_how_a_session_ends_is_seen(play: Play, how: str, end: list[str]) -> None:
    session = play(f"S: 220 mail.corp.example ESMTP Postfix\n!! {how}")
    assert story(session) == ["C S", "S SA", "C A", "S PA 37", *end]
    assert how in [comment for packet in packets(session) for comment in packet.comments]


@pytest.mark.parametrize(("how", "packets"), [(REFUSED, ["C S", "S RA"]), ("the client gave up", ["C S"])])
def test_a_connection_that_never_was_is_a_handshake_in_vain(play: Play, how: str, packets: list[str]) -> None:
    assert story(play(f"!! {how}")) == packets


def test_a_session_that_goes_on_has_no_end() -> None:
    session = track()
    session.add(Kind.SERVER, b"220 mail.corp.example\r\n")
    assert story(session.transcript()) == ["C S", "S SA", "C A", "S PA 23", "C A"]
    session.close()
    assert story(session.transcript())[-3:] == ["S FA", "C FA", "S A"]


def test_a_session_that_was_cut_says_how_much_is_missing_and_has_no_end() -> None:
    session = track()
    session.add(Kind.CLIENT, bytes(100))
    session.add(Kind.CLIENT, bytes(SESSION_BYTES))
    session.close()
    *_, last = packets(session.transcript())
    assert last.comments == ("1,048,576 more bytes were not recorded",)
    assert short(heard(last.octets)) == "S A"


def test_lab_time_is_the_time_of_the_packets_and_nobody_waits_for_an_acknowledgement() -> None:
    clock = Clock()
    session = Recorder(clock).open(CLIENT, SERVER, 25)
    session.add(Kind.CLIENT, b"NOOP\r\n")
    clock.now = session.transcript().opened.replace(second=20)
    session.add(Kind.SERVER, b"250 2.0.0 Ok\r\n")
    seen = [(packet.at.second, short(heard(packet.octets))) for packet in packets(session.transcript())]
    assert seen[3:] == [(0, "C PA 6"), (0, "S A"), (20, "S PA 14"), (20, "C A")]


def test_a_decision_is_a_comment_on_its_reply_in_clear_and_inside_tls(
    sample: Callable[[str], Transcript],
) -> None:
    for name in ("refused", "starttls_auth"):
        session = sample(name)
        said = [text for packet in packets(session) for text in packet.comments if packet.comments]
        sentences = [reply.sentence for reply in session.decisions]
        assert sentences
        assert said == [f"Session 1: {session.client} → {session.server}", *sentences]


DIALOGUE = st.lists(
    st.tuples(st.booleans(), st.binary(min_size=1, max_size=20).map(lambda data: data * 500)), max_size=8
)


@pytest.mark.parametrize(("client", "server"), [(CLIENT, SERVER), (CLIENT6, SERVER6)])
@given(dialogue=DIALOGUE)
def test_every_octet_arrives_once_in_order_and_is_acknowledged(
    client: Party, server: Party, dialogue: list[tuple[bool, bytes]]
) -> None:
    session = track(client, server)
    for by_client, data in dialogue:
        session.add(Kind.CLIENT if by_client else Kind.SERVER, data)
    session.close()
    put_together = _as_a_receiver_would([heard(each.octets) for each in packets(session.transcript())])
    said = [(by_client, data) for by_client, data in put_together if data]
    assert said == [
        (by_client, b"".join(data for _, data in run))
        for by_client, run in groupby(dialogue, lambda each: each[0])
    ]


def _as_a_receiver_would(seen: list[Heard]) -> list[tuple[bool, bytes]]:
    """What each side hears, in turns; sequence and acknowledgement numbers must fit all the time."""
    ends = seen[0].source, seen[0].target
    following = {ends[0]: seen[0].sequence, ends[1]: seen[1].sequence}
    for packet in seen:
        assert packet.sequence == following[packet.source]
        taken = len(packet.data) + bool(packet.flags & (Flags.SYN | Flags.FIN))
        following[packet.source] += taken
        if packet.flags & Flags.ACK:
            assert packet.acknowledged == following[packet.target]
        assert len(packet.data) <= (1460 if "." in packet.source[0] else 1440)
    assert seen[-1].flags == Flags.ACK
    turns = groupby((each for each in seen if each.data), lambda each: each.source == ends[0])
    return [(by_client, b"".join(each.data for each in run)) for by_client, run in turns]


def test_a_receiver_acknowledges_at_least_every_second_segment() -> None:
    session = track()
    session.add(Kind.CLIENT, bytes(10 * 1460))
    said = story(session.transcript())
    waiting = [len(list(run)) for who, run in groupby(said[3:], lambda each: each[0]) if who == "C"]
    assert max(waiting) == 2


def test_each_session_has_a_port_of_its_own() -> None:
    recorder = Recorder(Clock())
    sources = [
        heard(next(packets(recorder.open(CLIENT, SERVER, 25).transcript())).octets).source for _ in range(3)
    ]
    assert [after[1] - before[1] for before, after in pairwise(sources)] == [1, 1]

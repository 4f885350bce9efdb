"""The file: its blocks as the specification has them, and the same on every run."""

import struct
from collections.abc import Callable

import pytest
from wire.export.capture import blocks, heard

from labkit.clock import Clock
from labkit.wire.export.pcapng import render
from labkit.wire.export.run import Run
from labkit.wire.record import Kind, Party
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

Sample = Callable[[str], Transcript]
Play = Callable[..., Transcript]

SECTION, INTERFACE, NAMES, PACKET, SECRETS = 0x0A0D0D0A, 1, 4, 6, 10
MAN = Party("the man in the middle", "192.0.2.25")
RELAY, CLIENT = Party("relay", "192.0.2.25"), Party("client", "2001:db8::1")
RELAY6 = Party("relay", "2001:db8::25")
CLIENT_ADDRESS = bytes.fromhex("20010db8000000000000000000000001")


def bodies(file: bytes, wanted: int) -> list[bytes]:
    return [body for kind, body in blocks(file) if kind == wanted]


def options(octets: bytes) -> list[tuple[int, str]]:
    """Every option of a block: its code and its text."""
    found, position = [], 0
    while position < len(octets):
        code, length = struct.unpack_from("<HH", octets, position)
        position += 4
        if code == 0:
            break
        found.append((code, octets[position : position + length].decode()))
        position += length + -length % 4
    assert position == len(octets)
    return found


def test_section_interface_and_names_come_before_the_packets(sample: Sample) -> None:
    kinds = [kind for kind, _ in blocks(render(Run("", (sample("refused"),))))]
    assert kinds[:3] == [SECTION, INTERFACE, NAMES]
    assert set(kinds[3:]) == {PACKET}


def test_the_section_says_who_wrote_it_and_that_nothing_left_the_machine(sample: Sample) -> None:
    [section] = bodies(render(Run("", (sample("refused"),))), SECTION)
    assert struct.unpack("<IHHq", section[:16]) == (0x1A2B3C4D, 1, 0, -1)
    (comment, about), program = options(section[16:])
    assert (comment, program) == (1, (4, "SMTP relay lab"))
    assert "nothing here ever left one machine" in about


def test_packets_are_ethernet_at_lab_time(sample: Sample) -> None:
    session = sample("refused")
    file = render(Run("", (session,)))
    [interface] = bodies(file, INTERFACE)
    assert struct.unpack("<HHI", interface[:8]) == (1, 0, 0)
    first, *_ = bodies(file, PACKET)
    _, high, low, size, real = struct.unpack("<IIIII", first[:20])
    assert (high << 32 | low) == session.opened.timestamp() * 1_000_000
    assert size == real
    assert heard(_frame(first)).target == ("192.0.2.25", 25)


def test_a_host_is_named_as_it_is_called_most_often(play: Play) -> None:
    recorder = Recorder(Clock())
    for server in (MAN, RELAY, RELAY):
        play("S: 220 mail.corp.example", CLIENT, server, recorder=recorder)
    [names] = bodies(render(Run("", tuple(recorder))), NAMES)
    v6 = struct.pack("<HH", 2, 23) + CLIENT_ADDRESS + b"client\0" + b"\0"
    v4 = struct.pack("<HH", 1, 10) + bytes([192, 0, 2, 25]) + b"relay\0" + b"\0\0"
    assert names == v6 + v4 + bytes(4)


def test_keys_come_before_the_packets_and_each_once() -> None:
    recorder = Recorder(Clock())
    for keys in (b"CLIENT_RANDOM aa bb\n", b"CLIENT_RANDOM cc dd\n", b"CLIENT_RANDOM aa bb\n"):
        track = recorder.open(CLIENT, RELAY6, 25)
        track.add(Kind.KEYS, keys)
        track.close()
    file = render(Run("", tuple(recorder)))
    secrets = b"CLIENT_RANDOM aa bb\nCLIENT_RANDOM cc dd\n"
    assert bodies(file, SECRETS) == [struct.pack("<II", 0x544C534B, len(secrets)) + secrets]
    assert [kind for kind, _ in blocks(file)].index(SECRETS) == 3


def test_packets_of_several_sessions_are_in_the_order_of_lab_time() -> None:
    clock = Clock()
    recorder = Recorder(clock)
    first, second = (recorder.open(CLIENT, RELAY6, 25) for _ in range(2))
    for later, track in enumerate((first, second, first)):
        clock.now = first.opened.replace(second=later)
        track.add(Kind.CLIENT, b"NOOP\r\n")
    seen = [heard(_frame(body)) for body in bodies(render(Run("", tuple(recorder))), PACKET)]
    assert [packet.source[1] - 49152 for packet in seen if packet.data] == [0, 1, 0]


def test_a_comment_of_any_length_is_kept_as_far_as_there_is_room(play: Play) -> None:
    session = play(f"-- reject: {'ü' * 40_000}\nS: 554 5.7.1 no")
    comments = [text for body in bodies(render(Run("", (session,))), PACKET) for _, text in _comments(body)]
    assert comments[1] == f"refused by reject: {'ü' * 16_374}"


def _frame(body: bytes) -> bytes:
    return body[20 : 20 + struct.unpack("<I", body[12:16])[0]]


def _comments(body: bytes) -> list[tuple[int, str]]:
    [size] = struct.unpack("<I", body[12:16])
    return options(body[20 + size + -size % 4 :])


@pytest.mark.parametrize("name", ["open_relay", "refused", "ten_letters", "garbage", "broken_off"])
def test_the_file_is_the_same_on_every_run(sample: Sample, name: str) -> None:
    assert render(Run("", (sample(name),))) == render(Run("", (sample(name),)))

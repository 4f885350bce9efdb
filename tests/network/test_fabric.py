"""The network as its hosts see it: connections and questions, and what is recorded of them."""

import asyncio
import smtplib
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from network.peer import ATTACKER, MX, RELAY, Inn, Peer, how_it_ended

from labkit import Lab
from labkit.errors import MachineError, PeerError, UsageError
from labkit.network import fabric
from labkit.network.carrier import Carrier, Loopback
from labkit.network.fabric import Network
from labkit.wire.record import Kind

Play = Callable[..., Any]


def test_the_server_sees_the_lab_address_and_nothing_is_added_to_the_wire(
    play: Play, carrier: Carrier
) -> None:
    async def scene(network: Network) -> None:
        inn = Inn()
        await network.listen(RELAY, 25, inn)
        connection = await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        server = await inn.guests.get()
        info = server.transport.get_extra_info
        assert info("peername") == ("203.0.113.66", 0)
        assert info("client") == ATTACKER
        assert info("track").number == connection.session == 1
        connection.transport.write(b"QUIT\r\n")
        assert await server.hear(6) == b"QUIT\r\n"
        assert await client.hear(10) == b"220 mail\r\n"
        connection.transport.close()
        await server.lost.wait()
        transcript = network.recorder.transcript(1)
        assert (transcript.client, transcript.server, transcript.port) == (ATTACKER.party, RELAY.party, 25)
        assert [(frame.kind, frame.data) for frame in transcript.frames] == [
            (Kind.SERVER, b"220 mail\r\n"),
            (Kind.CLIENT, b"QUIT\r\n"),
        ]

    play(scene, carrier)


def test_sessions_are_numbered_in_the_order_in_which_they_opened(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, Inn())
        for source in (ATTACKER, MX, ATTACKER):
            await network.connect(source, RELAY.address, 25, Peer())
        assert [(one.number, one.client.name) for one in network.recorder] == [
            (1, "attacker"), (2, "mx1"), (3, "attacker"),
        ]  # fmt: skip

    play(scene, carrier)


def test_where_nobody_listens_the_refusal_is_said_and_recorded(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        with pytest.raises(PeerError) as caught:
            await network.connect(ATTACKER, RELAY.address, 465, Peer())
        assert str(caught.value) == "relay [192.0.2.25] refuses connections on port 465."
        assert how_it_ended(network, 1) == ["connection refused"]
        assert network.recorder.transcript(1).port == 465

    play(scene, carrier)


def test_a_host_that_is_gone_refuses(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, Inn())
        network._doors[RELAY.address, 25].close()
        with pytest.raises(PeerError, match="refuses connections on port 25"):
            await network.connect(ATTACKER, RELAY.address, 25, Peer())
        assert how_it_ended(network, 1) == ["connection refused"]

    play(scene, carrier)


def test_a_client_that_gives_up_is_recorded_so(play: Play) -> None:
    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, Inn())
        connecting = asyncio.create_task(network.connect(ATTACKER, RELAY.address, 25, Peer()))
        await asyncio.sleep(0)
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        assert how_it_ended(network, 1) == ["the client gave up"]
        assert len(network.recorder) == 1

    play(scene)


def test_a_full_machine_is_recorded_as_such(play: Play) -> None:
    class FullMachine(Loopback):
        async def dial(self, *_: object) -> NoReturn:
            raise MachineError("no more files")

    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, Inn())
        with pytest.raises(MachineError):
            await network.connect(ATTACKER, RELAY.address, 25, Peer())
        assert how_it_ended(network, 1) == ["this machine had no room for the connection"]

    play(scene, FullMachine())


def test_nobody_can_listen_twice_at_one_place(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, Inn(b"220 first\r\n"))
        await network.listen(RELAY, 587, Inn())
        await network.listen(MX, 25, Inn())
        await network.listen_datagrams(RELAY, 25, bytes)
        for again in (network.listen(RELAY, 25, Inn()), network.listen_datagrams(RELAY, 25, bytes)):
            with pytest.raises(UsageError, match=r"^relay listens on port 25 already\.$"):
                await again
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        assert await client.hear(11) == b"220 first\r\n"

    play(scene, carrier)


def test_a_host_that_shuts_a_door_refuses_who_comes_and_can_open_it_again(
    play: Play, carrier: Carrier
) -> None:
    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, Inn())
        await network.listen(MX, 25, Inn())
        network.shut(RELAY, 25)
        network.shut(RELAY, 25)
        assert [address for address, _, _ in network.ports] == [MX.address]
        with pytest.raises(PeerError, match="refuses connections on port 25"):
            await network.connect(ATTACKER, RELAY.address, 25, Peer())
        await network.connect(ATTACKER, MX.address, 25, Peer())
        await network.listen(RELAY, 25, Inn())
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        assert await client.hear(10) == b"220 mail\r\n"

    play(scene, carrier)


# Datagrams


def test_a_datagram_is_answered_by_the_host_that_was_asked(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        await network.listen_datagrams(RELAY, 53, lambda question: b"relay: " + question)
        await network.listen_datagrams(MX, 53, lambda question: b"mx: " + question)
        assert await network.ask(RELAY.address, 53, b"MX?") == b"relay: MX?"
        assert await network.ask(MX.address, 53, b"A?") == b"mx: A?"

    play(scene, carrier)


def test_a_question_that_nobody_answers_has_an_end(
    play: Play, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fabric, "ANSWER_SECONDS", 0.01)

    async def scene(network: Network) -> None:
        await network.listen_datagrams(RELAY, 53, lambda question: None)
        with pytest.raises(PeerError, match=r"^relay \[192\.0\.2\.25\] gave no answer in 0 seconds\.$"):
            await network.ask(RELAY.address, 53, b"MX?")
        for address, port in ((RELAY.address, 54), (MX.address, 53)):
            with pytest.raises(PeerError, match=f"doesn't answer on UDP port {port}"):
                await network.ask(address, port, b"MX?")

    play(scene, carrier)


# Somebody's own programs


def test_a_program_from_outside_is_your_terminal(lab: Lab) -> None:
    with smtplib.SMTP("127.0.0.1", lab.ports["relay:25"], local_hostname="me.example") as client:
        assert client.noop()[0] == 250
    transcript = lab.transcripts[1]
    assert str(transcript.client) == "your terminal [203.0.113.200]"
    assert transcript.server.name == "relay"


def test_the_real_ports_are_told_by_lab_address(play: Play) -> None:
    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, Inn())
        await network.listen_datagrams(MX, 53, bytes)
        assert list(network.ports) == [("192.0.2.25", 25, "tcp"), ("198.51.100.25", 53, "udp")]
        assert all(1024 <= port <= 65535 for port in network.ports.values())

    play(scene)

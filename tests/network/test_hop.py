"""Somebody on the path: listens to what is on the wire, or stands in the middle and isn't noticed."""

import asyncio
import gc
import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from network.peer import ATTACKER, MX, RELAY, Inn, Peer, how_it_ended

from labkit import Lab, OutsideTheLab, UsageError
from labkit.network.addresses import Host
from labkit.network.carrier import Carrier
from labkit.network.fabric import YOUR_TERMINAL, Network
from labkit.network.hop import HANDSHAKE, Near, Passage, overheard, wire_only
from labkit.wire.record import Kind

Play = Callable[..., Any]
MEGABYTES = b"0123456789abcdef" * 2**17


class Router:
    """A hop that passes on what it hears, changed if it is told so; ``passages`` are in order."""

    name = "the hotel's router"

    def __init__(self, change: Callable[[bytes], bytes] = bytes) -> None:
        self.passages: list[Passage] = []
        self.ends: list[Near] = []
        self._change = change

    def meet(self, passage: Passage) -> Near:
        self.passages.append(passage)
        self.ends.append(Near(passage, self._change))
        return self.ends[-1]


def test_both_ends_see_the_addresses_that_they_expect(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, inn := Inn())
        network.on_path(ATTACKER, RELAY, hop := Router())
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        server = await inn.guests.get()
        assert server.transport.get_extra_info("peername") == (ATTACKER.address, 0)
        assert server.transport.get_extra_info("client") == ATTACKER
        client.transport.write(b"QUIT\r\n")
        assert (await client.hear(10), await server.hear(6)) == (b"220 mail\r\n", b"QUIT\r\n")
        assert [(str(one.client), str(one.server)) for one in network.recorder] == [
            ("attacker [203.0.113.66]", "the hotel's router [192.0.2.25]"),
            ("the hotel's router [203.0.113.66]", "relay [192.0.2.25]"),
        ]
        assert hop.ends[0].session == 2

    play(scene, carrier)


def test_what_the_client_says_can_be_changed_on_its_way(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> list[bytes]:
        await network.listen(RELAY, 25, inn := Inn())
        network.on_path(ATTACKER, RELAY, Router(bytes.upper))
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        client.transport.write(b"quit\r\n")
        await (await inn.guests.get()).hear(6)
        await client.hear(10)
        return [frame.data for one in network.recorder for frame in one.frames if frame.kind is Kind.CLIENT]

    assert play(scene, carrier) == [b"quit\r\n", b"QUIT\r\n"]


def test_nothing_of_what_tls_hides_is_changed(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> bytes:
        await network.listen(RELAY, 25, inn := Inn())
        network.on_path(ATTACKER, RELAY, Router(bytes.upper))
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        await client.hear(10)
        server = await inn.guests.get()
        client.transport.write(HANDSHAKE + b"hello")
        await server.hear(7)
        client.transport.write(b"and more")
        return await server.hear(15)

    assert play(scene, carrier) == HANDSHAKE + b"helloand more"


def test_what_is_said_before_the_server_is_reached_waits(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> bytes:
        await network.listen(RELAY, 25, inn := Inn())
        network.on_path(ATTACKER, RELAY, Router())
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        client.transport.write(b"EHLO x\r\n")
        return await (await inn.guests.get()).hear(8)

    assert play(scene, carrier) == b"EHLO x\r\n"


def test_who_is_slow_to_read_is_waited_for(play: Play) -> None:
    async def scene(network: Network) -> int:
        await network.listen(RELAY, 25, inn := Inn())
        network.on_path(ATTACKER, RELAY, Router())
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        server = await inn.guests.get()
        server.transport.pause_reading()
        for _ in range(8):
            client.transport.write(MEGABYTES)
        while "pause" not in client.events:
            await asyncio.sleep(0)
        server.transport.resume_reading()
        return len(await server.hear(8 * len(MEGABYTES)))

    assert play(scene) == 8 * len(MEGABYTES)


@pytest.mark.parametrize("first", ["client", "server"])
def test_when_one_end_hangs_up_so_does_the_other(play: Play, carrier: Carrier, first: str) -> None:
    async def scene(network: Network) -> list[list[str]]:
        await network.listen(RELAY, 25, inn := Inn())
        network.on_path(ATTACKER, RELAY, Router())
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        await client.hear(10)
        ends = {"client": client, "server": await inn.guests.get()}
        ends[first].transport.close()
        for end in ends.values():
            await end.lost.wait()
        for _ in range(10):
            await asyncio.sleep(0)
        return [how_it_ended(network, number) for number in (1, 2)]

    assert play(scene, carrier) == [[], []]


def test_a_server_that_is_closed_behind_the_hop_ends_the_connection(play: Play, carrier: Carrier) -> None:
    class Late(Router):
        def meet(self, passage: Passage) -> Near:
            passage.network.shut(RELAY, 25)
            return super().meet(passage)

    async def scene(network: Network) -> list[str]:
        await network.listen(RELAY, 25, Inn())
        network.on_path(ATTACKER, RELAY, Late())
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        await client.lost.wait()
        return how_it_ended(network, 2)

    assert play(scene, carrier) == ["connection refused"]


def test_who_leaves_the_path_meets_nobody_any_more(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> list[str]:
        await network.listen(RELAY, 25, Inn())
        hop = Router()
        network.on_path(ATTACKER, RELAY, hop)
        network.on_path(MX, RELAY, hop)
        await network.connect(ATTACKER, RELAY.address, 25, before := Peer())
        network.leave(hop)
        network.leave(hop)
        for source in (ATTACKER, MX):
            await network.connect(source, RELAY.address, 25, client := Peer())
            await client.hear(10)
        assert await before.hear(10) == b"220 mail\r\n"
        return [one.server.name for one in network.recorder if one.client.name != hop.name]

    assert play(scene, carrier) == ["the hotel's router", "relay", "relay"]


def test_only_the_path_between_two_hosts_is_changed_in_either_direction(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> list[str]:
        for host in (RELAY, MX):
            await network.listen(host, 25, Inn())
        network.on_path(RELAY, MX, Router())
        for source, target in ((RELAY, MX), (MX, RELAY), (ATTACKER, RELAY)):
            await network.connect(source, target.address, 25, client := Peer())
            await client.hear(10)
        return [str(one.server) for one in network.recorder]

    assert play(scene, carrier) == [
        "the hotel's router [198.51.100.25]", "mx1 [198.51.100.25]",
        "the hotel's router [192.0.2.25]", "relay [192.0.2.25]", "relay [192.0.2.25]",
    ]  # fmt: skip


def test_there_is_room_for_one_on_a_path_and_only_in_the_lab(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        network.on_path(ATTACKER, RELAY, Router())
        with pytest.raises(UsageError, match="the hotel's router stands between relay and attacker already"):
            network.on_path(RELAY, ATTACKER, Router())
        with pytest.raises(OutsideTheLab, match="is not a host of this lab"):
            network.on_path(RELAY, Host("other", "203.0.113.7"), Router())

    play(scene, carrier)


def test_nobody_stands_in_front_of_an_attached_program(play: Play) -> None:
    async def scene(network: Network) -> str:
        await network.listen(MX, 25, Inn(b"220 program\r\n"))
        network.attach(RELAY, 25, network.ports[MX.address, 25, "tcp"])
        network.on_path(ATTACKER, RELAY, hop := Router())
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        await client.hear(13)
        assert hop.passages == []
        return network.recorder.transcript(1).server.name

    assert play(scene) == "relay"


def test_hang_up_reaches_through_a_hop(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, Inn())
        network.on_path(ATTACKER, RELAY, Router())
        for host in (ATTACKER, RELAY):
            await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
            await client.hear(10)
            network.hang_up(host)
            await client.lost.wait()

    play(scene, carrier)


def test_close_ends_what_goes_through_a_hop_and_leaves_no_task(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> Peer:
        await network.listen(RELAY, 25, Inn())
        network.on_path(ATTACKER, RELAY, Router())
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        return client

    client = play(scene, carrier)
    assert len(client.events) == 1
    gc.collect()  # an open socket, or a task that was forgotten, would complain now


def test_a_program_outside_the_lab_meets_the_hop_too(lab: Lab) -> None:
    hop = Router()

    async def stand() -> None:
        network = lab.scenery.network
        network.on_path(YOUR_TERMINAL, network.host_at("192.0.2.25"), hop)

    lab.wait_for(stand(), "the hop")
    with smtplib.SMTP("127.0.0.1", lab.ports["relay:25"], local_hostname="terminal.example") as client:
        assert client.noop() == (250, b"2.0.0 Ok")
    assert [one.track.client.name for one in hop.passages] == ["your terminal"]
    assert str(lab.transcripts[2].client) == "the hotel's router [203.0.113.200]"


def test_a_listener_has_the_wire_and_nothing_else(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="may")
    lab.laptop.send()
    session = lab.transcripts[1]
    assert {Kind.TLS, Kind.CLIENT_INSIDE, Kind.SERVER_INSIDE, Kind.DECISION} <= {
        frame.kind for frame in session.frames
    }
    wire = wire_only(session)
    assert {frame.kind for frame in wire.frames} == {Kind.CLIENT, Kind.SERVER}
    assert b"Offer" not in wire.packed
    assert (wire.client, wire.server, wire.port, wire.opened) == (
        session.client, session.server, session.port, session.opened,
    )  # fmt: skip


def test_lab_time_stays_with_what_was_overheard(lab: Lab) -> None:
    lab.mx1.fault = "slow"
    lab.workstation.send()
    lab.wait(60)
    relayed = next(one for one in lab.transcripts if one.server.name == "mx1")
    wire = [frame for frame in relayed.frames if frame.kind in (Kind.CLIENT, Kind.SERVER)]
    assert [(frame.at, frame.data) for frame in wire_only(relayed).frames] == [
        (frame.at, frame.data) for frame in wire
    ]
    assert wire[-1].at > 0


def test_a_listener_hears_only_the_path_that_it_sits_on(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> list[int]:
        for host in (RELAY, MX):
            await network.listen(host, 25, Inn())
        for source, target in ((ATTACKER, RELAY), (RELAY, MX), (ATTACKER, MX), (ATTACKER, RELAY)):
            await network.connect(source, target.address, 25, client := Peer())
            await client.hear(10)
        return [one.number for one in overheard(network.recorder, RELAY, ATTACKER)]

    assert play(scene, carrier) == [1, 4]

"""Networks beside one another and after one another: they don't meet, and leave nothing behind."""

import asyncio
import gc
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from network.peer import ATTACKER, MX, RELAY, Inn, Peer, how_it_ended

import labkit
from labkit.clock import Clock
from labkit.errors import PeerError
from labkit.loop import LoopThread
from labkit.network.carrier import Carrier
from labkit.network.fabric import Network
from labkit.wire.recorder import Recorder

Play = Callable[..., Any]

ROOT = Path(labkit.__file__).parents[1]


async def _network() -> Network:
    network = Network(Recorder(Clock()))
    for host in (RELAY, ATTACKER):
        network.add(host)
    return network


def test_two_networks_at_once_dont_meet(thread: LoopThread) -> None:
    async def scene() -> None:
        here, there = await _network(), await _network()
        await here.listen(RELAY, 25, Inn(b"220 here\r\n"))
        await there.listen(RELAY, 25, Inn(b"220 there\r\n"))
        clients = [Peer() for _ in range(20)]
        await asyncio.gather(
            *(
                network.connect(ATTACKER, RELAY.address, 25, client)
                for network, client in zip([here, there] * 10, clients, strict=True)
            )
        )
        heard = [await client.hear(10) for client in clients]
        assert heard == [b"220 here\r\n", b"220 there\r\n"] * 10
        assert [one.client.name for one in [*here.recorder, *there.recorder]] == ["attacker"] * 20
        await here.close()
        await there.connect(ATTACKER, RELAY.address, 25, client := Peer())
        assert await client.hear(11) == b"220 there\r\n"
        await there.close()

    thread.call(scene(), waiting_for="two networks")


def test_hang_up_breaks_off_the_connections_of_one_host_or_of_all(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        await network.listen(RELAY, 25, Inn())
        await network.listen(MX, 25, Inn())
        clients = []
        for source, target in ((ATTACKER, RELAY), (RELAY, MX), (ATTACKER, MX)):
            await network.connect(source, target.address, 25, client := Peer())
            await client.hear(10)
            clients.append(client)
        network.hang_up(RELAY)
        for client in clients[:2]:
            await client.lost.wait()
        assert not clients[2].lost.is_set()
        network.hang_up()
        await clients[2].lost.wait()
        assert [how_it_ended(network, number) for number in (1, 2, 3)] == [["the connection broke off"]] * 3

    play(scene, carrier)


def test_close_ends_both_ends_of_every_connection(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> tuple[Peer, Peer]:
        inn = Inn()
        await network.listen(RELAY, 25, inn)
        await network.listen_datagrams(RELAY, 53, bytes)
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        await client.hear(10)
        return client, await inn.guests.get()

    client, server = play(scene, carrier)
    assert len(client.events) == len(server.events) == 1
    gc.collect()  # an open socket would complain now


def test_close_ends_a_connection_that_was_opened_in_the_same_moment(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> Peer:
        await network.listen(RELAY, 25, Inn())
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        return client

    client = play(scene, carrier)
    assert len(client.events) == 1
    gc.collect()


@pytest.mark.parametrize("rounds", range(6))
def test_close_ends_a_stranger_who_is_just_coming_in(play: Play, rounds: int) -> None:
    async def scene(network: Network) -> socket.socket:
        await network.listen(RELAY, 25, Inn(b""))
        stranger = socket.create_connection(
            ("127.0.0.1", network.ports[RELAY.address, 25, "tcp"]), timeout=10
        )
        for _ in range(rounds):
            await asyncio.sleep(0)
        return stranger

    with play(scene) as stranger:
        try:
            assert stranger.recv(1) == b""
        except ConnectionResetError:
            assert rounds < 6  # still before the door when it was closed
    gc.collect()


def test_close_comes_to_an_end_though_a_server_fails_in_its_farewell() -> None:
    class Failing(Peer):
        def connection_lost(self, error: Exception | None) -> NoReturn:
            raise ZeroDivisionError

    async def scene() -> None:
        network = await _network()
        await network.listen(RELAY, 25, lambda: Failing(b"220 mail\r\n"))
        await network.connect(ATTACKER, RELAY.address, 25, client := Peer())
        await client.hear(10)
        await network.close()

    thread = LoopThread()
    thread.call(scene(), waiting_for="the end")
    thread.close()
    assert len(thread.problems) == 1
    assert "ZeroDivisionError" in thread.problems[0]


def test_a_closed_network_refuses(thread: LoopThread) -> None:
    async def scene() -> None:
        network = await _network()
        await network.listen(RELAY, 25, Inn())
        await network.listen_datagrams(RELAY, 53, bytes)
        await network.close()
        assert network.ports == {}
        with pytest.raises(PeerError):
            await network.connect(ATTACKER, RELAY.address, 25, Peer())
        with pytest.raises(PeerError):
            await network.ask(RELAY.address, 53, b"?")

    thread.call(scene(), waiting_for="the end")


# A machine without files, in a process of its own

FEW_FILES = """
import os, resource
from labkit import Lab
from labkit.errors import MachineError

lab = Lab()
lab.workstation.send()  # loads what is loaded late
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
in_use = max(int(file) for file in os.listdir("/dev/fd"))
said, delivered = set(), []
for files in range(3, in_use + 12):
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    try:
        lab.workstation.send()
    except MachineError as error:
        said.add(str(error))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    delivered.append(lab.workstation.send().delivered)
print(*said)
print("delivered:", set(delivered), "problems:", lab.problems)
print("recorded:", any("this machine had no room" in str(one) for one in lab.transcripts))
"""

if sys.platform != "win32":

    def test_too_few_files_are_said_and_the_lab_goes_on_once_there_are_more() -> None:
        script = subprocess.run(
            [sys.executable, "-W", "error", "-c", FEW_FILES],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert script.stderr == ""
        assert script.stdout == (
            "This machine allows this program no more open files, and each connection is one. "
            "Close other notebooks, or raise the limit (ulimit -n), and try again.\n"
            "delivered: {1} problems: ()\n"
            "recorded: True\n"
        )

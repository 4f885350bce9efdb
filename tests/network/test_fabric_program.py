"""A program outside the lab that plays one of its hosts: reached, recorded at the client's end, never owned."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from network.peer import ATTACKER, MX, RELAY, Inn, Peer, how_it_ended

from labkit.errors import PeerError, UsageError
from labkit.network.fabric import Network
from labkit.wire.record import Kind

Play = Callable[..., Any]


@pytest.fixture
def door() -> Iterator[socket.socket]:
    """Where the program listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        yield door


def test_what_is_said_to_a_program_is_recorded_as_with_any_host(play: Play, door: socket.socket) -> None:
    async def scene(network: Network) -> None:
        network.attach(MX, 25, door.getsockname()[1])
        connection = await network.connect(RELAY, MX.address, 25, client := Peer())
        program, _ = door.accept()
        with closing(program):
            program.sendall(b"220 real\r\n")
            assert await client.hear(10) == b"220 real\r\n"
            connection.transport.write(b"QUIT\r\n")
            assert await asyncio.to_thread(program.recv, 100) == b"QUIT\r\n"
        await client.lost.wait()
        transcript = network.recorder.transcript(connection.session)
        assert (transcript.client, transcript.server) == (RELAY.party, MX.party)
        assert [(frame.kind, frame.data) for frame in transcript.frames] == [
            (Kind.SERVER, b"220 real\r\n"),
            (Kind.CLIENT, b"QUIT\r\n"),
        ]

    play(scene)


def test_where_a_program_does_not_listen_the_host_refuses(play: Play) -> None:
    async def scene(network: Network) -> None:
        network.attach(MX, 25, kept.getsockname()[1])
        with pytest.raises(PeerError, match="refuses connections on port 25"):
            await network.connect(RELAY, MX.address, 25, Peer())
        assert how_it_ended(network, 1) == ["connection refused"]

    with closing(socket.socket()) as kept:  # so that no other program gets this port meanwhile
        kept.bind(("127.0.0.1", 0))
        play(scene)


def test_a_host_that_is_broken_off_loses_its_sessions_with_programs(play: Play, door: socket.socket) -> None:
    async def scene(network: Network) -> None:
        network.attach(MX, 25, door.getsockname()[1])
        await network.connect(ATTACKER, MX.address, 25, client := Peer())
        network.hang_up(MX)
        await client.lost.wait()
        assert how_it_ended(network, 1) == ["the connection broke off"]

    play(scene)


def test_where_a_host_listens_no_program_can(play: Play, door: socket.socket) -> None:
    async def scene(network: Network) -> None:
        await network.listen(MX, 25, Inn())
        with pytest.raises(UsageError, match="mx1 listens on port 25 already"):
            network.attach(MX, 25, door.getsockname()[1])

    play(scene)

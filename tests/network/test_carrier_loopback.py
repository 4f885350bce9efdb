"""Loopback sockets: strangers, clients that give up, and the machine's limits."""

import asyncio
import errno
import socket
import struct
import sys
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, NoReturn

import pytest
from network.peer import Guests, Peer, run

from labkit.errors import MachineError
from labkit.loop import LoopThread
from labkit.network import carrier
from labkit.network.carrier import Accept, Loopback, ProgramDoor
from labkit.network.guard import LOOPBACK


def _stranger(port: int, own: tuple[str, int] = (LOOPBACK, 0)) -> socket.socket:
    sock = socket.socket()
    sock.bind(own)
    sock.connect((LOOPBACK, port))
    return sock


def test_somebodys_own_program_has_no_origin(thread: LoopThread) -> None:
    async def scene() -> None:
        guests = Guests(b"220 mail")
        door = await Loopback().listen(guests.accept)
        with await asyncio.to_thread(_stranger, door.port) as sock:
            origin, server = await guests.came.get()
            assert origin is None
            assert await asyncio.to_thread(sock.recv, 100) == b"220 mail"
        await server.lost.wait()
        door.close()

    run(thread, scene())


def test_a_stranger_who_is_gone_before_he_is_let_in_is_a_stranger(thread: LoopThread) -> None:
    async def scene() -> None:
        guests = Guests()
        door = await Loopback().listen(guests.accept)
        sock = _stranger(door.port)  # on the loop's own thread, so nobody lets him in yet
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
        origin, server = await guests.came.get()
        assert origin is None
        await server.lost.wait()
        door.close()

    run(thread, scene())


if sys.platform == "linux":  # elsewhere there is only one loopback address

    def test_a_stranger_at_another_loopback_address_isnt_taken_for_the_host_on_the_same_port(
        thread: LoopThread,
    ) -> None:
        async def scene() -> None:
            guests = Guests()
            door = await Loopback().listen(guests.accept)
            transport = await Loopback().dial(door, "attacker", Peer())
            own_port = transport.get_extra_info("sockname")[1]
            with _stranger(door.port, ("127.0.0.2", own_port)):
                assert {(await guests.came.get())[0] for _ in range(2)} == {"attacker", None}
            transport.abort()
            door.close()

        run(thread, scene())


def test_who_gave_up_on_the_way_isnt_taken_for_a_stranger(thread: LoopThread) -> None:
    async def scene() -> None:
        guests = Guests()
        door = await Loopback().listen(guests.accept)
        dialling = asyncio.create_task(Loopback().dial(door, "attacker", Peer()))
        await asyncio.sleep(0)  # by now it is connected, but not yet let in
        dialling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dialling
        origin, server = await guests.came.get()
        assert origin == "attacker"
        await server.lost.wait()
        door.close()

    run(thread, scene())


def test_a_client_that_is_refused_is_expected_no_longer(thread: LoopThread) -> None:
    async def scene() -> None:
        carrier = Loopback()
        door = await carrier.listen(Guests().accept)
        door.close()
        with pytest.raises(ConnectionRefusedError):
            await carrier.dial(door, "attacker", Peer())
        assert door.expected == {}

    run(thread, scene())


def test_no_client_is_connected_to_itself(thread: LoopThread, monkeypatch: pytest.MonkeyPatch) -> None:
    own = socket.socket()
    own.setblocking(False)
    own.bind(("127.0.0.1", 0))
    monkeypatch.setattr(carrier, "_bound", lambda kind: own)

    async def scene() -> None:
        with pytest.raises(ConnectionRefusedError):
            await Loopback().dial(ProgramDoor(own.getsockname()[1]), "attacker", Peer())

    run(thread, scene())


def test_a_server_that_fails_to_begin_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(origin: object) -> NoReturn:
        raise ZeroDivisionError

    async def scene(accept: Accept) -> None:
        door, client = await Loopback().listen(accept), Peer()
        await Loopback().dial(door, None, client)
        await client.lost.wait()
        door.close()

    thread = LoopThread()
    run(thread, scene(fail))
    thread.close()
    assert len(thread.problems) == 1
    assert "ZeroDivisionError" in thread.problems[0]


OPENINGS: dict[str, Callable[[Loopback, Any], Coroutine[Any, Any, Any]]] = {
    "listen": lambda carrier, door: carrier.listen(Guests().accept),
    "listen_datagrams": lambda carrier, door: carrier.listen_datagrams(bytes),
    "dial": lambda carrier, door: carrier.dial(door, None, Peer()),
    "ask": lambda carrier, door: carrier.ask(door, b"?", 5),
}


@pytest.mark.parametrize("opening", OPENINGS.values(), ids=OPENINGS)
@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.EMFILE, "ulimit -n"), (errno.ENFILE, "no open files"), (errno.EADDRINUSE, "ports")],
)
def test_a_limit_of_the_machine_is_said(
    thread: LoopThread,
    monkeypatch: pytest.MonkeyPatch,
    opening: Callable[[Loopback, Any], Coroutine[Any, Any, Any]],
    number: int,
    said: str,
) -> None:
    def bind(self: socket.socket, address: object) -> NoReturn:
        raise OSError(number, "a limit")

    async def scene() -> None:
        carrier = Loopback()
        door = await carrier.listen(Guests().accept)
        with monkeypatch.context() as patch:
            patch.setattr(socket.socket, "bind", bind)
            with pytest.raises(MachineError, match=said):
                await opening(carrier, door)
        door.close()

    run(thread, scene())


def test_who_comes_while_no_file_is_left_is_let_in_as_soon_as_there_is_one(
    thread: LoopThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts, accept = count(), socket.socket.accept

    def full_at_first(self: socket.socket) -> tuple[socket.socket, Any]:
        if next(attempts) < 2:
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(self)

    async def scene() -> None:
        guests, client = Guests(b"220 mail"), Peer()
        door = await Loopback().listen(guests.accept)
        with monkeypatch.context() as patch:
            patch.setattr(socket.socket, "accept", full_at_first)
            await Loopback().dial(door, "attacker", client)
            assert await client.hear(8) == b"220 mail"
        assert next(attempts) == 3
        client.transport.abort()
        door.close()

    run(thread, scene())


def test_no_room_for_the_servers_end_is_said_before_anything_connects(
    thread: LoopThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OneMore(socket.socket):
        number = count()

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            if next(self.number) == 1:
                raise OSError(errno.EMFILE, "Too many open files")
            super().__init__(*args, **kwargs)

    async def scene() -> None:
        carrier, guests = Loopback(), Guests()
        door = await carrier.listen(guests.accept)
        with monkeypatch.context() as patch:
            patch.setattr(socket, "socket", OneMore)
            with pytest.raises(MachineError, match="ulimit -n"):
                await carrier.dial(door, None, Peer())
        await carrier.dial(door, "attacker", client := Peer())
        assert (await guests.came.get())[0] == "attacker"
        client.transport.abort()
        door.close()

    run(thread, scene())

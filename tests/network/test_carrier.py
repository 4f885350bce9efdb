"""What the network may expect of whatever carries the bytes: sockets, or memory."""

import asyncio

import pytest
from network.peer import Guests, Peer, run

from labkit.loop import LoopThread
from labkit.network.carrier import Carrier


def test_both_ends_are_joined_and_the_server_knows_the_origin(thread: LoopThread, carrier: Carrier) -> None:
    async def scene() -> None:
        guests, client, origin = Guests(b"220 mail"), Peer(), object()
        door = await carrier.listen(guests.accept)
        transport = await carrier.dial(door, origin, client)
        came, server = await guests.came.get()
        assert came is origin
        assert await client.hear(8) == b"220 mail"
        transport.write(b"EHLO")
        transport.write(b" x")
        assert await server.hear(6) == b"EHLO x"  # and nothing was added to the wire
        transport.close()
        await client.lost.wait()
        await server.lost.wait()
        assert server.events == client.events == ["lost None"]
        door.close()

    run(thread, scene())


def test_the_server_can_hang_up_as_well(thread: LoopThread, carrier: Carrier) -> None:
    async def scene() -> None:
        guests, client = Guests(), Peer()
        door = await carrier.listen(guests.accept)
        await carrier.dial(door, None, client)
        _, server = await guests.came.get()
        server.transport.write(b"221 2.0.0 Bye")
        server.transport.close()
        await client.lost.wait()
        assert client.heard == b"221 2.0.0 Bye"
        await server.lost.wait()
        door.close()

    run(thread, scene())


def test_a_closed_door_is_an_os_error(thread: LoopThread, carrier: Carrier) -> None:
    async def scene() -> None:
        door = await carrier.listen(Guests().accept)
        door.close()
        with pytest.raises(OSError):
            await carrier.dial(door, None, Peer())
        counter = await carrier.listen_datagrams(bytes)
        counter.close()
        await asyncio.sleep(0)
        with pytest.raises(OSError):
            await carrier.ask(counter, b"?", 5)

    run(thread, scene())


def test_a_datagram_is_answered_where_it_came_from(thread: LoopThread, carrier: Carrier) -> None:
    async def scene() -> None:
        door = await carrier.listen_datagrams(lambda data: data[::-1] if data else None)
        answers = await asyncio.gather(*(carrier.ask(door, f"{n:03}".encode(), 5) for n in range(20)))
        assert answers == [f"{n:03}"[::-1].encode() for n in range(20)]
        with pytest.raises(TimeoutError):
            await carrier.ask(door, b"", 0.01)
        door.close()

    run(thread, scene())

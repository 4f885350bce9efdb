"""The network as its hosts see it: lab addresses and ports, nothing of the machine beneath.

``listen`` and ``connect`` are the only way to another host. The fabric knows who calls whom, opens
the recording of each session, and refuses what isn't in the lab. It never looks a name up: that is
the resolver's work, as in real life.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple
from weakref import WeakSet

from labkit.errors import MachineError, OutsideTheLab, PeerError, UsageError
from labkit.network.addresses import Host, lab_address
from labkit.network.caller import Caller
from labkit.network.carrier import Answer, Carrier, Door, Loopback
from labkit.network.guard import guard_this_thread, release_this_thread
from labkit.network.hop import Hop, Passage
from labkit.network.tap import Tap
from labkit.wire.record import REFUSED, Party
from labkit.wire.recorder import Recorder

YOUR_TERMINAL = Host("your terminal", "203.0.113.200")
ANSWER_SECONDS = 5.0
MACHINE_FULL = "this machine had no room for the connection"

Serve = Callable[[], asyncio.Protocol]


class Connection(NamedTuple):
    """The client's end of a connection, the number of the session, and the caller as the server knows it."""

    transport: asyncio.Transport
    session: int
    caller: Caller


class Network:
    """Hosts, who listens where, and the connections between them. Made and used on the lab's loop only."""

    def __init__(self, recorder: Recorder, carrier: Carrier | None = None) -> None:
        guard_this_thread()
        # asyncio hands look-ups to a thread of its own, which then is under the guard as well.
        self._executor = ThreadPoolExecutor(1, initializer=guard_this_thread)
        asyncio.get_running_loop().set_default_executor(self._executor)
        self.recorder = recorder
        self._carrier = carrier or Loopback()
        self._hosts: dict[str, Host] = {}
        self._doors: dict[tuple[str, int], Door] = {}
        self._counters: dict[tuple[str, int], Door] = {}
        self._programs: set[tuple[str, int]] = set()  # whose servers are no part of the lab
        self._hops: dict[frozenset[Host], Hop] = {}  # by the two ends of the path that each stands on
        self._taps: set[Tap] = set()
        self._ends: WeakSet[asyncio.Transport] = WeakSet()  # of the clients
        self.add(YOUR_TERMINAL)

    def add(self, host: Host) -> Host:
        """Put a host on the network. Raises UsageError when its address is taken."""
        if self._hosts.setdefault(host.address, host) != host:
            raise UsageError(f"{host.address} is taken by {self._hosts[host.address].name}.")
        return host

    def host_at(self, address: str) -> Host:
        """The host that has the address. Raises OutsideTheLab when there is none."""
        found = self._hosts.get(address) or self._hosts.get(str(lab_address(address)))
        if not found:
            raise OutsideTheLab(f"No host of this lab has the address {address}.")
        return found

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Every host, in the order in which they were added."""
        return tuple(self._hosts.values())

    @property
    def ports(self) -> dict[tuple[str, int, str], int]:
        """(lab address, lab port, "tcp" or "udp") to the real port on 127.0.0.1."""
        tcp = {(address, port, "tcp"): door.port for (address, port), door in self._doors.items()}
        udp = {(address, port, "udp"): door.port for (address, port), door in self._counters.items()}
        return tcp | udp

    async def listen(self, host: Host, port: int, serve: Serve) -> None:
        """Let ``host`` accept connections on ``port``; ``serve()`` makes a protocol for each.

        Raises OutsideTheLab for a host that isn't in the lab, UsageError when it listens there
        already, MachineError at a limit of the machine.
        """
        _check_free(self._doors, self._known(host), port)
        self._doors[host.address, port] = await self._carrier.listen(
            lambda origin: self._accept(origin, host, port, serve)
        )

    def attach(self, host: Host, port: int, real_port: int) -> None:
        """Let a program outside the lab, which listens on 127.0.0.1, play ``host`` on ``port``.

        Its sessions are recorded at the client's end, as nothing of the lab stands at the program's.
        Raises as ``listen`` does.
        """
        _check_free(self._doors, self._known(host), port)
        self._doors[host.address, port] = self._carrier.program(real_port)
        self._programs.add((host.address, port))

    def shut(self, host: Host, port: int) -> None:
        """Let ``host`` listen there no longer: who connects is refused, from outside the lab as well.

        A second call does nothing.
        """
        door = self._doors.pop((host.address, port), None)
        if door:
            door.close()

    def on_path(self, one: Host, other: Host, hop: Hop) -> None:
        """Let ``hop`` stand in the middle of every connection between two hosts, from the next one on.

        It stands in front of a server's door: nobody can stand in front of an attached program.
        Raises OutsideTheLab for a host that isn't in the lab, UsageError when somebody stands there.
        """
        path = frozenset((self._known(one), self._known(other)))
        if path in self._hops:
            raise UsageError(f"{self._hops[path].name} stands between {one.name} and {other.name} already.")
        self._hops[path] = hop

    def leave(self, hop: Hop) -> None:
        """Let ``hop`` stand on no path any more; what goes through it already, goes on."""
        self._hops = {path: one for path, one in self._hops.items() if one is not hop}

    async def connect(
        self,
        source: Host,
        target: str,
        port: int,
        client: asyncio.Protocol,
        *,
        passage: Passage | None = None,
    ) -> Connection:
        """Connect ``client`` to the host at address ``target``; a hop does so to go on with a ``passage``.

        Raises OutsideTheLab for an address that isn't in the lab, PeerError when nobody listens
        there, MachineError at a limit of the machine.
        """
        server = self.host_at(target)
        caller = self._calling(self._known(source), server, port, passage)
        try:
            transport = await self._dial(caller, server, port, client)
        except OSError as error:
            caller.track.close(REFUSED)
            raise PeerError(f"{server.name} [{target}] refuses connections on port {port}.") from error
        except BaseException as error:
            caller.track.close(MACHINE_FULL if isinstance(error, MachineError) else "the client gave up")
            raise
        caller.end = transport
        self._ends.add(transport)
        return Connection(transport, caller.track.number, caller)

    async def _dial(
        self, caller: Caller, server: Host, port: int, client: asyncio.Protocol
    ) -> asyncio.Transport:
        door = self._doors.get((server.address, port))
        if not door:
            raise ConnectionRefusedError
        if (server.address, port) not in self._programs:
            return await self._carrier.dial(door, caller, client)
        tap = Tap(caller.host, caller.track, lambda: client, self._taps.discard, at_client=True)
        await self._carrier.dial(door, caller, tap)
        self._taps.add(tap)
        if tap.recorded.is_closing():  # it said no at once
            self._taps.discard(tap)
        return tap.recorded

    async def listen_datagrams(self, host: Host, port: int, answer: Answer) -> None:
        """Let ``host`` answer datagrams on ``port``. Raises as ``listen`` does."""
        _check_free(self._counters, self._known(host), port)
        self._counters[host.address, port] = await self._carrier.listen_datagrams(answer)

    async def ask(self, target: str, port: int, question: bytes) -> bytes:
        """Send one datagram and return the answer.

        Raises OutsideTheLab for an address that isn't in the lab, PeerError when no answer comes,
        MachineError at a limit of the machine.
        """
        server = self.host_at(target)
        door = self._counters.get((server.address, port))
        try:
            if not door:
                raise ConnectionRefusedError
            return await self._carrier.ask(door, question, ANSWER_SECONDS)
        except TimeoutError:
            raise PeerError(
                f"{server.name} [{target}] gave no answer in {ANSWER_SECONDS:.0f} seconds."
            ) from None
        except OSError as error:
            raise PeerError(f"{server.name} [{target}] doesn't answer on UDP port {port}.") from error

    def hang_up(self, host: Host | None = None) -> None:
        """Break off every connection, or those that ``host`` serves or has opened."""
        for tap in list(self._taps):
            if host is None or host.party in (tap.track.client, tap.track.server):
                tap.break_off()

    async def close(self) -> None:
        """Close every door and break off every connection."""
        for door in (*self._doors.values(), *self._counters.values()):
            door.close()
        self._doors.clear()
        self._counters.clear()
        await _rounds()  # who came in a moment ago gets a tap yet
        self.hang_up()
        for end in list(self._ends):
            end.abort()
        await _rounds()
        self._executor.shutdown()
        release_this_thread()

    def _calling(self, source: Host, server: Host, port: int, passage: Passage | None = None) -> Caller:
        """Open the recording. Who stands in the middle has the addresses of both, and a name of its own."""
        alone = passage or (server.address, port) in self._programs
        hop = None if alone else self._hops.get(frozenset((source, server)))
        client = Party(passage.hop.name, source.address) if passage else source.party
        answering = Party(hop.name, server.address) if hop else server.party
        track = self.recorder.open(client, answering, port)
        return Caller(source, track, hop=hop, for_whom=passage.caller if passage else None)

    def _accept(self, origin: object, host: Host, port: int, serve: Serve) -> asyncio.Protocol:
        caller = origin if isinstance(origin, Caller) else self._calling(YOUR_TERMINAL, host, port)
        if caller.hop:
            serve = partial(caller.hop.meet, Passage(self, caller.hop, caller, host))
        tap = Tap(caller.host, caller.track, serve, self._taps.discard, context=caller.context)
        self._taps.add(tap)
        return tap

    def _known(self, host: Host) -> Host:
        if self._hosts.get(host.address) != host:
            raise OutsideTheLab(f"{host} is not a host of this lab.")
        return host


def _check_free(doors: dict[tuple[str, int], Door], host: Host, port: int) -> None:
    if (host.address, port) in doors:
        raise UsageError(f"{host.name} listens on port {port} already.")


async def _rounds() -> None:
    """Let what asyncio has begun come to its end: a connection takes two rounds to open or close."""
    for _ in range(3):
        await asyncio.sleep(0)

"""How much one client may do: at once, and in a stretch of time (Postfix: anvil(8), TUNING_README).

As anvil does, each client's events are counted from a first one on; when ``anvil_rate_time_unit`` has
passed, the counts begin anew. It is lab time that passes.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address, ip_network

from labkit.clock import Clock
from labkit.network.addresses import Host
from labkit.relay.policy import Policy
from labkit.smtp import reply
from labkit.smtp.decision import Decision
from labkit.smtp.reply import Reply

MOST_CLIENTS = 10_000  # that are remembered; those that went longest ago are forgotten first


class Event(StrEnum):
    """What is counted, by the name in Postfix's parameters."""

    CONNECTION = "connection"
    MESSAGE = "message"
    RECIPIENT = "recipient"
    AUTH = "auth"


@dataclass(slots=True)
class Client:
    """What one client has done at one service; times in seconds of lab time."""

    begun: float
    connections: int = 0
    left: float = 0
    events: dict[Event, int] = field(default_factory=dict)


class Anvil:
    """Counts what clients do, by service and address; ``present`` is how many there are, by service."""

    def __init__(self, clock: Clock) -> None:
        self.present: Counter[str] = Counter()
        self._clock = clock
        self._clients: dict[tuple[str, str], Client] = {}

    def connected(self, service: str, address: str, unit: int) -> tuple[int, int]:
        """A client connects: how many connections it has, and how many it made in the unit of time."""
        rate = self.noted(service, address, Event.CONNECTION, unit)
        client = self._clients[service, address]
        client.connections += 1
        return client.connections, rate

    def disconnected(self, service: str, address: str) -> None:
        """A client is gone that has connected before."""
        client = self._clients.pop((service, address), None)
        if client:
            client.connections -= 1
            client.left = self._clock.elapsed
            self._clients[service, address] = client

    def noted(self, service: str, address: str, event: Event, unit: int) -> int:
        """Something happens: how often it did in the unit of time."""
        client = self._client(service, address, unit)
        if client.begun + unit < self._clock.elapsed:
            client.begun, client.events = self._clock.elapsed, {}
        client.events[event] = client.events.get(event, 0) + 1
        return client.events[event]

    def _client(self, service: str, address: str, unit: int) -> Client:
        """The counts of a client; they are forgotten a unit of time after its last connection ended."""
        client = self._clients.get((service, address))
        if client and (client.connections or self._clock.elapsed < client.left + unit):
            return client
        self._clients.pop((service, address), None)
        self._make_room()
        client = self._clients[service, address] = Client(self._clock.elapsed, left=self._clock.elapsed)
        return client

    def _make_room(self) -> None:
        if len(self._clients) >= MOST_CLIENTS:
            gone = next((key for key, client in self._clients.items() if not client.connections), None)
            if gone:
                del self._clients[gone]


class Quota:
    """What one client may still do in its session. Who is in the exceptions, isn't counted at all."""

    def __init__(self, anvil: Anvil, policy: Policy, service: str, client: Host, hostname: str) -> None:
        self._anvil, self._policy, self._hostname = anvil, policy, hostname
        self._service, self._address, self._unit = service, client.address, policy.anvil_rate_time_unit
        self._is_there = False
        self._counts = not is_among(policy.smtpd_client_event_limit_exceptions, client.address)

    def connect(self) -> Decision | None:
        """The client is there: the refusal, if it has or makes too many connections, or all have."""
        self._is_there = True
        self._anvil.present[self._service] += 1
        return self._of_this_client() or self._of_all_clients()

    def _of_all_clients(self) -> Decision | None:
        # A real relay lets them wait in line. Where postscreen(8) stands in front of it, that says to their
        # face that all ports are busy, and so does the lab.
        most = self._policy.default_process_limit
        if self._anvil.present[self._service] <= most:
            return None
        reason = f"The relay talks to {most} clients at this port already, and to no more at once."
        return Decision(reply.ALL_BUSY, f"default_process_limit = {most}", reason)

    def _of_this_client(self) -> Decision | None:
        if not self._counts:
            return None
        count, rate = self._anvil.connected(self._service, self._address, self._unit)
        answer = reply.too_many_connections(self._hostname, self._address)
        most = self._policy.smtpd_client_connection_count_limit
        if most and count > most:
            reason = f"The client has {count} connections at once, and may have {most}."
            return Decision(answer, f"smtpd_client_connection_count_limit = {most}", reason)
        return self._beyond(Event.CONNECTION, rate, answer)

    def leave(self) -> None:
        """The client is gone."""
        self._anvil.present[self._service] -= self._is_there
        if self._counts:
            self._anvil.disconnected(self._service, self._address)

    def spend(self, event: Event) -> Decision | None:
        """The client wants something that may be limited: the refusal, if it wants it too often."""
        if not self._counts or not self._most(event):
            return None
        count = self._anvil.noted(self._service, self._address, event, self._unit)
        return self._beyond(event, count, REFUSALS[event](self._address))

    def _most(self, event: Event) -> int:
        found: int = getattr(self._policy, f"smtpd_client_{event}_rate_limit")
        return found

    def _beyond(self, event: Event, count: int, answer: Reply) -> Decision | None:
        most = self._most(event)
        if not most or count <= most:
            return None
        reason = f"In {self._unit} seconds the client may do this {most} times, and this is number {count}."
        return Decision(answer, f"smtpd_client_{event}_rate_limit = {most}", reason)


REFUSALS: dict[Event, Callable[[str], Reply]] = {
    Event.MESSAGE: reply.too_much_mail,
    Event.RECIPIENT: reply.too_many_recipients,
    Event.AUTH: reply.too_many_logins,
}


@lru_cache(maxsize=1024)  # asked for every client; there are few clients and few lists
def is_among(networks: tuple[str, ...], address: str) -> bool:
    """Whether an address is in one of the networks."""
    return any(ip_address(address) in ip_network(network) for network in networks)

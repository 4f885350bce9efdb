"""Asks the lab's name server, and only it.

Answers are kept for as long as their TTL says, on the lab's clock, as a mail server's resolver does.
"""

import itertools
from dataclasses import dataclass
from ipaddress import ip_address

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from labkit.clock import Clock
from labkit.dns.server import PORT
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network

NEGATIVE_SECONDS = 60  # how long "no such name" is kept (RFC 2308)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the name server said: ``exists`` is False for NXDOMAIN; ``values`` as the zone writes them."""

    exists: bool
    values: tuple[str, ...]


class Resolver:
    """A stub resolver with a cache."""

    def __init__(self, network: Network, server: Host, clock: Clock) -> None:
        self._network, self._server, self._clock = network, server, clock
        self._cache: dict[tuple[str, str], tuple[float, Answer]] = {}
        self._ids = itertools.count(1)

    async def look_up(self, name: str, kind: str) -> Answer:
        """The records of a name. Raises PeerError when the server gives no usable answer."""
        key = (name.lower().rstrip("."), kind)
        until, answer = self._cache.get(key, (-1.0, None))
        if answer is None or until <= self._clock.elapsed:
            answer, seconds = await self._ask(*key)
            self._cache[key] = (self._clock.elapsed + seconds, answer)
        return answer

    async def mail_hosts(self, domain: str) -> tuple[tuple[int, str], ...]:
        """(preference, name) of the hosts that take mail for a domain, best first.

        A domain without MX records is its own mail host (RFC 5321 section 5.1). The empty tuple
        means that there is no such domain, and a single host named "." that it takes no mail (RFC 7505).
        """
        found = await self.look_up(domain, "MX")
        if not found.exists:
            return ()
        pairs = (value.split() for value in found.values)
        return tuple(sorted((int(preference), host) for preference, host in pairs)) or ((0, domain),)

    async def addresses(self, name: str) -> tuple[str, ...]:
        """The IPv4 addresses of a host."""
        return (await self.look_up(name, "A")).values

    async def name_of(self, address: str) -> str:
        """The name that the zone gives for an address, or "unknown", as Postfix writes it."""
        found = await self.look_up(ip_address(address).reverse_pointer, "PTR")
        return found.values[0] if found.values else "unknown"

    async def _ask(self, name: str, kind: str) -> tuple[Answer, float]:
        try:
            question = dns.message.make_query(name, kind, id=next(self._ids) % 65536)
        except dns.exception.DNSException:
            return Answer(exists=False, values=()), NEGATIVE_SECONDS
        packet = await self._network.ask(self._server.address, PORT, question.to_wire())
        try:
            reply = dns.message.from_wire(packet)
        except dns.exception.DNSException as error:
            raise PeerError(f"{self._server.name} answered with something that isn't DNS.") from error
        return _read(reply, kind)


def _read(reply: dns.message.Message, kind: str) -> tuple[Answer, float]:
    wanted = dns.rdatatype.from_text(kind)
    sets = [rrset for rrset in reply.answer if rrset.rdtype == wanted]
    values = tuple(_value(record) for rrset in sets for record in rrset)
    seconds = min((rrset.ttl for rrset in sets), default=NEGATIVE_SECONDS)
    return Answer(reply.rcode() != dns.rcode.NXDOMAIN, values), seconds


def _value(record: object) -> str:
    text = str(record)
    return text.rstrip(".") if text != "0 ." else text

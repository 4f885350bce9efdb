"""Asks the lab's name server, and only it.

Answers are kept for as long as their TTL says, on the lab's clock, as a mail server's resolver does.
"""

import itertools
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from labkit.clock import Clock
from labkit.dns.server import PORT
from labkit.dns.zone import NOERROR, NXDOMAIN
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network

if TYPE_CHECKING:
    import dns.message

NEGATIVE_SECONDS = 60  # how long "no such name" is kept (RFC 2308)
CACHE_LIMIT = 1000  # answers; the oldest go first


@dataclass(frozen=True, slots=True)
class Answer:
    """What the name server said: ``exists`` is False for NXDOMAIN; ``values`` as the zone writes them."""

    exists: bool
    values: tuple[str, ...]


NO_SUCH_NAME = Answer(exists=False, values=())


class Resolver:
    """A stub resolver with a cache."""

    def __init__(self, network: Network, server: Host, clock: Clock) -> None:
        self._network, self._server, self._clock = network, server, clock
        self._cache: dict[tuple[str, str], tuple[float, Answer]] = {}
        self._ids = itertools.count(1)

    async def look_up(self, name: str, kind: str) -> Answer:
        """The records of a name. Raises PeerError when the server gives no usable answer."""
        key = (name.lower().rstrip("."), kind)
        until, answer = self._cache.get(key, (-1.0, NO_SUCH_NAME))
        if until <= self._clock.elapsed:
            answer, seconds = await self._ask(*key)
            self._keep(key, answer, seconds)
        return answer

    async def mail_hosts(self, domain: str) -> tuple[tuple[int, str], ...]:
        """(preference, name) of the hosts that take mail for a domain, best first.

        A domain without MX records is its own mail host (RFC 5321 section 5.1). The empty tuple
        means that there is no such domain, and a single host named "." that it takes no mail (RFC 7505).
        Raises PeerError.
        """
        found = await self.look_up(domain, "MX")
        if not found.exists:
            return ()
        pairs = (value.split() for value in found.values)
        return tuple(sorted((int(preference), host) for preference, host in pairs)) or ((0, domain),)

    async def addresses(self, name: str) -> tuple[str, ...]:
        """The IPv4 addresses of a host. Raises PeerError."""
        return (await self.look_up(name, "A")).values

    async def name_of(self, address: str) -> str:
        """The name that the zone gives for an address, or "unknown", as Postfix writes it.

        "unknown" also stands for an answer that didn't come: a letter isn't refused for that.
        """
        try:
            found = await self.look_up(ip_address(address).reverse_pointer, "PTR")
        except PeerError:
            return "unknown"
        return found.values[0] if found.values else "unknown"

    def _keep(self, key: tuple[str, str], answer: Answer, seconds: float) -> None:
        self._cache.pop(key, None)
        if len(self._cache) >= CACHE_LIMIT:
            del self._cache[next(iter(self._cache))]
        self._cache[key] = (self._clock.elapsed + seconds, answer)

    async def _ask(self, name: str, kind: str) -> tuple[Answer, float]:
        import dns.exception  # here: a lab is ready before its first question
        import dns.message

        try:
            question = dns.message.make_query(name, kind, id=next(self._ids) % 65536)
        except dns.exception.DNSException:
            return NO_SUCH_NAME, NEGATIVE_SECONDS
        packet = await self._network.ask(self._server.address, PORT, question.to_wire())
        try:
            reply = dns.message.from_wire(packet)
        except dns.exception.DNSException as error:
            raise PeerError(f"{self._server.name} answered with something that isn't DNS.") from error
        if not question.is_response(reply) or reply.rcode() not in (NOERROR, NXDOMAIN):
            raise PeerError(f"{self._server.name} gave no usable answer about {name} {kind}.")
        return _read(reply, kind)


def _read(reply: "dns.message.Message", kind: str) -> tuple[Answer, float]:
    import dns.rdatatype

    wanted = dns.rdatatype.from_text(kind)
    values = tuple(_value(record) for rrset in reply.answer if rrset.rdtype == wanted for record in rrset)
    seconds = min(rrset.ttl for rrset in reply.answer) if values else NEGATIVE_SECONDS
    return Answer(reply.rcode() != NXDOMAIN, values), seconds


def _value(record: object) -> str:
    text = str(record)
    return text if text == "." or text.endswith(" .") else text.removesuffix(".")

"""Asks the lab's name server, and only it.

Answers are kept for as long as their TTL says, on the lab's clock, as a mail server's resolver does.
There are two ways to come back without an address, and a mail server must never mix them up: *there
is none* is an answer, and lasts; *nobody can say now* is a failure, and the letter waits.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from labkit.clock import Clock
from labkit.dns.questions import NO_ANSWER, NO_SUCH_RECORD, Questions
from labkit.dns.questions import NO_SUCH_NAME as NO_NAME
from labkit.dns.server import PORT
from labkit.dns.zone import NOERROR, NXDOMAIN
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network

if TYPE_CHECKING:
    import dns.message

UNKNOWN = "unknown"
NEGATIVE_SECONDS = 60  # how long "no such name" is kept (RFC 2308)
CACHE_LIMIT = 1000  # answers; the oldest go first


class TemporaryFailure(PeerError):
    """The name server can't say now (SERVFAIL, no answer, no DNS): ask again later.

    It says nothing about the name. Postfix writes "Host not found, try again", and answers 4yz.
    """


@dataclass(frozen=True, slots=True)
class Answer:
    """What the name server said, for as long as it stands: a name or a record that isn't there is
    missing for good, as far as a letter is concerned (5yz).

    ``exists`` is False for NXDOMAIN, "Host not found" with Postfix; ``values`` are as the zone writes
    them, and empty where the name exists without a record of that type.
    """

    exists: bool
    values: tuple[str, ...]

    @property
    def words(self) -> str:
        """The answer as a line of text."""
        return ", ".join(self.values) or (NO_SUCH_RECORD if self.exists else NO_NAME)


NO_SUCH_NAME = Answer(exists=False, values=())


class Resolver:
    """A stub resolver with a cache. ``questions`` are the latest that it was asked."""

    def __init__(self, network: Network, server: Host, clock: Clock) -> None:
        self._network, self._server, self._clock = network, server, clock
        self._cache: dict[tuple[str, str], tuple[float, Answer]] = {}
        self._ids = itertools.count(1)
        self.questions = Questions()

    @property
    def now(self) -> datetime:
        """Lab time, by which answers grow old."""
        return self._clock.now

    async def look_up(self, name: str, kind: str) -> Answer:
        """The records of a name. Raises TemporaryFailure, which is never kept."""
        key = (name.lower().rstrip("."), kind)
        until, answer = self._cache.get(key, (-1.0, NO_SUCH_NAME))
        kept = until > self._clock.elapsed
        if not kept:
            try:
                answer, seconds = await self._ask(*key)
            except TemporaryFailure:
                self.questions.note(self.now, key, NO_ANSWER, kept=False)
                raise
            self._keep(key, answer, seconds)
        self.questions.note(self.now, key, answer.words, kept=kept)
        return answer

    async def mail_hosts(self, domain: str) -> tuple[tuple[int, str], ...]:
        """(preference, name) of the hosts that take mail for a domain, best first.

        A domain without MX records is its own mail host (RFC 5321 section 5.1). The empty tuple
        means that there is no such domain, and a single host named "." that it takes no mail (RFC 7505).
        Raises TemporaryFailure: whether there is such a domain is then unknown.
        """
        found = await self.look_up(domain, "MX")
        if not found.exists:
            return ()
        pairs = (value.split() for value in found.values)
        return tuple(sorted((int(preference), host) for preference, host in pairs)) or ((0, domain),)

    async def addresses(self, name: str) -> tuple[str, ...]:
        """The IPv4 addresses of a host; none where there is no such host. Raises TemporaryFailure."""
        return (await self.look_up(name, "A")).values

    async def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a name, each as one string (RFC 1035 section 3.3.14): why a DNSBL lists an address.

        Raises TemporaryFailure.
        """
        return tuple(_joined(value) for value in (await self.look_up(name, "TXT")).values)

    async def name_of(self, address: str) -> str:
        """The name that the zone gives for an address, or "unknown", as Postfix writes it.

        "unknown" also stands for an answer that didn't come: a letter isn't refused for that.
        """
        try:
            found = await self.look_up(_reverse(address), "PTR")
        except TemporaryFailure:
            return UNKNOWN
        return found.values[0] if found.values else UNKNOWN

    async def verified_name(self, address: str) -> str:
        """The name of a client that also leads back to its address, or "unknown" (Postfix: client_name).

        Whoever owns an address can give it any name; only the owner of the name can confirm that.
        """
        name = await self.name_of(address)
        if name == UNKNOWN:
            return UNKNOWN
        kind = "AAAA" if ":" in address else "A"
        try:
            confirmed = address in (await self.look_up(name, kind)).values
        except TemporaryFailure:
            return UNKNOWN
        return name if confirmed else UNKNOWN

    def forget(self) -> None:
        """Keep no answer any longer, as a resolver that is started again."""
        self._cache = {}  # a new one: this may be called while an answer is on its way, from any thread

    def _keep(self, key: tuple[str, str], answer: Answer, seconds: float) -> None:
        cache = self._cache
        cache.pop(key, None)
        if len(cache) >= CACHE_LIMIT:
            del cache[next(iter(cache))]
        cache[key] = (self._clock.elapsed + seconds, answer)

    async def _ask(self, name: str, kind: str) -> tuple[Answer, float]:
        import dns.exception  # here: a lab is ready before its first question
        import dns.message

        try:
            question = dns.message.make_query(name, kind, id=next(self._ids) % 65536)
        except dns.exception.DNSException:
            return NO_SUCH_NAME, NEGATIVE_SECONDS
        packet = await self._answer_to(question.to_wire())
        try:
            reply = dns.message.from_wire(packet)
        except dns.exception.DNSException as error:
            raise TemporaryFailure(f"{self._server.name} answered with something that isn't DNS.") from error
        if not question.is_response(reply) or reply.rcode() not in (NOERROR, NXDOMAIN):
            raise TemporaryFailure(f"{self._server.name} gave no usable answer about {name} {kind}.")
        return _read(reply, kind)

    async def _answer_to(self, question: bytes) -> bytes:
        try:
            return await self._network.ask(self._server.address, PORT, question)
        except PeerError as error:
            raise TemporaryFailure(str(error)) from error


@lru_cache(maxsize=1024)
def _reverse(address: str) -> str:
    """The name under which the DNS has an address."""
    return ip_address(address).reverse_pointer


def _read(reply: "dns.message.Message", kind: str) -> tuple[Answer, float]:
    import dns.rdatatype

    wanted = dns.rdatatype.from_text(kind)
    values = tuple(_value(record) for rrset in reply.answer if rrset.rdtype == wanted for record in rrset)
    seconds = min(rrset.ttl for rrset in reply.answer) if values else NEGATIVE_SECONDS
    return Answer(reply.rcode() != NXDOMAIN, values), seconds


@lru_cache(maxsize=256)  # the same few records are asked for again and again
def _joined(value: str) -> str:
    import dns.rdata

    strings: tuple[bytes, ...] = dns.rdata.from_text("IN", "TXT", value).strings  # type: ignore[attr-defined]
    return b"".join(strings).decode("utf-8", "replace")


def _value(record: object) -> str:
    text = str(record)
    return text if text == "." or text.endswith(" .") else text.removesuffix(".")

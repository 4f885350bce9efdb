"""Where a letter goes next: to a mailbox here, to a smart host, or to the mail hosts that the DNS names.

A destination is written as Postfix writes a next hop: "local:" for the mailboxes here, a domain whose
MX records are asked for, or "[host]" and "[address]", which are taken as they are; ":port" may follow.
"""

import re
from collections.abc import Callable, Iterable
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from labkit.dns.resolver import Resolver
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.relay.policy import Policy
from labkit.relay.rules.destination import Kind, resolve
from labkit.smtp.address import Path

LOCAL = "local:"
SMTP_PORT = 25
MOST_ADDRESSES = 5  # that are tried for one letter; Postfix: smtp_mx_address_limit
TRY_AGAIN = "Host not found, try again"
NO_HOST = "Host not found"
NO_DATA = "Host found but no data record of requested type"

_DESTINATION = re.compile(r"(?P<literal>\[(?P<inside>[^\]]+)\])?(?P<domain>[^:]*)(?::(?P<port>\d+))?")


class MailHost(NamedTuple):
    """Where to connect to."""

    name: str
    address: str
    port: int = SMTP_PORT

    @property
    def relay(self) -> str:
        """As Postfix's log has it, with the port."""
        return f"{self}:{self.port}"

    def __str__(self) -> str:
        return f"{self.name}[{self.address}]"


class MailHosts(NamedTuple):
    """The hosts to try, in this order. ``is_mx`` says that this relay is one of the domain's own."""

    hosts: tuple[MailHost, ...]
    is_mx: bool = False


class NoRoute(PeerError):
    """There is no host to try; ``status`` says whether that may change (RFC 3463)."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status

    @property
    def is_loop(self) -> bool:
        """Whether the mail would come back to this relay."""
        return self.status.endswith(".4.6")


def destination(policy: Policy, own: Host, path: Path) -> str:
    """The next hop of a recipient under a policy."""
    found = resolve(policy, own, path)
    domain = found.path.domain
    if found.kind is Kind.OWN or domain == own.domain:
        return LOCAL
    return ", ".join(policy.relayhost) or domain


class Router:
    """Finds the mail hosts of a destination; ``mixed`` brings those of equal preference into an order."""

    def __init__(
        self, resolver: Resolver, own: Host, mixed: Callable[[Iterable[MailHost]], list[MailHost]]
    ) -> None:
        self._resolver, self._own, self._mixed = resolver, own, mixed

    async def hosts(self, destination: str) -> MailHosts:
        """The hosts to try for a destination (RFC 5321 section 5.1). Raises NoRoute."""
        found = _DESTINATION.fullmatch(destination)
        if not found or not (found["inside"] or found["domain"]):
            raise NoRoute("5.4.4", f"{destination} is not a destination")
        port = int(found["port"] or SMTP_PORT)
        if found["inside"]:
            return await self._host(found["inside"], port)
        return await self._mail_hosts(found["domain"], port)

    async def _host(self, name: str, port: int) -> MailHosts:
        hosts = self._mixed(await self._at(name, port))
        if any(self._is_here(host) for host in hosts):
            raise NoRoute("5.4.6", f"mail for {name} loops back to myself")
        return MailHosts(tuple(hosts[:MOST_ADDRESSES]))

    async def _mail_hosts(self, domain: str, port: int) -> MailHosts:
        records = await self._records(domain)
        if not records:
            return await self._host(domain, port)
        if [name for _, name in records] == ["."]:
            raise NoRoute("5.1.0", f"Domain {domain} does not accept mail (nullMX)")
        found, trouble = await self._addresses(records, port)
        if not found and trouble:
            raise trouble
        own = min((preference for preference, host in found if self._is_here(host)), default=None)
        better = [(preference, host) for preference, host in found if own is None or preference < own]
        if not better:
            if found[0][0] != records[0][0]:
                raise NoRoute("4.4.4", f"unable to find primary relay for {domain}")
            raise NoRoute("5.4.6", f"mail for {domain} loops back to myself")
        groups = groupby(better, key=itemgetter(0))
        hosts = [host for _, group in groups for host in self._mixed(host for _, host in group)]
        return MailHosts(tuple(hosts[:MOST_ADDRESSES]), own is not None)

    async def _addresses(
        self, records: Iterable[tuple[int, str]], port: int
    ) -> tuple[list[tuple[int, MailHost]], NoRoute | None]:
        """Every address of every host; and what went wrong, where a passing trouble outweighs others."""
        found: list[tuple[int, MailHost]] = []
        trouble: NoRoute | None = None
        for preference, name in records:
            try:
                found += [(preference, host) for host in await self._at(name, port)]
            except NoRoute as error:
                trouble = trouble if trouble and trouble.status.startswith("4") else error
        return found, trouble

    async def _records(self, domain: str) -> list[tuple[int, str]]:
        try:
            answer = await self._resolver.look_up(domain, "MX")
        except PeerError:
            raise _not_found("4.4.3", domain, "MX", TRY_AGAIN) from None
        pairs = (value.split() for value in answer.values)
        return sorted(((int(preference), name) for preference, name in pairs), key=itemgetter(0))

    async def _at(self, name: str, port: int) -> list[MailHost]:
        """A host at each of its addresses; one that is named by its address has only that."""
        if re.fullmatch(r"[\d.]+", name):
            return [MailHost(name, name, port)]
        try:
            answer = await self._resolver.look_up(name, "A")
        except PeerError:
            raise _not_found("4.4.3", name, "A", TRY_AGAIN) from None
        if not answer.values:
            raise _not_found("5.4.4", name, "A", NO_DATA if answer.exists else NO_HOST)
        return [MailHost(name, address, port) for address in answer.values]

    def _is_here(self, host: MailHost) -> bool:
        return host.port == SMTP_PORT and host.address == self._own.address


def _not_found(status: str, name: str, kind: str, said: str) -> NoRoute:
    return NoRoute(
        status,
        f"Host or domain name not found. Name service error for name={name} type={kind}: {said}",
    )

"""The web server that tells a domain's MTA-STS policy (RFC 8461), and how the domain publishes it.

It serves one file, and can be wrong in every way in which such servers are: another certificate, another
content type, another status, any text.
"""

import asyncio
import ssl
from asyncio.sslproto import SSLProtocol
from collections.abc import Iterable

from labkit.clock import Clock
from labkit.dns.server import NameServer
from labkit.errors import UsageError
from labkit.network.addresses import Host, lab_domain
from labkit.network.fabric import Network
from labkit.smtp.keylog import note_tls
from labkit.smtp.tls import Authority, Flaw
from labkit.wire.record import Kind
from labkit.wire.recorder import Track

PORT = 443
PATH = "/.well-known/mta-sts.txt"
REQUEST_LIMIT = 8192  # octets
A_DAY = 86_400
MODES = ("enforce", "testing", "none")
REASONS = {
    200: "OK",
    301: "Moved Permanently",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
}


class PolicyHost:
    """The policy of a domain, and the web server at ``host`` that serves it.

    ``text`` is the file as it is served, empty for none; ``content_type`` and ``status`` are what the
    server says about it.
    """

    def __init__(self, host: Host, domain: str, dns: NameServer, clock: Clock, authority: Authority) -> None:
        self.host, self.domain, self.authority = host, domain, authority
        self.text, self.content_type, self.status = "", "text/plain", 200
        self.flaw = Flaw.NONE
        self._dns, self._clock, self._count = dns, clock, 0

    async def start(self, network: Network) -> None:
        """Listen. Raises what Network.listen raises."""
        await network.listen(self.host, PORT, lambda: _Session(self))

    @property
    def certificate(self) -> str:
        """What is wrong with the web server's certificate: "name", "expired", "authority", or "none".

        Raises UsageError for any other word.
        """
        return self.flaw.value

    @certificate.setter
    def certificate(self, flaw: str | None) -> None:
        try:
            self.flaw = Flaw(str(flaw or Flaw.NONE).lower())
        except ValueError:
            words = ", ".join(repr(each.value) for each in Flaw)
            raise UsageError(f"A certificate can't be {flaw!r}: choose one of {words}.") from None

    def publish(
        self, mode: str = "enforce", mx: str | Iterable[str] = (), max_age: int = A_DAY
    ) -> "PolicyHost":
        """Write the policy, serve it, and tell of it in the DNS.

        ``mx`` are the names of the mail hosts, or "*.domain"; unless you say so, those of the MX records.
        ``max_age`` is how many seconds others may keep it. Raises UsageError, OutsideTheLab.
        """
        if mode not in MODES:
            raise UsageError(f"There is no mode {mode!r}: choose one of {', '.join(MODES)}.")
        if isinstance(max_age, bool) or not isinstance(max_age, int) or max_age < 0:
            raise UsageError(f"max_age = {max_age!r} is no number of seconds.")
        names = mx.replace(",", " ").split() if isinstance(mx, str) else list(mx)
        for name in names:
            lab_domain(name.removeprefix("*."))
        hosts = "".join(f"mx: {name}\n" for name in names or self._mail_hosts())
        self.text = f"version: STSv1\nmode: {mode}\n{hosts}max_age: {max_age}\n"
        self.announce()
        return self

    def announce(self) -> None:
        """Tell in the DNS that there is a new policy: senders fetch it when the id has changed."""
        self._count += 1
        self._forget()
        policy_id = f"{self._clock.now:%Y%m%d%H%M%S}n{self._count}"
        self._dns.add(
            f"{self._name} IN A {self.host.address}\n"
            f'_mta-sts.{self.domain}. IN TXT "v=STSv1; id={policy_id};"'
        )

    def withdraw(self) -> None:
        """Serve no policy any longer. Who has one keeps it until its time is over."""
        self.text = ""
        self._forget()

    @property
    def _name(self) -> str:
        return f"mta-sts.{self.domain}."

    def _forget(self) -> None:
        for name in (self._name, f"_mta-sts.{self.domain}."):
            if self._dns.zone.of(name, "ANY"):
                self._dns.remove(name)

    def _mail_hosts(self) -> list[str]:
        records = self._dns.zone.of(self.domain, "MX")
        return [str(record.rdata.exchange).rstrip(".") for record in records]

    def answer(self, request: bytes) -> bytes:
        """The HTTP answer to a request."""
        method, _, rest = request.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        path = rest.partition(" ")[0]
        if not rest:
            return _answer(400, "")
        if method != "GET":
            return _answer(405, "")
        if path != PATH or not self.text:
            return _answer(404, "")
        return _answer(self.status, self.text, self.content_type)

    def __repr__(self) -> str:
        if not self.text:
            return f"{self.domain} has no MTA-STS policy."
        return f"https://mta-sts.{self.domain}{PATH}\n\n{self.text.rstrip()}"


class _Session(asyncio.Protocol):
    """One request and its answer, over TLS from the first byte on."""

    def __init__(self, host: PolicyHost) -> None:
        self._host, self._heard = host, b""
        self._transport: asyncio.Transport
        self._track: Track

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        handshake = transport.get_extra_info("ssl_object")
        if handshake is None:
            self._track = transport.get_extra_info("track")
            loop, settings = asyncio.get_running_loop(), self._settings()
            self._tls = SSLProtocol(loop, self, settings, None, server_side=True)  # type: ignore[arg-type]
            transport.set_protocol(self._tls)
            self._tls.connection_made(transport)
        else:
            self._transport = transport
            note_tls(self._track, handshake, self._tls._incoming.pending)  # type: ignore[attr-defined]

    def _settings(self) -> ssl.SSLContext:
        return self._host.authority.server_context(f"mta-sts.{self._host.domain}", self._host.flaw)

    def data_received(self, data: bytes) -> None:
        self._track.add(Kind.CLIENT_INSIDE, data)
        self._heard += data
        if b"\r\n\r\n" in self._heard or len(self._heard) > REQUEST_LIMIT:
            self._say(self._host.answer(self._heard))

    def _say(self, answer: bytes) -> None:
        self._track.add(Kind.SERVER_INSIDE, answer)
        self._transport.write(answer)
        # How TLS and TCP take leave differs between clients and is nothing to show.
        self._track.close()
        self._transport.close()


def _answer(status: int, text: str, content_type: str = "text/plain") -> bytes:
    body = text.encode("utf-8", "surrogateescape")
    head = (
        f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1", "replace") + body

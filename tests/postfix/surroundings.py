"""What a Postfix finds in the lab: a name server, the accounts, certificates, and where mail goes.

The servers are on the lab's loop, at a loopback address that nobody else on this machine has: name
servers can't be asked at any port but 53.
"""

import asyncio
import itertools
import os
import socket
import ssl
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import trustme
from postfix.arrivals import Inbox
from postfix.dovecot import AuthServer

from labkit import Lab
from labkit.dns.zone import Zone
from labkit.lab import usual
from labkit.network.addresses import Host

LIAR = Host("liar", "203.0.113.80", "vps80.hosting.example")
LAPTOP = "room77.hotel.example"
AUTH_PORT, INBOX_PORT = 1024, 1025

ZONE = """
80.113.0.203.in-addr.arpa.  IN PTR workstation.corp.example.
66.113.0.203.bl.example.    IN A   127.0.0.2
66.113.0.203.bl.example.    IN TXT "Sends spam, see bl.example"
80.113.0.203.bl.example.    IN A   127.0.0.9
nullmx.example.             IN MX  0 .
mxless.example.             IN TXT "no mail"
hosting.example.            IN A   203.0.113.60
"""


class Surroundings:
    """Around a running lab. ``clients`` are TLS settings by the certificate that a client has."""

    def __init__(self, lab: Lab) -> None:
        self._lab, self.scenery = lab, lab.scenery
        self.scenery.dns.zone = Zone(usual.ZONE + ZONE)
        self.scenery.network.add(LIAR)
        self.inbox = Inbox(self.scenery.company)
        self._close: list[Callable[[], None]] = []
        self.address = ""
        lab.wait_for(self._serve(), "what Postfix asks")
        authority, stranger = self.scenery.authority._ca, self.scenery.authority._stranger
        own, strange = (ca.issue_cert(LAPTOP, common_name=LAPTOP) for ca in (authority, stranger))
        self.fingerprint = _fingerprint(own)
        shown = {"": None, "certificate": own, "stranger": strange}
        self.clients = {name: _client(authority, certificate) for name, certificate in shown.items()}

    def close(self) -> None:
        """Serve no longer."""
        self._lab.wait_for(self._end(), "what Postfix asked")

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        names, self.address = await self._own_address()
        self._close.append(names.close)
        accounts = self.scenery.relay.site.accounts
        for port, serve in ((AUTH_PORT, lambda: AuthServer(accounts)), (INBOX_PORT, self.inbox.serve)):
            server = await loop.create_server(serve, self.address, port, family=socket.AF_INET)
            self._close.append(server.close)

    async def _own_address(self) -> tuple[asyncio.BaseTransport, str]:
        """The name server has it first: two test processes can't have the same."""
        for number in itertools.count(os.getpid()):
            address = f"127.{53 + number // 62500 % 200}.{number // 250 % 250}.{number % 250 + 1}"
            try:
                transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: _Names(self.scenery.dns.answer), local_addr=(address, 53)
                )
            except OSError:
                continue
            return transport, address
        raise AssertionError

    async def _end(self) -> None:
        for close in self._close:
            close()

    def settings(self) -> dict[str, str]:
        """What main.cf has to say of all this."""
        here = f"inbox:inet:{self.address}:{INBOX_PORT}"
        routes = {
            "customer.example": f"smtp:[127.0.0.1]:{self._lab.ports['mx1:25']}",
            "corp.example": here,
            "mail.corp.example": here,
            "hosting.example": "retry:4.4.1 Connection refused",
            "*": "error:5.4.4 Host or domain name not found",
        }
        mailboxes = dict.fromkeys(sorted(self.scenery.company.names), "here")
        return {
            "lab_mailboxes": _table(mailboxes),
            "transport_maps": _table(routes),
            "smtpd_sasl_path": f"inet:{self.address}:{AUTH_PORT}",
        }

    def certify(self, folder: Path) -> None:
        """Write the relay's certificate, and that of the authority."""
        authority = self.scenery.authority._ca
        leaf = authority.issue_cert(usual.RELAY.domain, common_name=usual.RELAY.domain)
        leaf.private_key_and_cert_chain_pem.write_to_path(str(folder / "mail.pem"))
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))


class _Names(asyncio.DatagramProtocol):
    """Lets Postfix ask the lab's name server."""

    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._answer(data)
        if answer is not None:
            self._transport.sendto(answer, addr)


def _table(rows: dict[str, str]) -> str:
    return f"inline:{{ {' '.join(f'{{{key} = {value}}}' for key, value in rows.items())} }}"


def _client(authority: trustme.CA, certificate: trustme.LeafCert | None) -> ssl.SSLContext:
    """The TLS settings of a client that insists on the server's name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    if certificate:
        certificate.configure_cert(context)
    return context


def _fingerprint(certificate: trustme.LeafCert) -> str:
    encoded = ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())
    return sha256(encoded).digest().hex(":").upper()

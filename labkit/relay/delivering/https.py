"""Fetches one file from a web server of the lab over HTTPS: as much of HTTP as a policy file needs.

No redirection is followed, and nothing is kept: RFC 8461 section 3.3 forbids both for its policies.
"""

import asyncio
import re
import ssl
from dataclasses import dataclass, field

from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network

PORT = 443
HEADER_LIMIT = 8192  # octets
PATIENCE = 10.0  # seconds of real time, for a server that says nothing; those of the lab answer at once

_STATUS = re.compile(r"HTTP/1\.[01] ([1-5][0-9]{2})(?: .*)?")
_REQUEST = "GET {path} HTTP/1.1\r\nHost: {name}\r\nAccept: text/plain\r\nConnection: close\r\n\r\n"
_END = b"\r\n\r\n"


class Distrusted(PeerError):
    """The certificate of the web server can't be trusted; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sent. The names of ``headers`` are in lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


async def get(
    network: Network, source: Host, address: str, name: str, path: str, context: ssl.SSLContext, limit: int
) -> Answer:
    """The answer to GET https://name/path, asked at ``address``; ``limit`` is for the body, in octets.

    Raises Distrusted, and PeerError for everything else that goes wrong, in words; OutsideTheLab and
    MachineError as Network.connect does.
    """
    ear = _Ear(HEADER_LIMIT + limit)
    connection = await network.connect(source, address, PORT, ear)
    transport = connection.transport
    try:
        async with asyncio.timeout(PATIENCE):
            transport = await _encrypted(transport, ear, context, name)
            transport.write(_REQUEST.format(path=path, name=name).encode())
            heard = await ear.whole()
    except TimeoutError:
        raise PeerError(f"{name} gave no answer.") from None
    finally:
        transport.abort()
    return read(name, heard, limit)


async def _encrypted(
    transport: asyncio.Transport, ear: "_Ear", context: ssl.SSLContext, name: str
) -> asyncio.Transport:
    try:
        secured = await asyncio.get_running_loop().start_tls(transport, ear, context, server_hostname=name)
    except ssl.SSLCertVerificationError as error:
        raise Distrusted(
            f"{name} showed a certificate that can't be trusted: {error.verify_message}."
        ) from None
    except (OSError, ssl.SSLError):
        raise PeerError(f"The TLS handshake with {name} failed.") from None
    assert isinstance(secured, asyncio.Transport)
    return secured


def read(name: str, heard: bytes, limit: int) -> Answer:
    """An HTTP answer, taken apart. Raises PeerError for what is none, or is larger than ``limit``."""
    head, end, body = heard.partition(_END)
    lines = head.decode("latin-1").split("\r\n")
    status = _STATUS.fullmatch(lines[0])
    if not end or not status:
        raise PeerError(f"{name} answered with something that isn't HTTP.")
    fields = (line.partition(":") for line in lines[1:])
    headers = {key.strip().lower(): value.strip() for key, _, value in fields}
    if "transfer-encoding" in headers:
        raise PeerError(f"{name} sent the file in pieces (Transfer-Encoding), which this client can't read.")
    return Answer(int(status[1]), headers, _body(name, headers.get("content-length"), body, limit))


def _body(name: str, length: str | None, body: bytes, limit: int) -> bytes:
    if length is not None and not re.fullmatch(r"[0-9]{1,10}", length):
        raise PeerError(f"{name} sent a length that is no number.")
    wanted = len(body) if length is None else int(length)
    if wanted > limit or len(body) > limit:
        raise PeerError(f"{name} sent a file of more than {limit:,} octets.")
    if len(body) < wanted:
        raise PeerError(f"{name} hung up before the file was complete.")
    return body[:wanted]


class _Ear(asyncio.Protocol):
    """Hears all that the server says, until it hangs up or has said too much."""

    def __init__(self, limit: int) -> None:
        self._limit, self._heard = limit, bytearray()
        self._over = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._heard += data[: self._limit + 1 - len(self._heard)]
        if len(self._heard) > self._limit:
            self._end()

    def connection_lost(self, error: Exception | None) -> None:
        self._end()

    async def whole(self) -> bytes:
        await self._over
        return bytes(self._heard)

    def _end(self) -> None:
        if not self._over.done():
            self._over.set_result(None)

"""Which mail servers offer TLS at all, and whose certificate holds good: each is asked, and sends no letter.

To know it before insisting on TLS saves mail from waiting in the queue for a server that will never have it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from labkit.errors import PeerError
from labkit.lab.scenery import Scenery
from labkit.network.addresses import Host
from labkit.smtp.client import SmtpClient
from labkit.smtp.tls import DistrustedServer
from labkit.wire.views.columns import table

HEADS = ("server", "STARTTLS", "certificate")
WIDEST = (40, 20, 60)
OFFERED, NOT_OFFERED, NOTHING = "offered", "not offered", "-"
GOOD = "good: its own name, in date, signed by a known authority"
REASONS = {
    DistrustedServer.EXPIRED: "not good: its time is over",
    DistrustedServer.OTHER_NAME: "not good: it has another host's name",
}
UNKNOWN = "not good: nobody known has signed it"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server has said at port 25: whether it offers STARTTLS, and what its certificate is worth.

    ``trouble`` is why nothing is known.
    """

    server: Host
    starttls: bool = False
    certificate: str = NOTHING
    trouble: str = ""

    @property
    def cells(self) -> tuple[str, str, str]:
        """The offer as a row of the table."""
        words = OFFERED if self.starttls else NOT_OFFERED
        return (str(self.server), NOTHING if self.trouble else words, self.trouble or self.certificate)


@dataclass(frozen=True, repr=False, slots=True)
class Survey:
    """What each of some servers offers, in order."""

    offers: tuple[Offer, ...]

    def _rows(self) -> Iterable[str]:
        return table([HEADS, *(offer.cells for offer in self.offers)], WIDEST)

    def __repr__(self) -> str:
        return "\n".join(self._rows())

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


async def survey(scenery: Scenery, source: Host, servers: Sequence[Host]) -> Survey:
    """Ask each server from ``source``, and take leave without a letter."""
    return Survey(tuple([await _asked(scenery, source, server) for server in servers]))


async def _asked(scenery: Scenery, source: Host, server: Host) -> Offer:
    try:
        client = await SmtpClient.connect(scenery.network, source, server.address, 25)
    except PeerError as error:
        return Offer(server, trouble=str(error))
    try:
        await client.ehlo(source.domain)
        offered = "STARTTLS" in client.capabilities
        certificate = await _looked_at(scenery, client, server) if offered else NOTHING
        await client.quit()
        return Offer(server, offered, certificate)
    except PeerError as error:
        return Offer(server, trouble=str(error))
    finally:
        client.abort()


async def _looked_at(scenery: Scenery, client: SmtpClient, server: Host) -> str:
    """What the server's certificate is worth to a client that looks at it."""
    try:
        answer = await client.starttls(scenery.authority.verifying, server.domain)
    except DistrustedServer as error:
        return REASONS.get(error.code, UNKNOWN)
    return GOOD if answer.is_positive else str(answer)

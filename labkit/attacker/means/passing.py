"""The first hop of a smuggled letter: a provider's server that passes on what it doesn't understand.

Until the end of 2023 large providers had servers like this one. It is careful about its customers: each
sends in his own name only. And it believes in one end of a letter alone, <CR><LF>.<CR><LF>. But it passes
everything before that on, octet by octet, to servers that may believe in others. It was made for this lab,
says so when it greets, and nothing but the attack ``smuggle`` uses it.
"""

from dataclasses import dataclass

from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp import reply
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient
from labkit.smtp.content import Content
from labkit.smtp.decision import Answer, Decision
from labkit.smtp.envelope import Letter
from labkit.smtp.reply import Reply
from labkit.smtp.server import MailServer
from labkit.smtp.stage import DOT, QUIT
from labkit.smtp.tls import Authority

PROVIDER = Host("webmail", "198.51.100.40", "out.webmail.example")
CUSTOMER = Path("guest", "webmail.example")
GREETING = Reply(220, "", f"{PROVIDER.domain} ESMTP, made for this lab: it passes bare newlines on")
UNREACHABLE = Reply(451, "4.4.1", "The next server can't be reached")
MOST_REPLIES = 20  # that are waited for behind one letter
_END = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class Passage:
    """What the next server said to a letter: at its end, and to what it took for commands behind that.

    ``session`` is the provider's session with it. An honest letter has no ``more``.
    """

    session: int
    at_end: Reply
    more: tuple[Reply, ...] = ()


class Provider:
    """The server, and the next one, to which it brings everything. ``passages`` are in order."""

    def __init__(self, network: Network, authority: Authority, next_hop: Host, port: int) -> None:
        self.network, self.authority, self.next_hop, self.port = network, authority, next_hop, port
        self.passages: list[Passage] = []
        self.problems: list[str] = []

    async def open(self) -> None:
        """Listen, until ``close``. Raises what Network.listen raises."""
        self.network.add(PROVIDER)
        await self.network.listen(PROVIDER, 25, lambda: ProviderServer(self))

    def close(self) -> None:
        """Listen no longer."""
        self.network.shut(PROVIDER, 25)

    async def pass_on(self, letter: Letter) -> Reply:
        """Hand a letter over with its octets as they are; the next server's answer."""
        try:
            client = await SmtpClient.connect(self.network, PROVIDER, self.next_hop.address, self.port)
        except PeerError:
            return UNREACHABLE
        try:
            passage = await _handed_over(client, letter)
        except PeerError:
            return UNREACHABLE
        finally:
            client.abort()
        self.passages.append(passage)
        return passage.at_end


class ProviderServer(MailServer):
    """One customer's session with the provider."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(PROVIDER.domain, provider.authority.server_context, provider.problems.append)

    async def on_connect(self) -> Answer:
        return GREETING

    async def on_mail(self, path: Path) -> Answer:
        if path == CUSTOMER:
            return None
        reason = f"The provider knows this customer by the line: that is {CUSTOMER.address}, and nobody else."
        return Decision(reply.not_owned(path.address, CUSTOMER.local), "sender must be the customer", reason)

    async def on_rcpt(self, path: Path) -> Decision:
        return Decision(reply.OK_RCPT, "customers may send", "A customer may write to anybody.")

    async def read_letter(self) -> Content:
        octets = bytearray()
        while not (b"\r\n" + octets[-len(_END) :]).endswith(_END):
            octets += await self._reader.readuntil(b"\n")
            if len(octets) > self.size_limit:
                raise ConnectionAbortedError("a letter that is too long")
        return Content(bytes(octets), len(octets))

    async def take(self, letter: Letter) -> Answer:
        return await self.provider.pass_on(letter)


async def _handed_over(client: SmtpClient, letter: Letter) -> Passage:
    await client.ehlo(PROVIDER.domain)
    lines = [f"MAIL FROM:{letter.reverse_path}", *(f"RCPT TO:{path}" for path in letter.forward_paths)]
    for line in [*lines, "DATA"]:
        answer = await client.command(line)
        if not answer.is_positive:
            return Passage(client.session, answer)
    # With its end: nothing is looked at, nothing is changed. QUIT comes in the same breath (RFC 2920), so
    # that what the next server says until it hears that shows what it has taken for commands.
    client.write(letter.content + b"QUIT\r\n")
    at_end = await client.hear(DOT)
    more: list[Reply] = []
    while len(more) < MOST_REPLIES and at_end.code != 421:
        answer = await client.hear(QUIT)
        if answer.code in (221, 421):
            break
        more.append(answer)
    return Passage(client.session, at_end, tuple(more))

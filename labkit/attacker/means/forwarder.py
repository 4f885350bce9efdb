"""A forwarder: an honest server, with an address that students keep for life after they have left.

What comes to it goes on to another mailbox, at once and under the same reverse-path. It can add a footer,
as mailing lists do, and it can seal what it has seen before that (ARC). It was made for this lab, and
nothing but the attack ``forward`` uses it.
"""

from dataclasses import dataclass

from labkit.attacker.scene import Scene
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.signing.keys import make_key
from labkit.signing.signer import seal
from labkit.smtp import reply, trace
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient
from labkit.smtp.decision import Answer, Decision
from labkit.smtp.envelope import Letter, Session
from labkit.smtp.reply import Reply
from labkit.smtp.server import MailServer

FORWARDER = Host("forwarder", "203.0.113.80", "forward.alumni.example")
DOMAIN = "alumni.example"
ADDRESS = Path("graduate", DOMAIN)
FOOTER = b"--\r\nSent on to you by the alumni of Example College.\r\n"
UNREACHABLE = Reply(451, "4.4.1", "The next server can't be reached")
PORT = 25

ZONE = f"""
{DOMAIN}. IN MX 10 {FORWARDER.domain}.
{DOMAIN}. IN TXT "v=spf1 mx -all"
{FORWARDER.domain}. IN A {FORWARDER.address}
80.113.0.203.in-addr.arpa. IN PTR {FORWARDER.domain}.
"""


@dataclass(frozen=True, slots=True)
class Passage:
    """One letter that went on: what the forwarder found about it when it came (``before``) and what
    anybody finds about it after that (``after``), both as Authentication-Results:; the next server's
    ``answer`` in ``session``."""

    session: int
    before: bytes
    after: bytes
    answer: Reply


class Forwarder:
    """The server; ``next_hop`` is the mailbox to which everything goes on. ``passages`` are in order."""

    def __init__(self, network: Network, scene: Scene, next_hop: Path, *, footer: bool, seals: bool) -> None:
        self.network, self.scene, self.next_hop = network, scene, next_hop
        self.footer = footer
        self.key = make_key(DOMAIN, "arc") if seals else None
        self.passages: list[Passage] = []
        self.problems: list[str] = []

    async def open(self) -> None:
        """Be known in the DNS, and listen until ``close``. Raises what Network.listen raises."""
        self.scene.publish(f"{ZONE}{self.key.record if self.key else ''}\n")
        self.network.add(FORWARDER)
        await self.network.listen(FORWARDER, PORT, lambda: ForwarderServer(self))

    def close(self) -> None:
        """Listen no longer."""
        self.network.shut(FORWARDER, PORT)

    async def pass_on(self, letter: Letter, session: Session) -> Reply:
        """Bring a letter to its next mailbox; the next server's answer."""
        before = await self.scene.authenticate(letter, session, FORWARDER.domain)
        onwards = letter._replace(
            forward_paths=(self.next_hop,), content=await self.changed(letter, before, session)
        )
        try:
            answer, number = await self._handed_over(onwards)
        except PeerError:
            return UNREACHABLE
        seen = Session(FORWARDER, number, PORT, FORWARDER.domain, extended=True)
        after = await self.scene.authenticate(onwards, seen, "anybody.example")
        self.passages.append(Passage(number, before, after, answer))
        return answer

    async def changed(self, letter: Letter, before: bytes, session: Session) -> bytes:
        """The letter as it goes on: with its trace, and with footer and seal if there are any."""
        moment, number = self.scene.clock.now, f"{len(self.passages) + 1:03}"
        name = await self.scene.resolver.verified_name(session.client.address)
        stamp = trace.received(session, name, FORWARDER.domain, f"F{number}", ADDRESS, moment)
        content = before + stamp + letter.content + (FOOTER if self.footer else b"")
        return (seal(content, self.key, FORWARDER.domain, moment) if self.key else b"") + content

    async def _handed_over(self, letter: Letter) -> tuple[Reply, int]:
        hosts = await self.scene.resolver.mail_hosts(self.next_hop.domain)
        addresses = [each for _, host in hosts for each in await self.scene.resolver.addresses(host)]
        if not addresses:
            raise PeerError(f"There is no mail server for {self.next_hop.domain}.")
        client = await SmtpClient.connect(self.network, FORWARDER, addresses[0], PORT)
        try:
            await client.ehlo(FORWARDER.domain)
            handover = await client.send(letter)
            await client.quit()
        finally:
            client.abort()
        return handover.reply, client.session


class ForwarderServer(MailServer):
    """One client's session with the forwarder."""

    def __init__(self, forwarder: Forwarder) -> None:
        self.forwarder = forwarder
        context = forwarder.scene.authority.server_context
        super().__init__(FORWARDER.domain, context, forwarder.problems.append)

    async def on_rcpt(self, path: Path) -> Decision:
        if path == ADDRESS:
            return Decision(reply.OK_RCPT, "forwarding", f"What comes for {path.address} goes on.")
        return Decision(reply.user_unknown(path.address), "forwarding", "There is no such address here.")

    async def take(self, letter: Letter) -> Answer:
        return await self.forwarder.pass_on(letter, self.facts)

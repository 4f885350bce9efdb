"""A client that comes back whenever it is shown the door, as programs do that guess."""

from labkit.attacker.scene import Scene
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp.client import SmtpClient, Tls
from labkit.smtp.introduce import introduce
from labkit.smtp.reply import Reply

IMPLICIT_TLS_PORT = 465  # RFC 8314 section 7.3


async def enter(
    network: Network, source: Host, target: Host, scene: Scene, port: int, tls: Tls = Tls.MAY
) -> SmtpClient:
    """A session that has greeted, with TLS as far as ``tls`` asks for it. Raises PeerError."""
    name = target.domain or target.name
    context = scene.authority.verifying if tls is Tls.VERIFY else scene.authority.trusting
    implicit = (context, name) if port == IMPLICIT_TLS_PORT else None
    client = await SmtpClient.connect(network, source, target.address, port, implicit)
    try:
        level = Tls.NONE if client.is_secure else tls
        await introduce(client, source.domain or source.name, name, level, scene.authority)
    except BaseException:
        client.abort()
        raise
    return client


class Visitor:
    """Talks to ``target`` from ``source``, in as many sessions as that takes.

    ``session`` is the number of the latest. ``begins_with`` is said at the start of each. Every method
    raises PeerError as SmtpClient does.
    """

    def __init__(
        self, network: Network, source: Host, target: Host, scene: Scene, port: int, *begins_with: str
    ) -> None:
        self.source, self.session = source, 0
        self._network, self._target, self._scene, self._port = network, target, scene, port
        self._begins_with = begins_with
        self._client: SmtpClient | None = None

    async def say(self, line: str) -> Reply:
        """Say a line and hear the answer."""
        return await (await self._inside()).command(line)

    async def offers_login(self) -> bool:
        """Whether the server asks for passwords."""
        return "AUTH" in (await self._inside()).capabilities

    async def login(self, user: str, password: str) -> Reply:
        """Try a password."""
        return await (await self._inside()).login(user, password)

    async def leave(self) -> None:
        """Take leave; the next thing that is said, is said in a new session."""
        client, self._client = self._client, None
        if client and client.is_fresh:
            await client.quit()
        elif client:
            client.abort()

    async def _inside(self) -> SmtpClient:
        if self._client and not self._client.is_fresh:  # the server has said 421, and hung up
            await self.leave()
        if not self._client:
            client = await enter(self._network, self.source, self._target, self._scene, self._port)
            self._client, self.session = client, client.session
            for line in self._begins_with:
                await client.command(line)
        return self._client


async def left(visitor: Visitor) -> None:
    """Take leave of a server that may be gone already."""
    try:
        await visitor.leave()
    except PeerError:
        return


def trouble(error: PeerError) -> str:
    """What went wrong, without the session's number: so that it can be counted."""
    return str(error).partition(" (session ")[0].removesuffix(".")

"""The sessions that a relay keeps open for the letters that follow, and the hosts that didn't answer."""

from collections.abc import Iterable

from labkit.relay.delivering.route import MailHost
from labkit.relay.delivering.session import NoTls, Terms, Trouble, opened
from labkit.relay.site import Site
from labkit.smtp.client import SmtpClient, Tls


class Sessions:
    """Idle sessions by their terms. A letter that finds none opens one, and leaves it here."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._idle: dict[Terms, list[SmtpClient]] = {}
        self._silent: set[MailHost] = set()

    def worth_trying(self, hosts: Iterable[MailHost]) -> list[MailHost]:
        """The hosts that haven't been silent lately; all of them when every one has."""
        asked = list(hosts)
        return [host for host in asked if host not in self._silent] or asked

    async def get(self, terms: Terms, *, clear_allowed: bool) -> SmtpClient:
        """A session on these terms, an idle one if there is any. Raises Trouble.

        ``clear_allowed`` says that where TLS is a wish and fails, the letter may go without.
        """
        idle = self._idle.get(terms, [])
        while idle:
            client = idle.pop()
            if client.is_fresh:
                return client
            client.abort()
        try:
            return await self._opened(terms)
        except NoTls:
            if terms.tls is Tls.MAY and not terms.user and clear_allowed:
                return await self._opened(terms._replace(tls=Tls.NONE))
            raise

    def keep(self, terms: Terms, client: SmtpClient) -> None:
        """Take a session back that is in order."""
        self._idle.setdefault(terms, []).append(client)

    async def hang_up(self) -> None:
        """Take leave of every server, and forget who was silent."""
        idle, self._idle, self._silent = self._idle, {}, set()
        for clients in idle.values():
            for client in clients:
                await client.quit()

    async def _opened(self, terms: Terms) -> SmtpClient:
        try:
            return await opened(self._site, terms)
        except Trouble as trouble:
            if not trouble.answer:
                self._silent.add(terms.host)
            raise

"""The sessions that a relay keeps open for the letters that follow, and the hosts that didn't answer."""

from collections import Counter
from collections.abc import Callable, Iterable

from labkit.dns.questions import errand
from labkit.relay.delivering.route import MailHost
from labkit.relay.delivering.session import NO_STARTTLS, NoTls, NotNamed, Terms, TlsTrouble, Trouble, opened
from labkit.relay.site import Site
from labkit.relay.trail import Offered
from labkit.smtp.client import SmtpClient, Tls

Note = Callable[[Terms, str], None]


def note_nothing(_terms: Terms, _kind: str) -> None:
    """Nobody wants to know."""


class Sessions:
    """Idle sessions by their terms. A letter that finds none opens one, and leaves it here.

    ``note`` is told of each that was opened, and how TLS failed where it did (RFC 8460 section 4.3).
    """

    def __init__(self, site: Site, note: Note = note_nothing) -> None:
        self._site, self._note = site, note
        self._idle: dict[Terms, list[SmtpClient]] = {}
        self._silent: set[MailHost] = set()
        self._offers: Counter[int] = Counter()

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
        except TlsTrouble as trouble:
            instead = _instead(terms, trouble, clear_allowed)
            if instead is None:
                raise
            return await self._opened(terms._replace(tls=instead, policy=None))

    def keep(self, terms: Terms, client: SmtpClient) -> None:
        """Take a session back that is in order."""
        self._idle.setdefault(terms, []).append(client)

    async def hang_up(self) -> None:
        """Take leave of every server, and forget who was silent."""
        idle, self._idle, self._silent = self._idle, {}, set()
        self._offers.clear()
        for clients in idle.values():
            for client in clients:
                await client.quit()

    def offering(self, host: MailHost, session: int, trouble: str = "") -> None:
        """Note for the letter's trail that it is offered here, or why it can't be."""
        site, letter = self._site, errand()
        if letter:
            number, asked = self._offers[session], site.resolver.questions.asked
            site.trail.note(Offered(letter.queue_id, site.clock.now, *host, session, number, trouble, asked))
            self._offers[session] += not trouble

    async def _opened(self, terms: Terms) -> SmtpClient:
        try:
            client = await opened(self._site, terms)
        except Trouble as trouble:
            self.offering(terms.host, trouble.session, trouble.reason)
            if isinstance(trouble, TlsTrouble):
                self._note(terms, trouble.kind)
            if not trouble.answer and not isinstance(trouble, NotNamed):
                self._silent.add(terms.host)
            raise
        self._note(terms, "" if client.is_secure else NO_STARTTLS)
        return client


def _instead(terms: Terms, trouble: TlsTrouble, clear_allowed: bool) -> Tls | None:
    """With which level a letter goes although TLS failed; None when it doesn't."""
    if terms.policy and terms.policy.otherwise:
        return terms.policy.otherwise
    may_be_clear = clear_allowed and terms.tls is Tls.MAY and not terms.user
    return Tls.NONE if may_be_clear and isinstance(trouble, NoTls) else None

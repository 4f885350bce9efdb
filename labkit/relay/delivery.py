"""The courier: takes letters from the queue, one after the other, and hands them over.

For each it finds the recipient's mail hosts in the DNS (RFC 5321 section 5.1), tries them in order of
preference, and reports one clear outcome per recipient. A connection is kept while there is more to
deliver or somebody is still handing letters in, and closed when the relay is quiet: so which letters
share a session doesn't depend on how fast the machine is.
"""

import asyncio
from collections.abc import Callable

from labkit.errors import LabError, PeerError
from labkit.relay.policy import Policy
from labkit.relay.queue import Entry, Queue
from labkit.relay.site import Site
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient, Tls
from labkit.smtp.envelope import Letter
from labkit.smtp.introduce import introduce

SMTP_PORT = 25


class Courier:
    """Delivers what is in the queue. ``busy`` says whether somebody is still handing letters in."""

    def __init__(
        self,
        site: Site,
        policy: Callable[[], Policy],
        busy: Callable[[], bool],
        report: Callable[[Entry, bool], None],
    ) -> None:
        self._site, self._policy, self._busy, self._report = site, policy, busy, report
        self._sessions: dict[str, SmtpClient] = {}
        self._news, self._quiet = asyncio.Event(), asyncio.Event()
        self._quiet.set()

    def wake(self) -> None:
        """There is something to do: a letter came in, or a session ended."""
        self._quiet.clear()
        self._news.set()

    async def settle(self) -> None:
        """Wait until everything that was accepted has been tried, and the courier has hung up."""
        await self._quiet.wait()

    async def work(self, queue: Queue) -> None:
        """Deliver for ever."""
        while True:
            entry = queue.take()
            if entry:
                await self._deliver(queue, entry)
            elif self._sessions and not self._busy():
                await self._hang_up()
            else:
                self._quiet.set()
                await self._news.wait()
                self._news.clear()
                self._quiet.clear()

    async def _deliver(self, queue: Queue, entry: Entry) -> None:
        by_domain: dict[str, list[Path]] = {}
        for path in entry.waiting:
            by_domain.setdefault(path.domain, []).append(path)
        for domain, paths in by_domain.items():
            letter = Letter(entry.letter.reverse_path, tuple(paths), entry.letter.content)
            try:
                failed = await self._hand_over(domain, letter)
            except LabError as error:
                failed = dict.fromkeys(paths, str(error))
            except Exception as error:
                self._site.problems.append(f"delivery of {entry.queue_id}: {error!r}")
                failed = dict.fromkeys(paths, "mail system trouble")
            for path in paths:
                if path in failed:
                    queue.hold(entry, path, failed[path])
                else:
                    queue.was_delivered(entry, path)
                self._report(entry, path not in failed)

    async def _hand_over(self, domain: str, letter: Letter) -> dict[Path, str]:
        """Deliver to one domain; whom it failed for, and why."""
        if not domain or domain in self._policy().mydestination:
            for path in letter.forward_paths:
                self._site.mailboxes.deliver(path, letter)
            return {}
        trouble = f"Host or domain name not found. Name service error for name={domain}: Host not found"
        for _, name in await self._site.resolver.mail_hosts(domain):
            if name == ".":
                raise PeerError(f"Domain {domain} does not accept mail (nullMX)")
            for address in await self._site.resolver.addresses(name):
                try:
                    session = await self._session(name, address)
                except LabError as error:
                    trouble = f"connect to {name}[{address}]:{SMTP_PORT}: {error}"
                    continue
                return await self._send(session, f"{name}[{address}]", letter)
        raise PeerError(trouble)

    async def _session(self, name: str, address: str) -> SmtpClient:
        if address == self._site.host.address:
            raise PeerError("mail loops back to myself")
        if address not in self._sessions:
            client = await SmtpClient.connect(self._site.network, self._site.host, address, SMTP_PORT)
            level = Tls(self._policy().smtp_tls_security_level)
            try:
                await introduce(client, self._site.host.domain, name, level, self._site.authority)
            except BaseException:
                client.abort()
                raise
            self._sessions[address] = client
        return self._sessions[address]

    async def _send(self, session: SmtpClient, where: str, letter: Letter) -> dict[Path, str]:
        pipelining = "PIPELINING" in session.capabilities
        try:
            outcome = await (session.send_pipelined(letter) if pipelining else session.send(letter))
        except PeerError:
            self._sessions = {key: value for key, value in self._sessions.items() if value is not session}
            session.abort()
            raise
        step = "end of DATA" if outcome.step == "." else outcome.step
        return {
            path: f"host {where} said: {answer} (in reply to {step} command)"
            for path, answer in outcome.refused
        }

    async def _hang_up(self) -> None:
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.quit()

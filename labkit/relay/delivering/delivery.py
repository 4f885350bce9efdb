"""One letter to one destination: the hosts are tried in order until each recipient has an outcome.

What Postfix's smtp(8) does: a recipient that a host takes, or refuses for good, is done; one that it
puts off, or that it can't be asked about, gets the next host, and at the end the fallback relay. A
host that doesn't answer is passed over, while there are others, until the courier hangs up.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from labkit.errors import PeerError
from labkit.relay.delivering import local, route
from labkit.relay.delivering.outcome import NO_RELAY, Action, Outcome
from labkit.relay.delivering.route import LOCAL, MailHost, NoRoute, Router
from labkit.relay.delivering.session import Terms, Trouble, broken, one_line, status, terms
from labkit.relay.delivering.sessions import Note, Sessions, note_nothing
from labkit.relay.delivering.sts_policies import StsPolicies
from labkit.relay.delivering.tls_policy import TlsPolicies, TlsPolicy, needs_no_tls
from labkit.relay.policy import Policy
from labkit.relay.rules.destination import Kind, resolve
from labkit.relay.site import Site
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient
from labkit.smtp.envelope import Letter
from labkit.smtp.extensions import needs_utf8
from labkit.smtp.handover import Refusal
from labkit.smtp.stage import BY_STEP
from labkit.smtp.stuffing import folded

MOST_RECIPIENTS = 50  # in one transaction; Postfix: smtp_destination_recipient_limit
MOST_SESSIONS = 2  # in which one letter is offered at one next hop; Postfix: smtp_mx_session_limit

Outcomes = dict[Path, Outcome]


class Delivery:
    """Hands letters over. Sessions are kept for the letters that follow, until ``hang_up``."""

    def __init__(
        self,
        site: Site,
        policy: Callable[[], Policy],
        sts: StsPolicies | None = None,
        note: Note = note_nothing,
    ) -> None:
        self._site, self._policy = site, policy
        self._tls = TlsPolicies(sts or StsPolicies(site))
        self._random = random.Random(site.seed)
        self._router = Router(site.resolver, site.host, self._mixed)
        self._sessions = Sessions(site, note)

    def destination(self, path: Path) -> str:
        """Where a recipient's letter goes next: "local:", a domain, or the smart host."""
        return route.destination(self._policy(), self._site.host, path)

    async def hand_over(self, letter: Letter, destination: str, waited: float = 0) -> list[Outcome]:
        """Deliver to all recipients of a letter, who have this destination; an outcome for each, in order.

        ``waited`` is how many seconds of lab time the letter has been in the queue: as with Postfix, one
        that TLS has failed for goes in clear on a later attempt, where the policy says "may".
        """
        policy = self._policy()
        final = {path: self._final(policy, path) for path in letter.forward_paths}
        if destination == LOCAL:
            mailboxes = self._site.mailboxes
            found = [local.deliver(mailboxes, policy, letter, path, final[path].local) for path in final]
            return [_softened(policy, outcome) for outcome in found]
        errand = _Errand(policy, destination, waited)
        latest: Outcomes = {}
        for part in _parts(letter, final):
            latest |= await self._carry(errand, part)
        return [_softened(policy, _named(latest[final[path]], path)) for path in letter.forward_paths]

    async def hang_up(self) -> None:
        """Take leave of every server: to be called whenever the relay is quiet."""
        await self._sessions.hang_up()

    def _final(self, policy: Policy, path: Path) -> Path:
        """The recipient that is named to the next server: ``user%there@here`` is ``user@there``."""
        found = resolve(policy, self._site.host, path)
        return found.path if path.asks_for_routing or found.kind is Kind.OWN else path

    async def _carry(self, errand: "_Errand", letter: Letter) -> Outcomes:
        """To the next hop, and to the fallback relays for whom it didn't do."""
        latest: Outcomes = {}
        left = letter
        for next_hop in errand.next_hops:
            try:
                found = await self._router.hosts(next_hop)
            except NoRoute as error:
                latest |= _all(left, errand.judged(error, next_hop))
                if error.is_loop:
                    break
                continue
            tls = await self._tls.of(errand.policy, next_hop)
            if tls and needs_no_tls(left):
                tls = None
            offered = await self._offer(errand, left, found.hosts, next_hop, tls)
            latest |= offered
            rest = _put_off(left, offered)
            if found.is_mx or not rest:
                break  # where a better host has to take it, the fallback relay could send it back here
            left = rest
        return latest

    async def _offer(
        self,
        errand: "_Errand",
        letter: Letter,
        hosts: Iterable[MailHost],
        next_hop: str,
        tls: TlsPolicy | None,
    ) -> Outcomes:
        """To one host after the other, until nobody is left who was put off."""
        latest: Outcomes = {}
        left, sessions = letter, 0
        for host in self._sessions.worth_trying(hosts):
            agreed = terms(errand.policy, host, next_hop, tls)
            try:
                client = await self._sessions.get(agreed, clear_allowed=errand.may_go_in_clear)
            except Trouble as trouble:
                offered = _all(left, trouble, host.relay if trouble.host else NO_RELAY)
            else:
                sessions += 1
                offered = await self._transfer(client, agreed, left)
            latest |= offered
            rest = _put_off(left, offered)
            if not rest or sessions == MOST_SESSIONS:
                break
            left = rest
        return latest

    async def _transfer(self, client: SmtpClient, agreed: Terms, letter: Letter) -> Outcomes:
        """Offer the letter in a session, and keep that if it is in order afterwards."""
        host = agreed.host
        if needs_utf8(letter) and "SMTPUTF8" not in client.capabilities:
            self._sessions.keep(agreed, client)
            reason = f"SMTPUTF8 is required, but was not offered by host {host}"
            return _all(letter, Trouble("5.6.7", reason), host.relay)
        self._sessions.offering(host, client.session)
        send = client.send_pipelined if "PIPELINING" in client.capabilities else client.send
        try:
            handover = await send(letter._replace(content=folded(letter.content)), extended=True)
        except PeerError as error:
            client.abort()
            refused = {refusal.path: _refused(host, refusal) for refusal in client.refusals}
            return _all(letter, broken(client, host, error), host.relay) | refused
        except BaseException:
            client.abort()
            raise
        if any(_ends_session(refusal) for refusal in handover.refused):
            await client.quit()
        else:
            self._sessions.keep(agreed, client)
        answer, knows_dsn = handover.reply, "DSN" in client.capabilities
        said = status(answer), one_line(answer), host.name, answer, knows_dsn, host.relay
        taken = {path: Outcome(path, Action.RELAYED, *said) for path in handover.accepted}
        return taken | {refusal.path: _refused(host, refusal) for refusal in handover.refused}

    def _mixed(self, hosts: Iterable[MailHost]) -> list[MailHost]:
        """Hosts of equal preference share the load (RFC 5321 section 5.1); the lab's seed says how."""
        equal = list(hosts)
        return sorted(equal, key=lambda _: self._random.random()) if len(equal) > 1 else equal


@dataclass(frozen=True, slots=True)
class _Errand:
    """What holds for a letter wherever it is carried."""

    policy: Policy
    destination: str
    waited: float

    @property
    def next_hops(self) -> Iterator[str]:
        yield from self.destination.split(", ")
        yield from self.policy.smtp_fallback_relay

    @property
    def may_go_in_clear(self) -> bool:
        return self.waited >= self.policy.minimal_backoff_time

    def judged(self, error: NoRoute, next_hop: str) -> Trouble:
        """No route to a host that the postmaster has named is the postmaster's mistake: the mail waits."""
        named = next_hop in self.policy.relayhost or next_hop in self.policy.smtp_fallback_relay
        mistake = named and error.status.startswith("5")
        return Trouble("4.3.5" if mistake else error.status, str(error))


def _parts(letter: Letter, final: Mapping[Path, Path]) -> Iterator[Letter]:
    """The letter for its final recipients, for as many at a time as a transaction may have."""
    wishes = {path: letter.notice(named) for named, path in final.items()}
    paths = tuple(wishes)
    if paths == letter.forward_paths and len(paths) <= MOST_RECIPIENTS:
        yield letter
        return
    for start in range(0, len(paths), MOST_RECIPIENTS):
        some = paths[start : start + MOST_RECIPIENTS]
        yield letter._replace(forward_paths=some, notices=tuple(wishes[path] for path in some))


def _named(outcome: Outcome, path: Path) -> Outcome:
    """The outcome for a recipient by the name that the letter has for it."""
    return outcome if outcome.path is path else outcome._replace(path=path)


def _put_off(letter: Letter, outcomes: Outcomes) -> Letter | None:
    """The letter for those recipients whom another host may still take; None when there are none."""
    left = tuple(path for path in letter.forward_paths if outcomes[path].action is Action.DELAYED)
    if not left:
        return None
    return letter._replace(forward_paths=left, notices=tuple(letter.notice(path) for path in left))


def _all(letter: Letter, trouble: Trouble, relay: str = NO_RELAY) -> Outcomes:
    """The same trouble for every recipient."""
    action = Action.FAILED if trouble.status.startswith("5") else Action.DELAYED
    return {
        path: Outcome(path, action, trouble.status, trouble.reason, trouble.host, trouble.answer, relay=relay)
        for path in letter.forward_paths
    }


def _refused(host: MailHost, refusal: Refusal) -> Outcome:
    answer = refusal.reply
    said = f"host {host} said: {one_line(answer)} (in reply to {BY_STEP[refusal.step].command})"
    if answer.code < 400:
        odd = f"Protocol error: {said}"
        return Outcome(refusal.path, Action.FAILED, "5.5.0", odd, host.name, answer, relay=host.relay)
    action = Action.DELAYED if answer.is_transient else Action.FAILED
    return Outcome(refusal.path, action, status(answer), said, host.name, answer, relay=host.relay)


def _ends_session(refusal: Refusal) -> bool:
    """Whether the server hangs up, or the two no longer understand each other."""
    code = refusal.reply.code
    return code < 400 or code in (421, 555) or 500 <= code < 510


def _softened(policy: Policy, outcome: Outcome) -> Outcome:
    """With soft_bounce, nothing fails for good."""
    if not policy.soft_bounce or outcome.action is not Action.FAILED:
        return outcome
    return outcome._replace(action=Action.DELAYED, status=f"4{outcome.status[1:]}")

"""The MTA-STS policies that a relay has found, for as long as they hold (RFC 8461 sections 3.3 and 5.1).

What was fetched once outlives an attack on the next fetch: who blocks the DNS or the web server can't make
a relay forget before ``max_age`` is over.
"""

from collections import OrderedDict
from dataclasses import dataclass

from labkit.dns.resolver import TemporaryFailure
from labkit.errors import OutsideTheLab, PeerError
from labkit.relay.delivering import https
from labkit.relay.delivering.mta_sts import LARGEST, PATH, BadPolicy, Fault, StsPolicy, read, record_id
from labkit.relay.site import Site

MOST = 10_000  # domains that are remembered; the oldest go first
PAUSE = 300  # seconds of lab time between two attempts to fetch what couldn't be fetched (section 3.3)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was found under an id, until when (seconds of lab time)."""

    policy_id: str
    found: StsPolicy | BadPolicy
    until: float


class StsPolicies:
    """Asks for policies, and keeps them."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._failed: OrderedDict[str, _Kept] = OrderedDict()

    async def of(self, domain: str) -> StsPolicy | None:
        """The policy of a domain, or None. Raises BadPolicy where one is announced and none counts."""
        kept = self._valid(self._kept, domain)
        policy_id = await self._announced(domain)
        if not policy_id or (kept and kept.policy_id == policy_id):
            return _told(kept)
        failed = self._valid(self._failed, domain)
        if not failed or failed.policy_id != policy_id:
            failed = await self._renew(domain, policy_id)
        return _told(self._valid(self._kept, domain) or failed)

    def forget(self) -> None:
        """Keep nothing any longer, as a relay that is started again."""
        self._kept.clear()
        self._failed.clear()

    async def _announced(self, domain: str) -> str:
        try:
            return record_id(await self._site.resolver.texts(f"_mta-sts.{domain}"))
        except TemporaryFailure:
            return ""

    async def _renew(self, domain: str, policy_id: str) -> _Kept | None:
        """Fetch; what went wrong, if something did."""
        now = self._site.clock.elapsed
        try:
            policy = await self._fetched(domain)
        except BadPolicy as error:
            failed = _Kept(policy_id, error, now + PAUSE)
            _keep(self._failed, domain, failed)
            return failed
        _keep(self._kept, domain, _Kept(policy_id, policy, now + policy.max_age))
        return None

    async def _fetched(self, domain: str) -> StsPolicy:
        site, name = self._site, f"mta-sts.{domain}"
        try:
            addresses = await site.resolver.addresses(name)
            if not addresses:
                raise BadPolicy(Fault.FETCH, f"There is no host {name}.")
            answer = await https.get(
                site.network, site.host, addresses[0], name, PATH, site.authority.verifying, LARGEST
            )
        except https.Distrusted as error:
            raise BadPolicy(Fault.WEBPKI, str(error)) from None
        except BadPolicy:
            raise
        except (PeerError, OutsideTheLab) as error:
            raise BadPolicy(Fault.FETCH, str(error)) from None
        if answer.status != 200:
            raise BadPolicy(Fault.FETCH, f"{name} answered with the status {answer.status}, not 200.")
        if answer.media_type != "text/plain":
            said = answer.media_type[:60] or "missing"
            raise BadPolicy(Fault.INVALID, f"{name} sent the policy as {said!r}, not as text/plain.")
        return read(domain, answer.body)

    def _valid(self, memory: "OrderedDict[str, _Kept]", domain: str) -> _Kept | None:
        kept = memory.get(domain)
        if kept and kept.until <= self._site.clock.elapsed:
            del memory[domain]
            return None
        return kept


def _keep(memory: "OrderedDict[str, _Kept]", domain: str, kept: _Kept) -> None:
    memory[domain] = kept
    if len(memory) > MOST:
        memory.popitem(last=False)


def _told(kept: _Kept | None) -> StsPolicy | None:
    if kept is None:
        return None
    if isinstance(kept.found, BadPolicy):
        raise BadPolicy(kept.found.fault, kept.found.reason)
    return kept.found

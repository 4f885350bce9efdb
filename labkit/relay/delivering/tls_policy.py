"""Which TLS a relay insists on for a destination (Postfix: smtp_tls_policy_maps, TLS_README).

The postmaster can write it into a table, or have it looked up with the destination itself (MTA-STS). What
neither says anything about has the level that smtp_tls_security_level says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.relay.delivering.mta_sts import BadPolicy, Mode, StsPolicy
from labkit.relay.delivering.sts_policies import StsPolicies
from labkit.relay.language.tables import table
from labkit.relay.language.tls_policies import MTA_STS, level
from labkit.relay.policy import Policy
from labkit.smtp.client import Tls
from labkit.smtp.envelope import Letter

# RFC 8689 section 3: who sends a report of failed TLS asks that it doesn't fail with it.
_NO_TLS_NEEDED = re.compile(rb"^TLS-Required:[ \t]*No[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """What holds for a destination.

    ``match`` are the names that its mail hosts may have, empty for any. ``sts`` is the policy that it
    publishes, and ``fault`` what is wrong with that one (RFC 8460); ``otherwise`` is the level for what
    is only tested.
    """

    domain: str
    level: Tls
    match: tuple[str, ...] = ()
    sts: StsPolicy | None = None
    fault: str = ""
    otherwise: Tls | None = None

    def names(self, host: str) -> bool:
        """Whether a mail host may be the one."""
        if self.sts:
            return self.sts.names(host)
        plain = host.lower().rstrip(".")
        return not self.match or any(_fits(plain, pattern, self.domain) for pattern in self.match)

    @property
    def what(self) -> str:
        """The policy as a reason names it."""
        return f"the MTA-STS policy of {self.domain}" if self.sts else "smtp_tls_policy_maps"


class TlsPolicies:
    """Finds what holds for a destination."""

    def __init__(self, sts: StsPolicies) -> None:
        self._sts = sts

    async def of(self, policy: Policy, destination: str) -> TlsPolicy | None:
        """What holds for a next hop in particular; None where nothing does, and nobody wants to know."""
        for text in policy.smtp_tls_policy_maps:
            found = (
                await self._published(policy, destination) if text == MTA_STS else _written(text, destination)
            )
            if found:
                return found
        return (
            TlsPolicy(destination, Tls(policy.smtp_tls_security_level)) if policy.smtp_tlsrpt_enable else None
        )

    async def _published(self, policy: Policy, destination: str) -> TlsPolicy | None:
        if destination.startswith("[") or ":" in destination:
            return None  # the postmaster has named the host: nobody can have changed it
        usual = Tls(policy.smtp_tls_security_level)
        try:
            sts = await self._sts.of(destination)
        except BadPolicy as error:
            return TlsPolicy(destination, usual, fault=error.fault)
        if not sts or sts.mode is Mode.NONE:
            return None
        return TlsPolicy(
            destination, Tls.VERIFY, sts=sts, otherwise=usual if sts.mode is Mode.TESTING else None
        )


def needs_no_tls(letter: Letter) -> bool:
    """Whether the sender asks that the letter goes even where TLS fails (RFC 8689 section 3)."""
    return bool(_NO_TLS_NEEDED.search(letter.content.partition(b"\r\n\r\n")[0]))


def _written(text: str, destination: str) -> TlsPolicy | None:
    found = next((value for key in _keys(destination) if (value := table(text).find(key))), None)
    if not found:
        return None
    said = level(found)
    return TlsPolicy(destination, Tls.VERIFY if said.level == "secure" else Tls(said.level), said.match)


def _keys(destination: str) -> Iterator[str]:
    """A next hop, and the domains above it with a dot before them (Postfix: TLS_README)."""
    yield destination
    if not destination.startswith("["):
        labels = destination.partition(":")[0].split(".")
        yield from ("." + ".".join(labels[at:]) for at in range(1, len(labels)))


def _fits(host: str, pattern: str, domain: str) -> bool:
    wanted = {"nexthop": domain, "dot-nexthop": f".{domain}"}.get(pattern, pattern)
    return host.endswith(wanted) if wanted.startswith(".") else host == wanted

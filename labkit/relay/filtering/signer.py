"""A signer behind smtpd_milters, as OpenDKIM is on most servers with Postfix.

It signs for whom the relay knows: a client in mynetworks, or one that has logged in (OpenDKIM's
InternalHosts). A relay that trusts too many signs for them all, and then the forged letters prove that
they are from the company.
"""

import re
from datetime import datetime

from labkit.relay.policy import Policy
from labkit.signing.keys import Key, TxtRecord, make_key
from labkit.signing.signer import signature
from labkit.smtp.envelope import Session
from labkit.smtp.lenient import addresses_in
from labkit.smtp.mime import HEADER, pieces

_OWN_TRACE = re.compile(rb"\AReceived:[^\n]*+\n(?:[ \t][^\n]*+\n)*+", re.IGNORECASE)


class Signer:
    """The keys that a relay signs with; ``seed`` is what they are made from."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._keys: dict[tuple[str, str], Key] = {}

    def add(self, domain: str, selector: str = "mail", algorithm: str = "rsa") -> TxtRecord:
        """Sign letters From: a domain with DKIM from now on, with a new key; "rsa" or "ed25519".

        Returns the record that publishes the key, for ``lab.dns.add``. The signer must also be asked:
        ``smtpd_milters = inet:localhost:8891``. Raises UsageError for a selector or an algorithm that
        can't be, OutsideTheLab for a domain that could be real.
        """
        key = make_key(domain, selector, algorithm, seed=self._seed)
        self._keys = {**self._keys, (key.domain, key.selector): key}
        return key.record

    def remove(self, domain: str, selector: str = "mail") -> None:
        """Sign no more with this key; the record stays in the DNS, for letters on their way."""
        self._keys = {names: key for names, key in self._keys.items() if names != (domain, selector)}

    @property
    def keys(self) -> tuple[Key, ...]:
        """What is signed with, oldest first."""
        return tuple(self._keys.values())

    def signed(self, content: bytes, policy: Policy, session: Session, moment: datetime) -> bytes:
        """The letter with a signature for each key of its From: domain, below the relay's own trace."""
        if not self._keys or not (session.user or policy.trusting_network(session.client.address)):
            return content
        domains = _from_domains(content)
        keys = [key for key in self._keys.values() if key.domain in domains]
        lines = b"".join(signature(content, key, moment) for key in keys)
        own = _OWN_TRACE.match(content)
        at = own.end() if own else 0
        return content[:at] + lines + content[at:]


def _from_domains(content: bytes) -> frozenset[str]:
    """The domains in the letter's own From:."""
    found: set[str] = set()
    for piece in pieces(content):
        if not piece.is_header:
            break
        if (name := HEADER.match(piece.text)) and name[1].lower() == b"from":
            text = piece.text[name.end() :].decode("utf-8", "replace")
            found |= {address.rpartition("@")[2].lower() for address in addresses_in(text)}
    return frozenset(found)

"""Paths: what stands between < and > in MAIL FROM and RCPT TO (RFC 5321 section 4.1.2).

As Postfix does with ``strict_rfc821_envelopes = yes``, a path must be in angle brackets. Inside
them it is as lenient as Postfix, which takes ``<user%there@here>`` and ``<a@b@c>`` apart later, when
it decides whether to relay: the classic relay tests live from such addresses.
"""

import re
from dataclasses import dataclass
from functools import cached_property

LOCAL_PART_LIMIT = 64  # octets, RFC 5321 section 4.5.3.1.1
DOMAIN_LIMIT = 255  # octets, section 4.5.3.1.2
PATH_LIMIT = 256  # octets with the brackets, section 4.5.3.1.3

ROUTING = frozenset("@%!")  # in a local part: "send it on from there"

_WORD = r'[^\x00-\x20\x7f<>()\[\]\\,;:"@]+'
_QUOTED = r'"(?:[^\x00-\x1f\x7f"\\]|\\[\x20-\x7e])*"'
_DOMAIN = r"[^\x00-\x20\x7f<>()\[\]\\,;:\"@]+|\[[0-9A-Za-z.:]+\]"
_PATH = re.compile(
    rf"<(?:@[^\s:<>]+:)?(?P<local>(?:{_QUOTED}|{_WORD})(?:@{_WORD})*?)(?:@(?P<domain>{_DOMAIN}))?>"
    r"(?: +(?P<parameters>\S.*))?$"
)
_NULL = re.compile(r"<>(?: +(?P<parameters>\S.*))?$")


@dataclass(frozen=True)
class Path:
    """A reverse-path or forward-path, without brackets and source route; the null path is empty.

    ``domain`` is in lower case, and empty where the client gave none.
    """

    local: str
    domain: str

    @cached_property
    def address(self) -> str:
        """``local@domain`` as the lab writes it."""
        return f"{self.local}@{self.domain}" if self.domain else self.local

    @property
    def is_null(self) -> bool:
        """The empty reverse-path of bounces (RFC 5321 section 4.5.5)."""
        return not self.local

    @property
    def asks_for_routing(self) -> bool:
        """Whether the local part asks to be sent on elsewhere (``user%there@here``)."""
        return not ROUTING.isdisjoint(self.local)

    def __str__(self) -> str:
        return f"<{self.address}>"


NULL = Path("", "")


def parse_path(text: str) -> tuple[Path, str] | None:
    """The path at the start of ``text``, and the parameters behind it; None for anything else."""
    null = _NULL.match(text)
    if null:
        return NULL, null["parameters"] or ""
    found = _PATH.match(text)
    if not found:
        return None
    local, domain = found["local"], (found["domain"] or "").lower()
    too_long = _octets(local) > LOCAL_PART_LIMIT or _octets(domain) > DOMAIN_LIMIT
    if too_long or _octets(local) + _octets(domain) + 3 > PATH_LIMIT:
        return None
    return Path(local, domain), found["parameters"] or ""


def _octets(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))

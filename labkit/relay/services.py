"""The ports that a relay listens on, and what is different at each (Postfix: master.cf).

A service is main.cf with a few lines on top: what stands behind ``-o`` in master.cf.
"""

from collections.abc import Iterator, Mapping

from labkit.errors import PolicyError
from labkit.relay.language.postfix_names import nearest
from labkit.relay.policy import Policy

PORTS = {"smtp": 25, "submission": 587, "submissions": 465}
DEFAULTS = {"smtp": "", "submission": "", "submissions": "smtpd_tls_wrappermode = yes"}


class Services(Mapping[str, str]):
    """Lines of main.cf by service: "smtp" (port 25), "submission" (587), "submissions" (465).

    Raises PolicyError for another name, and for lines that Postfix wouldn't take.
    """

    def __init__(self, lines: Mapping[str, str] | None = None) -> None:
        self._lines = dict(DEFAULTS)
        self._made: dict[str, tuple[Policy, Policy]] = {}
        for name, text in (lines or {}).items():
            self[name] = text

    def policy(self, name: str, main_cf: Policy) -> Policy:
        """What is in force at a service."""
        basis, made = self._made.get(name, (None, main_cf))
        if basis is not main_cf:
            made = main_cf.overridden(self[name])
            self._made[name] = main_cf, made
        return made

    def begins_with_tls(self, port: int, main_cf: Policy) -> bool:
        """Whether TLS comes before everything else at a port (RFC 8314 section 3)."""
        names = (name for name, number in PORTS.items() if number == port)
        return any(self.policy(name, main_cf).smtpd_tls_wrappermode for name in names)

    def __setitem__(self, name: str, text: str) -> None:
        if name not in PORTS:
            raise PolicyError(f"There is no service {name!r}.{nearest(name, PORTS)}")
        if not isinstance(text, str):
            raise PolicyError(f"{name}: {text!r} is not a text such as 'smtpd_tls_security_level = encrypt'.")
        Policy().overridden(text)
        self._lines[name] = text
        self._made.pop(name, None)

    def __getitem__(self, name: str) -> str:
        return self._lines[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __repr__(self) -> str:
        return "\n".join(_shown(name, text) for name, text in self.items())


def _shown(name: str, text: str) -> str:
    """A service, with its lines below it."""
    lines = (f"  -o {line.strip()}" for line in text.splitlines() if line.strip())
    return "\n".join([f"{name} (port {PORTS[name]})", *lines])

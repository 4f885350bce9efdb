"""A defence as a whole: the relay's policy alone isn't one.

It is also what the company publishes in the DNS, what is signed, which passwords there are, how staff set
their mail programs up, and what the customer checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from labkit.lab import opened
from labkit.recipient.policy import NOTHING, RecipientPolicy
from labkit.relay.language import main_cf
from labkit.relay.policy import Policy
from labkit.relay.services import PORTS

if TYPE_CHECKING:
    from labkit.lab.lab import Lab


@dataclass(frozen=True, slots=True)
class Road:
    """How the mail program of staff on the road is set up; the words are those of ``lab.laptop.send``."""

    port: int = 25
    tls: str = "may"
    user: str = ""
    password: str = ""

    @property
    def settings(self) -> dict[str, Any]:
        """The same for a call."""
        return {"port": self.port, "tls": self.tls, "user": self.user, "password": self.password}

    def __str__(self) -> str:
        login = f"logs in as {self.user}" if self.user else "doesn't log in"
        return f"port {self.port}, TLS: {self.tls}, {login}"


@dataclass(frozen=True, repr=False)
class Defence:
    """What is done against abuse, under a name and in a sentence.

    ``main_cf`` is the relay's, ``services`` what is different at which port. ``dns`` are records in the
    form of a master file; ``signs`` are the domains that the relay signs for (DKIM), whose keys are
    published, too. ``passwords`` are those that were changed, by account. ``checks`` are the customer's.
    All is written for the usual stage; a lab with a seed has it, and shows it, in its own words.
    """

    name: str
    what: str
    main_cf: str
    services: Mapping[str, str] = field(default_factory=dict)
    dns: str = ""
    signs: tuple[str, ...] = ()
    passwords: Mapping[str, str] = field(default_factory=dict)
    road: Road = Road()
    checks: RecipientPolicy = NOTHING

    @property
    def policy(self) -> Policy:
        """The main.cf as a policy. Raises PolicyError."""
        stage = opened.stage()
        return Policy.parse(stage.tell(self.main_cf), stage.home)

    def install(self, lab: "Lab") -> None:
        """Build it up in a lab in its first state; it holds from the next session on.

        Raises PolicyError, UsageError, OutsideTheLab and LabClosed.
        """
        here = lab.stage.tell(self)
        lab.relay.policy = Policy.parse(here.main_cf, lab.stage.home)
        lab.relay.services = here.services
        if here.dns:
            lab.dns.add(here.dns)
        for domain in here.signs:
            lab.dns.add(lab.relay.sign(domain, "mail", "ed25519"))
        for user, password in here.passwords.items():
            lab.relay.accounts.add(user, password)
        lab.customer.checks = here.checks

    def __repr__(self) -> str:
        lines = [f"# {self.name}: {self.what}", *_lines(self.main_cf)]
        for service, text in self.services.items():
            lines.append(f"# in master.cf, for {service} (port {PORTS[service]}):")
            lines += [f"#   -o {line}" for line in _lines(text)]
        for heading, text in self._around():
            lines += [f"# {heading}:", *(f"#   {line}" for line in _lines(text))] if text else []
        return opened.stage().tell("\n".join(lines))

    def _around(self) -> list[tuple[str, str]]:
        return [
            ("in the DNS", self.dns),
            ("signed (DKIM)", ", ".join(self.signs)),
            ("passwords that were changed", ", ".join(self.passwords)),
            ("mail programs on the road", str(self.road)),
            ("what the customer checks", repr(self.checks)),
        ]

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


def changed(text: str, lines: str) -> str:
    """main.cf with other values for some parameters. Raises PolicyError for lines that aren't main.cf."""
    values = main_cf.read(dedent(text)) | main_cf.read(dedent(lines))
    return "".join(f"{name} = {value}".rstrip() + "\n" for name, (value, _) in values.items())


def _lines(text: str) -> list[str]:
    return dedent(text).strip().splitlines()

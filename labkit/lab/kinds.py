"""The kinds of relay that a postmaster builds, each a few lines of main.cf.

Print one, put it to work with ``kind.install(lab.relay)``, and see who gets through:

>>> from labkit import Lab, kinds
>>> with Lab() as lab:
...     kinds.INTERNAL.install(lab.relay)
...     print(lab.attacker.spam(1).accepted, lab.workstation.send().delivered)
0 1
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent

from labkit.lab import opened
from labkit.relay.policy import Policy
from labkit.relay.server import Relay
from labkit.relay.services import PORTS


@dataclass(frozen=True)
class Kind:
    """A kind of relay: its name, what it is for, its main.cf, and what is different at which port.

    It is written for the usual stage; a lab with a seed has it, and shows it, in its own words.
    """

    name: str
    purpose: str
    main_cf: str
    services: Mapping[str, str] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The main.cf as a policy."""
        stage = opened.stage()
        return Policy.parse(stage.tell(self.main_cf), stage.home)

    def install(self, relay: Relay) -> None:
        """Make a relay one of this kind, from the next session on."""
        site = relay.site
        relay.policy = Policy.parse(site.tell(self.main_cf), site.home)
        relay.services = {name: site.tell(text) for name, text in self.services.items()}

    def __repr__(self) -> str:
        lines = [f"# {self.name}: {self.purpose}", *dedent(self.main_cf).strip().splitlines()]
        for service, text in self.services.items():
            lines.append(f"# in master.cf, for {service} (port {PORTS[service]}):")
            lines += [f"#   -o {line.strip()}" for line in text.strip().splitlines()]
        return opened.stage().tell("\n".join(lines))


INTERNAL = Kind(
    "internal relay",
    "carries the office's mail out, and takes none from outside.",
    """
    mynetworks = 192.0.2.0/24
    smtpd_client_restrictions = permit_mynetworks, reject
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    """,
)

EXTERNAL = Kind(
    "external relay",
    "takes mail from everybody for the company, and for the domains that it is the mail host of.",
    """
    mynetworks = 192.0.2.25/32
    relay_domains = customer.example
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    """,
)

AUTHENTICATED = Kind(
    "authenticated relay",
    "carries mail for whoever proves to have an account, wherever they are.",
    """
    mynetworks = 127.0.0.0/8
    smtpd_sasl_auth_enable = yes
    smtpd_tls_security_level = may
    smtpd_tls_auth_only = yes
    smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
    """,
)

ENCRYPTED = Kind(
    "encrypted relay",
    "speaks to nobody without TLS, neither inward nor outward.",
    """
    mynetworks = 192.0.2.0/24
    smtpd_tls_security_level = encrypt
    smtp_tls_security_level = verify
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    """,
)

LOAD_BALANCED = Kind(
    "load-balanced relay",
    "shares its mail among hosts of equal MX preference, and never troubles a destination too much.",
    """
    mynetworks = 192.0.2.0/24
    relayhost = equal.example
    default_destination_concurrency_limit = 2
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    """,
)

SMART_HOST = Kind(
    "relay with a smart host",
    "hands everything to its provider, with its account there, and only if TLS hides the password.",
    """
    mynetworks = 192.0.2.0/24
    relayhost = [smarthost.isp.example]:587
    smtp_sasl_auth_enable = yes
    smtp_sasl_password_maps = inline:{ {[smarthost.isp.example]:587 = corp:slow-train-52} }
    smtp_tls_security_level = verify
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    """,
)

FALLBACK = Kind(
    "relay with a fallback",
    "delivers by itself, and hands to another relay what it could not.",
    """
    mynetworks = 192.0.2.0/24
    smtp_fallback_relay = [smarthost.isp.example]:587
    smtp_sasl_auth_enable = yes
    smtp_sasl_password_maps = inline:{ {[smarthost.isp.example]:587 = corp:slow-train-52} }
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    """,
)

SUBMISSION = Kind(
    "submission server",
    "takes new mail from the company's own people at 587 and 465: with TLS, with a login, in their own name.",
    """
    smtpd_relay_restrictions = reject_unauth_destination
    smtpd_sender_login_maps = inline:{ staff@corp.example=staff, sales@corp.example=staff }
    smtpd_tls_security_level = may
    """,
    {
        "submission": """
            smtpd_tls_security_level = encrypt
            smtpd_sasl_auth_enable = yes
            smtpd_sender_restrictions = reject_sender_login_mismatch
            smtpd_relay_restrictions = permit_sasl_authenticated, reject
        """,
        "submissions": """
            smtpd_tls_wrappermode = yes
            smtpd_sasl_auth_enable = yes
            smtpd_sender_restrictions = reject_sender_login_mismatch
            smtpd_relay_restrictions = permit_sasl_authenticated, reject
        """,
    },
)

KINDS = (
    INTERNAL,
    EXTERNAL,
    AUTHENTICATED,
    ENCRYPTED,
    LOAD_BALANCED,
    SMART_HOST,
    FALLBACK,
    SUBMISSION,
)

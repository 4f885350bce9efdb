"""The relay's policy: a frozen value whose parameters have Postfix's names and meanings.

A policy is checked when it is made. A student's mistake is answered at once, with what was wrong and
the nearest thing that is right, and never by a relay that behaves in a surprising way.
"""

from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from textwrap import dedent
from typing import Any, get_args

from labkit.errors import PolicyError
from labkit.relay.language import main_cf, postfix_names
from labkit.relay.language.home import Home, here
from labkit.relay.language.lists import (
    BodyChecks,
    Domains,
    HeaderChecks,
    Milters,
    Networks,
    NextHops,
    RecipientTables,
    Tables,
)
from labkit.relay.language.restriction_lists import Restrictions
from labkit.relay.language.tables import MAILBOXES
from labkit.relay.language.tls_policies import TlsPolicies
from labkit.relay.language.values import (
    BareNewline,
    Count,
    CountOrNone,
    Days,
    Hours,
    Kind,
    Seconds,
    Size,
    SizeOrNone,
    SmtpdLevel,
    SmtpLevel,
    SomeSeconds,
    Switch,
)

Network = IPv4Network | IPv6Network

_parsed = lru_cache(maxsize=1024)(ip_address)  # a relay asks for the same few clients all the time

REFUSING = {"reject", "defer", "defer_if_permit", "reject_unauth_destination", "defer_unauth_destination"}


@dataclass(frozen=True, repr=False)
class Policy:
    """The settings of a relay. Each parameter does what postconf(5) says of it.

    Every value can also be given as the text that stands in main.cf ("192.0.2.0/24, 192.0.2.60"), and
    tables as mappings. Sizes are in bytes, times in seconds. The defaults are those of Postfix 3.7, but
    for what belongs to the site, for smtp_tls_security_level, and for smtpd_forbid_bare_newline, which
    has the safe default of Postfix 3.9. ``home`` is the machine that it is for, which is the relay of the
    lab that is open. Raises PolicyError for a value that Postfix wouldn't take.
    """

    mynetworks: Networks = ("127.0.0.0/8",)
    mydestination: Domains = ("$mydomain", "$myhostname")
    relay_domains: Domains = ()
    smtpd_relay_restrictions: Restrictions = (
        "permit_mynetworks",
        "permit_sasl_authenticated",
        "defer_unauth_destination",
    )
    smtpd_sasl_auth_enable: Switch = False
    smtpd_tls_security_level: SmtpdLevel = "none"
    smtpd_tls_auth_only: Switch = False
    message_size_limit: Size = 10_240_000
    smtp_tls_security_level: SmtpLevel = "may"

    # Recipients and routes.
    local_recipient_maps: RecipientTables = (MAILBOXES,)
    relay_recipient_maps: Tables = ()
    relayhost: NextHops = ()
    smtp_fallback_relay: NextHops = ()
    smtp_sasl_auth_enable: Switch = False
    smtp_sasl_password_maps: Tables = ()
    fast_flush_domains: Domains = ("$relay_domains",)

    # Who may do what, stage by stage.
    smtpd_client_restrictions: Restrictions = ()
    smtpd_helo_restrictions: Restrictions = ()
    smtpd_sender_restrictions: Restrictions = ()
    smtpd_recipient_restrictions: Restrictions = ()
    smtpd_data_restrictions: Restrictions = ()
    smtpd_delay_reject: Switch = True
    smtpd_helo_required: Switch = False
    smtpd_reject_unlisted_recipient: Switch = True
    disable_vrfy_command: Switch = False
    strict_rfc821_envelopes: Switch = False
    smtpd_forbid_bare_newline: BareNewline = "normalize"
    smtpd_forbid_bare_newline_exclusions: Networks = ("$mynetworks",)
    smtpd_forbid_unauth_pipelining: Switch = False
    soft_bounce: Switch = False

    # Login and TLS.
    smtpd_sender_login_maps: Tables = ()
    smtpd_tls_wrappermode: Switch = False
    smtpd_tls_ask_ccert: Switch = False
    smtpd_tls_req_ccert: Switch = False
    relay_clientcerts: Tables = ()
    smtp_tls_policy_maps: TlsPolicies = ()
    smtp_tlsrpt_enable: Switch = False  # new in Postfix 3.10

    # Limits; 0 is no limit. The rates are per anvil_rate_time_unit and client address.
    default_process_limit: Count = 100  # clients at once, at each port
    mailbox_size_limit: SizeOrNone = 51_200_000
    smtpd_recipient_limit: Count = 1000
    smtpd_hard_error_limit: Count = 20
    smtpd_client_connection_count_limit: CountOrNone = 50
    smtpd_client_connection_rate_limit: CountOrNone = 0
    smtpd_client_message_rate_limit: CountOrNone = 0
    smtpd_client_recipient_rate_limit: CountOrNone = 0
    smtpd_client_auth_rate_limit: CountOrNone = 0
    smtpd_client_event_limit_exceptions: Networks = ("$mynetworks",)
    anvil_rate_time_unit: SomeSeconds = 60

    # Filters.
    header_checks: HeaderChecks = ()
    body_checks: BodyChecks = ()
    smtpd_milters: Milters = ()

    # The queue.
    minimal_backoff_time: SomeSeconds = 300
    maximal_backoff_time: SomeSeconds = 4000
    maximal_queue_lifetime: Days = 5 * 86400
    bounce_queue_lifetime: Days = 5 * 86400
    delay_warning_time: Hours = 0
    default_destination_concurrency_limit: CountOrNone = 20
    default_destination_rate_delay: Seconds = 0

    home: Home = field(default_factory=here, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        for name in PARAMETERS:
            value = getattr(self, name)
            if name == "mydestination" and value == DEFAULTS[name]:
                value = self.home.names
            if name in FOLLOWERS and value == DEFAULTS[name]:
                value = getattr(self, FOLLOWERS[name])
            object.__setattr__(self, name, _checked(name, value))

    @classmethod
    def parse(cls, text: str, home: Home | None = None) -> "Policy":
        """The policy that main.cf text describes; what it doesn't set has its default.

        Text that is indented as a whole is read as if it weren't. Raises PolicyError with the number of
        the line, what is wrong there, and the nearest right name.
        """
        return cls(home=home or here()).overridden(text)

    def overridden(self, text: str) -> "Policy":
        """The same policy with main.cf lines on top, as ``-o`` has in master.cf. Raises as parse does."""
        lines = main_cf.read(dedent(text))
        changes: dict[str, object] = {}
        for name, (value, number) in main_cf.expanded(lines, self._written).items():
            try:
                changes |= self._given(name, value)
            except PolicyError as error:
                raise PolicyError(f"Line {number}: {error}") from None
        return self.replace(**changes)

    def replace(self, **changes: Any) -> "Policy":
        """The same policy with some parameters changed. Raises PolicyError as the constructor does."""
        for name in changes:
            if name not in PARAMETERS:
                raise PolicyError(_unknown(name).replace("there", "There", 1))
        following = {name: DEFAULTS[name] for name in FOLLOWERS if self._is_default(name)}
        return replace(self, **(following | changes))

    def at(self, home: Home) -> "Policy":
        """The same policy on another machine: its own names in ``mydestination`` are that one's."""
        if home == self.home:
            return self
        own = dict(zip(self.home, home, strict=True))
        names = tuple(own.get(name, name) for name in self.mydestination)
        return replace(self, mydestination=names, home=home)

    @cached_property
    def trusted(self) -> tuple[Network, ...]:
        """``mynetworks`` as networks."""
        return tuple(ip_network(text) for text in self.mynetworks)

    def trusting_network(self, address: str) -> Network | None:
        """The network of ``mynetworks`` that an address is in, or None."""
        found = _parsed(address)
        return next((network for network in self.trusted if found in network), None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a postmaster would say about this policy, in whole sentences."""
        found = []
        asked = "permit_mynetworks" in self.smtpd_relay_restrictions
        if asked and any(network.prefixlen == 0 for network in self.trusted):
            found.append("mynetworks trusts every address there is: this is an open relay.")
        if REFUSING.isdisjoint(self.smtpd_relay_restrictions + self.smtpd_recipient_restrictions):
            found.append(
                "smtpd_relay_restrictions can never refuse: Postfix would not start. "
                "This relay does, because it is a lab."
            )
        return tuple(found)

    def __str__(self) -> str:
        """The parameters that a relay is known by, and those that aren't as Postfix has them."""
        names = [name for name in PARAMETERS if name in ALWAYS_WRITTEN or not self._is_default(name)]
        lines = main_cf.write({name: PARAMETERS[name].write(getattr(self, name)) for name in names})
        return "\n".join([lines, *(f"# {warning}" for warning in self.warnings)])

    __repr__ = __str__

    def _is_default(self, name: str) -> bool:
        default = getattr(self, FOLLOWERS[name]) if name in FOLLOWERS else DEFAULTS[name]
        return bool(getattr(self, name) == default)

    def _given(self, name: str, value: str) -> dict[str, object]:
        """What a line of main.cf changes."""
        if name in PARAMETERS:
            return {name: _checked(name, value)}
        if name not in self.home.fixed:
            raise PolicyError(_unknown(name))
        fixed = self.home.fixed[name]
        if value != fixed:
            raise PolicyError(f"Postfix knows {name}; in this lab it is always {fixed or 'empty'!r}.")
        return {}

    def _written(self, name: str) -> str:
        """The text that $name stands for."""
        if name in self.home.fixed:
            return self.home.fixed[name]
        if name in PARAMETERS:
            return PARAMETERS[name].write(getattr(self, name))
        raise PolicyError(f"${name}: {_unknown(name)} ($$ is the sign itself.)")


def _checked(name: str, value: object) -> object:
    """The value of a parameter as a policy holds it."""
    try:
        return PARAMETERS[name].read(value)
    except PolicyError as error:
        raise PolicyError(f"{name}: {error}") from None


def _unknown(name: str) -> str:
    return postfix_names.unknown("parameter", name, postfix_names.parameters(), PARAMETERS)


_SETTINGS = [each for each in fields(Policy) if each.name != "home"]
PARAMETERS: dict[str, Kind] = {each.name: get_args(each.type)[1] for each in _SETTINGS}
DEFAULTS: dict[str, Any] = {each.name: each.default for each in _SETTINGS}
# These have the value of another parameter until they are given their own.
FOLLOWERS: dict[str, str] = {
    name: default[0].removeprefix("$")
    for name, default in DEFAULTS.items()
    if isinstance(default, tuple) and default and default[0].removeprefix("$") in PARAMETERS
}
# What a relay is known by is written even where it is the default.
ALWAYS_WRITTEN = list(PARAMETERS)[:9]

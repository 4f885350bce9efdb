"""Policies: Postfix's names and defaults, and an answer to every mistake."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relay.policies import POLICIES

from labkit import Policy, PolicyError
from labkit.relay.language import main_cf
from labkit.relay.policy import FOLLOWERS, PARAMETERS

MISTAKES = [
    ("mynetwork = 192.0.2.0/24", r"Line 1: there is no parameter 'mynetwork'\. Did you mean mynetworks\?"),
    ("\n\nmynetworks = 192.0.2.0/33", r"Line 3: mynetworks: '192.0.2.0/33' is not a network"),
    ("mynetworks = 192.0.2.1/24", r"mynetworks: '192.0.2.1/24' is not a network .*host bits"),
    ("mynetworks = office", r"'office' is not a network such as 192\.0\.2\.0/24"),
    ("mydestination = corp..example", r"mydestination: 'corp..example' is not a domain name"),
    ("relay_domains = -x.example", r"relay_domains: '-x.example' is not a domain name"),
    (
        "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destinations",
        r"there is no restriction 'reject_unauth_destinations'\. Did you mean reject_unauth_destination\?",
    ),
    ("smtpd_relay_restrictions = deny_all", r"there is no restriction 'deny_all'\.$"),
    ("smtpd_sasl_auth_enable = true", r"smtpd_sasl_auth_enable: 'true' is neither yes nor no"),
    ("smtpd_tls_security_level = encrypted", r"not one of none, may, encrypt\. Did you mean encrypt\?"),
    ("message_size_limit = 10MB", r"'10MB' is not a number of bytes"),
    ("message_size_limit = 0", r"'0' is not a number of bytes greater than 0"),
    ("mynetworks: 192.0.2.0/24", r"Line 1: .* is not of the form: name = value"),
    ("smtpd_banner = hello", r"Line 1: Postfix knows smtpd_banner; this lab doesn't\.$"),
    (
        "\nsmtp_destination_rate_delay = 1s",
        r"Line 2: Postfix knows smtp_destination_rate_delay; this lab doesn't",
    ),
    ("smtp_tls_CAfile = /x", r"Postfix knows smtp_tls_CAfile"),
    ("relay_host = x.example", r"there is no parameter 'relay_host'\. Did you mean relayhost\?"),
    ("myhostname = x.example", r"Postfix knows myhostname; in this lab it is always 'mail\.corp\.example'"),
    (
        "mynetworks = $my_networks",
        r"Line 1: mynetworks: \$my_networks: there is no parameter 'my_networks'\.",
    ),
    (
        "mynetworks = $proxy_interfaces",
        r"mynetworks: \$proxy_interfaces: Postfix knows proxy_interfaces; this",
    ),
    ("header_checks = pcre:{{/x$/ REJECT}}", r"Line 1: header_checks: .*\$\$ is the sign itself"),
    (
        "header_checks = pcre:{{/(x)/ REJECT $1}}",
        r"\$1: there is no parameter '1'\. \(\$\$ is the sign itself\.\)",
    ),
    ("mynetworks = $mynetworks 192.0.2.0/24", r"Line 1: mynetworks: mynetworks is made of itself"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_answered_in_one_line(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said) as caught:
        Policy.parse(text)
    assert "\n" not in str(caught.value)


def test_the_constructor_and_replace_check_as_parse_does() -> None:
    with pytest.raises(PolicyError, match="mynetworks: 'x' is not a network"):
        Policy(mynetworks="x")
    with pytest.raises(PolicyError, match=r"There is no parameter 'mynetwork'\. Did you mean mynetworks\?"):
        Policy().replace(mynetwork="192.0.2.0/24")
    with pytest.raises(PolicyError, match="is not a list of texts"):
        Policy(mynetworks=5)


def test_the_defaults_are_closed() -> None:
    assert str(Policy()).splitlines() == [
        "mynetworks = 127.0.0.0/8",
        "mydestination = corp.example, mail.corp.example",
        "relay_domains =",
        "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
        "smtpd_sasl_auth_enable = no",
        "smtpd_tls_security_level = none",
        "smtpd_tls_auth_only = no",
        "message_size_limit = 10240000",
        "smtp_tls_security_level = may",
    ]


def test_text_may_be_indented_as_a_whole() -> None:
    policy = Policy.parse("""
        mynetworks = 192.0.2.0/24,
            198.51.100.77
        smtpd_sasl_auth_enable = yes
    """)
    assert policy == Policy(mynetworks="192.0.2.0/24, 198.51.100.77", smtpd_sasl_auth_enable=True)


LISTS = [
    "192.0.2.0/24, 198.51.100.77",
    "192.0.2.0/24 198.51.100.77",
    ("192.0.2.0/24", "198.51.100.77"),
    ["192.0.2.0/24", "198.51.100.77"],
]


@pytest.mark.parametrize("networks", LISTS)
def test_a_list_may_be_text_or_a_sequence(networks: object) -> None:
    policy = Policy(mynetworks=networks)
    assert policy.mynetworks == ("192.0.2.0/24", "198.51.100.77")
    assert str(policy.trusting_network("198.51.100.77")) == "198.51.100.77/32"
    assert policy.trusting_network("198.51.100.78") is None


OPEN = "mynetworks trusts every address there is: this is an open relay."
NEVER = "smtpd_relay_restrictions can never refuse: Postfix would not start. This relay does, because it is a lab."

WARNINGS = [
    (Policy(), ()),
    (Policy(mynetworks="0.0.0.0/0"), (OPEN,)),
    (Policy(mynetworks="192.0.2.0/24, ::/0"), (OPEN,)),
    (Policy(mynetworks="0.0.0.0/0", smtpd_relay_restrictions="reject_unauth_destination"), ()),
    (Policy(smtpd_relay_restrictions="permit"), (NEVER,)),
    (Policy(mynetworks="0.0.0.0/0", smtpd_relay_restrictions="permit_mynetworks"), (OPEN, NEVER)),
]


@pytest.mark.parametrize(("policy", "warnings"), WARNINGS)
def test_a_policy_says_what_a_postmaster_would_say(policy: Policy, warnings: tuple[str, ...]) -> None:
    assert policy.warnings == warnings
    assert [line for line in str(policy).splitlines() if line.startswith("#")] == [f"# {w}" for w in warnings]


def test_names_stand_for_values() -> None:
    policy = Policy.parse("""
        mydestination = $myhostname, localhost.$mydomain, localhost
        local_recipient_maps = proxy:unix:passwd.byname $alias_maps
        smtpd_hard_error_limit = ${stress?{1}:{20}}
        smtpd_client_event_limit_exceptions = $mynetworks 192.0.2.0/24
        header_checks = pcre:{{/^Subject: (spam)$$/ REJECT $$1}}
        myhostname = mail.corp.example
    """)
    assert policy.mydestination == ("mail.corp.example", "localhost.corp.example", "localhost")
    assert policy.local_recipient_maps == Policy().local_recipient_maps
    assert policy.smtpd_hard_error_limit == 20
    assert policy.smtpd_client_event_limit_exceptions == ("127.0.0.0/8", "192.0.2.0/24")
    assert policy.header_checks == ("pcre:{{/^Subject: (spam)$/ REJECT $1}}",)


def test_a_parameter_that_is_set_twice_has_the_last_value() -> None:
    assert Policy.parse("soft_bounce = yes\nsoft_bounce = no") == Policy()


def test_a_default_that_names_another_parameter_follows_it() -> None:
    policy = Policy(mynetworks="192.0.2.0/24", relay_domains="customer.example")
    assert policy.smtpd_client_event_limit_exceptions == ("192.0.2.0/24",)
    assert policy.smtpd_forbid_bare_newline_exclusions == ("192.0.2.0/24",)
    assert policy.fast_flush_domains == ("customer.example",)
    wider = policy.replace(mynetworks="192.0.2.0/24, ::1")
    assert wider.smtpd_client_event_limit_exceptions == ("192.0.2.0/24", "::1")
    assert "exceptions" not in str(wider)
    own = wider.replace(smtpd_client_event_limit_exceptions=())
    assert own.replace(mynetworks="::1").smtpd_client_event_limit_exceptions == ()
    assert "smtpd_client_event_limit_exceptions =" in str(own).splitlines()


def test_lines_on_top_change_what_they_name() -> None:
    policy = Policy.parse("smtpd_sasl_auth_enable = yes\nmynetworks = 192.0.2.0/24")
    submission = policy.overridden("""
        smtpd_tls_security_level = encrypt
        smtpd_client_event_limit_exceptions = $mynetworks 198.51.100.0/24
    """)
    assert submission == policy.replace(
        smtpd_tls_security_level="encrypt",
        smtpd_client_event_limit_exceptions="192.0.2.0/24 198.51.100.0/24",
    )
    assert policy.overridden("") == policy
    with pytest.raises(PolicyError, match="Line 2: soft_bounce: 'x' is neither yes nor no"):
        policy.overridden("\nsoft_bounce = x")


def test_what_differs_from_the_default_is_written_after_what_always_is() -> None:
    policy = Policy(soft_bounce=True, maximal_queue_lifetime="1d", header_checks="pcre:{{/x$/ REJECT $$}}")
    assert str(policy).splitlines()[9:] == [
        "soft_bounce = yes",
        "header_checks = pcre:{{/x$$/ REJECT $$$$}}",
        "maximal_queue_lifetime = 1d",
    ]


@given(POLICIES)
def test_a_policy_is_read_back_from_what_it_prints(policy: Policy) -> None:
    assert Policy.parse(str(policy)) == policy


@given(POLICIES, POLICIES)
def test_the_lines_of_a_policy_on_top_of_another_decide(below: Policy, above: Policy) -> None:
    text = main_cf.write({name: kind.write(getattr(above, name)) for name, kind in PARAMETERS.items()})
    assert below.overridden(text) == above


# What belongs to the site, what Postfix 3.9 made safer, and what 3.10 added.
NOT_ASKED = {
    "mynetworks",
    "mydestination",
    "local_recipient_maps",
    "smtp_tls_security_level",
    "smtp_tlsrpt_enable",
    "smtpd_forbid_bare_newline",
    "smtpd_forbid_unauth_pipelining",
}

if shutil.which("postconf"):

    def test_the_defaults_are_those_of_postfix(tmp_path: Path) -> None:
        (tmp_path / "main.cf").write_text("compatibility_level = 3.6\n")
        (tmp_path / "master.cf").write_text("")
        names = sorted(set(PARAMETERS) - NOT_ASKED - set(FOLLOWERS))
        command = ["postconf", "-c", str(tmp_path), "-x", *names]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
        assert len(shown.splitlines()) == len(names)
        assert Policy.parse(shown) == Policy()


PIECES = st.sampled_from(
    [
        *"{}[]()$?:,=/!|~&-^\\ \n#",
        "a",
        "if ",
        "endif",
        "pcre:{{/",
        "/ x}}",
        "cidr:{{",
        "inline:{",
        "${",
        "$1",
        "[[:a",
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(st.sampled_from(sorted(PARAMETERS)), TEXTS)
def test_any_text_is_read_or_answered(name: str, text: str) -> None:
    try:
        policy = Policy.parse(f"{name} = {text}")
    except PolicyError:
        return
    assert Policy.parse(str(policy)) == policy

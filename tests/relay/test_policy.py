"""Policies: Postfix's names and defaults, and an answer to every mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Policy, PolicyError
from labkit.relay.restrictions import RESTRICTIONS

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


NETWORKS = st.lists(st.sampled_from(["192.0.2.0/24", "198.51.100.77", "0.0.0.0/0", "2001:db8::/32"]))
DOMAINS = st.lists(st.sampled_from(["corp.example", "customer.example", "a-b.test"]))
POLICIES = st.builds(
    Policy,
    mynetworks=NETWORKS,
    mydestination=DOMAINS,
    relay_domains=DOMAINS,
    smtpd_relay_restrictions=st.lists(st.sampled_from(sorted(RESTRICTIONS))),
    smtpd_sasl_auth_enable=st.booleans(),
    smtpd_tls_security_level=st.sampled_from(["none", "may", "encrypt"]),
    smtpd_tls_auth_only=st.booleans(),
    message_size_limit=st.integers(min_value=1, max_value=10**9),
)


@given(POLICIES)
def test_a_policy_is_read_back_from_what_it_prints(policy: Policy) -> None:
    assert Policy.parse(str(policy)) == policy

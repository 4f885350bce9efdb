"""The tables leave nothing out: what shows in a dialogue is held against Postfix."""

import re

from postfix.dialogues.choice import ALWAYS, dialogues
from postfix.policies import POLICIES

from labkit import Policy
from labkit.relay.policy import PARAMETERS
from labkit.relay.restrictions import RESTRICTIONS

# What doesn't show in a dialogue, or asks programs that aren't here.
ROUTES = {"relayhost", "smtp_fallback_relay", "smtp_tls_security_level", "smtp_tls_policy_maps"}
REPORTS = {"smtp_tlsrpt_enable"}
NEXT_HOP_LOGIN = {"smtp_sasl_auth_enable", "smtp_sasl_password_maps"}
QUEUE = {
    name
    for name in PARAMETERS
    if re.search("backoff|lifetime|delay_warning|default_destination|fast_flush", name)
}
REAL_TIME = {"anvil_rate_time_unit"}
MANY_AT_ONCE = {"default_process_limit"}
PROGRAMS = {"smtpd_milters", "check_policy_service"}
UNSEEN = ROUTES | REPORTS | NEXT_HOP_LOGIN | QUEUE | REAL_TIME | MANY_AT_ONCE | PROGRAMS


def test_there_are_60_policies_by_30_dialogues() -> None:
    assert len(POLICIES) >= 60
    assert min(len(dialogues(policy)) for policy in POLICIES) >= len(ALWAYS) >= 30


def test_every_parameter_is_used() -> None:
    used = {name for text in POLICIES.values() for name in re.findall(r"^(\w+) =", text, re.MULTILINE)}
    assert set(PARAMETERS) - used == UNSEEN & set(PARAMETERS)


def test_every_restriction_is_used() -> None:
    used = {word for text in POLICIES.values() for word in re.findall(r"\w+", text)}
    assert set(RESTRICTIONS) - used == UNSEEN & set(RESTRICTIONS)


def test_every_policy_differs_from_every_other() -> None:
    policies = {Policy.parse(text.replace("{fingerprint}", "AA:BB")) for text in POLICIES.values()}
    assert len(policies) == len(POLICIES)

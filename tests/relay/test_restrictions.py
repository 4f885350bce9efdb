"""The rules, as a table: who sends to whom, under which policy, and which rule decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Policy
from labkit.network.addresses import Host
from labkit.relay.restrictions import RESTRICTIONS, decide
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Envelope, Session

OFFICE = Policy(mynetworks="192.0.2.0/24", relay_domains="partner.example").replace(
    smtpd_relay_restrictions="permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"
)
OPEN = OFFICE.replace(mynetworks="0.0.0.0/0")
DEFER = OFFICE.replace(smtpd_relay_restrictions="permit_mynetworks, defer_unauth_destination")
NOBODY = OFFICE.replace(smtpd_relay_restrictions="reject")
OWN_FIRST = OFFICE.replace(smtpd_relay_restrictions="permit_auth_destination, reject")
NO_RULES = OFFICE.replace(smtpd_relay_restrictions="")

STAFF, STRANGER = "192.0.2.50", "203.0.113.66"

CASES = [
    (OFFICE, STAFF, "", "orders@customer.example", 250, "permit_mynetworks"),
    (OFFICE, STRANGER, "", "orders@customer.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "staff", "orders@customer.example", 250, "permit_sasl_authenticated"),
    (OFFICE, STRANGER, "", "staff@corp.example", 250, "smtpd_relay_restrictions"),
    (OFFICE, STRANGER, "", "x@partner.example", 250, "smtpd_relay_restrictions"),
    (OFFICE, STRANGER, "", "x@shop.partner.example", 250, "smtpd_relay_restrictions"),
    (OFFICE, STRANGER, "", "x@notpartner.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "x@sub.corp.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "postmaster", 250, "smtpd_relay_restrictions"),
    (OFFICE, STRANGER, "", "x%customer.example@corp.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "customer.example!x@corp.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "x@customer.example@corp.example", 554, "reject_unauth_destination"),
    (OPEN, STRANGER, "", "orders@customer.example", 250, "permit_mynetworks"),
    (DEFER, STRANGER, "", "orders@customer.example", 454, "defer_unauth_destination"),
    (DEFER, STRANGER, "", "staff@corp.example", 250, "smtpd_relay_restrictions"),
    (NOBODY, STAFF, "staff", "staff@corp.example", 554, "reject"),
    (OWN_FIRST, STRANGER, "", "staff@corp.example", 250, "permit_auth_destination"),
    (OWN_FIRST, STAFF, "", "orders@customer.example", 554, "reject"),
    (NO_RULES, STRANGER, "", "orders@customer.example", 250, "smtpd_relay_restrictions"),
]


@pytest.mark.parametrize(("policy", "client", "user", "recipient", "code", "rule"), CASES)
def test_who_decides(policy: Policy, client: str, user: str, recipient: str, code: int, rule: str) -> None:
    local, _, domain = recipient.rpartition("@") if "@" in recipient else (recipient, "", "")
    session = Session(Host("client", client), 1, 25, user=user)
    decision = decide(policy, session, Envelope(NULL, Path(local, domain)))
    assert (decision.reply.code, decision.rule) == (code, rule)
    assert decision.reason.endswith(".")


@given(st.permutations(sorted(RESTRICTIONS)), st.sampled_from([STAFF, STRANGER]))
def test_the_first_rule_that_decides_wins(order: list[str], client: str) -> None:
    policy = OFFICE.replace(smtpd_relay_restrictions=order)
    session, envelope = Session(Host("client", client), 1, 25), Envelope(NULL, Path("a", "customer.example"))
    said = [RESTRICTIONS[name](policy, session, envelope) for name in order]
    assert decide(policy, session, envelope) == next(decision for decision in said if decision)

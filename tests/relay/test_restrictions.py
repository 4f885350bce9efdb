"""The rules, as a table: who sends to whom, under which policy, what is answered and which rule decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relay.place import STAFF, STRANGER, Place, client, rcpt

from labkit import Policy
from labkit.relay.restrictions import RESTRICTIONS
from labkit.smtp.envelope import Certificate, Session

OFFICE = Policy(mynetworks="192.0.2.0/24", relay_domains="partner.example").replace(
    smtpd_relay_restrictions="permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"
)
OPEN = OFFICE.replace(mynetworks="0.0.0.0/0")
DEFER = OFFICE.replace(smtpd_relay_restrictions="permit_mynetworks, defer_unauth_destination")
NOBODY = OFFICE.replace(smtpd_relay_restrictions="reject")
NOT_NOW = OFFICE.replace(smtpd_relay_restrictions="defer")
OWN_FIRST = OFFICE.replace(smtpd_relay_restrictions="permit_auth_destination, reject")
NO_RULES = OFFICE.replace(smtpd_relay_restrictions="")
LISTED = OFFICE.replace(relay_recipient_maps={"x@partner.example": "x", "@shop.partner.example": "x"})

EXHAUSTED = "smtpd_relay_restrictions"
UNLISTED = "smtpd_reject_unlisted_recipient = yes"

CASES = [
    (OFFICE, STAFF, "", "orders@customer.example", 250, "permit_mynetworks"),
    (OFFICE, STRANGER, "", "orders@customer.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "staff", "orders@customer.example", 250, "permit_sasl_authenticated"),
    (OFFICE, STRANGER, "", "staff@corp.example", 250, EXHAUSTED),
    (OFFICE, STRANGER, "", "staff@[192.0.2.25]", 250, EXHAUSTED),
    (OFFICE, STRANGER, "", "staff", 250, EXHAUSTED),
    (OFFICE, STRANGER, "", "nobody@corp.example", 550, UNLISTED),
    (OFFICE, STRANGER, "", "MAILER-DAEMON@corp.example", 250, EXHAUSTED),
    (OFFICE, STAFF, "", "nobody", 550, UNLISTED),
    (OFFICE, STRANGER, "", "x@partner.example", 250, EXHAUSTED),
    (OFFICE, STRANGER, "", "x@shop.partner.example", 250, EXHAUSTED),
    (OFFICE, STRANGER, "", "x@notpartner.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "x@sub.corp.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "postmaster", 250, "RFC 5321 section 4.5.1"),
    (OFFICE, STRANGER, "", "x%customer.example@corp.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "customer.example!x@corp.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "x@customer.example@corp.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", '"x@customer.example"@corp.example', 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "x%customer.example@partner.example", 554, "reject_unauth_destination"),
    (OFFICE, STRANGER, "", "staff%mail.corp.example@corp.example", 250, EXHAUSTED),
    (OPEN, STRANGER, "", "orders@customer.example", 250, "permit_mynetworks"),
    (DEFER, STRANGER, "", "orders@customer.example", 454, "defer_unauth_destination"),
    (DEFER, STRANGER, "", "staff@corp.example", 250, EXHAUSTED),
    (NOBODY, STAFF, "staff", "staff@corp.example", 554, "reject"),
    (NOT_NOW, STAFF, "staff", "staff@corp.example", 450, "defer"),
    (OWN_FIRST, STRANGER, "", "staff@corp.example", 250, "permit_auth_destination"),
    (OWN_FIRST, STAFF, "", "orders@customer.example", 554, "reject"),
    (NO_RULES, STRANGER, "", "orders@customer.example", 250, EXHAUSTED),
    (LISTED, STRANGER, "", "X@partner.example", 250, EXHAUSTED),
    (LISTED, STRANGER, "", "anybody@shop.partner.example", 250, EXHAUSTED),
    (LISTED, STRANGER, "", "y@partner.example", 550, UNLISTED),
]


@pytest.mark.parametrize(("policy", "address", "user", "recipient", "code", "rule"), CASES)
def test_who_decides(policy: Policy, address: str, user: str, recipient: str, code: int, rule: str) -> None:
    decision = rcpt(policy, recipient, session=client(address, user=user))
    assert (decision.reply.code, decision.rule) == (code, rule)
    assert decision.reason.endswith(".")


KNOWN = Certificate("AA:01", "BB:02", trusted=False, common_name="partner.example")
SIGNED = Certificate("CC:03", "DD:04", trusted=True, common_name="other.example")
OWNERS = {
    "staff@corp.example": "sales, Staff",
    "director@corp.example": "director, boss",
    "@sales.example": "staff",
}

ANSWERS = [
    ("permit_tls_clientcerts, reject", {"certificate": KNOWN}, "", "250 2.1.5 Ok"),
    ("permit_tls_clientcerts, defer", {"certificate": SIGNED}, "", "450 4.3.2 <t@far.example>: Recipient address rejected: Try again later"),
    ("permit_tls_all_clientcerts, reject", {"certificate": SIGNED}, "", "250 2.1.5 Ok"),
    ("permit_tls_all_clientcerts, reject", {"certificate": KNOWN}, "", "250 2.1.5 Ok"),
    ("permit_tls_all_clientcerts, reject", {}, "", "554 5.7.1 <t@far.example>: Recipient address rejected: Access denied"),
    ("reject_plaintext_session", {}, "", "450 4.7.1 Session encryption is required"),
    ("reject_plaintext_session", {"secure": True}, "", "250 2.1.5 Ok"),
    ("reject_unauth_pipelining", {"pipelined": True}, "", "503 5.5.0 <t@far.example>: Recipient address rejected: Improper use of SMTP command pipelining"),
    ("reject_unauth_pipelining", {}, "", "250 2.1.5 Ok"),
    ("reject_sender_login_mismatch", {}, "staff@corp.example", "553 5.7.1 <staff@corp.example>: Sender address rejected: not logged in"),
    ("reject_sender_login_mismatch", {}, "x@sales.example", "553 5.7.1 <x@sales.example>: Sender address rejected: not logged in"),
    ("reject_sender_login_mismatch", {}, "x@else.example", "250 2.1.5 Ok"),
    ("reject_sender_login_mismatch", {}, "", "250 2.1.5 Ok"),
    ("reject_sender_login_mismatch", {"user": "staff"}, "STAFF@corp.example", "250 2.1.5 Ok"),
    ("reject_sender_login_mismatch", {"user": "staff"}, "director@corp.example", "553 5.7.1 <director@corp.example>: Sender address rejected: not owned by user staff"),
    ("reject_sender_login_mismatch", {"user": "staff"}, "x@else.example", "553 5.7.1 <x@else.example>: Sender address rejected: not owned by user staff"),
    ("reject_sender_login_mismatch", {"user": "staff"}, "", "250 2.1.5 Ok"),
    ("reject_authenticated_sender_login_mismatch", {}, "staff@corp.example", "250 2.1.5 Ok"),
    ("reject_authenticated_sender_login_mismatch", {"user": "boss"}, "director@corp.example", "250 2.1.5 Ok"),
    ("reject_unlisted_recipient, reject", {}, "", "554 5.7.1 <t@far.example>: Recipient address rejected: Access denied"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "known", "sender", "answer"), ANSWERS)
def test_what_is_answered(rules: str, known: dict[str, object], sender: str, answer: str) -> None:
    policy = NO_RULES.replace(
        smtpd_recipient_restrictions=rules,
        relay_clientcerts={"aa:01": "partner"},
        smtpd_sasl_auth_enable=True,
        smtpd_sender_login_maps=OWNERS,
    )
    assert str(rcpt(policy, "t@far.example", sender, client(**known)).reply) == answer  # type: ignore[arg-type]


def test_without_logins_nobody_owns_an_address() -> None:
    policy = NO_RULES.replace(
        smtpd_recipient_restrictions="reject_sender_login_mismatch", smtpd_sender_login_maps=OWNERS
    )
    assert rcpt(policy, "t@far.example", "staff@corp.example").reply.code == 250


PLAIN = sorted(name for name, rule in RESTRICTIONS.items() if not rule.takes)


DECIDING = [name for name in PLAIN if not name.startswith("defer_if")]


@given(st.permutations(DECIDING), st.sampled_from([STAFF, STRANGER]), st.booleans())
def test_the_first_rule_that_decides_wins(order: list[str], address: str, secure: bool) -> None:
    decision = rcpt(
        OFFICE.replace(smtpd_relay_restrictions=order),
        "a@customer.example",
        "ceo@corp.example",
        client(address, secure=secure),
        Place(),
    )
    said = {step.rule: step.said for step in decision.tried}
    decisive = [rule for rule in order if said.get(rule) in ("permits", "refuses", "defers")]
    assert [step.rule for step in decision.tried][: len(order)] == order[: order.index(decisive[0]) + 1]


@pytest.mark.parametrize("name", sorted(RESTRICTIONS))
def test_every_rule_says_what_it_is_for(name: str) -> None:
    assert RESTRICTIONS[name].judge.__doc__


def test_a_session_without_any_facts_refuses_nobody_for_what_it_did_not_say() -> None:
    rules = [name for name in PLAIN if name.startswith("reject_") and "unauth_dest" not in name]
    policy = NO_RULES.replace(smtpd_client_restrictions=[rule for rule in rules if "plaintext" not in rule])
    silent = Session(client().client, 1, 25)
    assert rcpt(policy, "t@far.example", "", silent).reply.code == 250

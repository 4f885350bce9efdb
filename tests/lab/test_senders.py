"""Staff and copier: an honest report whatever comes of a letter."""

from typing import Any

import pytest

from labkit import Lab, OutsideTheLab, Policy, UsageError

CLOSED = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
""")
NO_TLS = CLOSED.replace(smtpd_tls_security_level="none")
NO_AUTH = CLOSED.replace(smtpd_sasl_auth_enable=False)
LOGIN = {"user": "staff", "password": "paper-boat-7"}

CASES = [
    (CLOSED, "workstation", {}, "delivered", "250 2.0.0 Ok: queued as"),
    (CLOSED, "copier", {}, "delivered", "250 2.0.0"),
    (CLOSED.replace(smtpd_tls_security_level="encrypt"), "copier", {}, "refused", "530 5.7.0 Must issue a STARTTLS command first (to MAIL)"),
    (CLOSED, "laptop", {}, "refused", "554 5.7.1 <orders@customer.example>: Relay access denied (to RCPT)"),
    (CLOSED, "laptop", LOGIN, "delivered", "250 2.0.0"),
    (CLOSED, "laptop", {**LOGIN, "port": 25}, "delivered", "250 2.0.0"),
    (CLOSED, "laptop", {**LOGIN, "tls": "verify"}, "delivered", "250 2.0.0"),
    (CLOSED, "laptop", {**LOGIN, "password": "x"}, "refused", "535 5.7.8 Error: authentication failed: (reason unavailable) (to AUTH)"),
    (CLOSED, "laptop", {**LOGIN, "tls": "none"}, "not sent", "The relay offers no AUTH on this connection"),
    (NO_AUTH, "laptop", LOGIN, "not sent", "The relay offers no AUTH on this connection"),
    (NO_TLS, "laptop", {"tls": "encrypt"}, "not sent", "mail.corp.example offers no TLS, and this client sends nothing without"),
    (CLOSED, "laptop", {"to": "staff@corp.example"}, "delivered", "250 2.0.0"),
    (CLOSED, "laptop", {"to": "nobody@corp.example"}, "refused", "550 5.1.1"),
    (CLOSED, "laptop", {**LOGIN, "port": 465}, "delivered", "250 2.0.0"),
    (CLOSED, "laptop", {**LOGIN, "port": 465, "tls": "none"}, "not sent", "At port 465 the relay waits until the client begins TLS"),
    (CLOSED, "laptop", {"port": 2525}, "not sent", "relay [192.0.2.25] refuses connections on port 2525."),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "who", "how", "verdict", "answer"), CASES)
def test_what_comes_of_a_letter(
    lab: Lab, policy: Policy, who: str, how: dict[str, Any], verdict: str, answer: str
) -> None:
    lab.relay.policy = policy
    report = getattr(lab, who).send(**how)
    assert report.attempts[0].verdict.word == verdict
    assert answer in repr(report)


CLIENT_CERTIFICATES = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_tls_all_clientcerts, reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_ask_ccert = yes
""")
NAME = "laptop.corp.example"


@pytest.mark.parametrize("port", [25, 587, 465])
def test_a_certificate_lets_a_client_in_where_the_relay_asks_for_one(lab: Lab, port: int) -> None:
    lab.relay.policy = CLIENT_CERTIFICATES
    report = lab.laptop.send(certificate=NAME, port=port)
    assert report.delivered == 1
    why = str(report.transcripts[0].why("RCPT"))
    assert "permit_tls_all_clientcerts  The client's certificate (laptop.corp.example)" in why


@pytest.mark.parametrize(
    ("policy", "how"),
    [
        (CLIENT_CERTIFICATES, {}),
        (CLIENT_CERTIFICATES, {"certificate": NAME, "tls": "none"}),
        (CLIENT_CERTIFICATES.replace(smtpd_tls_ask_ccert="no"), {"certificate": NAME}),
        (CLOSED, {"certificate": NAME}),
    ],
)
def test_without_one_or_unasked_it_stays_a_stranger(lab: Lab, policy: Policy, how: dict[str, Any]) -> None:
    lab.relay.policy = policy
    assert lab.laptop.send(**how).refused == 1


MISTAKES = [
    ({"to": "not an address"}, "'not an address' is not an address such as"),
    ({"sender": "x y"}, "is not an address"),
    ({"port": 0}, "0 is not a port"),
    ({"port": "25"}, "'25' is not a port"),
    ({"tls": "yes"}, "'yes' is not one of none, may, encrypt, verify"),
    ({"subject": "a\r\nBcc: x@y.example"}, "one line"),
    ({"header_from": "a\nb"}, "one line"),
]


@pytest.mark.parametrize(("how", "said"), MISTAKES)
def test_a_mistake_is_answered_before_anything_is_sent(lab: Lab, how: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lab.workstation.send(**how)
    assert len(lab.transcripts) == 0


def test_a_certificate_is_in_no_real_name(lab: Lab) -> None:
    with pytest.raises(OutsideTheLab, match=r"'laptop\.real-company\.com' could be somebody's real domain"):
        lab.laptop.send(certificate="laptop.real-company.com")


def test_nobody_real_gets_a_letter(lab: Lab) -> None:
    with pytest.raises(OutsideTheLab, match=r"'real-company\.com' could be somebody's real domain"):
        lab.workstation.send(to="friend@real-company.com")
    assert len(lab.transcripts) == 0


def test_envelope_and_header_can_differ(lab: Lab) -> None:
    lab.workstation.send(
        sender="staff@corp.example", header_from="The Director <director@corp.example>", text="hi"
    )
    text = lab.mailbox("orders@customer.example")[0].text
    assert text.startswith("Return-Path: <staff@corp.example>\n")
    assert "\nFrom: The Director <director@corp.example>\n" in text


def test_a_bounces_empty_reverse_path_can_be_sent(lab: Lab) -> None:
    assert lab.workstation.send(sender="").delivered == 1
    assert "MAIL FROM:<>" in str(lab.transcripts[1])


def test_the_copier_knows_no_tls(lab: Lab) -> None:
    lab.relay.policy = CLOSED
    lab.copier.send()
    lab.workstation.send()
    sessions = [str(session) for session in lab.transcripts if session.server.name == "relay"]
    assert ["TLS begins here" in session for session in sessions] == [False, True]

"""A client's certificate: asked for, shown, trusted or not (Postfix: smtpd_tls_ask_ccert, smtpd_tls_req_ccert)."""

import ssl
from collections.abc import Callable

import pytest

from labkit.smtp.certificate import shown_in
from labkit.smtp.envelope import Certificate
from labkit.smtp.tls import Authority, Flaw

Play = Callable[..., list[str]]

COPIER = "copier.corp.example"


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> Certificate | None:
    """The handshake in memory; what the server saw."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(down, up, server_hostname="mail.corp.example")
    theirs = server.wrap_bio(up, down, server_side=True)
    for side in (ours, theirs, ours, theirs):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return shown_in(theirs)


def test_what_a_certificate_says() -> None:
    authority = Authority()
    server = authority.server_context("mail.corp.example", asks=True)
    found = shake_hands(authority.client_context(COPIER), server)
    assert found
    assert found.trusted
    assert found.common_name == COPIER
    assert len(found.fingerprint.split(":")) == len(found.key_fingerprint.split(":")) == 32
    assert found.fingerprint != found.key_fingerprint


def test_one_that_nobody_knows_is_shown_and_not_trusted() -> None:
    authority = Authority()
    server = authority.server_context("mail.corp.example", asks=True)
    found = shake_hands(authority.client_context(COPIER, known=False), server)
    assert found
    assert not found.trusted


@pytest.mark.parametrize("asks", [True, False])
def test_a_client_without_one_shows_none(asks: bool) -> None:
    authority = Authority()
    assert shake_hands(authority.verifying, authority.server_context("mail.corp.example", asks=asks)) is None


def test_a_server_that_does_not_ask_sees_none() -> None:
    authority = Authority()
    server = authority.server_context("mail.corp.example", Flaw.NONE)
    assert shake_hands(authority.client_context(COPIER), server) is None


REQUIRED = "smtpd_tls_security_level = encrypt\nsmtpd_tls_req_ccert = yes\n"
NONE_SHOWN = "S: 421 4.7.1 mail.corp.example Error: No client certificate presented"
DISTRUSTED = "S: 421 4.7.1 mail.corp.example Error: Client certificate not trusted"
FINE = "S: 250 2.0.0 Ok"

CASES = [
    ("== TLS", REQUIRED, f"{NONE_SHOWN}\n== EOF"),
    ("== TLS as x.example, distrusted", REQUIRED, f"{DISTRUSTED}\n== EOF"),
    ("== TLS as x.example", REQUIRED, FINE),
    ("== TLS", REQUIRED.replace("encrypt", "may"), FINE),  # who needn't encrypt needn't show anything
    ("== TLS", "smtpd_tls_security_level = encrypt\nsmtpd_tls_ask_ccert = yes", FINE),
    ("== TLS as x.example, distrusted", "smtpd_tls_security_level = may\nsmtpd_tls_ask_ccert = yes", FINE),
]


@pytest.mark.parametrize(("handshake", "policy", "answer"), CASES)
def test_a_server_can_insist(play: Play, handshake: str, policy: str, answer: str) -> None:
    play(
        f"""
        S: 220 mail.corp.example ESMTP Postfix
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        {handshake}
        C: NOOP
        {answer}
        """,
        policy=policy,
    )


def test_at_port_465_it_says_so_and_greets_all_the_same_as_postfix_does(play: Play) -> None:
    greeting = "S: 220 mail.corp.example ESMTP Postfix"
    play(f"== TLS\n{NONE_SHOWN}\n{greeting}\n== EOF", policy=REQUIRED, port=465)


@pytest.mark.parametrize(
    ("handshake", "answer"),
    [
        ("as copier.corp.example", "250 2.1.5 Ok"),
        ("as copier.corp.example, distrusted", "554 5.7.1 <orders@customer.example>: Relay access denied"),
    ],
)
def test_a_trusted_one_can_open_the_relay(play: Play, handshake: str, answer: str) -> None:
    play(
        f"""
        S: 220 mail.corp.example ESMTP Postfix
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        == TLS {handshake}
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: {answer}
        """,
        policy="smtpd_tls_security_level = may\nsmtpd_tls_ask_ccert = yes\n"
        "smtpd_relay_restrictions = permit_tls_all_clientcerts, reject_unauth_destination",
    )

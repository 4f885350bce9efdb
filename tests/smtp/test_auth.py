"""AUTH (RFC 4954), as dialogues."""

from collections.abc import Callable

import pytest

Play = Callable[..., list[str]]

CLOSED = """
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
"""

HELLO = """
S: 220 mail.corp.example ESMTP Postfix
C: HELO client.example
S: 250 mail.corp.example
"""


AUTH = {
    "AUTH needs a mechanism": """
        C: AUTH
        S: 501 5.5.4 Syntax: AUTH mechanism
        C: AUTH PLAIN AA== AA==
        S: 501 5.5.4 Syntax: AUTH mechanism
        C: AUTH FOO
        S: 535 5.7.8 Error: authentication failed: Invalid authentication mechanism
    """,
    "names of mechanisms are read whatever their case": """
        C: auth plain AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 235 2.7.0 Authentication successful
    """,
    "AUTH LOGIN asks for both": """
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: c3RhZmY=
        S: 334 UGFzc3dvcmQ6
        C: cGFwZXItYm9hdC03
        S: 235 2.7.0 Authentication successful
    """,
    "an unknown user and a wrong password get the same answer": """
        C: AUTH PLAIN AHN0YWZmAHdyb25n
        S: 535 5.7.8 Error: authentication failed: (reason unavailable)
        C: AUTH PLAIN AG5vYm9keQB3cm9uZw==
        S: 535 5.7.8 Error: authentication failed: (reason unavailable)
    """,
    "AUTH can be given up": """
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: *
        S: 501 5.7.0 Authentication aborted
    """,
    "what isn't base64 is refused": """
        C: AUTH PLAIN !!!!
        S: 535 5.7.8 Error: authentication failed: Invalid base64 data in initial response
    """,
    "AUTH within a transaction is refused": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 503 5.5.1 Error: MAIL transaction in progress
    """,
    "nobody logs in twice": """
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 235 2.7.0 Authentication successful
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 503 5.5.1 Error: already authenticated
        C: MAIL FROM:<a@b.example> AUTH=<>
        S: 250 2.1.0 Ok
        C: RSET
        S: 250 2.0.0 Ok
        C: MAIL FROM:<a@b.example> AUTH=x AUTH=y
        S: 503 5.5.4 Error: multiple AUTH= options
    """,
    "a secret that never ends is refused": f"""
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: {"x" * 140000}
        S: 500 5.5.6 SASL response limit exceeded
        C: NOOP
        S: 250 2.0.0 Ok
    """,
}


@pytest.mark.parametrize("script", AUTH.values(), ids=AUTH)
def test_auth(play: Play, script: str) -> None:
    play(HELLO + script.lstrip(), policy=CLOSED)


def test_wrong_passwords_are_errors_as_all_others(play: Play) -> None:
    wrong = (
        "C: AUTH PLAIN AHN0YWZmAHdyb25n\nS: 535 5.7.8 Error: authentication failed: (reason unavailable)\n"
    )
    aborted = "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 5.7.0 Authentication aborted\n"
    play(
        f"{HELLO}{wrong}{aborted}S: 421 4.7.0 mail.corp.example Error: too many errors\n== EOF",
        policy=CLOSED + "smtpd_hard_error_limit = 2",
    )


def test_a_client_must_greet_before_it_logs_in_where_the_policy_says_so(play: Play) -> None:
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 503 5.5.1 Error: send HELO/EHLO first
        """,
        policy=CLOSED + "smtpd_helo_required = yes",
    )


def test_auth_that_is_not_offered_is_refused_before_its_order_is_looked_at(play: Play) -> None:
    play(
        f"""{HELLO}
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 503 5.5.1 Error: authentication not enabled
        """
    )

"""The gaps of aiosmtpd that the lab closes, and the order of commands, as dialogues (RFC 5321)."""

from collections.abc import Callable

import pytest

from labkit import Lab

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


def test_ehlo_offers_what_the_policy_allows_in_postfix_order(play: Play) -> None:
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: EHLO client.example
        S: 250-mail.corp.example
        S: 250-PIPELINING
        S: 250-SIZE 5000
        S: 250-VRFY
        S: 250-STARTTLS
        S: 250-AUTH PLAIN LOGIN
        S: 250-ENHANCEDSTATUSCODES
        S: 250-8BITMIME
        S: 250 SMTPUTF8
        C: QUIT
        S: 221 2.0.0 Bye
        == EOF
        """,
        policy=CLOSED + "message_size_limit = 5000",
    )


DIALOGUES = {
    "RCPT needs MAIL first": """
        C: RCPT TO:<orders@customer.example>
        S: 503 5.5.1 Error: need MAIL command
    """,
    "DATA needs RCPT first": """
        C: DATA
        S: 503 5.5.1 Error: need RCPT command
    """,
    "DATA needs a recipient that was accepted": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<>
        S: 501 5.1.3 Bad recipient address syntax
        C: DATA
        S: 554 5.5.1 Error: no valid recipients
    """,
    "MAIL can't be nested": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Error: nested MAIL command
    """,
    "RSET ends the transaction": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RSET
        S: 250 2.0.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 503 5.5.1 Error: need MAIL command
    """,
    "a second greeting ends the transaction": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: HELO again.example
        S: 250 mail.corp.example
        C: RCPT TO:<orders@customer.example>
        S: 503 5.5.1 Error: need MAIL command
    """,
    "commands are read whatever their case": """
        C: mail from:<a@b.example>
        S: 250 2.1.0 Ok
        C: rCpT tO:<orders@customer.example>
        S: 250 2.1.5 Ok
    """,
    "the null reverse-path is a path, not the text <>": """
        C: MAIL FROM:<>
        S: 250 2.1.0 Ok
        C: MAIL FROM:<>
        S: 503 5.5.1 Error: nested MAIL command
    """,
    "angle brackets are required": """
        C: MAIL FROM:a@b.example
        S: 501 5.1.7 Bad sender address syntax
        C: MAIL FROM a@b.example
        S: 501 5.5.4 Syntax: MAIL FROM:<address>
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:orders@customer.example
        S: 501 5.1.3 Bad recipient address syntax
    """,
    "control characters in a path are refused": """
        C> 'MAIL FROM:<a\\x07@b.example>\\r\\n'
        S: 501 5.1.7 Bad sender address syntax
    """,
    "a local part of more than 64 octets is refused": f"""
        C: MAIL FROM:<{"a" * 65}@b.example>
        S: 501 5.1.7 Bad sender address syntax
        C: MAIL FROM:<{"a" * 64}@b.example>
        S: 250 2.1.0 Ok
    """,
    "a command that ends in a bare line feed is refused": """
        C> 'NOOP\\n'
        S: 550 5.5.2 mail.corp.example Error: bare <LF> received
        C: NOOP
        S: 250 2.0.0 Ok
    """,
    "unknown parameters are refused by name": """
        C: MAIL FROM:<a@b.example> FOO=bar
        S: 555 5.5.4 Unsupported option: FOO=bar
        C: MAIL FROM:<a@b.example> BODY=BINARYMIME
        S: 555 5.5.4 Unsupported option: BODY=BINARYMIME
        C: MAIL FROM:<a@b.example> SIZE=1000 BODY=8BITMIME SMTPUTF8
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example> FOO=bar
        S: 555 5.5.4 Unsupported option: FOO=bar
    """,
    "a letter that says it is too big is refused before it is sent": """
        C: MAIL FROM:<a@b.example> SIZE=10240001
        S: 552 5.3.4 Message size exceeds fixed limit
    """,
    "unknown commands": """
        C: EXPN all
        S: 500 5.5.2 Error: command not recognized
        C: HELP
        S: 500 5.5.2 Error: command not recognized
        C:
        S: 500 5.5.2 Error: bad syntax
    """,
    "VRFY tells nothing": """
        C: VRFY staff@corp.example
        S: 252 2.0.0 staff@corp.example
        C: VRFY nobody@corp.example
        S: 252 2.0.0 nobody@corp.example
    """,
    "a web browser is sent away": """
        C: GET / HTTP/1.1
        S: 221 2.7.0 Error: I can break rules, too. Goodbye.
        == EOF
    """,
    "a header outside DATA is sent away": """
        C: Subject: hello
        S: 221 2.7.0 Error: I can break rules, too. Goodbye.
        == EOF
    """,
    "bytes that aren't UTF-8 are refused": """
        C> b'MAIL FROM:<\\xff@b.example>\\r\\n'
        S: 500 5.5.2 Error: bad UTF-8 syntax
    """,
    "a line that is too long is refused, and the next one is read": f"""
        C: NOOP {"x" * 70000}
        S: 500 5.5.2 Error: line too long
        C: NOOP
        S: 250 2.0.0 Ok
    """,
    "commands in one breath are answered in order": """
        C> 'MAIL FROM:<a@b.example>\\r\\nRCPT TO:<orders@customer.example>\\r\\nRSET\\r\\n'
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 250 2.0.0 Ok
    """,
    "TLS and AUTH aren't there unless the policy says so": """
        C: STARTTLS
        S: 502 5.5.1 Error: command not implemented
        C: AUTH PLAIN AHN0YWZmAHg=
        S: 503 5.5.1 Error: authentication not enabled
    """,
    "NOOP keeps the transaction": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: NOOP whatever
        S: 250 2.0.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
    """,
}


@pytest.mark.parametrize("script", DIALOGUES.values(), ids=DIALOGUES)
def test_dialogue(play: Play, script: str) -> None:
    play(HELLO + script.lstrip())


def test_too_many_errors_end_the_session(play: Play) -> None:
    wrong = "C: FOO\nS: 500 5.5.2 Error: command not recognized\n" * 20
    play(f"{HELLO}{wrong}S: 421 4.7.0 mail.corp.example Error: too many errors\n== EOF")


AUTH = {
    "AUTH needs a mechanism": """
        C: AUTH
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
    """,
    "a secret that never ends is refused": f"""
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: {"x" * 140000}
        S: 500 5.5.2 Error: line too long
    """,
}


@pytest.mark.parametrize("script", AUTH.values(), ids=AUTH)
def test_auth(play: Play, script: str) -> None:
    play(HELLO + script.lstrip(), policy=CLOSED)


def test_tls_forgets_what_was_said_before_and_is_begun_once(play: Play) -> None:
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: STARTTLS now
        S: 501 5.5.4 Syntax: STARTTLS
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        == TLS
        C: RCPT TO:<orders@customer.example>
        S: 503 5.5.1 Error: need MAIL command
        C: STARTTLS
        S: 554 5.5.1 Error: TLS already active
        """,
        policy=CLOSED,
    )


def test_nothing_pipelined_survives_starttls(play: Play) -> None:
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C> 'STARTTLS\\r\\nMAIL FROM:<inject@evil.example>\\r\\n'
        S: 220 2.0.0 Ready to start TLS
        == TLS
        C: RCPT TO:<orders@customer.example>
        S: 503 5.5.1 Error: need MAIL command
        """,
        policy=CLOSED,
    )


def test_auth_is_offered_only_inside_tls_where_the_policy_says_so(play: Play) -> None:
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 503 5.5.1 Error: authentication not enabled
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        == TLS
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 235 2.7.0 Authentication successful
        """,
        policy=CLOSED + "smtpd_tls_auth_only = yes",
    )


def test_a_server_that_insists_on_tls_does_nothing_before(play: Play) -> None:
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: HELO client.example
        S: 250 mail.corp.example
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 530 5.7.0 Must issue a STARTTLS command first
        C: MAIL FROM:<staff@corp.example>
        S: 530 5.7.0 Must issue a STARTTLS command first
        C: RSET
        S: 530 5.7.0 Must issue a STARTTLS command first
        C: VRFY staff
        S: 530 5.7.0 Must issue a STARTTLS command first
        C: FOO
        S: 500 5.5.2 Error: command not recognized
        C: NOOP
        S: 250 2.0.0 Ok
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        == TLS
        C: MAIL FROM:<staff@corp.example>
        S: 250 2.1.0 Ok
        """,
        policy=CLOSED.replace("= may", "= encrypt"),
    )


def test_command_limits_are_not_shared_between_sessions(lab: Lab, play: Play) -> None:
    script = f"{HELLO}C: MAIL FROM:<a@b.example> SIZE=100\nS: 250 2.1.0 Ok"
    for _ in range(3):
        play(script)
    assert len(lab.transcripts) == 3


def test_a_client_that_only_half_closes_still_gets_its_answers(lab: Lab) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", lab.ports["relay:25"]), 10) as client:
        client.sendall(b"NOOP\r\nQUIT\r\n")
        client.shutdown(socket.SHUT_WR)
        heard = b"".join(iter(lambda: client.recv(4096), b""))
    assert heard.splitlines()[1:] == [b"250 2.0.0 Ok", b"221 2.0.0 Bye"]

"""RFC 3207, SMTP over Transport Layer Security."""

from collections.abc import Callable

import pytest
from conformance.conftest import ACCOUNTS

TLS = """
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        == TLS
"""

DIALOGUES = {
    "4 STARTTLS takes no argument": """
        C: STARTTLS now
        S: 501 5.5.4 Syntax: STARTTLS
    """,
    "4 TLS inside TLS is refused": TLS
    + """
        C: EHLO client.example
        S: 250 ...
        C: STARTTLS
        S: 554 5.5.1 Error: TLS already active
    """,
    "4.2 the server forgets the transaction that came before": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
    """
    + TLS
    + """
        C: DATA
        S: 503 5.5.1 Error: need RCPT command
    """,
    "4.2 nothing that was pipelined behind STARTTLS is obeyed": """
        C> 'STARTTLS\\r\\nMAIL FROM:<injected@b.example>\\r\\n'
        S: 220 2.0.0 Ready to start TLS
        == TLS
        C: EHLO client.example
        S: 250 ...
        C: RCPT TO:<orders@customer.example>
        S: 503 5.5.1 Error: need MAIL command
    """,
    "4.2 STARTTLS isn't offered once TLS is on": TLS
    + """
        C: EHLO client.example
        S: 250-mail.corp.example
        S: 250-PIPELINING
        S: 250-SIZE 10240000
        S: 250-VRFY
        S: 250-ETRN
        S: 250-AUTH PLAIN LOGIN
        S: 250-ENHANCEDSTATUSCODES
        S: 250-8BITMIME
        S: 250-DSN
        S: 250-SMTPUTF8
        S: 250 CHUNKING
    """,
}


@pytest.mark.parametrize("script", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_dialogue(conform: Callable[..., list[str]], script: str) -> None:
    conform(script, policy=ACCOUNTS)


def test_4_a_server_that_insists_says_so_until_tls_begins(conform: Callable[..., list[str]]) -> None:
    conform(
        """
        C: MAIL FROM:<a@b.example>
        S: 530 5.7.0 Must issue a STARTTLS command first
        C: NOOP
        S: 250 2.0.0 Ok
        """,
        policy="smtpd_tls_security_level = encrypt",
    )

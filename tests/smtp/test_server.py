"""The commands of a mail server, as dialogues (RFC 5321 section 4.1), answered as Postfix answers them."""

from collections.abc import Callable

import pytest

Play = Callable[..., list[str]]

POLICY = """
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
        S: 250-ETRN
        S: 250-STARTTLS
        S: 250-AUTH PLAIN LOGIN
        S: 250-ENHANCEDSTATUSCODES
        S: 250-8BITMIME
        S: 250-DSN
        S: 250-SMTPUTF8
        S: 250 CHUNKING
        C: QUIT
        S: 221 2.0.0 Bye
        == EOF
        """,
        policy=POLICY + "message_size_limit = 5000",
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
    "unknown commands": """
        C: EXPN all
        S: 500 5.5.2 Error: command not recognized
        C: HELP
        S: 500 5.5.2 Error: command not recognized
        C:
        S: 500 5.5.2 Error: bad syntax
    """,
    "VRFY says what RCPT would say": """
        C: VRFY staff@corp.example
        S: 252 2.0.0 staff@corp.example
        C: VRFY <staff@corp.example> SMTPUTF8
        S: 252 2.0.0 <staff@corp.example>
        C: VRFY nobody@corp.example
        S: 550 5.1.1 <nobody@corp.example>: Recipient address rejected: User unknown in local recipient table
        C: VRFY
        S: 501 5.5.4 Syntax: VRFY address [SMTPUTF8]
        C: VRFY two words
        S: 501 5.1.3 Bad recipient address syntax
    """,
    "ETRN is for domains that the relay holds mail for": """
        C: ETRN
        S: 500 Syntax: ETRN domain
        C: ETRN not_a_domain-
        S: 501 Error: invalid parameter syntax
        C: ETRN @customer.example
        S: 459 <customer.example>: service unavailable
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: ETRN customer.example
        S: 503 Error: MAIL transaction in progress
    """,
    "a client can't say that it is another one": """
        C: XCLIENT
        S: 501 5.5.4 Syntax: XCLIENT attribute=value...
        C: XCLIENT ADDR=192.0.2.1
        S: 550 5.7.0 Error: insufficient authorization
        C: XFORWARD ADDR=192.0.2.1
        S: 550 5.7.0 Error: insufficient authorization
    """,
    "commands that take nothing say so": """
        C: RSET x
        S: 501 5.5.4 Syntax: RSET
        C: EHLO
        S: 501 Syntax: EHLO hostname
        C: HELO
        S: 501 Syntax: HELO hostname
        C: NOOP x
        S: 250 2.0.0 Ok
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
        C: DATA x
        S: 501 5.5.4 Syntax: DATA
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

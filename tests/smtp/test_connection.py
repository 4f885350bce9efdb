"""What carries a dialogue: TLS, begun on demand or at once (RFC 3207, RFC 8314), and half-closed connections."""

import asyncio
import socket
from collections.abc import Callable

from labkit import Lab
from labkit.recipient.server import RecipientServer
from labkit.smtp.server import MailServer

Play = Callable[..., list[str]]

CLOSED = """
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
"""


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


def test_port_465_begins_with_tls(play: Play) -> None:
    play(
        """
        == TLS
        S: 220 mail.corp.example ESMTP Postfix
        C: STARTTLS
        S: 554 5.5.1 Error: TLS already active
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 235 2.7.0 Authentication successful
        C: MAIL FROM:<staff@corp.example>
        S: 250 2.1.0 Ok
        C: QUIT
        S: 221 2.0.0 Bye
        == EOF
        """,
        policy=CLOSED,
        port=465,
    )


def test_a_handshake_that_fails_at_port_465_ends_the_session_and_shows(lab: Lab, play: Play) -> None:
    play("C: EHLO client.example\n== EOF", policy=CLOSED, port=465)
    assert "the TLS handshake failed" in str(lab.transcripts[1])


def test_a_handshake_that_fails_after_starttls_ends_the_session_and_shows(lab: Lab, play: Play) -> None:
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        C: EHLO client.example
        == EOF
        """,
        policy=CLOSED,
    )
    assert "the TLS handshake failed" in str(lab.transcripts[1])


def test_esmtp_is_not_forgotten_but_the_name_is(lab: Lab, play: Play) -> None:
    play(
        """
        S: 220 mail.corp.example ESMTP Postfix
        C: EHLO client.example
        S: 250 ...
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        == TLS
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Error: send HELO/EHLO first
        """,
        policy=CLOSED + "smtpd_helo_required = yes",
    )


def test_command_limits_are_not_shared_between_sessions(lab: Lab, play: Play) -> None:
    script = "S: 220 mail.corp.example ESMTP Postfix\nC: MAIL FROM:<a@b.example> SIZE=100\nS: 250 2.1.0 Ok"
    for _ in range(3):
        play(script)
    assert len(lab.transcripts) == 3


def test_a_client_that_only_half_closes_still_gets_its_answers(lab: Lab) -> None:
    with socket.create_connection(("127.0.0.1", lab.ports["relay:25"]), 10) as client:
        client.sendall(b"NOOP\r\nQUIT\r\n")
        client.shutdown(socket.SHUT_WR)
        heard = b"".join(iter(lambda: client.recv(4096), b""))
    assert heard.splitlines()[1:] == [b"250 2.0.0 Ok", b"221 2.0.0 Bye"]


def test_a_silent_client_is_told_so_when_its_time_is_over_and_not_before(lab: Lab) -> None:
    servers: list[MailServer] = []

    class Watched(RecipientServer):
        async def on_connect(self) -> None:
            servers.append(self)

    async def silence() -> tuple[bytes, bytes]:
        network, recipient = lab.scenery.network, lab.mx1
        network.shut(recipient.host, 25)
        await network.listen(recipient.host, 25, lambda: Watched(recipient))
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        await network.connect(lab.relay.site.host, recipient.host.address, 25, protocol)
        greeting = await reader.readline()
        servers[0]._timeout_cb()  # the timer goes off, but the client has spoken since it was set
        servers[0]._deadline = 0.0
        servers[0]._timeout_cb()
        return greeting, await reader.read()

    greeting, rest = lab.wait_for(silence(), "a silent client")
    assert greeting == b"220 mx1.customer.example ESMTP Postfix\r\n"
    assert rest == b"421 4.4.2 mx1.customer.example Error: timeout exceeded\r\n"

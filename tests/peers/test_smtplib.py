"""Python's own smtplib, in this very process: as in a notebook's cell, next to the lab."""

import smtplib
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from labkit import Lab
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript

STAFF, STRANGERS = "staff@corp.example", "orders@customer.example"


@pytest.fixture
def server(lab: Lab) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", lab.ports["relay:587"], "terminal.example", timeout=20) as server:
        yield server


@pytest.fixture
def secure(server: smtplib.SMTP) -> smtplib.SMTP:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    assert server.starttls(context=context) == (220, b"2.0.0 Ready to start TLS")
    return server


def letter(recipient: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = STAFF, recipient, "Grüße"
    message.set_content("Hello,\n\n.a line with a dot\n.\nbye\n")
    return message


def test_a_letter_arrives_as_it_was_written(
    lab: Lab, server: smtplib.SMTP, seen: Callable[[], Transcript]
) -> None:
    assert server.send_message(letter(STAFF)) == {}
    seen()
    assert lab.mailbox(STAFF)[-1].text.endswith("\n\nHello,\n\n.a line with a dot\n.\nbye\n")


@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
def test_a_login_inside_tls_opens_the_relay(
    lab: Lab, secure: smtplib.SMTP, seen: Callable[[], Transcript], mechanism: str
) -> None:
    before = len(lab.mailbox(STRANGERS))
    secure.ehlo()
    secure.user, secure.password = "staff", "paper-boat-7"
    name = mechanism.removeprefix("auth_").upper()
    assert secure.auth(name, getattr(secure, mechanism)) == (235, b"2.7.0 Authentication successful")
    assert secure.send_message(letter(STRANGERS)) == {}
    seen()
    assert len(lab.mailbox(STRANGERS)) == before + 1
    assert "with ESMTPSA id" in lab.mailbox(STRANGERS)[-1].text


def test_login_picks_a_mechanism_that_is_offered(secure: smtplib.SMTP) -> None:
    assert secure.login("staff", "paper-boat-7") == (235, b"2.7.0 Authentication successful")


@pytest.mark.parametrize(
    ("user", "password"), [("staff", "paper-boat-8"), ("nobody", "paper-boat-7"), ("staff", "")]
)
def test_a_wrong_login_is_refused_in_the_same_words(secure: smtplib.SMTP, user: str, password: str) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError) as refusal:
        secure.login(user, password)
    assert refusal.value.args == (535, b"5.7.8 Error: authentication failed: (reason unavailable)")


def test_there_is_no_login_before_tls(server: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPNotSupportedError):
        server.login("staff", "paper-boat-7")


def test_sendmail_names_who_was_refused_and_serves_the_others(
    lab: Lab, server: smtplib.SMTP, seen: Callable[[], Transcript]
) -> None:
    before = len(lab.mailbox(STAFF))
    refused = server.sendmail("someone@home.example", [STAFF, STRANGERS], "Subject: both\n\nHello.\n")
    assert refused == {STRANGERS: (554, b"5.7.1 <orders@customer.example>: Relay access denied")}
    assert [line.rule for line in lines(seen()) if line.step == "RCPT" and line.rule] == [
        "smtpd_relay_restrictions", "reject_unauth_destination",
    ]  # fmt: skip
    assert len(lab.mailbox(STAFF)) == before + 1


def test_a_stranger_s_letter_to_strangers_is_refused(server: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        server.sendmail("someone@home.example", [STRANGERS], "Subject: no\n\nHello.\n")


def test_how_a_client_leaves_after_the_221_is_not_shown(
    secure: smtplib.SMTP, seen: Callable[[], Transcript]
) -> None:
    assert secure.docmd("QUIT") == (221, b"2.0.0 Bye")
    assert secure.sock
    secure.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    secure.close()  # with a reset, and without TLS's own farewell
    *_, last = lines(seen())
    assert (last.text, last.wire) == ("221 2.0.0 Bye", "37 bytes of noise")

"""openssl s_client: is there TLS, whose certificate is it, and a letter typed inside TLS."""

import subprocess
from base64 import b64encode
from collections.abc import Callable

import pytest

from labkit import Lab, Policy
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript

Run = Callable[..., subprocess.CompletedProcess[str]]

PROOF = b64encode(b"\0staff\0paper-boat-7").decode()
BY_HAND = f"""\
EHLO terminal.example
AUTH PLAIN {PROOF}
MAIL FROM:<staff@corp.example>
RCPT TO:<orders@customer.example>
DATA
Subject: typed by hand

Hello.
.
QUIT
"""


@pytest.fixture
def s_client(lab: Lab, run: Run) -> Run:
    def s_client(port: int, *options: str, said: str = "") -> subprocess.CompletedProcess[str]:
        address = f"127.0.0.1:{lab.ports[f'relay:{port}']}"
        return run("openssl", "s_client", "-starttls", "smtp", "-connect", address, *options, said=said)

    return s_client


@pytest.mark.parametrize("port", [25, 587])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_the_handshake_ends_in_tls(
    s_client: Run, seen: Callable[[], Transcript], port: int, version: str
) -> None:
    done = s_client(port, f"-tls{version.replace('.', '_')}")
    assert done.returncode == 0
    assert f"New, TLSv{version}, Cipher is " in done.stdout
    assert f"TLS begins here (TLSv{version})" in seen().text()


def test_the_certificate_is_for_the_relay_s_name_and_no_other(s_client: Run, run: Run) -> None:
    certificate = s_client(25).stdout
    for name, verdict in (("mail.corp.example", "does match"), ("mx1.customer.example", "does NOT match")):
        checked = run("openssl", "x509", "-noout", "-checkhost", name, said=certificate)
        assert f"Hostname {name} {verdict} certificate" in checked.stdout


def test_nobody_outside_the_lab_trusts_its_authority(s_client: Run) -> None:
    assert s_client(25, "-verify_return_error").returncode != 0


def test_a_letter_typed_inside_tls_arrives(lab: Lab, s_client: Run, seen: Callable[[], Transcript]) -> None:
    before = len(lab.mailbox("orders@customer.example"))
    done = s_client(587, "-quiet", "-crlf", said=BY_HAND)
    assert done.stdout.splitlines()[-1] == "221 2.0.0 Bye"
    said = [line for line in lines(seen()) if line.verb in ("AUTH", "MAIL", "RCPT", "DATA")]
    assert [(line.text, line.hidden) for line in said] == [
        ("AUTH PLAIN ********", True),
        ("MAIL FROM:<staff@corp.example>", True),
        ("RCPT TO:<orders@customer.example>", True),
        ("DATA", True),
    ]
    assert len(lab.mailbox("orders@customer.example")) == before + 1
    assert "\nHello.\n" in lab.mailbox("orders@customer.example")[-1].text


def test_where_no_tls_is_offered_openssl_says_so(lab: Lab, s_client: Run) -> None:
    policy = lab.relay.policy
    lab.relay.policy = Policy(smtpd_tls_security_level="none")
    done = s_client(25)
    lab.relay.policy = policy
    assert done.returncode == 1
    assert "Didn't find STARTTLS in server response" in done.stderr

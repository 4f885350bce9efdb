"""Certificates made at run time: for the right name, by the lab's own authority, and not before TLS is used."""

import asyncio
import ssl
import subprocess
import sys

import pytest

from labkit import Lab
from labkit.smtp.tls import Authority, Flaw


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> ssl.SSLObject:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = client.wrap_bio(to_client, to_server, server_hostname=name)
    answerer = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (caller, answerer, caller, answerer):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return caller


def test_a_client_that_verifies_accepts_the_right_name_only() -> None:
    authority = Authority()
    server = authority.server_context("mail.corp.example")
    assert shake_hands(server, authority.verifying, "mail.corp.example").version() == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, authority.verifying, "mx1.customer.example")


def test_another_labs_authority_is_not_trusted() -> None:
    server = Authority().server_context("mail.corp.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, Authority().verifying, "mail.corp.example")


@pytest.mark.parametrize(
    ("flaw", "said"),
    [
        (Flaw.NAME, "Hostname mismatch"),
        (Flaw.EXPIRED, "certificate has expired"),
        (Flaw.AUTHORITY, "unable to get local issuer certificate"),
    ],
)
def test_a_flaw_is_seen_by_a_client_that_verifies_and_by_no_other(flaw: Flaw, said: str) -> None:
    authority = Authority()
    server = authority.server_context("mx1.customer.example", flaw)
    with pytest.raises(ssl.SSLCertVerificationError, match=said):
        shake_hands(server, authority.verifying, "mx1.customer.example")
    assert shake_hands(server, authority.trusting, "mx1.customer.example").version() == "TLSv1.3"


def test_a_trusting_client_takes_any_certificate() -> None:
    server = Authority().server_context("mail.corp.example")
    assert shake_hands(server, Authority().trusting, "somebody.example").version() == "TLSv1.3"


def test_a_server_has_one_certificate_for_its_name() -> None:
    authority = Authority()
    assert authority.server_context("mail.corp.example") is authority.server_context("mail.corp.example")


def test_a_lab_without_tls_never_loads_the_cryptography_library() -> None:
    program = "import sys; from labkit import Lab; Lab().close(); sys.exit('trustme' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


def test_a_verifying_client_gets_through_to_the_relay(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="may")
    assert lab.laptop.send(tls="verify").delivered == 1


def test_nobody_waits_for_the_handshake_of_a_client_that_is_gone(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="may")
    network, relay = lab.scenery.network, lab.relay.site.host

    async def talk() -> bytes:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        connection = await network.connect(network.host_at("203.0.113.66"), relay.address, 25, protocol)
        connection.transport.write(b"STARTTLS\r\nno handshake")
        connection.transport.write_eof()
        heard = await reader.read()
        connection.transport.close()
        return heard

    assert (
        lab.wait_for(talk(), "the server to hang up", limit=20) == b"220 mail.corp.example ESMTP Postfix\r\n"
    )
    assert "the client hung up without QUIT" in str(lab.transcripts[1])

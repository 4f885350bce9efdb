"""The provider through which letters are smuggled: careful about its customers, careless about octets."""

from collections.abc import Awaitable, Callable

import pytest

from labkit import Lab
from labkit.attacker.means.passing import PROVIDER, Provider
from labkit.lab import usual
from labkit.smtp.client import SmtpClient

Script = Callable[[SmtpClient], Awaitable[str]]
ENVELOPE = ("MAIL FROM:<guest@webmail.example>", "RCPT TO:<orders@customer.example>", "DATA")


def through_the_provider(lab: Lab, script: Script) -> tuple[str, Provider]:
    """What a script says at its end, and the provider."""
    network = lab.scenery.network
    provider = Provider(network, lab.scenery.authority, usual.MX1, 25)

    async def run() -> str:
        await provider.open()
        try:
            client = await SmtpClient.connect(network, usual.ATTACKER, PROVIDER.address, 25)
            await client.ehlo("vps66.hosting.example")
            said = await script(client)
            client.abort()
            return said
        finally:
            provider.close()

    return lab.wait_for(run(), "a script"), provider


def content(octets: bytes) -> Script:
    async def script(client: SmtpClient) -> str:
        for line in ENVELOPE:
            await client.command(line)
        client.write(octets)
        return str(await client.hear())

    return script


@pytest.mark.parametrize(
    "octets", [b".\r\n", b"a\r\n.\r\n", b"a\nb\n.\nc\r\n.\r\n", b"..\r\n.a\r\n.\r\n", b"a\r.\rb\r\n.\r\n"]
)
def test_octets_are_passed_on_as_they_are(lab: Lab, octets: bytes) -> None:
    said, provider = through_the_provider(lab, content(octets))
    assert said.startswith("250 2.0.0 Ok: queued as")
    (passage,) = provider.passages
    assert passage.more == ()
    wire = b"".join(frame.data for frame in lab.scenery.recorder.transcript(passage.session).frames)
    assert octets + b"QUIT\r\n" in wire


def test_a_customer_sends_in_his_own_name_only(lab: Lab) -> None:
    async def script(client: SmtpClient) -> str:
        return (await client.command("MAIL FROM:<postmaster@webmail.example>")).status

    assert through_the_provider(lab, script)[0] == "553 5.7.1"


def test_what_the_next_server_refuses_is_refused(lab: Lab) -> None:
    async def script(client: SmtpClient) -> str:
        for line in (ENVELOPE[0], "RCPT TO:<nobody@customer.example>", "DATA"):
            await client.command(line)
        client.write(b"x\r\n.\r\n")
        return (await client.hear()).status

    said, provider = through_the_provider(lab, script)
    assert said == "550 5.1.1"
    assert len(provider.passages) == 1


def test_nothing_goes_wrong_inside_the_provider(lab: Lab) -> None:
    _, provider = through_the_provider(lab, content(b"x\r\n.\r\n"))
    assert provider.problems == []

"""Whoever only passes on is noticed by nobody: whatever the servers do, the client hears the same."""

import asyncio
import smtplib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playbook import Player

from labkit import Lab, Policy
from labkit.attacker.means.middle import Impostor, Man, Middle, Stripper
from labkit.lab import usual
from labkit.network.addresses import Host
from labkit.network.fabric import YOUR_TERMINAL
from labkit.network.hop import Near, Passage
from labkit.recipient.faults import FAULTS
from labkit.smtp.tls import Authority


class Router:
    name = "router"

    def meet(self, passage: Passage) -> Near:
        return Near(passage)


def man(lab: Lab, middle: type[Middle]) -> Man:
    return Man("man in the middle", middle, lab.scenery.clock, Authority())


def put(lab: Lab, hop: Man | Router, *paths: tuple[Host, Host]) -> None:
    async def stand() -> None:
        for one, other in paths:
            lab.scenery.network.on_path(one, other, hop)

    lab.wait_for(stand(), "somebody to stand on the path")


def fate(level: str, fault: str, hop: Callable[[Lab], Any] | None) -> tuple[str, ...]:
    """What becomes of two letters to a customer whose servers have a fault."""
    policy = Policy.parse(usual.OPEN_POLICY).replace(smtp_tls_security_level=level)
    with Lab(policy) as lab:
        if hop:
            put(lab, hop(lab), (usual.RELAY, usual.MX1), (usual.RELAY, usual.MX2))
        lab.mx1.fault = lab.mx2.fault = fault
        lab.workstation.send()
        lab.workstation.send()
        at_once = str(lab.queue)
        later = str(lab.wait(120))
        return at_once, later, str(lab.queue), *lab.problems


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_a_relay_s_mail_fares_the_same_through_a_man_who_reads_it(fault: str) -> None:
    assert fate("none", fault, lambda lab: man(lab, Stripper)) == fate("none", fault, None)


@pytest.mark.parametrize("fault", ["", "slow", "garbage", "hangup after dot", "wrong certificate"])
def test_and_through_a_router_that_does_not(fault: str) -> None:
    assert fate("may", fault, lambda lab: Router()) == fate("may", fault, None)


DIALOGUE = """
    S: 220 mail.corp.example ESMTP Postfix
    C: EHLO room77.hotel.example
    S: 250 ...
    C> b'NOOP\\r\\nMAIL FROM:<a@home.example>\\r\\nRCPT TO:<staff@corp.example>\\r\\nRCPT TO:<x@y.example>\\r\\n'
    S: 250 2.0.0 Ok
    S: 250 2.1.0 Ok
    S: 250 2.1.5 Ok
    S: 250 2.1.5 Ok
    C:
    S: 500 5.5.2 Error: bad syntax
    C: HOCUS POCUS
    S: 500 5.5.2 Error: command not recognized
    C> b'DATA\\r\\nSubject: 1\\r\\n\\r\\n..one\\r\\n.\\r\\nMAIL FROM:<b@home.example>\\r\\nRCPT TO:<staff@corp.example>\\r\\n'
    S: 354 End data with <CR><LF>.<CR><LF>
    S: 250 2.0.0 Ok: queued as *
    S: 250 2.1.0 Ok
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 End data with <CR><LF>.<CR><LF>
    C: Subject: 2
    C: .
    S: 250 2.0.0 Ok: queued as *
    C: QUIT
    S: 221 2.0.0 Bye
    == EOF
"""


@pytest.mark.parametrize("middle", [Stripper, Impostor])
def test_a_client_that_does_not_wait_hears_the_same(lab: Lab, middle: type[Middle]) -> None:
    seen = Player(lab, "laptop").play(DIALOGUE)
    put(lab, man(lab, middle), (usual.LAPTOP, usual.RELAY))
    through = Player(lab, "laptop").play(DIALOGUE)
    assert [line.partition("queued as")[0] for line in through] == [
        line.partition("queued as")[0] for line in seen
    ]
    lab.settle()
    assert [one.text.count("\n.one\n") for one in lab.mailbox("staff@corp.example")].count(1) == 2


@pytest.mark.parametrize("last", ["EHLO x", "AUTH LOGIN", "DATA", "STARTTLS"])
@pytest.mark.parametrize("middle", [Stripper, Impostor])
def test_a_client_that_vanishes_leaves_nothing_behind(lab: Lab, middle: type[Middle], last: str) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="may", smtpd_sasl_auth_enable=True)
    put(lab, who := man(lab, middle), (usual.LAPTOP, usual.RELAY))
    script = "S: 220 *\nC: EHLO x\nS: 250 ...\nC: MAIL FROM:<a@b.example>\nS: 250 *\nC: RCPT TO:<staff@corp.example>\nS: 250 *\n"
    if last in ("AUTH LOGIN", "STARTTLS"):
        script = "S: 220 *\nC: EHLO x\nS: 250 ...\n"
    Player(lab, "laptop").play(f"{script}C: {last}")
    lab.settle()

    async def gone() -> None:
        while lab.scenery.relay.sessions:
            await asyncio.sleep(0)

    lab.wait_for(gone(), "the relay to notice", limit=20)
    assert who.problems == []


def test_a_server_that_goes_down_takes_the_client_along(lab: Lab) -> None:
    put(lab, man(lab, Stripper), (usual.LAPTOP, usual.RELAY))

    async def down() -> None:
        lab.scenery.network.hang_up(usual.RELAY)

    class Interrupting(Player):
        @staticmethod
        async def _hear(reader: asyncio.StreamReader) -> str:
            line = await Player._hear(reader)
            if line.startswith("S: 220"):
                await down()
            return line

    Interrupting(lab, "laptop").play("S: 220 *\nC: NOOP\n== EOF")


@pytest.mark.parametrize("middle", [Stripper, Impostor])
def test_smtplib_sends_a_letter_through(lab: Lab, middle: type[Middle]) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="may")
    put(lab, man(lab, middle), (YOUR_TERMINAL, usual.RELAY))
    text = "Subject: by smtplib\r\n\r\n" + "\r\n".join([".", "..", "STARTTLS", "x" * 900] * 50)
    with smtplib.SMTP("127.0.0.1", lab.ports["relay:25"], local_hostname="terminal.example") as client:
        client.ehlo()
        if client.has_extn("starttls"):
            client.starttls(context=lab.scenery.authority.trusting)
        assert middle is not Stripper or not client.has_extn("starttls")
        client.sendmail("a@home.example", ["staff@corp.example"], text)
    lab.settle()
    (letter,) = lab.mailbox("staff@corp.example")
    assert (
        letter.text.partition("\n\n")[2].rstrip("\n").split("\n") == [".", "..", "STARTTLS", "x" * 900] * 50
    )


def test_a_line_without_end_is_cut_and_answered(lab: Lab) -> None:
    put(lab, man(lab, Stripper), (usual.LAPTOP, usual.RELAY))
    long = repr(b"NOOP " + b"x" * 200_000 + b"\r\n")
    Player(lab, "laptop").play(f"S: 220 *\nC> {long}\nS: 250 2.0.0 Ok\nC: QUIT\nS: 221 2.0.0 Bye\n== EOF")


SAID = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [b"EHLO x\r\n", b"STARTTLS\r\n", b"AUTH LOGIN\r\n", b"*\r\n", b"MAIL FROM:<a@b.example>\r\n", b"DATA\r\n",
         b"RCPT TO:<staff@corp.example>\r\n", b"x\r\n.\r\n", b".\n", b".\r\nQUIT\r\n", b"BDAT 4 LAST\r\nx\r\n", b"\r\n", b"\x16\x03"]
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def two_labs() -> Iterator[dict[type[Middle], tuple[Lab, Man]]]:
    """A man in the middle of either kind, in front of a relay of the same lab; one path each."""
    with Lab() as lab:
        lab.relay.policy = lab.relay.policy.replace(
            smtpd_tls_security_level="may", smtpd_sasl_auth_enable=True
        )
        men = {Stripper: man(lab, Stripper), Impostor: man(lab, Impostor)}
        put(lab, men[Stripper], (usual.LAPTOP, usual.RELAY))
        put(lab, men[Impostor], (usual.WORKSTATION, usual.RELAY))
        yield {middle: (lab, who) for middle, who in men.items()}
        assert lab.problems == ()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([Stripper, Impostor]), st.lists(SAID, max_size=8))
def test_whatever_a_client_says_is_no_trouble(
    two_labs: dict[type[Middle], tuple[Lab, Man]], middle: type[Middle], said: list[bytes]
) -> None:
    lab, who = two_labs[middle]
    host = usual.LAPTOP if middle is Stripper else usual.WORKSTATION

    async def talk() -> None:
        reader = asyncio.StreamReader()
        connection = await lab.scenery.network.connect(
            host, usual.RELAY.address, 25, asyncio.StreamReaderProtocol(reader)
        )
        for data in said:
            connection.transport.write(data)
        connection.transport.write_eof()
        await reader.read()
        connection.transport.close()
        while lab.scenery.relay.sessions:
            await asyncio.sleep(0)

    lab.wait_for(talk(), "the client to have said all", limit=30)
    assert who.problems == []

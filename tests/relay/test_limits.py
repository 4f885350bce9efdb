"""Counts and rates: anvil's windows on lab time, each limit's reply, and who is exempt."""

import asyncio
from collections.abc import Callable

import pytest
from playbook import Player

from labkit import Lab, Policy
from labkit.clock import Clock
from labkit.relay import limits
from labkit.relay.limits import Anvil, Event, is_among

Play = Callable[..., list[str]]

HELLO = "S: 220 mail.corp.example ESMTP Postfix\nC: HELO client.example\nS: 250 mail.corp.example\n"
BYE = "C: QUIT\nS: 221 2.0.0 Bye\n== EOF\n"
FROM = "C: MAIL FROM:<a@bank.example>\n"
OK = "S: 250 2.1.0 Ok\n"
LIMITED = "mynetworks = 192.0.2.0/24\nsmtpd_relay_restrictions =\nsmtpd_sasl_auth_enable = yes\n"


def counts(clock: Clock, anvil: Anvil, *, times: int = 1) -> list[int]:
    return [anvil.noted("smtp", "203.0.113.66", Event.MESSAGE, 60) for _ in range(times)]


def test_counts_begin_anew_when_the_time_has_passed() -> None:
    clock = Clock()
    anvil = Anvil(clock)
    anvil.connected("smtp", "203.0.113.66", 60)
    assert counts(clock, anvil, times=3) == [1, 2, 3]
    asyncio.run(clock.advance(60))
    assert counts(clock, anvil) == [4]  # as anvil: 60 seconds have passed only after them
    asyncio.run(clock.advance(1))
    assert counts(clock, anvil) == [1]


def test_a_client_is_forgotten_a_while_after_it_has_left() -> None:
    clock = Clock()
    anvil = Anvil(clock)
    assert anvil.connected("smtp", "203.0.113.66", 60) == (1, 1)
    anvil.disconnected("smtp", "203.0.113.66")
    assert anvil.connected("smtp", "203.0.113.66", 60) == (1, 2)
    assert anvil.connected("smtp", "203.0.113.66", 60) == (2, 3)
    anvil.disconnected("smtp", "203.0.113.66")
    anvil.disconnected("smtp", "203.0.113.66")
    asyncio.run(clock.advance(60))
    assert anvil.connected("smtp", "203.0.113.66", 60) == (1, 1)


def test_services_and_clients_are_counted_apart() -> None:
    anvil = Anvil(Clock())
    assert anvil.connected("smtp", "203.0.113.66", 60) == (1, 1)
    assert anvil.connected("submission", "203.0.113.66", 60) == (1, 1)
    assert anvil.connected("smtp", "203.0.113.67", 60) == (1, 1)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CLIENTS", 3)
    anvil = Anvil(Clock())
    anvil.connected("smtp", "stays", 60)
    for number in range(10):
        anvil.connected("smtp", f"client {number}", 60)
        anvil.disconnected("smtp", f"client {number}")
    assert anvil.connected("smtp", "stays", 60) == (2, 2)
    assert anvil.connected("smtp", "client 9", 60) == (1, 2)
    assert anvil.connected("smtp", "client 0", 60) == (1, 1)


def test_an_address_is_among_networks() -> None:
    assert is_among(("192.0.2.0/24", "2001:db8::/32"), "192.0.2.50")
    assert not is_among(("192.0.2.0/24", "2001:db8::/32"), "203.0.113.66")


def test_too_much_mail(lab: Lab, play: Play) -> None:
    policy = LIMITED + "smtpd_client_message_rate_limit = 2"
    refused = "S: 450 4.7.1 Error: too much mail from 203.0.113.66\n"
    again = f"{FROM}{OK}C: RSET\nS: 250 2.0.0 Ok\n"
    play(f"{HELLO}{again}{again}{FROM}{refused}{BYE}", policy=policy)
    play(f"{HELLO}{FROM}{refused}{BYE}")
    lab.wait(minutes=2)
    play(f"{HELLO}{FROM}{OK}{BYE}")


def test_too_many_recipients(play: Play) -> None:
    policy = LIMITED + "smtpd_client_recipient_rate_limit = 2"
    to = "C: RCPT TO:<t@far.example>\n"
    taken, refused = "S: 250 2.1.5 Ok\n", "S: 450 4.7.1 Error: too many recipients from 203.0.113.66\n"
    play(
        f"{HELLO}{FROM}{OK}{to}{taken}{to}{taken}{to}{refused}C: VRFY t@far.example\n{refused}", policy=policy
    )


def test_too_many_logins(play: Play) -> None:
    policy = LIMITED + "smtpd_client_auth_rate_limit = 1"
    play(
        f"""{HELLO}
        C: AUTH PLAIN AHN0YWZmAHdyb25n
        S: 535 5.7.8 Error: authentication failed: (reason unavailable)
        C: AUTH PLAIN AHN0YWZmAHdyb25n
        S: 450 4.7.1 Error: too many AUTH commands from 203.0.113.66
        """,
        policy=policy,
    )


TOO_MANY = "S: 421 4.7.0 mail.corp.example Error: too many connections from 203.0.113.66\n== EOF"


def test_connections_too_fast(play: Play) -> None:
    policy = LIMITED + "smtpd_client_connection_rate_limit = 2"
    play(f"{HELLO}{BYE}", policy=policy)
    play(f"{HELLO}{BYE}")
    play(TOO_MANY)
    play(f"{HELLO}{BYE}", source="laptop")


def test_connections_at_once(lab: Lab, play: Play) -> None:
    client = lab.scenery.network
    play(f"{HELLO}{BYE}", policy=LIMITED + "smtpd_client_connection_count_limit = 1")

    async def open_one() -> asyncio.BaseTransport:
        reader = asyncio.StreamReader()
        attacker = next(host for host in client.hosts if host.name == "attacker")
        connection = await client.connect(attacker, "192.0.2.25", 25, asyncio.StreamReaderProtocol(reader))
        await reader.readline()
        return connection.transport

    transport = lab.wait_for(open_one(), "a connection")
    play(TOO_MANY)
    lab.scenery.clock.on_sleep = lambda: None
    lab.wait_for(_closed(transport), "the end of a connection")
    play(f"{HELLO}{BYE}")


async def _closed(transport: asyncio.BaseTransport) -> None:
    transport.close()
    for _ in range(50):
        await asyncio.sleep(0.002)


def test_more_clients_than_the_relay_can_talk_to(lab: Lab) -> None:
    busy = "S: 421 4.3.2 All server ports are busy\n== EOF"
    lab.relay.policy = Policy.parse(LIMITED + "default_process_limit = 1")
    Player(lab, "attacker").play(HELLO, meanwhile=busy)
    assert "default_process_limit = 1" in str(lab.transcripts[2])
    assert "The relay talks to 1 clients" in str(lab.transcripts[2].why(421))


def test_own_networks_are_exempt(play: Play) -> None:
    policy = LIMITED + "smtpd_client_connection_rate_limit = 1\nsmtpd_client_message_rate_limit = 1"
    for _ in range(3):
        play(f"{HELLO}{FROM}{OK}{BYE}", policy=policy, source="workstation")


def test_the_refusal_says_which_limit(lab: Lab, play: Play) -> None:
    play(f"{HELLO}{BYE}", policy=LIMITED + "smtpd_client_connection_rate_limit = 1")
    play(TOO_MANY)
    assert "smtpd_client_connection_rate_limit = 1" in str(lab.transcripts[2])

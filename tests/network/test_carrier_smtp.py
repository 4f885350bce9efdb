"""SMTP over any carrier: nothing above it may assume a socket."""

import socket
from collections.abc import Iterable, Iterator
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network.memory import Cut, Memory
from network.peer import ATTACKER, MX, RELAY, run

from labkit import Lab, Policy
from labkit.clock import Clock
from labkit.dns.resolver import Resolver
from labkit.dns.server import NameServer
from labkit.dns.zone import Zone
from labkit.loop import LoopThread
from labkit.network.carrier import Carrier
from labkit.network.fabric import Network
from labkit.recipient.mailbox import Mailboxes
from labkit.recipient.server import Recipient
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient
from labkit.smtp.envelope import Letter
from labkit.smtp.tls import Authority
from labkit.wire.record import Kind
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

ZONE = """
$TTL 3600
mx1.customer.example.       IN A   198.51.100.25
66.113.0.203.in-addr.arpa.  IN PTR vps66.hosting.example.
"""
LETTER = Letter(
    Path("bank", "bank.example"),
    (Path("orders", "customer.example"),),
    b"Subject: Your account\r\n\r\n.Dear customer,\r\n..\r\n" + b"x" * 5000 + b"\r\n",
)


async def _dialogue(carrier: Carrier) -> tuple[Transcript, bytes]:
    """A letter over STARTTLS: the transcript, and what lies in the mailbox."""
    clock, authority, problems = Clock(), Authority(), list[str]()
    network = Network(Recorder(clock), carrier)
    for host in (RELAY, MX, ATTACKER):
        network.add(host)
    mailboxes = Mailboxes("customer.example", ["orders"], clock)
    await NameServer(Zone(ZONE)).start(network, RELAY)
    resolver = Resolver(network, RELAY, clock)
    await Recipient(MX, mailboxes, clock, resolver, authority, problems).start(network)
    client = await SmtpClient.connect(network, ATTACKER, MX.address, 25)
    await client.ehlo(ATTACKER.domain)
    assert (await client.starttls(authority.verifying, MX.domain)).code == 220
    await client.ehlo(ATTACKER.domain)
    assert (await client.send(LETTER)).accepted == LETTER.forward_paths
    assert (await client.send_pipelined(LETTER)).accepted == LETTER.forward_paths
    await client.quit()
    await network.close()
    assert problems == []
    return network.recorder.transcript(client.session), mailboxes["orders"][-1].content


def _said(transcript: Transcript, kind: Kind) -> bytes:
    return b"".join(frame.data for frame in transcript.frames if frame.kind is kind)


def test_smtp_with_starttls_runs_over_any_carrier(thread: LoopThread, carrier: Carrier) -> None:
    transcript, letter = run(thread, _dialogue(carrier))
    assert letter.startswith(b"Return-Path: <bank@bank.example>\r\nReceived: from vps66.hosting.example (")
    assert b"[203.0.113.66]" in letter
    assert letter.endswith(LETTER.content)
    before_tls = b"EHLO vps66.hosting.example\r\nSTARTTLS\r\n"
    assert _said(transcript, Kind.CLIENT).startswith(before_tls)
    assert b"Dear customer" not in _said(transcript, Kind.CLIENT)
    assert _said(transcript, Kind.CLIENT_INSIDE).count(b"..Dear customer,\r\n...\r\n") == 2
    assert _said(transcript, Kind.SERVER_INSIDE).endswith(b"221 2.0.0 Bye\r\n")


def test_memory_needs_no_socket(thread: LoopThread, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    _, letter = run(thread, _dialogue(Memory()))
    assert letter.endswith(LETTER.content)


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """Ways in which a network may cut what is sent into pieces."""
    sizes: Iterator[int] = iter(draw(st.lists(st.integers(1, 40), max_size=60)))

    def cut(data: bytes) -> Iterable[bytes]:
        while len(data) > (size := next(sizes, len(data))):
            yield data[:size]
            data = data[size:]
        yield data

    return cut


@settings(max_examples=20, deadline=None)
@given(cuts())
def test_the_session_view_doesnt_depend_on_how_the_network_cuts_the_bytes(cut: Cut) -> None:
    thread = LoopThread()
    transcript, letter = run(thread, _dialogue(Memory(cut)))
    in_one_piece, same_letter = run(thread, _dialogue(Memory()))
    thread.close()
    assert letter == same_letter
    assert thread.problems == []
    for kind in (Kind.CLIENT_INSIDE, Kind.SERVER_INSIDE, Kind.DECISION):
        assert _said(transcript, kind) == _said(in_one_piece, kind)


CLOSED = """
mynetworks = 192.0.2.0/24
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
"""


def _whole_lab() -> list[str]:
    """The main job: the attack, the closed relay, the same attack, and staff who still get through."""
    with Lab() as lab:
        assert lab.attacker.spam(12).delivered == 12
        lab.relay.policy = Policy.parse(CLOSED)
        assert lab.attacker.spam(2).delivered == 0
        assert lab.laptop.send(user="staff", password="paper-boat-7").delivered == 1
        assert lab.copier.send().delivered == 1
        assert lab.problems == ()
        return [transcript.text(full=True) for transcript in lab.transcripts]


def test_the_whole_lab_runs_without_a_socket_and_records_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    over_sockets = _whole_lab()
    monkeypatch.setattr("labkit.network.fabric.Loopback", Memory)
    assert _whole_lab() == over_sockets

"""Each fault, as a client meets it: the tables that the servers run, row by row."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

import pytest
from playbook import Player

from labkit import Lab
from labkit.errors import LabClosed, PeerError, UsageError
from labkit.lab import usual
from labkit.recipient.faults import ADDRESSES, FAULTS, NO_FAULT, HangUp, fault_named
from labkit.smtp.client import SmtpClient, Tls
from labkit.smtp.introduce import introduce

MX1 = "198.51.100.25"

HELLO = """
S: 220 mx1.customer.example ESMTP Postfix
C: HELO mail.corp.example
S: 250 mx1.customer.example
"""
MAIL = f"""{HELLO}
C: MAIL FROM:<staff@corp.example>
S: 250 2.1.0 Ok
"""
LETTER = """
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: Message-ID: <n1@corp.example>
C:
C: Hello
C: .
"""
TO_ORDERS = f"""{MAIL}
C: RCPT TO:<orders@customer.example>
S: 250 2.1.5 Ok
"""
TAKEN = f"{TO_ORDERS}{LETTER}\nS: 250 2.0.0 Ok: queued as *"

Play = Callable[[str], list[str]]


@pytest.fixture
def play(lab: Lab) -> Play:
    return Player(lab, "relay", 25, MX1).play


def _refused(answer: str) -> str:
    return f"{MAIL}\nC: RCPT TO:<orders@customer.example>\nS: {answer}\nC: QUIT\nS: 221 2.0.0 Bye\n== EOF"


NOT_HERE = """
S: 554 mx1.customer.example ESMTP not accepting messages
C: EHLO mail.corp.example
S: 503 5.7.0 Error: access denied for *
C: MAIL FROM:<staff@corp.example>
S: 503 5.7.0 Error: access denied for *
C: QUIT
S: 221 2.0.0 Bye
== EOF
"""

BY_HOST = {
    "refuse": NOT_HERE,
    "busy": "S: 421 4.3.2 All server ports are busy\n== EOF",
    "garbage": "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot ready.\nC: EHLO mail.corp.example",
    "defer": _refused("450 4.2.0 <orders@customer.example>: Recipient address rejected: Try again later"),
    "full": _refused("452 4.2.2 <orders@customer.example>: Recipient address rejected: Mailbox is full"),
    "hangup before dot": f"{TO_ORDERS}\nC: DATA\nS: 354 End data with <CR><LF>.<CR><LF>\n== EOF",
    "hangup after dot": f"{TO_ORDERS}{LETTER}\n== EOF",
    "no tls": f"{HELLO}\nC: STARTTLS\nS: 502 5.5.1 Error: command not implemented",
}
SHOWN_ELSEWHERE = {"down", "slow", "wrong certificate", "expired certificate", "unknown authority"}


def test_every_fault_of_a_host_is_tried() -> None:
    assert set(FAULTS) == set(BY_HOST) | SHOWN_ELSEWHERE


@pytest.mark.parametrize("fault", BY_HOST)
def test_a_host_with_a_fault(lab: Lab, play: Play, fault: str) -> None:
    lab.mx1.fault = fault
    play(BY_HOST[fault])
    taken = FAULTS[fault].hangs_up is HangUp.AFTER_DOT
    assert len(lab.mailbox("orders@customer.example")) == taken
    lab.mx1.fault = None
    play(TAKEN)


@pytest.mark.parametrize(
    "fault", [fault for fault in BY_HOST if FAULTS[fault].greeting or FAULTS[fault].at_recipient]
)
def test_the_transcript_says_which_fault_it_was(lab: Lab, play: Play, fault: str) -> None:
    lab.mx1.fault = fault
    play(BY_HOST[fault])
    assert f"fault {fault!r}" in str(lab.transcripts[1])


# Nobody listens


def _outside_is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_host_that_is_down_refuses_everybody_and_comes_back(lab: Lab, play: Play) -> None:
    port = lab.ports["mx1:25"]
    assert not _outside_is_refused(port)
    lab.mx1.fault = lab.mx1.fault = "down"
    assert _outside_is_refused(port)
    assert "mx1:25" not in lab.ports
    with pytest.raises(Exception, match="refuses connections on port 25"):
        play(HELLO)
    lab.mx1.fault = "defer"
    play(BY_HOST["defer"])
    assert not _outside_is_refused(lab.ports["mx1:25"])


def test_to_go_down_breaks_off_what_is_going_on(lab: Lab) -> None:
    with socket.create_connection(("127.0.0.1", lab.ports["mx1:25"])) as client:
        assert client.recv(100).startswith(b"220 ")
        lab.mx1.fault = "down"
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(100) == b""


# Time


@pytest.mark.parametrize(("fault", "seconds"), [("slow", 60), ("slow 600", 600), ("slow 1", 1)])
def test_a_slow_host_takes_lab_time_for_every_reply(lab: Lab, fault: str, seconds: int) -> None:
    lab.mx1.fault = fault
    with socket.create_connection(("127.0.0.1", lab.ports["mx1:25"])) as client:
        client.settimeout(10)
        for line in (b"", b"NOOP\r\n", b"QUIT\r\n"):
            client.sendall(line)
            before = lab.scenery.clock.elapsed
            _until_it_hesitates(lab)
            lab.wait_for(lab.scenery.clock.advance(seconds - 0.5), "time to pass")
            assert lab.scenery.clock.sleeping == 1
            lab.wait_for(lab.scenery.clock.advance(0.5), "time to pass")
            assert client.recv(100)[:3] in (b"220", b"250", b"221")
            assert lab.scenery.clock.elapsed - before == seconds


def _until_it_hesitates(lab: Lab) -> None:
    for _ in range(10_000):
        if lab.scenery.clock.sleeping == 1:
            return
        lab.wait_for(asyncio.sleep(0.001), "a moment to pass")
    raise AssertionError("the server answers at once")


# Certificates


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("wrong certificate", "Hostname mismatch, certificate is not valid for 'mx1.customer.example'"),
        ("expired certificate", "certificate has expired"),
        ("unknown authority", "unable to get local issuer certificate"),
    ],
)
def test_a_bad_certificate_is_seen_by_who_looks_at_it(lab: Lab, fault: str, said: str) -> None:
    assert _handshake(lab, Tls.VERIFY) == ""
    lab.mx1.fault = fault
    assert said in _handshake(lab, Tls.VERIFY)
    assert _handshake(lab, Tls.ENCRYPT) == ""  # as between mail servers, which don't look
    lab.mx1.fault = ""
    assert _handshake(lab, Tls.VERIFY) == ""


def _handshake(lab: Lab, level: Tls) -> str:
    async def shake() -> str:
        scenery = lab.scenery
        client = await SmtpClient.connect(scenery.network, usual.RELAY, MX1, 25)
        try:
            await introduce(client, "mail.corp.example", "mx1.customer.example", level, scenery.authority)
        except PeerError as error:
            return str(error)
        finally:
            client.abort()
        return ""

    return lab.wait_for(shake(), "a handshake")


# By address

REJECTED = "Recipient address rejected"
AT_RCPT = {
    "full": f"452 4.2.2 <full@customer.example>: {REJECTED}: Mailbox is full",
    "450": f"450 4.2.0 <450@customer.example>: {REJECTED}: Mailbox busy",
    "451": "451 4.3.0 Error: queue file write error",
    "452": "452 4.3.1 Insufficient system storage",
    "550": f"550 5.1.1 <550@customer.example>: {REJECTED}: User unknown in local recipient table",
    "551": f"551 5.1.6 <551@customer.example>: {REJECTED}: User has moved",
    "552": f"552 5.2.2 <552@customer.example>: {REJECTED}: Mailbox is full",
    "553": f"553 5.1.3 <553@customer.example>: {REJECTED}: Mailbox name invalid",
    "554": f"554 5.7.1 <554@customer.example>: {REJECTED}: Access denied",
}
AFTER_RCPT = {
    "dot451": f"{LETTER}\nS: 451 4.3.0 Error: queue file write error\nC: NOOP\nS: 250 2.0.0 Ok",
    "dot554": f"{LETTER}\nS: 554 5.7.1 Message content rejected\nC: NOOP\nS: 250 2.0.0 Ok",
    "hangup": "C: DATA\nS: 354 End data with <CR><LF>.<CR><LF>\n== EOF",
    "hangup-after": f"{LETTER}\n== EOF",
}


def test_every_address_is_tried() -> None:
    assert set(ADDRESSES) == set(AT_RCPT) | set(AFTER_RCPT) | {"421", "slow"}


@pytest.mark.parametrize("name", AT_RCPT)
def test_an_address_that_is_refused_leaves_others_alone(lab: Lab, play: Play, name: str) -> None:
    play(
        f"""{MAIL}
        C: RCPT TO:<{name}@customer.example>
        S: {AT_RCPT[name]}
        C: RCPT TO:<{name.title()}@customer.example>
        S: {AT_RCPT[name][:3]} *
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
        {LETTER}
        S: 250 2.0.0 Ok: queued as *
        """
    )
    assert len(lab.scenery.customer) == 1
    assert f"fault {name!r}" in str(lab.transcripts[1])


@pytest.mark.parametrize("name", AFTER_RCPT)
def test_an_address_that_spoils_the_letter_spoils_it_for_all(lab: Lab, play: Play, name: str) -> None:
    play(f"{TO_ORDERS}\nC: RCPT TO:<{name}@customer.example>\nS: 250 2.1.5 Ok\n{AFTER_RCPT[name]}")
    assert len(lab.scenery.customer) == (2 if name == "hangup-after" else 0)


def test_the_address_421_ends_the_session(play: Play) -> None:
    play(f"{MAIL}\nC: RCPT TO:<421@customer.example>\nS: 421 4.3.2 All server ports are busy\n== EOF")


def test_the_address_slow_slows_what_follows(lab: Lab) -> None:
    address = ("127.0.0.1", lab.ports["mx1:25"])
    with socket.create_connection(address, 10) as client, client.makefile("rb") as heard:
        client.sendall(b"HELO me.example\r\nMAIL FROM:<>\r\n")
        assert [heard.readline()[:3] for _ in range(3)] == [b"220", b"250", b"250"]
        client.sendall(b"RCPT TO:<slow@customer.example>\r\n")
        _until_it_hesitates(lab)
        lab.wait_for(lab.scenery.clock.advance(60), "time to pass")
        assert heard.readline()[:3] == b"250"


def test_another_domain_has_no_such_addresses(play: Play) -> None:
    play(f"{MAIL}\nC: RCPT TO:<full@corp.example>\nS: 554 5.7.1 <full@corp.example>: Relay access denied")


def test_the_addresses_are_there_without_being_listed(lab: Lab, play: Play) -> None:
    assert "slow" not in repr(lab.mailboxes)
    assert lab.mailbox("hangup-after@customer.example") == []
    play(f"{MAIL}\nC: RCPT TO:<hangup-after@customer.example>\nS: 250 2.1.5 Ok\n{LETTER}\n== EOF")
    assert len(lab.mailbox("hangup-after@customer.example")) == 1
    assert "  hangup-after        1" in repr(lab.mailboxes)
    with pytest.raises(UsageError):
        lab.mailbox("slow@corp.example")


# What a student sees


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("down", "down"),
        ("DOWN", "down"),
        ("hangup-before_dot", "hangup before dot"),
        ("slow 600", "slow 600"),
        ("", ""),
        (None, ""),
    ],
)
def test_how_a_fault_may_be_written(word: str | None, name: str) -> None:
    assert fault_named(word).name == name


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("dwon", "no fault 'dwon'. Did you mean 'down'? It can have 'down', 'refuse', 'busy',"),
        ("hang up before the dot", "Did you mean 'hangup before dot'?"),
        ("expired", "Did you mean 'expired certificate'?"),
        ("slow down", "no fault 'slow down'"),
        ("slow 0", "no fault"),
        (521, "no fault 521"),
    ],
)
def test_an_unknown_fault_gets_the_nearest_name(lab: Lab, word: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        lab.mx1.fault = word
    assert said in str(error.value)
    assert lab.mx1.fault == ""


def test_the_server_shows_its_fault_and_the_faults_there_are(lab: Lab) -> None:
    assert repr(lab.mx1) == "mx1 [198.51.100.25], takes mail for customer.example. Nothing is wrong."
    lab.mx1.fault = "busy"
    assert repr(lab.mx1).endswith("fault = 'busy': The greeting is a 421: too busy to talk.")
    lines = repr(lab.mx1.faults).splitlines()
    assert len(lines) == len(FAULTS)
    assert lines[0] == "down                 Nobody listens: connections are refused."
    assert "full                 The mailbox is full: 452, for now." in repr(lab.mx1.addresses)


def test_reset_ends_a_fault(lab: Lab, play: Play) -> None:
    lab.mx1.fault = "down"
    lab.reset()
    assert lab.mx1.fault == NO_FAULT.name
    play(TAKEN)


def test_a_fault_of_a_closed_lab_is_said_plainly() -> None:
    with Lab() as lab:
        mx1 = lab.mx1
    with pytest.raises(LabClosed):
        mx1.fault = "down"


def test_on_the_labs_own_thread_a_fault_is_awaited(lab: Lab) -> None:
    async def scene() -> None:
        with pytest.raises(UsageError, match=r"await change\(\)"):
            lab.mx1.fault = "down"
        await lab.mx1.change("down")
        await lab.mx1.change("defer")

    lab.wait_for(scene(), "the fault")
    assert lab.mx1.fault == "defer"

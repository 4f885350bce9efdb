"""What students call: which servers can be attacked, and what is said about all others."""

from collections.abc import Callable

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from labkit import Lab, OutsideTheLab, UsageError
from labkit.attacker.report import Report
from labkit.lab import usual
from labkit.lab.attacks import Attacker
from labkit.network.addresses import Host
from labkit.network.carrier import free_port

TARGETS = ["relay", "Relay:25", "mail.corp.example", "mail.corp.example:25", "192.0.2.25", usual.RELAY]
ELSEWHERE = [
    "gmail.com",
    "mail.gmail.com:25",
    "8.8.8.8",
    "8.8.8.8:25",
    "192.168.1.1:25",
    "0.0.0.0:25",
    "127.0.0.2:25",
    "[::1]:25",
    "::1",
    "2001:4860:4860::8888",
    "127.1:25",
    "2130706433:25",
    "127.0.0.1.gmail.com:25",
    "192.0.2.99",
    "elsewhere.example:25",
    "",
    " ",
    ":25",
    "relay@gmail.com",
    Host("stranger", "203.0.113.9"),
]


class Greedy:
    """A mail server that takes everything."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 2.0.0 taken"


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_a_host_of_the_lab_is_found_by_name_and_by_address(lab: Lab, target: str | Host) -> None:
    assert "a relay test of relay, port 25" in repr(lab.attacker.probe(target))


@pytest.mark.parametrize("target", ELSEWHERE, ids=str)
def test_nothing_else_can_be_attacked(lab: Lab, target: str | Host) -> None:
    with pytest.raises(OutsideTheLab, match=r"no host of this lab.* is a crime\. Test 'relay'"):
        lab.attacker.probe(target)
    assert len(lab.transcripts) == 0


@pytest.mark.parametrize("target", ["relay:0", "relay:x", "relay:65536", "127.0.0.1:-1", "127.0.0.1:"])
def test_a_port_that_cant_be_is_said(lab: Lab, target: str) -> None:
    with pytest.raises(UsageError, match="is not a port: choose a number from 1 to 65535"):
        lab.attacker.probe(target)


def test_a_server_of_ones_own_on_this_machine_is_tested(lab: Lab) -> None:
    server = Controller(Greedy(), hostname="127.0.0.1", port=free_port(), ready_timeout=20)
    server.start()
    try:
        report = lab.attacker.probe(f"127.0.0.1:{server.port}")
        again = lab.attacker.probe("127.0.0.1", server.port)
    finally:
        server.stop()
    # As recorded for a default aiosmtpd: it takes all but the two addresses with two @.
    assert (report.hits, again.hits) == (14, 14)
    assert report.verdict == again.verdict == "accepts at DATA only"
    refused = [trial.pattern.number for trial in report.trials if trial.attempt.step == "RCPT"]
    assert refused[:2] == ["9", "11"]
    assert {session.server.name for session in report.transcripts} == {"your server"}


def test_nothing_listens_there(lab: Lab) -> None:
    report = lab.attacker.probe(f"localhost:{free_port()}")
    assert report.verdict == "not tested"


ATTACKS: dict[str, Callable[[Attacker], Report]] = {
    "spam": lambda attacker: attacker.spam(3),
    "probe": lambda attacker: attacker.probe(),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_on_an_open_relay_works_and_says_so_in_both_views(
    lab: Lab, attack: Callable[[Attacker], Report]
) -> None:
    report = attack(lab.attacker)
    assert report.harm == report.delivered > 0
    for view in (repr(report), report._repr_html_()):
        assert report.goal in view.replace("&#x27;", "'")
    assert report.transcripts


def test_a_spammer_greets_with_a_name_of_its_choice(lab: Lab) -> None:
    first = lab.attacker.spam(1).transcripts[0]
    second = lab.attacker.spam(1, hello="workstation.corp.example").transcripts[0]
    assert "C: EHLO vps66.hosting.example" in str(first)
    assert "C: EHLO workstation.corp.example" in str(second)


@pytest.mark.parametrize("hello", [" ", "a\r\nQUIT", 5])
def test_a_name_that_is_no_line_is_refused_before_anything_is_sent(lab: Lab, hello: object) -> None:
    with pytest.raises(UsageError, match="is no name to greet with"):
        lab.attacker.spam(1, hello=hello)  # type: ignore[arg-type]
    assert len(lab.transcripts) == 0


def test_another_guest_of_the_hotel_attacks_from_there(lab: Lab) -> None:
    report = lab.guest.spam(1)
    assert (report.who, report.delivered) == ("hotel guest", 1)
    assert "hotel guest [198.51.100.78] → relay" in str(report.transcripts[0])
    assert lab.reset().guest.spam(1).delivered == 1

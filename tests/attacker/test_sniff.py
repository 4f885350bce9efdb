"""Somebody listens: what is read without TLS, what is left with it, and that nobody notices."""

from collections.abc import Callable
from typing import Any

import pytest
from playbook import Player

from labkit import Lab, Policy, UsageError
from labkit.attacker.report import Report

TOO_OPEN = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
""")
RIGHT = TOO_OPEN.replace(smtpd_tls_auth_only=True, smtpd_tls_security_level="encrypt")
LOGIN = {"user": "staff", "password": "paper-boat-7"}
IN_CLEAR = "the password 'paper-boat-7' of 'staff'"


def found(report: Report) -> list[tuple[str, bool]]:
    return [(finding.what, finding.harm) for finding in report.findings]


def test_without_tls_the_password_and_the_letter_are_read(lab: Lab) -> None:
    lab.relay.policy = TOO_OPEN
    sent = lab.laptop.send(tls="none", **LOGIN)
    report = lab.attacker.sniff()
    assert found(report) == [(IN_CLEAR, True), ("a letter from staff@corp.example: Offer", True)]
    password, letter = report.findings
    assert password.proof == '"AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==" on the wire; the server answered 235'
    assert letter.proof == f"its Message-ID {sent.attempts[0].nonce} on the wire"
    assert lab.scenery.holds(sent.attempts[0].nonce)
    assert (report.harm, [one.number for one in report.transcripts]) == (2, [1])
    assert "The attack works." in repr(report)
    assert "paper-boat-7" in report._repr_html_()


def test_a_password_that_was_read_opens_the_account(lab: Lab) -> None:
    lab.relay.policy = TOO_OPEN
    lab.laptop.send(tls="none", **LOGIN)
    _, password, _, user, _ = lab.attacker.sniff().findings[0].what.split("'")
    assert lab.workstation.send(user=user, password=password).delivered == 1


@pytest.mark.parametrize(("port", "tls"), [(587, "may"), (587, "encrypt"), (587, "verify"), (465, "verify")])
def test_behind_tls_names_addresses_sizes_and_times_are_left(lab: Lab, port: int, tls: str) -> None:
    lab.relay.policy = RIGHT
    lab.relay.services = {"submissions": "smtpd_tls_wrappermode = yes"}
    lab.wait(5)
    lab.laptop.send(tls=tls, port=port, **LOGIN)
    report = lab.attacker.sniff()
    (seen,) = report.findings
    assert seen.what == (
        f"198.51.100.77 spoke behind TLS with mail.corp.example [192.0.2.25] on port {port} at 09:05:00"
    )
    assert seen.proof == (
        "the wire shows names, addresses and sizes: 49, 63, 54, 57, 28, 268, 28 bytes from the client"
    )
    assert (report.harm, seen.harm) == (0, False)
    assert "The attack fails." in repr(report)


def test_a_wrong_password_does_no_harm(lab: Lab) -> None:
    lab.relay.policy = TOO_OPEN
    lab.laptop.send(tls="none", user="staff", password="guess")
    assert found(lab.attacker.sniff()) == [("the wrong password 'guess' of 'staff'", False)]


LOGINS = [
    "C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==\nS: 235 *",
    "C: AUTH PLAIN\nS: 334 \nC: AHN0YWZmAHBhcGVyLWJvYXQtNw==\nS: 235 *",
    "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: c3RhZmY=\nS: 334 UGFzc3dvcmQ6\nC: cGFwZXItYm9hdC03\nS: 235 *",
    "C: AUTH LOGIN c3RhZmY=\nS: 334 UGFzc3dvcmQ6\nC: cGFwZXItYm9hdC03\nS: 235 *",
]


@pytest.mark.parametrize("login", LOGINS)
def test_each_way_to_log_in_is_read(lab: Lab, login: str) -> None:
    lab.relay.policy = TOO_OPEN
    Player(lab, "laptop", 587).play(
        f"S: 220 *\nC: EHLO laptop.example\nS: 250 ...\n{login}\nC: QUIT\nS: 221 *".replace("334 \n", "334\n")
    )
    assert found(lab.attacker.sniff()) == [(IN_CLEAR, True)]


def test_a_password_that_nobody_asked_for_is_lost_all_the_same(lab: Lab) -> None:
    lab.relay.policy = RIGHT
    Player(lab, "laptop", 587).play("""
        S: 220 *
        C: EHLO laptop.example
        S: 250 ...
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 530 5.7.0 Must issue a STARTTLS command first
        C: QUIT
        S: 221 *
    """)
    assert found(lab.attacker.sniff()) == [(IN_CLEAR, True)]


def test_only_the_client_s_path_is_heard(lab: Lab) -> None:
    lab.workstation.send()
    lab.copier.send()
    assert lab.attacker.sniff("laptop").findings == ()
    assert found(lab.attacker.sniff("copier")) == [("a letter from scans@corp.example: Scan 0001", True)]


def test_the_relay_s_own_way_can_be_listened_to(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtp_tls_security_level="none")
    lab.workstation.send()
    (letter,) = lab.attacker.sniff("relay").findings
    assert (letter.what, letter.session) == ("a letter from staff@corp.example: Our order", 2)
    lab.relay.policy = lab.relay.policy.replace(smtp_tls_security_level="encrypt")
    lab.workstation.send()
    report = lab.attacker.sniff("relay", since=3)
    assert [finding.what.partition(" on ")[0] for finding in report.findings] == [
        "192.0.2.25 spoke behind TLS with mx1.customer.example [198.51.100.25]"
    ]


def test_nothing_is_sent_and_nothing_recorded(lab: Lab) -> None:
    lab.laptop.send()
    before = len(lab.transcripts)
    assert lab.attacker.sniff().tried == 0
    assert len(lab.transcripts) == before


def test_where_nothing_has_crossed_the_attack_has_no_verdict(lab: Lab) -> None:
    lab.workstation.send()
    before = lab.attacker.sniff()
    said = "verdict    Nothing has crossed here yet, so there was nothing to read."
    assert said in repr(before)
    assert "The attack fails." not in before._repr_html_()
    lab.laptop.send()
    after = lab.attacker.sniff()
    assert said not in repr(after)
    assert "The attack failed" not in repr(before.diff(after))
    assert said in repr(lab.attacker.sniff(since=len(lab.transcripts)))


def test_the_same_is_read_whatever_the_lab_knows_besides(lab: Lab) -> None:
    """Behind TLS, masks and the session view are the lab's knowledge, and never the listener's."""
    lab.relay.policy = RIGHT
    lab.laptop.send(**LOGIN)
    assert "paper-boat-7" not in repr(lab.attacker.sniff())
    assert "Offer" not in repr(lab.attacker.sniff())


MISTAKES: list[tuple[Callable[[Lab], Any], str]] = [
    (
        lambda lab: lab.attacker.sniff("mx1"),
        "'mx1' has no path to stand on. Choose one of laptop, workstation",
    ),
    (lambda lab: lab.attacker.strip(how="guess"), "'guess' is not one of strip, certificate, inject"),
    (lambda lab: lab.attacker.strip(tls="yes"), "'yes' is not one of none, may, encrypt, verify"),
    (lambda lab: lab.attacker.strip(port=0), "0 is not a port"),
    (lambda lab: lab.attacker.strip(client="dns"), "'dns' has no path to stand on"),
]


@pytest.mark.parametrize(("call", "said"), MISTAKES)
def test_a_mistake_is_answered_before_anything_is_sent(
    lab: Lab, call: Callable[[Lab], Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        call(lab)
    assert len(lab.transcripts) == 0

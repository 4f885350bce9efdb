"""Spray: what limits, lockout and better passwords each are good for, and what they cost honest people."""

import pytest

from labkit import Lab, Policy, UsageError
from labkit.attacker.report import Report
from labkit.relay.lockout import Lockout

LOGINS = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
""")
LIMITED = LOGINS.replace(smtpd_client_auth_rate_limit=3)
FOUND = "sales's password: winter-2026"
FIVE = Lockout(failures=5, minutes=15)


def found(report: Report) -> list[str]:
    return [finding.what for finding in report.findings if finding.harm]


def staff_can_log_in(lab: Lab) -> bool:
    return lab.laptop.send(user="staff", password="paper-boat-7").delivered == 1


CASES = [
    # policy, lockout, how the stranger goes about it, what is found
    (LOGINS, None, {}, [FOUND]),
    (LIMITED, None, {}, []),
    (LIMITED, None, {"addresses": 21}, [FOUND]),  # a limit counts addresses
    (LIMITED, None, {"user": "sales", "count": 50}, [FOUND]),  # 180 an hour are enough
    (LOGINS, None, {"user": "sales", "count": 50}, [FOUND]),
    (LOGINS, FIVE, {"count": 640}, []),
    (LOGINS, FIVE, {"user": "sales", "count": 100}, []),
    (LOGINS, FIVE, {"count": 640, "addresses": 21}, []),
    (LOGINS, FIVE, {"count": 640, "pause": 15, "minutes": 720}, [FOUND]),  # forgotten meanwhile
    (LIMITED, FIVE, {"user": "sales", "addresses": 21, "count": 200}, []),
    (LOGINS, Lockout(5, 15, per_address=True), {"count": 640}, []),
    (LOGINS, Lockout(5, 15, per_address=True), {"count": 640, "addresses": 21}, [FOUND]),
    (LOGINS.replace(smtpd_sasl_auth_enable=False), None, {}, []),
]


@pytest.mark.parametrize(("policy", "lockout", "how", "expected"), CASES)
def test_what_a_stranger_finds(
    lab: Lab, policy: Policy, lockout: Lockout | None, how: dict[str, int], expected: list[str]
) -> None:
    lab.relay.policy, lab.relay.lockout = policy, lockout
    report = lab.attacker.spray(**how)  # type: ignore[arg-type]
    assert found(report) == expected
    assert report.harm == len(expected)
    assert ("The attack works." if expected else "The attack fails.") in repr(report)


def test_a_limit_and_a_lockout_cost_the_honest_nothing_while_nobody_attacks(lab: Lab) -> None:
    lab.relay.policy, lab.relay.lockout = LIMITED, FIVE
    assert all(staff_can_log_in(lab) for _ in range(3))
    assert lab.workstation.send().delivered == lab.laptop.send("staff@corp.example").delivered == 1


def test_a_limit_per_address_leaves_the_owner_alone(lab: Lab) -> None:
    lab.relay.policy = LIMITED
    lab.attacker.spray(100, user="staff", minutes=1)
    assert staff_can_log_in(lab)


def test_a_lockout_keeps_the_owner_out_too_until_its_time_has_passed(lab: Lab) -> None:
    lab.relay.policy, lab.relay.lockout = LOGINS, FIVE
    lab.attacker.spray(5, user="staff", minutes=1)
    refused = lab.laptop.send(user="staff", password="paper-boat-7")
    assert "535 5.7.8 Error: authentication failed: (reason unavailable)" in repr(refused)
    assert "lockout = 5 failures per account, 15 minutes" in str(refused.transcripts[0])
    assert "09:15:00." in str(refused.transcripts[0].why(535))
    lab.wait(minutes=15)
    assert staff_can_log_in(lab)


def test_a_lockout_per_address_leaves_the_owner_alone(lab: Lab) -> None:
    lab.relay.policy, lab.relay.lockout = LOGINS, Lockout(5, 15, per_address=True)
    lab.attacker.spray(50, user="staff", minutes=1)
    assert staff_can_log_in(lab)


def test_nothing_helps_as_much_as_a_better_password(lab: Lab) -> None:
    lab.relay.policy = LOGINS
    lab.relay.accounts.add("sales", "nine-green-kites")
    assert lab.attacker.spray(200, user="sales").harm == 0


def test_a_limit_is_by_the_minute_of_lab_time(lab: Lab) -> None:
    lab.relay.policy = LIMITED
    report = lab.attacker.spray(1_000, minutes=10)
    assert "guesses at 20 accounts from 1 address, in 10 minutes of lab time" in repr(report)
    assert "450 4.7.1 Error: too many AUTH commands from 203.0.113.66" in repr(report)
    assert 27 <= lab.relay.accounts.computed <= 33
    assert lab.scenery.clock.elapsed == pytest.approx(600, abs=61)


def test_a_relay_that_asks_nobody_for_a_password_says_so(lab: Lab) -> None:
    report = lab.attacker.spray()
    assert "no password can be guessed (The relay asks nobody for a password here)" in repr(report)
    assert "AUTH tells nothing (it isn't offered)" in repr(report)


def test_a_relay_that_is_gone_is_no_error(lab: Lab) -> None:
    async def stop() -> None:
        lab.scenery.network._doors.pop(("192.0.2.25", 25)).close()

    lab.wait_for(stop(), "the relay to stop")
    report = lab.attacker.spray(10, minutes=3)
    assert report.harm == 0
    assert "refuses connections on port 25" in repr(report)


def test_an_impatient_server_is_visited_again(lab: Lab) -> None:
    lab.relay.policy = LOGINS.replace(smtpd_hard_error_limit=1)
    assert found(lab.attacker.spray(50, user="sales")) == [FOUND]


def test_a_server_that_says_everything_for_now_is_understood(lab: Lab) -> None:
    lab.relay.policy = LOGINS.replace(soft_bounce=True)
    assert found(lab.attacker.spray(50, user="sales")) == [FOUND]


def test_the_report_shows_the_session_in_which_it_succeeded(lab: Lab) -> None:
    lab.relay.policy = LOGINS
    report = lab.attacker.spray(40, user="sales")
    finding = next(finding for finding in report.findings if finding.harm)
    session = next(one for one in report.transcripts if one.number == finding.session)
    assert "235 2.7.0 Authentication successful" in str(session)


def test_two_labs_are_sprayed_alike() -> None:
    shown = []
    for _ in range(2):
        with Lab(LIMITED) as lab:
            report = lab.attacker.spray(60, addresses=4)
            shown.append([repr(report), *map(str, report.transcripts)])
    assert shown[0] == shown[1]


MISTAKES = [
    ({"count": 0}, "0 guesses can't be made"),
    ({"count": 1_000_000}, "1,000,000 guesses can't be made"),
    ({"minutes": 0}, "minutes of lab time"),
    ({"pause": -1}, "minutes of lab time"),
    ({"addresses": 0}, "has 1 to 21 addresses, and not 0"),
    ({"addresses": 22}, "has 1 to 21 addresses, and not 22"),
]


@pytest.mark.parametrize(("how", "said"), MISTAKES)
def test_numbers_that_cant_be_are_said(lab: Lab, how: dict[str, int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lab.attacker.spray(**how)  # type: ignore[arg-type]
    assert len(lab.transcripts) == 0


def test_names_and_passwords_can_be_given(lab: Lab) -> None:
    lab.relay.policy = LOGINS
    words = ("summer-1999", "winter-2026")
    report = lab.attacker.spray(user=("staff", "sales"), passwords=words, ask_names=False)
    assert found(report) == [FOUND]
    assert "4 guesses at 2 accounts from 1 address, in 0 minutes of lab time" in repr(report)


def test_names_are_asked_for_unless_told_otherwise(lab: Lab) -> None:
    lab.relay.policy = LOGINS
    assert "VRFY" in repr(lab.attacker.spray(1))
    assert "VRFY" not in repr(lab.attacker.spray(1, ask_names=False))


def test_the_same_answer_to_many_addresses_is_counted_once(lab: Lab) -> None:
    lab.relay.policy = LIMITED
    report = lab.attacker.spray(60, addresses=5, minutes=2, ask_names=False)
    answers = [finding.what for finding in report.findings if "450" in finding.what]
    assert len(answers) == 1
    assert answers[0].endswith("450 4.7.1 Error: too many AUTH commands from *")

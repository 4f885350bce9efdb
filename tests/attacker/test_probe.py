"""The relay test of the lab's relay: judged at the mailbox, in every state, and not to be fooled."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from labkit import Lab, OutsideTheLab, Policy, kinds
from labkit.attacker import probe
from labkit.attacker.means.relaytest import AUTH, PLAIN, STATES, TLS, RelayTest
from labkit.attacker.report import Verdict
from labkit.lab import usual
from labkit.lab.deceivers import DECEIVERS, KEEPS_LETTERS, OPEN_BEHIND_TLS, REFUSES_LATE
from labkit.network.addresses import Host

OPEN = """
mynetworks = 0.0.0.0/0
smtpd_tls_security_level = may
smtpd_sasl_auth_enable = yes
"""
CLOSED = """
mynetworks = 192.0.2.0/24
smtpd_tls_security_level = may
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
"""
REFUSE = "check_client_access cidr:{ {203.0.113.0/24 REJECT} }"

# A policy, the verdict, what the usual tools count, and letters of strangers that arrived.
SERVERS = [
    (OPEN, "open", 16, 36),
    (CLOSED, "closed", 0, 0),
    (CLOSED + "smtpd_relay_restrictions = defer_unauth_destination", "undecided", 0, 0),
    (CLOSED + "smtpd_client_restrictions = defer", "undecided", 0, 0),
    (CLOSED + f"smtpd_delay_reject = no\nsmtpd_client_restrictions = {REFUSE}", "closed", 0, 0),
    (OPEN_BEHIND_TLS.main_cf, "open", 0, 18),
    (REFUSES_LATE.main_cf, "accepts at RCPT only", 16, 0),
    (OPEN + "header_checks = pcre:{ {/^Subject:/ REJECT} }", "accepts at RCPT only", 16, 0),
    (KEEPS_LETTERS.main_cf, "accepts at DATA only", 16, 0),
    (OPEN + "smtpd_recipient_limit = 1\nmessage_size_limit = 100", "accepts at RCPT only", 16, 0),
    (kinds.AUTHENTICATED.main_cf, "closed", 0, 0),
    (kinds.INTERNAL.main_cf, "closed", 0, 0),
]


@pytest.mark.parametrize(("policy", "verdict", "hits", "harm"), SERVERS)
def test_what_a_server_is(lab: Lab, policy: str, verdict: str, hits: int, harm: int) -> None:
    lab.relay.policy = Policy.parse(policy)
    report = lab.attacker.probe()
    assert (report.verdict, report.hits, report.harm) == (verdict, hits, harm)
    assert report.is_open == (verdict == "open") == (harm > 0)


def test_an_open_relay_carries_all_sixteen_to_the_testers_mailbox(lab: Lab) -> None:
    report = lab.attacker.probe()
    arrived = lab.mailbox("relaytest@dropbox.example")
    assert len(arrived) == report.delivered == report.accepted == 18
    for number in range(1, 17):
        attempt = report.of_pattern(number)
        assert attempt
        assert attempt.verdict is Verdict.DELIVERED
        assert any(attempt.nonce in letter.text for letter in arrived)
    assert dict(report.missing) == {
        TLS: "the server offers no STARTTLS",
        AUTH: "the server offers no AUTH",
    }


def test_whoever_logs_in_is_carried_and_that_is_no_open_relay(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(CLOSED)
    report = lab.attacker.probe()
    verdicts = {state: report.of_pattern(2, state) for state in STATES}
    assert {state: attempt.verdict.word for state, attempt in verdicts.items() if attempt} == {
        PLAIN: "refused",
        TLS: "refused",
        AUTH: "delivered",
    }
    assert (report.tried, report.delivered, report.harm) == (60, 18, 0)


def test_a_login_that_is_refused_is_told(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(CLOSED)
    report = lab.attacker.probe(user="staff", password="wrong")
    assert "not tried    after AUTH: the login was refused: 535 5.7.8" in repr(report)


def test_a_server_that_is_gone_is_not_called_closed(lab: Lab) -> None:
    report = lab.attacker.probe("mx1", 587)
    assert (report.verdict, report.count(Verdict.NOT_SENT)) == ("not tested", 40)
    assert "[1] mx1 [198.51.100.25] refuses connections on port 587." in repr(report)


def test_a_server_that_hangs_up_is_called_again_for_the_next_pattern(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(CLOSED).replace(smtpd_hard_error_limit=2)
    report = lab.attacker.probe(user="")
    assert (report.verdict, report.count(Verdict.NOT_SENT)) == ("closed", 0)
    assert len(report.transcripts) > 16


def test_a_server_that_hangs_up_at_the_end_has_still_been_heard_at_rcpt(lab: Lab) -> None:
    lab.mx1.fault = "hangup before dot"
    report = _aimed_at(lab, usual.MX1, drop="orders@customer.example")
    assert report.verdict == "accepts at RCPT only"
    assert "[1] mx1 hung up (session " in repr(report)


@pytest.mark.parametrize(("fault", "verdict"), [("hangup after dot", "open"), ("down", "not tested")])
def test_what_hangs_up_after_it_has_taken_a_letter_is_found_out(lab: Lab, fault: str, verdict: str) -> None:
    lab.mx1.fault = fault
    assert _aimed_at(lab, usual.MX1, drop="orders@customer.example").verdict == verdict


def test_port_465_is_tested_with_tls_from_the_first_byte(lab: Lab) -> None:
    kinds.SUBMISSION.install(lab.relay)
    report = lab.attacker.probe(port=465)
    assert report.verdict == "closed"
    assert dict(report.missing) == {PLAIN: "this port speaks nothing but TLS"}
    delivered = {trial.state for trial in report.trials if trial.attempt.verdict is Verdict.DELIVERED}
    assert delivered <= {AUTH}


def test_a_letter_that_arrives_although_it_was_refused_counts_as_delivered(lab: Lab) -> None:
    REFUSES_LATE.install(lab.relay)
    assert _aimed_at(lab, usual.RELAY, holds=lambda nonce: True).verdict == "open"


@pytest.mark.parametrize("drop", ["me@gmail.com", "relaytest@real-company.com"])
def test_letters_go_to_nobody_real(lab: Lab, drop: str) -> None:
    with pytest.raises(OutsideTheLab, match="could be somebody's real domain"):
        _aimed_at(lab, usual.RELAY, drop=drop)
    assert len(lab.transcripts) == 0


def test_the_table_is_the_same_as_text_and_as_html(lab: Lab) -> None:
    REFUSES_LATE.install(lab.relay)
    report = lab.attacker.probe()
    text, html = repr(report), report._repr_html_()
    line = '10  <F@I>      <"T@D"@I>  accepted at RCPT [1]  a quoted address as a local mailbox'
    assert line in text.splitlines()
    assert "accepts at RCPT only: strangers' recipients were accepted" in text
    assert "[1] 554 5.7.1 &lt;DATA&gt;: Data command rejected: Access denied (to DATA)" in html
    assert html.count('<th scope="row"') == 20
    assert html.count('<th scope="col" style="text-align: left; overflow-wrap: normal">') == html.count(
        'scope="col"'
    )
    assert html.count("accepted at RCPT [1]") == text.count("accepted at RCPT [1]") == 18
    assert max(map(len, text.splitlines())) <= 132


def test_two_labs_test_alike_to_the_byte() -> None:
    shown = []
    for _ in range(2):
        with Lab(Policy.parse(CLOSED)) as lab:
            report = lab.attacker.probe()
            shown.append([repr(report), *(str(session) for session in lab.transcripts)])
    assert shown[0] == shown[1]


@pytest.mark.parametrize("kind", DECEIVERS, ids=lambda kind: kind.name)
def test_those_who_fool_others_carry_honest_mail(lab: Lab, kind: kinds.Kind) -> None:
    kind.install(lab.relay)
    assert Policy.parse(repr(kind)) == kind.policy
    assert lab.workstation.send().delivered == 1


def _aimed_at(
    lab: Lab, target: Host, drop: str = probe.DROP, holds: Callable[[str], bool] | None = None
) -> RelayTest:
    scene = lab.attacker._scene(lambda _: None)
    scene = replace(scene, holds=holds or scene.holds)
    test = probe.run(lab.scenery.network, usual.ATTACKER, target, scene, drop=drop)
    return lab.wait_for(test, "a relay test")

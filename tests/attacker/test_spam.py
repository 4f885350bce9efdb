"""Spam: how many letters, in whose names, at which rate; and the same on every run."""

from collections import Counter

import pytest

from labkit import Lab, UsageError
from labkit.attacker.report import Verdict


def test_every_letter_through_an_open_relay_is_found_in_a_mailbox(lab: Lab) -> None:
    report = lab.attacker.spam(57)
    assert (report.tried, report.accepted, report.delivered, report.refused) == (57, 57, 57, 0)
    senders = Counter(letter.text.split(">", 1)[0] for mailboxes in lab.mailboxes for letter in mailboxes)
    assert set(senders) == {
        "Return-Path: <security@bank.example",
        "Return-Path: <director@corp.example",
        "Return-Path: <winner@lottery.example",
        "Return-Path: <parcel@post.example",
    }


def test_a_closed_relay_delivers_none_and_says_why(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(mynetworks="192.0.2.0/24")
    report = lab.attacker.spam(25)
    assert (report.refused, report.delivered) == (25, 0)
    assert all(len(mailboxes) == 0 for mailboxes in lab.mailboxes)
    assert all("reject_unauth_destination" in str(session) for session in report.transcripts)


def test_ten_letters_share_a_session_and_time_passes_at_the_rate(lab: Lab) -> None:
    report = lab.attacker.spam(25, per_minute=50)
    assert [session.opened.minute * 60 + session.opened.second for session in report.transcripts] == [
        0,
        12,
        24,
    ]
    assert lab.scenery.clock.elapsed == 30


def test_every_mailbox_gets_every_kind_of_letter(lab: Lab) -> None:
    lab.attacker.spam(56)
    customer = lab.mailboxes[1]
    pairs = {(letter.mailbox, letter.text.split(">", 1)[0]) for letter in customer}
    assert len(pairs) == 7 * 4


def test_a_relay_that_is_gone_is_reported_and_nothing_raised(lab: Lab) -> None:
    async def stop() -> None:
        lab.scenery.network._doors.pop(("192.0.2.25", 25)).close()

    lab.wait_for(stop(), "the relay to stop")
    report = lab.attacker.spam(15)
    assert report.count(Verdict.NOT_SENT) == 15
    assert "15 × relay [192.0.2.25] refuses connections on port 25." in repr(report)


@pytest.mark.parametrize("count", [0, -1, 10_001, 2.5, "many", None])
def test_a_count_that_cant_be_is_said(lab: Lab, count: int) -> None:
    with pytest.raises(UsageError, match="letters"):
        lab.attacker.spam(count)
    assert len(lab.transcripts) == 0


def test_two_labs_run_the_same_attack_to_the_same_letter() -> None:
    shown = []
    for _ in range(2):
        with Lab() as lab:
            report = lab.attacker.spam(40)
            sessions = [str(session) for session in lab.transcripts]
            shown.append([repr(report), *sessions, *(letter.text for letter in lab.mailboxes[1])])
    assert shown[0] == shown[1]

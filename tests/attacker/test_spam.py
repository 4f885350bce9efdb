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


def test_many_recipients_share_a_letter_and_each_gets_it(lab: Lab) -> None:
    report = lab.attacker.spam(14, recipients_each=3)
    assert (report.tried, report.delivered) == (14, 14)
    assert len(lab.mailboxes[1]) == 14 * 3
    assert len({letter.mailbox for letter in lab.mailboxes[1]}) == 7


def test_several_connections_are_open_at_the_same_time_and_take_turns(lab: Lab) -> None:
    report = lab.attacker.spam(50, connections=4)
    assert report.delivered == 50
    turns = [attempt.session for attempt in report.attempts]
    assert turns[:40] == turns[:4] * 10
    assert len(set(turns)) == 8


def test_a_connection_too_many_sends_nothing(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(
        smtpd_client_connection_count_limit=3, smtpd_client_event_limit_exceptions=""
    )
    report = lab.attacker.spam(50, connections=4)
    # The fourth one's: ten of the first forty letters, and two of the other ten.
    assert (report.delivered, report.count(Verdict.NOT_SENT)) == (38, 12)
    assert "greeted with: 421 4.7.0" in repr(report)


def test_more_connections_make_no_other_rate(lab: Lab) -> None:
    lab.attacker.spam(60, connections=5, per_minute=60)
    assert lab.scenery.clock.elapsed == 60


def test_the_report_says_what_it_was_for_and_whether_it_worked(lab: Lab) -> None:
    report = lab.attacker.spam(2)
    assert repr(report).splitlines()[1:3] == [
        "  goal       letters in other people's names, in somebody's mailbox",
        "  verdict    The attack works.",
    ]
    lab.relay.policy = lab.relay.policy.replace(mynetworks="192.0.2.0/24")
    assert "  verdict    The attack fails." in repr(lab.attacker.spam(2)).splitlines()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"per_minute": 0}, "0 letters a minute is no rate"),
        ({"connections": 0}, "0 connections can't be open"),
        ({"connections": 101}, "101 connections can't be open: choose 1 to 100"),
        ({"recipients_each": 0}, "0 letters can't be sent"),
        ({"recipients_each": 8}, "There are 7 recipients: a letter can't go to 8 of them"),
        ({"count": 9_999, "recipients_each": 2}, "19,998 letters are more than this lab sends at once"),
    ],
)
def test_what_cant_be_is_said_before_anything_is_sent(lab: Lab, how: dict[str, int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lab.attacker.spam(**{"count": 3, **how})
    assert len(lab.transcripts) == 0

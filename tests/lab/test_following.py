"""A letter is followed across all hosts, whatever becomes of it."""

from collections.abc import Iterator

import pytest

from labkit import Lab, Policy
from labkit.lab.following import follow
from labkit.lab.journey import Journey, Kind, Row

SMART_HOST = """
mynetworks = 192.0.2.0/24
relayhost = [smarthost.isp.example]:587
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{ [smarthost.isp.example]:587=corp:slow-train-52 }
smtp_tls_security_level = encrypt
"""
LOGIN = (
    "mynetworks =\nsmtpd_sasl_auth_enable = yes\nsmtpd_tls_security_level = may\nsmtpd_tls_auth_only = yes"
)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def way(lab: Lab, of: object, letter: int = 1) -> Journey:
    return follow(lab.scenery, of, letter)


def rows(journey: Journey, *kinds: Kind) -> list[Row]:
    return [row for row in journey.rows if row.kind in kinds]


def names(journey: Journey) -> list[str]:
    return [party.name for party in journey.parties]


def test_each_letter_of_a_shared_session_has_its_own_way(lab: Lab) -> None:
    report = lab.attacker.spam(3)
    for number, mailbox in enumerate(("orders", "accounts", "support"), start=1):
        journey = way(lab, report, number)
        assert [row.words for row in rows(journey, Kind.STORED)] == [f"into the mailbox {mailbox}: inbox"]
        said = [row.words for row in journey.rows if row.words.startswith("RCPT")]
        assert said == [f"RCPT TO:<{mailbox}@customer.example>"] * 2


def test_a_refused_letter_ends_at_the_rule_that_refused(lab: Lab) -> None:
    lab.relay.policy = Policy.parse("mynetworks =\nsmtpd_relay_restrictions = reject_unauth_destination")
    journey = way(lab, lab.attacker.spam(1))
    assert journey.claim == "The letter was refused by relay"
    [no] = rows(journey, Kind.REFUSED)
    assert no.answer.endswith("Relay access denied (reject_unauth_destination)")
    assert names(journey) == ["attacker", "relay", "dns"]


def test_a_letter_that_is_put_off_says_so(lab: Lab) -> None:
    lab.relay.policy = Policy.parse("mynetworks =\nsmtpd_relay_restrictions = defer_unauth_destination")
    journey = way(lab, lab.attacker.spam(1))
    assert journey.claim == "The letter was put off by relay"
    assert len(rows(journey, Kind.PUT_OFF)) == 1


def test_a_letter_that_waits_is_followed_to_the_queue(lab: Lab) -> None:
    journey = way(lab, lab.workstation.send(to="451@customer.example"))
    assert journey.claim == "The letter waits in a queue"
    assert [row.target for row in rows(journey, Kind.PUT_OFF)] == ["mx1", "mx2"]
    assert journey.rows[-1].words == "waits in the queue; next attempt at 09:05:00 on 2026-01-05"


def test_many_attempts_are_folded_and_the_notice_is_followed_to_the_sender(lab: Lab) -> None:
    report = lab.workstation.send(to="451@customer.example")
    lab.wait(days=6)
    journey = way(lab, report)
    assert journey.claim == "The letter was accepted, and couldn't be delivered; its sender was told"
    remarks = [row.words for row in rows(journey, Kind.NOTED)]
    assert any(words.endswith("more attempts like this, until 2026-01-10 08:06:40") for words in remarks)
    assert "writes to the sender: Undelivered Mail Returned to Sender (4B00000002)" in remarks
    assert [row.words for row in rows(journey, Kind.STORED)] == ["into the mailbox staff: inbox"]
    assert "01-05 09:00:00  session 1" in journey.text


def test_a_letter_that_arrives_at_the_second_attempt_shows_both(lab: Lab) -> None:
    lab.mx1.fault = lab.mx2.fault = "down"
    report = lab.workstation.send()
    lab.mx1.fault = lab.mx2.fault = None
    lab.wait(30)
    journey = way(lab, report)
    assert journey.claim == "The letter arrived"
    assert [row.target for row in rows(journey, Kind.BROKEN)] == ["mx1", "mx2"]
    assert len(rows(journey, Kind.STORED)) == 1


def test_no_answer_of_the_name_server_is_shown(lab: Lab) -> None:
    lab.dns.fault = "timeout"
    journey = way(lab, lab.workstation.send())
    assert [(row.source, row.answer) for row in rows(journey, Kind.BROKEN)] == [("relay", "no answer")] * 2


def test_what_a_relay_knows_already_it_does_not_ask(lab: Lab) -> None:
    lab.workstation.send()
    journey = way(lab, lab.workstation.send())
    assert [row.words for row in rows(journey, Kind.NOTED)] == [
        "knows MX customer.example from before, and 2 more"
    ]
    assert not any(row.source == "relay" for row in rows(journey, Kind.ASKED))


def test_a_letter_for_many_is_counted(lab: Lab) -> None:
    journey = way(lab, lab.attacker.spam(1, recipients_each=7))
    assert journey.claim == "The letter arrived in all 7 mailboxes"
    assert [row.words for row in rows(journey, Kind.STORED)][-1] == "and into 4 more"
    assert [row.answer for row in journey.rows if row.words == "and 5 more recipients"] == [
        "5 accepted, 0 refused"
    ] * 2


def test_the_way_goes_on_through_a_smart_host(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(SMART_HOST)
    journey = way(lab, lab.workstation.send())
    assert journey.claim == "The letter arrived"
    assert names(journey) == ["workstation", "relay", "dns", "smarthost", "mx1", "mailbox"]
    assert "AUTH PLAIN ********" in [row.words for row in journey.rows]


def test_what_tls_hides_is_marked_and_what_came_before_is_not(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(LOGIN)
    journey = way(lab, lab.laptop.send(user="staff", password="paper-boat-7"))
    assert {row.secure for row in journey.rows if row.source == "laptop"} == {True}
    assert not any(row.secure for row in rows(journey, Kind.ASKED, Kind.STORED, Kind.NOTED))
    assert "paper" not in journey.text


def test_who_stands_in_the_middle_is_shown(lab: Lab) -> None:
    journey = way(lab, lab.attacker.strip())
    assert names(journey)[:3] == ["laptop", "man in the middle", "relay"]
    assert journey.claim == "The letter arrived"
    assert {row.source for row in rows(journey, Kind.ASKED)} <= {"relay", "mx1"}


def test_a_bounce_that_nobody_wants_is_not_followed_for_ever(lab: Lab) -> None:
    report = lab.workstation.send(to="nobody@customer.example", sender="")
    journey = way(lab, report)
    assert journey.claim == "The letter was accepted, and couldn't be delivered; nobody was told"


def test_a_session_without_a_letter_is_shown_as_far_as_it_went(lab: Lab) -> None:
    lab.relay.policy = Policy.parse("smtpd_client_restrictions = reject\nsmtpd_delay_reject = no")
    lab.workstation.send()
    journey = way(lab, 1)
    assert journey.claim == "The letter was refused by relay"
    assert journey.summary.startswith("No letter was offered")


def test_a_forged_trace_leads_into_no_mailbox(lab: Lab) -> None:
    forged = "Received: by mx1.customer.example (Postfix) id 5C00000002; now\r\n"
    lab.workstation.send(text=forged)
    second = lab.workstation.send(to="accounts@customer.example")
    assert [row.words for row in rows(way(lab, second), Kind.STORED)] == ["into the mailbox accounts: inbox"]


def test_a_letter_on_hold_says_so(lab: Lab) -> None:
    report = lab.workstation.send(to="451@customer.example")
    lab.queue.hold("4B00000001")
    assert way(lab, report).rows[-1].words == "is on hold in the queue"


def test_the_same_ways_in_two_labs_are_the_same() -> None:
    texts = []
    for _ in range(2):
        with Lab() as lab:
            report = lab.workstation.send(to="451@customer.example")
            lab.wait(60)
            texts.append(way(lab, report).text)
    assert texts[0] == texts[1]


def test_what_is_no_longer_recorded_is_not_made_up(lab: Lab) -> None:
    lab.workstation.send()
    lab.relay.site.trail._events.popleft()
    assert way(lab, 1).claim == "What became of the letter is no longer recorded"
    lab.workstation.send()
    recorder = lab.scenery.recorder
    del recorder._tracks[4]
    assert way(lab, 3).claim == "What became of the letter is no longer recorded"

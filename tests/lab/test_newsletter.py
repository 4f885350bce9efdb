"""The newsletter: many honest letters at once, and what limits make of them."""

import pytest

from labkit import Lab, Policy, UsageError

CLOSED = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
""")
LOGIN = {"user": "staff", "password": "paper-boat-7"}
READERS = 7


def copies(lab: Lab) -> int:
    return sum(len(lab.mailbox(reader)) for reader in lab.stage.CUSTOMERS)


@pytest.mark.parametrize(("count", "each"), [(1, 1), (1, READERS), (20, 1), (5, 3)])
def test_every_recipient_gets_a_copy_in_one_session(lab: Lab, count: int, each: int) -> None:
    report = lab.workstation.newsletter(count, recipients_each=each)
    assert report.delivered == report.tried == count
    assert len(report.transcripts) == 1
    assert copies(lab) == count * each


def test_no_letter_goes_to_the_same_reader_twice(lab: Lab) -> None:
    lab.workstation.newsletter(READERS - 1, recipients_each=READERS)
    assert {len(lab.mailbox(reader)) for reader in lab.stage.CUSTOMERS} == {READERS - 1}


def test_staff_on_the_road_send_it_with_a_login(lab: Lab) -> None:
    lab.relay.policy = CLOSED
    assert lab.laptop.newsletter(3).delivered == 0
    assert lab.laptop.newsletter(3, **LOGIN).delivered == 3


def test_a_refused_login_is_the_answer_to_each_letter(lab: Lab) -> None:
    lab.relay.policy = CLOSED
    report = lab.laptop.newsletter(3, user="staff", password="x")
    assert report.refused == 3
    assert len({attempt.nonce for attempt in report.attempts}) == 3
    assert "3 × 535 5.7.8" in repr(report)


def test_a_limit_puts_the_rest_off(lab: Lab) -> None:
    lab.relay.policy = CLOSED.replace(smtpd_client_message_rate_limit=2)
    report = lab.laptop.newsletter(5, **LOGIN)
    assert (report.delivered, report.refused) == (2, 3)
    assert "3 × 450 4.7.1 Error: too much mail from 198.51.100.77 (to MAIL)" in repr(report)


def test_a_relay_that_hangs_up_leaves_the_rest_unsent(lab: Lab) -> None:
    lab.relay.policy = CLOSED.replace(smtpd_hard_error_limit=2)
    report = lab.laptop.newsletter(5)
    assert report.refused == 2
    assert "not sent   3" in repr(report)


@pytest.mark.parametrize("wrong", [{"count": 0}, {"recipients_each": 0}, {"recipients_each": READERS + 1}])
def test_numbers_that_cannot_be_are_answered(lab: Lab, wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        lab.workstation.newsletter(**wrong)


BARE = [("no", 1), ("normalize", 1), ("reject", 0)]


@pytest.mark.parametrize(("value", "delivered"), BARE)
def test_an_old_program_sends_bare_line_feeds(lab: Lab, value: str, delivered: int) -> None:
    lab.relay.policy = CLOSED.replace(smtpd_forbid_bare_newline=value)
    report = lab.laptop.send("staff@corp.example", bare_newlines=True)
    assert report.delivered == delivered
    if delivered:
        content = lab.mailbox("staff@corp.example")[0].content
        assert content.count(b"\n") == content.count(b"\r\n")

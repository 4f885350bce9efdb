"""A session as exchanges, sorted by letter."""

from collections.abc import Callable

import pytest

from labkit.wire.reading.exchanges import dialogue
from labkit.wire.transcript import Transcript

TWO_LETTERS = """
    S: 220 mail.corp.example ESMTP Postfix
    C: EHLO vps66.hosting.example
    S: 250-mail.corp.example
    S: 250 PIPELINING
    C: MAIL FROM:<a@stranger.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<orders@customer.example>
    -- permit_mynetworks: every network is trusted
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 End data with <CR><LF>.<CR><LF>
    C: Message-ID: <n000001@vps66.hosting.example>
    C:
    C: Message-ID: <n000009@forged.example>
    C: .
    S: 250 2.0.0 Ok: queued as 4B00000001
    C: MAIL FROM:<b@stranger.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<accounts@customer.example>
    -- reject: nobody may send
    S: 554 5.7.1 Relay access denied
    C: QUIT
    S: 221 2.0.0 Bye
"""


def test_each_letter_has_its_own_exchanges(play: Callable[[str], Transcript]) -> None:
    first, second = dialogue(play(TWO_LETTERS)).offers
    assert [(one.step, one.code) for one in first.exchanges] == [
        ("MAIL", 250), ("RCPT", 250), ("DATA", 354), (".", 250),
    ]  # fmt: skip
    assert [(one.command, one.refused, one.rule) for one in second.exchanges] == [
        ("MAIL FROM:<b@stranger.example>", False, ""),
        ("RCPT TO:<accounts@customer.example>", True, "reject"),
    ]


def test_a_letter_has_the_mark_of_its_own_header_and_the_id_of_the_server(
    play: Callable[[str], Transcript],
) -> None:
    first, second = dialogue(play(TWO_LETTERS)).offers
    assert (first.mark, first.queue_id) == ("n000001", "4B00000001")
    assert (second.mark, second.queue_id) == ("", "")


def test_what_comes_before_the_first_letter_is_the_opening(play: Callable[[str], Transcript]) -> None:
    assert [one.step for one in dialogue(play(TWO_LETTERS)).opening] == ["", "EHLO"]


@pytest.mark.parametrize(
    ("playbook", "tls", "end"),
    [
        ("S: 554 no\n!! the connection broke off", "", "the connection broke off"),
        ("S: 220 a\nC: STARTTLS\nS: 220 go\n== TLS TLSv1.3\nC: QUIT\nS: 221 bye", "TLSv1.3", ""),
    ],
)
def test_tls_and_an_odd_end_are_told(
    play: Callable[[str], Transcript], playbook: str, tls: str, end: str
) -> None:
    said = dialogue(play(playbook))
    assert (said.tls, said.end, said.offers) == (tls, end, ())


def test_a_nested_mail_is_a_part_of_the_letter_that_is_open(play: Callable[[str], Transcript]) -> None:
    [offer] = dialogue(
        play("S: 220 a\nC: MAIL FROM:<a@b.example>\nS: 250 Ok\nC: MAIL FROM:<c@d.example>\nS: 503 nested")
    ).offers
    assert [one.code for one in offer.exchanges] == [250, 503]

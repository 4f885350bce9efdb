"""Lining two sessions up: what belongs together, and what counts as a change."""

from collections.abc import Callable

import pytest

from labkit.wire.comparing.align import align
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript

Play = Callable[..., Transcript]

EHLO = "S: 220 relay\nC: EHLO a\nS: 250-relay.example\n"
RCPT = "C: RCPT TO:<c@customer.example>\n"
GREETING = "S: 220 relay\n"
LETTER = "C: DATA\nS: 354 go\nC: {}\nC: .\nS: 250 2.0.0 Ok: queued as {}\n"


def changes(play: Play, before: str, after: str) -> list[str]:
    """The rows that are marked: sign, text before, text after."""
    rows = align(lines(play(before)), lines(play(after)))
    return [
        "|".join((row.sign.value, row.before.text if row.before else "", row.after.text if row.after else ""))
        for row in rows
        if row.sign.value != " "
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("C: MAIL FROM:<a@b.example>", "C: MAIL FROM:<director@corp.example> SIZE=120"),
        ("C: EHLO dsl-66.stranger.example", "C: EHLO laptop.corp.example"),
        ("S: 220 mail.corp.example ESMTP Postfix", "S: 220 mx1.customer.example ESMTP Postfix"),
        ("S: 250 2.0.0 Ok: queued as 4124723C042", "S: 250 2.0.0 Ok: queued as 41E8B23C052"),
        (RCPT + "S: 554 5.7.1 <a@b.example>: No", RCPT + "S: 554 5.7.1 <c@d.example>: No"),
        (
            "S: 450 4.7.1 Error: too much mail from 192.0.2.60",
            "S: 450 4.7.1 Error: too much mail from 192.0.2.50",
        ),
        (LETTER.format("Date: Mon, 05 Jan 2026", "1A"), LETTER.format("Date: Tue, 06 Jan 2026", "2B")),
        (
            LETTER.format("Message-ID: <n1@a.example>", "1A"),
            LETTER.format("Message-ID: <n2@a.example>", "1A"),
        ),
        (LETTER.format("Received: from a by b", "1A"), LETTER.format("Received: from x (y) by z", "1A")),
        (LETTER.format("The code is x7f3.", "1A"), LETTER.format("The code is 0k21q.", "1A")),
        (EHLO + "S: 250 SIZE 1", EHLO + "S: 250 SIZE 1"),
    ],
)
def test_ids_nonces_addresses_and_dates_are_no_changes(play: Play, before: str, after: str) -> None:
    assert changes(play, before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        pytest.param(
            RCPT + "S: 250 2.1.5 Ok", RCPT + "S: 554 5.7.1 No", ["~|250 2.1.5 Ok|554 5.7.1 No"], id="code"
        ),
        pytest.param(
            RCPT + "S: 554 5.7.1 No", RCPT + "S: 554 5.1.1 No", ["~|554 5.7.1 No|554 5.1.1 No"], id="status"
        ),
        pytest.param(
            RCPT + "-- permit_mynetworks: a\nS: 250 2.1.5 Ok",
            RCPT + "-- permit_sasl_authenticated: b\nS: 250 2.1.5 Ok",
            ["~|250 2.1.5 Ok|250 2.1.5 Ok"],
            id="the same answer by another rule",
        ),
        pytest.param(
            EHLO + "S: 250 SIZE 1", EHLO + "S: 250-STARTTLS\nS: 250 SIZE 1", ["+||250-STARTTLS"], id="new"
        ),
        pytest.param(
            EHLO + "S: 250-SIZE 1\nS: 250 DSN",
            EHLO + "S: 250 SIZE 2",
            ["~|250-SIZE 1|250 SIZE 2", "-|250 DSN|"],
            id="less",
        ),
        pytest.param(
            "C: EHLO a\nS: 220 b\nS: 250 c.example",
            "C: EHLO a\nS: 220 b\nS: 501 d",
            ["~|250 c.example|501 d"],
            id="EHLO",
        ),
        pytest.param(
            "C: AUTH PLAIN YQ==", "C: AUTH LOGIN", ["-|AUTH PLAIN ********|", "+||AUTH LOGIN"], id="mechanism"
        ),
        pytest.param("C: NOOP\n!! it broke off", "C: NOOP", ["-|it broke off|"], id="event"),
        pytest.param("C: Rubbish", "C: Nonsense", ["-|Rubbish|", "+||Nonsense"], id="garbage"),
        pytest.param("", "", [], id="nothing"),
        pytest.param(
            GREETING + LETTER.format("Subject: Hello", 1),
            GREETING + LETTER.format("Subject: Bye", 1),
            ["~|Subject: Hello|Subject: Bye"],
            id="header",
        ),
    ],
)
def test_what_changed_is_marked(play: Play, before: str, after: str, marked: list[str]) -> None:
    assert changes(play, before, after) == marked


def test_a_refused_recipient_stands_opposite_the_accepted_one(play: Play) -> None:
    accepted = f"S: 220 relay\n{RCPT}S: 250 2.1.5 Ok\n{LETTER.format('x', 1)}C: QUIT\nS: 221 2.0.0 Bye"
    refused = f"S: 220 relay\n{RCPT}S: 554 5.7.1 No\nC: QUIT\nS: 221 2.0.0 Bye"
    signs = "".join(row.sign.value for row in align(lines(play(accepted)), lines(play(refused))))
    assert signs == "  ~-----  "

"""The replies of a session by number, code and text; each belongs to its own command."""

from collections.abc import Callable

import pytest

from labkit.errors import UsageError
from labkit.wire.transcript import Transcript
from labkit.wire.views.columns import WIDTH, measure

Play = Callable[..., Transcript]

SESSION = """
    S: 220 relay ESMTP
    C: EHLO a
    S: 250-relay
    S: 250 SIZE 554
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: YWxpY2U=
    S: 334 UGFzc3dvcmQ6
    C: c2VjcmV0
    S: 235 2.7.0 Authentication successful
    C: MAIL FROM:<a@b>
    C: RCPT TO:<orders@corp.example>
    C: RCPT TO:<budi@customer.example>
    S: 250 2.1.0 Ok
    -- permit_auth_destination: corp.example is ours.
    S: 250 2.1.5 Ok
    -- reject_unauth_destination: It isn't ours.
    S: 554 5.7.1 Relay access denied
    C: DATA
    S: 354 go
    C: Subject: a
    C: .
    S: 250 2.0.0 Ok: queued as 1A
"""


def test_each_reply_has_its_number_and_its_command(play: Play) -> None:
    assert [(each.number, each.command, each.code) for each in play(SESSION).replies] == [
        (1, "", 220),
        (2, "EHLO a", 250),
        (3, "AUTH LOGIN", 235),
        (4, "MAIL FROM:<a@b>", 250),
        (5, "RCPT TO:<orders@corp.example>", 250),
        (6, "RCPT TO:<budi@customer.example>", 554),
        (7, "DATA", 354),
        (8, ".", 250),
    ]


def test_what_tls_cut_off_gets_no_answer(play: Play) -> None:
    injected = "S: 220 relay\nC: STARTTLS\nC: NOOP x\nS: 220 go\n== TLS TLSv1.3\nC: NOOP y\nS: 250 Ok"
    assert [each.command for each in play(injected).replies] == ["", "STARTTLS", "NOOP y"]


def test_decisions_are_the_replies_that_a_rule_decided_with_the_same_numbers(play: Play) -> None:
    assert [(each.number, each.rule) for each in play(SESSION).decisions] == [
        (5, "permit_auth_destination"),
        (6, "reject_unauth_destination"),
    ]


@pytest.mark.parametrize(
    ("what", "number"),
    [
        (None, 6),
        (554, 6),
        ("554", 6),
        (250, 2),
        (1, 1),
        (8, 8),
        ("RCPT TO:<orders@", 5),
        ("rcpt", 5),
        ("budi@customer", 6),
        (" denied ", 6),
        ("AUTH", 3),
        (".", 8),
        ("queued as", 8),
    ],
)
def test_a_reply_is_found_by_code_number_and_text(play: Play, what: int | str | None, number: int) -> None:
    assert play(SESSION).why(what).number == number


@pytest.mark.parametrize(
    ("playbook", "number"),
    [
        ("S: 220 a\nC: X\nS: 500 a\nC: Y\n-- reject: No.\nS: 554 b", 3),
        ("S: 220 a\nC: X\nS: 250 a\nC: Y\nS: 503 b\nC: Z\nS: 500 c", 3),
        ("S: 220 a\nC: X\n-- permit: a.\nS: 250 a\nC: Y\n-- permit: b.\nS: 250 b\nC: QUIT\nS: 221 c", 3),
        ("-- smtpd_client_restrictions: No.\nS: 554 5.7.1 No", 1),
    ],
)
def test_without_a_question_it_is_the_reply_that_decided_the_session(
    play: Play, playbook: str, number: int
) -> None:
    assert play(playbook).why().number == number


ASK = "Ask for a reply by its code, as in why(554), or by a text, as in why('RCPT TO')."
LISTED = "lab.transcripts[1].replies lists them all."


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (9, f"Session 1 has no reply 9: it has 8, numbered from 1. {LISTED}"),
        (0, f"Session 1 has no reply 0: it has 8, numbered from 1. {LISTED}"),
        (450, f"Session 1 has no reply 450: it has 8, numbered from 1. {LISTED}"),
        (
            "xyzzy",
            f"Nothing in session 1 holds 'xyzzy', no reply and no command that was answered. {LISTED}",
        ),
        ("", ASK),
        (True, ASK),
        ([], ASK),
    ],
)
def test_what_is_not_there_is_a_clear_error(play: Play, what: int, message: str) -> None:
    with pytest.raises(UsageError) as error:
        play(SESSION).why(what)
    assert str(error.value) == message


def test_a_session_in_which_nothing_was_decided_says_so(play: Play) -> None:
    with pytest.raises(UsageError, match=r"Nothing was refused in session 1, and no rule was asked\."):
        play("S: 220 relay\nC: NOOP\nS: 250 Ok").why()


def test_the_table_is_numbered_and_says_which_rule_decided(play: Play) -> None:
    assert repr(play(SESSION).replies).splitlines()[:5] == [
        "Session 1: 8 replies",
        "",
        "no.  command                          reply                                decided by",
        "1                                     220 relay ESMTP                      -",
        "2    EHLO a                           250-relay …                          -",
    ]
    page = play(SESSION).replies._repr_html_()
    assert page.count('<th scope="row"') == 8
    assert "reject_unauth_destination" in page
    assert "YWxpY2U=" not in page


def test_a_long_table_shows_its_beginning_and_its_end(play: Play) -> None:
    many = play("S: 220 relay\n" + f"C: NOOP {'x' * 200}\nS: 250 {'y' * 200}\n" * 99).replies
    rows = repr(many).splitlines()
    assert (len(many), len(rows)) == (100, 3 + 25 + 1 + 10)
    assert "… 65 more replies …" in rows[3 + 25]
    assert max(map(measure, rows)) <= WIDTH


def test_empty_tables_say_why_they_are(play: Play) -> None:
    assert repr(play("").replies) == "Nobody has answered in this session."
    assert play("S: 220 a").decisions._repr_html_() == "<p>No rule decided anything in this session.</p>"

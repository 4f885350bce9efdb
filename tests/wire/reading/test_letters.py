"""What became of the letters of a session."""

from collections.abc import Callable

import pytest

from labkit.wire.reading.letters import Fate, outcome
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript

Play = Callable[..., Transcript]

HELLO = "S: 220 relay\nC: EHLO a\nS: 250 relay\n"
MAIL = "C: MAIL FROM:<a@b>\nS: 250 2.1.0 Ok\n"
RCPT = "C: RCPT TO:<c@d>\n-- permit: All.\nS: 250 2.1.5 Ok\n"
NO_RCPT = "C: RCPT TO:<c@d>\n-- reject: None.\nS: 554 5.7.1 <c@d>: Relay access denied\n"
DATA = "C: DATA\nS: 354 go\nC: Subject: a\n"
DOT = "C: .\nS: 250 2.0.0 Ok: queued as 1\n"
FIRST_CHUNK, LAST_CHUNK = "C: BDAT 3\nC: a\n", "C: BDAT 3 LAST\nC: b\n"
NO_DOT = "C: .\n-- header_checks: Pills.\nS: 550 5.7.1 No pills here\n"
QUIT = "C: QUIT\nS: 221 2.0.0 Bye\n"


@pytest.mark.parametrize(
    ("playbook", "letters"),
    [
        pytest.param("", [], id="nothing said"),
        pytest.param("S: 421 4.7.0 relay Error: too many connections", [], id="turned away at the door"),
        pytest.param(HELLO + QUIT, [], id="no letter"),
        pytest.param(
            HELLO + MAIL + RCPT + DATA + DOT + QUIT, [("accepted", "RCPT", "permit")], id="accepted"
        ),
        pytest.param(HELLO + MAIL + NO_RCPT + QUIT, [("refused", "RCPT", "reject")], id="refused"),
        pytest.param(HELLO + MAIL + NO_RCPT, [("refused", "RCPT", "reject")], id="refused, then gone"),
        pytest.param(
            HELLO + MAIL + NO_RCPT + "C: DATA\nS: 554 5.5.1 Error: no valid recipients\n" + QUIT,
            [("refused", "RCPT", "reject")],
            id="the first refusal counts",
        ),
        pytest.param(
            HELLO + MAIL + NO_RCPT + RCPT + DATA + DOT,
            [("accepted", "RCPT", "permit")],
            id="accepted for one of two",
        ),
        pytest.param(
            HELLO + MAIL + RCPT + DATA + NO_DOT,
            [("refused", ".", "header_checks")],
            id="refused at the final dot",
        ),
        pytest.param(
            HELLO + MAIL + RCPT + "C: DATA\nS: 452 4.3.1 Insufficient system storage\n" + QUIT,
            [("refused", "DATA", "")],
            id="refused at DATA",
        ),
        pytest.param(
            HELLO + "C: MAIL FROM:<a@b>\nS: 530 5.7.0 Must issue a STARTTLS command first\n" + QUIT,
            [("refused", "MAIL", "")],
            id="refused at MAIL",
        ),
        pytest.param(
            HELLO
            + MAIL
            + "C: MAIL FROM:<a@b>\nS: 503 5.5.1 Error: nested MAIL command\n"
            + RCPT
            + DATA
            + DOT,
            [("accepted", "RCPT", "permit")],
            id="a nested MAIL begins nothing",
        ),
        pytest.param(
            HELLO + MAIL + RCPT + FIRST_CHUNK + "S: 250 a\n" + LAST_CHUNK + "S: 250 b\n" + QUIT,
            [("accepted", "RCPT", "permit")],
            id="accepted in chunks",
        ),
        pytest.param(
            HELLO + MAIL + RCPT + FIRST_CHUNK + "S: 250 a\n" + LAST_CHUNK + "S: 550 b\n" + QUIT,
            [("refused", "BDAT LAST", "")],
            id="refused at the last chunk",
        ),
        pytest.param(
            HELLO + MAIL + RCPT + FIRST_CHUNK + "S: 552 a\n" + QUIT,
            [("refused", "BDAT", "")],
            id="refused at a chunk that isn't the last",
        ),
        pytest.param(
            HELLO + MAIL + RCPT + FIRST_CHUNK + "S: 250 a\n" + QUIT,
            [("unfinished", "MAIL", "")],
            id="the last chunk never came",
        ),
        pytest.param(HELLO + MAIL + RCPT + DATA, [("unfinished", "MAIL", "")], id="broke off"),
        pytest.param(
            HELLO + MAIL + "C: RSET\nS: 250 2.0.0 Ok\n" + MAIL + NO_RCPT + MAIL + RCPT + DATA + DOT,
            [("unfinished", "MAIL", ""), ("refused", "RCPT", "reject"), ("accepted", "RCPT", "permit")],
            id="one of each",
        ),
    ],
)
def test_the_fate_of_every_letter_and_what_decided_it(
    play: Play, playbook: str, letters: list[tuple[str, str, str]]
) -> None:
    found = outcome(lines(play(playbook))).letters
    assert [(letter.fate.value, letter.reply.step, letter.reply.rule) for letter in found] == letters


def test_pipelined_letters_are_told_apart(play: Play) -> None:
    pipelined = "C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA\nS: 250 a\nS: 250 b\nS: 354 c\nC: x\nC: .\n"
    found = outcome(lines(play(HELLO + pipelined + "S: 250 d\n" + pipelined + "S: 550 d\n")))
    assert [found.count(fate) for fate in Fate] == [1, 1, 0]

"""What a session came to: a word to filter by, and a sentence to read."""

from collections.abc import Callable

import pytest

from labkit.wire.reading.letters import outcome
from labkit.wire.reading.lines import lines
from labkit.wire.reading.verdict import VERDICTS, sentence, verdict
from labkit.wire.transcript import Transcript

Play = Callable[..., Transcript]

HELLO = "S: 220 relay\n"
MAIL = "C: MAIL FROM:<a@b>\nS: 250 2.1.0 Ok\n"
SENT = f"{MAIL}C: RCPT TO:<c@d>\nS: 250 2.1.5 Ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 2.0.0 Ok\n"
NO = f"{MAIL}C: RCPT TO:<c@d>\n-- reject: x\nS: 554 5.7.1 No\n"
NO_RULE = f"{MAIL}C: RCPT TO:<c@d>\nS: 550 5.1.1 No\n"
NOT_NOW = f"{MAIL}C: RCPT TO:<c@d>\n-- greylist: x\nS: 450 4.7.1 Later\n"
BUSY = f"{MAIL}C: RCPT TO:<c@d>\nS: 451 4.3.0 Later\n"
NO_LOGIN = "C: AUTH PLAIN YQ==\n-- wrong: x\nS: 535 5.7.8 No\n"
LOGIN_LATER = "C: AUTH PLAIN YQ==\n-- limit: x\nS: 450 4.7.1 Later\n"


@pytest.mark.parametrize(
    ("playbook", "word", "said"),
    [
        ("", "no letter", "No letter was offered."),
        ("C: FOO\nS: 500 5.5.2 Error", "no letter", "No letter was offered."),
        (SENT, "accepted", "Accepted: the server took the letter."),
        (SENT * 1_200, "accepted", "Accepted: the server took all 1,200 letters."),
        (NO, "refused", "Refused: the letter was refused at RCPT by reject."),
        (NO_RULE, "refused", "Refused: the letter was refused at RCPT with 550."),
        (
            NO * 3,
            "refused",
            "Refused: the server took none of 3 letters; the first was refused at RCPT by reject.",
        ),
        (
            NO_RULE + NO,
            "refused",
            "Refused: the server took none of 2 letters; the first was refused at RCPT with 550.",
        ),
        (
            NO + MAIL,
            "refused",
            "Refused: the server took none of 2 letters; the first was refused at RCPT by reject.",
        ),
        (NO_LOGIN, "refused", "Refused: no letter was offered; AUTH was refused by wrong."),
        (
            LOGIN_LATER,
            "deferred",
            "Refused for now: no letter was offered; AUTH was refused for now by limit.",
        ),
        (
            NOT_NOW,
            "deferred",
            "Refused for now: the letter was refused at RCPT by greylist; it may come again.",
        ),
        (BUSY, "deferred", "Refused for now: the letter was refused at RCPT with 451; it may come again."),
        (
            NOT_NOW * 2,
            "deferred",
            "Refused for now: the server took none of 2 letters; the first was refused at RCPT by greylist. "
            "They may come again.",
        ),
        (
            BUSY * 2,
            "deferred",
            "Refused for now: the server took none of 2 letters; the first was refused at RCPT with 451. "
            "They may come again.",
        ),
        (
            NOT_NOW + NO,
            "refused",
            "Refused: the server took none of 2 letters; the first was refused at RCPT by greylist.",
        ),
        (
            SENT + NO,
            "mixed",
            "Refused in part: the server took 1 of 2 letters; the first refusal was at RCPT by reject.",
        ),
        (
            SENT + NO_RULE,
            "mixed",
            "Refused in part: the server took 1 of 2 letters; the first refusal was at RCPT with 550.",
        ),
        (MAIL, "unfinished", "Unfinished: the letter was begun, and never completed."),
        (
            SENT + MAIL,
            "unfinished",
            "Unfinished: the server took 1 of 2 letters; the others were never completed.",
        ),
    ],
)
def test_a_session_is_judged_in_a_word_and_in_a_whole_sentence(
    play: Play, playbook: str, word: str, said: str
) -> None:
    of = outcome(lines(play(HELLO + playbook)))
    assert (verdict(of), sentence(of)) == (word, said)
    assert word in VERDICTS


def test_a_client_that_a_rule_turns_away_at_the_door_counts_as_refused(play: Play) -> None:
    turned_away = outcome(lines(play("-- reject_rbl_client bl.example: Listed.\nS: 554 5.7.1 No\nC: QUIT")))
    said = "Refused: no letter was offered; the connection was refused by reject_rbl_client bl.example."
    assert (verdict(turned_away), sentence(turned_away)) == ("refused", said)

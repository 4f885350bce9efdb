"""What changed between two sessions, in sentences."""

from collections.abc import Callable

import pytest

from labkit.wire.comparing.changes import sentences
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript

Play = Callable[..., Transcript]

HELLO = "S: 220 relay\n"
MAIL = "C: MAIL FROM:<a@b>\nS: 250 2.1.0 Ok\n"
SENT = "C: DATA\nS: 354 go\nC: x\nC: .\nS: 250 2.0.0 Ok\n"
ACCEPTED = f"{MAIL}C: RCPT TO:<c@d>\nS: 250 2.1.5 Ok\n{SENT}"
TRUSTED = f"{MAIL}C: RCPT TO:<c@d>\n-- permit_mynetworks: a\nS: 250 2.1.5 Ok\n{SENT}"
LOGGED_IN = f"{MAIL}C: RCPT TO:<c@d>\n-- permit_sasl_authenticated: b\nS: 250 2.1.5 Ok\n{SENT}"
REFUSED = f"{MAIL}C: RCPT TO:<c@d>\n-- reject_unauth_destination: c\nS: 554 5.7.1 No\n"
AT_MAIL = "C: MAIL FROM:<a@b>\n-- smtpd_tls_security_level: d\nS: 530 5.7.0 No\n"
AT_DOT = TRUSTED.replace("S: 250 2.0.0 Ok", "-- header_checks: e\nS: 550 5.7.1 No")
NO_LOGIN = "C: AUTH PLAIN YQ==\n-- smtpd_sasl_auth_enable: f\nS: 535 5.7.8 No\n"
NO_RULE = f"{MAIL}C: RCPT TO:<c@d>\nS: 550 5.1.1 No\n"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (ACCEPTED, ACCEPTED, ["Before and after, the letter was accepted."]),
        (TRUSTED, ACCEPTED, ["Before and after, the letter was accepted."]),
        (
            TRUSTED,
            LOGGED_IN,
            ["Before, the letter was accepted by permit_mynetworks; after, by permit_sasl_authenticated."],
        ),
        (
            TRUSTED,
            REFUSED,
            ["Before, the letter was accepted; after, it was refused at RCPT by reject_unauth_destination."],
        ),
        (
            REFUSED,
            LOGGED_IN,
            ["Before, the letter was refused at RCPT by reject_unauth_destination; after, it was accepted."],
        ),
        (
            REFUSED,
            REFUSED,
            ["Before and after, the letter was refused at RCPT by reject_unauth_destination."],
        ),
        (
            AT_MAIL,
            AT_DOT,
            [
                "Before, the letter was refused at MAIL by smtpd_tls_security_level; "
                "after, it was refused at the final dot by header_checks."
            ],
        ),
        (
            NO_RULE,
            REFUSED,
            [
                "Before, the letter was refused at RCPT with 550.",
                "After, the letter was refused at RCPT by reject_unauth_destination.",
            ],
        ),
        ("", MAIL, ["Before, no letter was offered.", "After, the letter was not finished."]),
        (ACCEPTED, "", ["Before, the letter was accepted.", "After, no letter was offered."]),
        (
            ACCEPTED,
            NO_LOGIN,
            [
                "Before, the letter was accepted.",
                "After, no letter was offered; AUTH was refused by smtpd_sasl_auth_enable.",
            ],
        ),
        (
            TRUSTED * 10,
            REFUSED * 9 + ACCEPTED,
            [
                "Before, the server accepted 10 of 10 letters; after, 1 of 10: "
                "the first refusal was at RCPT by reject_unauth_destination."
            ],
        ),
        (
            REFUSED * 2,
            TRUSTED * 3,
            [
                "Before, the server accepted 0 of 2 letters, "
                "and the first refusal was at RCPT by reject_unauth_destination; after, it accepted 3 of 3."
            ],
        ),
        (
            REFUSED * 2,
            AT_DOT * 2,
            [
                "Before, the server accepted 0 of 2 letters, "
                "and the first refusal was at RCPT by reject_unauth_destination; "
                "after, it accepted 0 of 2, and the first refusal was at the final dot by header_checks."
            ],
        ),
        (ACCEPTED * 2, ACCEPTED * 3, ["Before, the server accepted 2 of 2 letters; after, 3 of 3."]),
        (
            ACCEPTED,
            TRUSTED + REFUSED,
            [
                "Before, the letter was accepted.",
                "After, the server accepted 1 of 2 letters; "
                "the first refusal was by reject_unauth_destination.",
            ],
        ),
    ],
)
def test_the_change_is_said_in_whole_sentences(play: Play, before: str, after: str, said: list[str]) -> None:
    assert [*sentences(lines(play(HELLO + before)), lines(play(HELLO + after)))] == said


TLS = "C: STARTTLS\nS: 220 2.0.0 Ready to start TLS\n== TLS TLSv1.3\n"


def test_tls_that_came_or_went_is_said(play: Play) -> None:
    plain, secure = (lines(play(HELLO + start + ACCEPTED)) for start in ("", TLS))
    assert sentences(plain, secure)[1:] == (
        "Before, a listener on the path could read every word; after, TLS turned the words into noise.",
    )
    assert sentences(secure, plain)[1:] == (
        "Before, TLS turned the words into noise; after, a listener on the path could read every word.",
    )
    assert sentences(secure, secure)[1:] == sentences(plain, plain)[1:] == ()

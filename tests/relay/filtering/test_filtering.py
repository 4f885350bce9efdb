"""Filters with the relay around them: what the client hears, and what becomes of the letter."""

from collections.abc import Callable

import pytest

from labkit import Lab
from labkit.relay.rules.greylist import DELAY
from labkit.smtp.patterns import EICAR, GTUBE

Play = Callable[..., list[str]]

POLICY = """
mydestination = corp.example
smtpd_relay_restrictions = reject_unauth_destination
"""
TO_STAFF = """
S: 220 mail.corp.example ESMTP Postfix
C: HELO vps66.hosting.example
S: 250 mail.corp.example
C: MAIL FROM:<a@hosting.example>
S: 250 2.1.0 Ok
C: RCPT TO:<staff@corp.example>
"""
OK_TO_STAFF = f"{TO_STAFF}\nS: 250 2.1.5 Ok\nC: DATA\nS: 354 End data with <CR><LF>.<CR><LF>"
QUEUED = "250 2.0.0 Ok: queued as *"


def _letter(text: str, answer: str) -> str:
    lines = "\n".join(f"C: {line}" for line in ["Subject: Cheap pills", "", *text.splitlines(), "."])
    return f"{OK_TO_STAFF}\n{lines}\nS: {answer}"


@pytest.mark.parametrize(
    ("line", "answer", "arrived", "held"),
    [
        (
            "header_checks = pcre:{ {/^Subject:.*pills/ REJECT No pills here} }",
            "550 5.7.1 No pills here",
            0,
            0,
        ),
        ("header_checks = pcre:{ {/^Subject:.*pills/ DISCARD} }", QUEUED, 0, 0),
        ("header_checks = pcre:{ {/^Subject:.*pills/ HOLD} }", QUEUED, 0, 1),
        ("header_checks = pcre:{ {/^Subject:.*pills/ WARN} }", QUEUED, 1, 0),
        ("header_checks = pcre:{ {/^Received: from vps66/ REJECT Our own} }", "550 5.7.1 Our own", 0, 0),
        ("body_checks = pcre:{ {/^Buy/ REJECT} }", "550 5.7.1 message content rejected", 0, 0),
        ("body_checks = pcre:{ {/^Buy/ REJECT 4.7.0 Not now} }", "451 4.7.0 Not now", 0, 0),
        ("smtpd_milters = unix:/clamav/clamav-milter.ctl unix:/spamass/spamass.sock", QUEUED, 1, 0),
    ],
)
def test_what_becomes_of_a_letter(
    lab: Lab, play: Play, line: str, answer: str, arrived: int, held: int
) -> None:
    play(_letter("Buy now", answer), POLICY + line)
    lab.settle()
    assert (len(lab.mailbox("staff@corp.example")), lab.relay.queue.held) == (arrived, held)


def test_prepend_and_ignore_change_what_arrives(lab: Lab, play: Play) -> None:
    # In main.cf $$ is the sign itself.
    checks = "header_checks = pcre:{ {/^Subject: (\\w+)/ PREPEND X-Found: $$1} }, pcre:{ {/never/ OK} }"
    play(
        _letter("Buy now\nGood bye", QUEUED), f"{POLICY}{checks}\nbody_checks = pcre:{{ {{/^Buy/ IGNORE}} }}"
    )
    lab.settle()
    (letter,) = lab.mailbox("staff@corp.example")
    assert letter.text.endswith("\nX-Found: Cheap\nSubject: Cheap pills\n\nGood bye\n")


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        (EICAR, "550 5.7.1 virus Eicar-Test-Signature detected by ClamAV"),
        (GTUBE, "550 5.7.1 Blocked by SpamAssassin"),
    ],
)
def test_the_scanners_refuse_their_test_patterns(play: Play, pattern: bytes, answer: str) -> None:
    milters = "smtpd_milters = unix:/clamav/clamav-milter.ctl, unix:/spamass/spamass.sock"
    play(_letter(pattern.decode(), answer), POLICY + milters)


GREYLISTING = """
mynetworks = 192.0.2.0/24
mydestination = corp.example
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_recipient_restrictions = permit_mynetworks, check_policy_service inet:127.0.0.1:10023
"""


def _greylisted(seconds: int) -> str:
    said = f"<staff@corp.example>: Recipient address rejected: Greylisted for {seconds} seconds"
    return f"{TO_STAFF}\nS: 450 4.2.0 {said}\nC: QUIT\nS: 221 2.0.0 Bye"


def test_a_stranger_is_let_in_when_he_comes_back_after_a_while(lab: Lab, play: Play) -> None:
    play(_greylisted(300), GREYLISTING)
    lab.wait(minutes=2)
    play(_greylisted(180))
    lab.wait(seconds=DELAY.total_seconds() - 120)
    play(_letter("Hello", QUEUED))


def test_who_is_trusted_is_not_greylisted(play: Play) -> None:
    letter = _letter("Hello", QUEUED).replace("vps66.hosting.example", "workstation.corp.example")
    play(letter, GREYLISTING, source="workstation")

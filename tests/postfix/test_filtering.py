"""header_checks and body_checks beside a real Postfix: letters in which little is in its place."""

import random
from collections.abc import Iterator

import pytest
from postfix.beside import Beside, difference

from labkit import Lab

BASE = """
mynetworks = 192.0.2.0/24
mydestination = corp.example, mail.corp.example
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
"""
POLICIES = {
    "headers are marked": "header_checks = pcre:{ {/^X-Seen/ DUNNO} {/^([A-Z][a-z-]+):/ PREPEND X-Seen: $$1} }",
    "headers are replaced": "header_checks = pcre:{ {/^Subject/ IGNORE} {/^To/ REPLACE Cc: me} {/^Con/ STRIP} }",
    "headers are refused": "header_checks = pcre:{ {/needle\\s+(\\w+)/ REJECT found $$1} }",
    "odd actions": "header_checks = pcre:{ {/needle (\\w+)/ REJECT 2.0.0 $$1} {/^From:( )/ PREPEND A$$(1)B: c} }",
    "text is replaced": "body_checks = pcre:{ {/^(.{0,20})/ REPLACE [$$1]} }",
    "text is refused": "body_checks = regexp:{ {/needle[[:space:]]+([a-z]+)/ REJECT 4.7.1 found $$1} }",
    "text is preceded": "body_checks = pcre:{ {/a/ PREPEND --b} }",
}
PIECES = """
Subject: x
Subject : needle one
To: a
From: me
Bcc: nobody
X-A: b
 folded needle two
\tfolded

Content-Type: multipart/mixed; boundary="b"
Content-Type: multipart/digest; boundary=c
Content-Type: multipart/alternative;
 boundary=bc
Content-Type: message/rfc822
Content-Type: message/global
content-type: text/plain
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
 filename="x.exe"
MIME-Version: 1.0

--b
--b--
--c
--c--
--bc
text a
needle three
not a header: x
"""
LINES = PIECES.splitlines()
LETTERS = 30


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    with Lab() as lab:
        beside = Beside(lab, {name: BASE + policy for name, policy in POLICIES.items()})
        yield beside
        beside.close()
        assert lab.problems == ()


def _dialogue(chance: random.Random) -> tuple[str, str]:
    lines = ["Subject: {n}", *(chance.choice(LINES) for _ in range(chance.randint(1, 25)))]
    data = [f"D: {line}" if line else "D:" for line in lines]
    start = [
        "C: EHLO vps66.hosting.example",
        "C: MAIL FROM:<someone@hosting.example>",
        "C: RCPT TO:<staff@corp.example>",
    ]
    return "attacker", "\n".join([*start, "C: DATA", *data, "D: .", "C: QUIT", ""])


@pytest.mark.parametrize("policy", POLICIES)
def test_a_letter_becomes_what_postfix_makes_of_it(beside: Beside, policy: str) -> None:
    chance = random.Random(policy)
    played = beside.play(policy, {f"letter {number}": _dialogue(chance) for number in range(LETTERS)})
    differences = list(filter(None, (difference(name, *both) for name, both in played.items())))
    if differences:
        pytest.fail("\n\n".join(differences), pytrace=False)

"""The relay's log beside a real Postfix's: the same dialogues give the same lines."""

import re
from collections.abc import Iterator

import pytest
from postfix.beside import Beside

from labkit import Lab

BASE = """
mynetworks = 192.0.2.0/24
mydestination = corp.example, mail.corp.example
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_recipient_restrictions = check_recipient_access inline:{director@corp.example=REJECT}
header_checks = pcre:{ {/^Subject: warn/ WARN seen} {/^Subject: info/ INFO} {/^Subject: no/ REJECT bad one} {/^Subject: hold/ HOLD it} {/^Subject: drop/ DISCARD it} {/^X-A/ PREPEND X-B: c} {/^X-C/ REPLACE X-D: e} {/^X-E/ STRIP it} }
body_checks = pcre:{ {/needle/ REJECT} {/notice/ WARN} }
smtpd_forbid_bare_newline = reject
message_size_limit = 5000
"""
POLICIES = {
    "all": BASE,
    "early": BASE + "smtpd_delay_reject = no\nsmtpd_helo_restrictions = reject_invalid_helo_hostname\n"
    "smtpd_sender_restrictions = reject_non_fqdn_sender\n",
    "limited": BASE + "smtpd_client_connection_rate_limit = 2\nsmtpd_client_recipient_rate_limit = 1\n",
    "never": BASE + "smtpd_delay_reject = no\nsmtpd_client_restrictions = reject\n",
}
HELLO = "C: EHLO vps66.hosting.example\n"
SENDER = f"{HELLO}C: MAIL FROM:<someone@hosting.example>\n"
LETTER = f"{SENDER}C: RCPT TO:<staff@corp.example>\nC: DATA\n"


def content(*lines: str) -> str:
    return LETTER + "".join(f"D: {line}\n" if line else "D:\n" for line in lines) + "D: .\n"


DIALOGUES = {
    "a letter": content("Subject: {n}", "Message-ID: <{n}@x.example>", "", "hello"),
    "refused recipients": f"{SENDER}C: RCPT TO:<orders@customer.example>\nC: RCPT TO:<director@corp.example>\n"
    "C: RCPT TO:<nobody@corp.example>\nC: DATA\n",
    "a warning": content("Subject: warn {n}", "", "hello", "notice"),
    "an information": content("Subject: info {n}", "", "hello"),
    "headers changed": content("Subject: {n}", "X-A: 1", "X-C: 2", "X-E: 3", "", "hello"),
    "a refused header": content("Subject: no {n}", "", "hello"),
    "a refused line": content("Subject: {n}", "", "needle"),
    "on hold": content("Subject: hold {n}", "", "hello"),
    "thrown away": content("Subject: drop {n}", "", "hello"),
    "a bare line feed": LETTER + "D> 'Subject: x\\n\\r\\n.\\r\\n'\n",
    "too big": f"{HELLO}C: MAIL FROM:<a@b.example> SIZE=99999\n",
    "logins": f"{HELLO}C: AUTH PLAIN AHN0YWZmAHdyb25n\nC: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==\n",
    "slips of the tongue": "C: FOO\nC: MAIL\nC: RCPT TO:<x>\nC: NOOP\nC: RSET\nC: VRFY staff@corp.example\n",
    "a bad greeting": "C: EHLO -bad-\nC: MAIL FROM:<short>\n",
    "gone without a word": f"{SENDER}== END\n",
    "gone in the middle": f"{LETTER}== END\n",
}

_VARIES = (
    (r"\b(?:[0-9A-F]{9,12})\b(?=: )", "*"),  # queue ids
    (r"^NOQUEUE: |^\*: (?=reject: [A-Z])", ""),  # the lab gives a letter its id at its end
    (r"for service \S+", "for service *"),
    (r"relay=\S+, (?:conn_use=\d+, )?delay=\S+, (?:delays=\S+, )?", ""),
    (r"(after DATA) \(\d+ bytes\)", r"\1"),  # the lab doesn't say how much of the letter had come
    (r"status=sent \(.*\)", "status=sent"),
)


def normal(log: list[str], known: set[str]) -> list[str]:
    """What is comparable: the smtpd's lines in their order, then the others sorted, as they come in any.

    Postfix names a letter's client at its first recipient, the lab at its end: where there is no end, Postfix
    has a line more.
    """
    found = [line.partition(" postfix/")[2] for line in log]
    pairs = [(line.partition("[")[0].replace("lmtp", "local"), line.partition("]: ")[2]) for line in found]
    ended = {text.partition(":")[0] for program, text in pairs if program == "cleanup"}
    pairs = [
        (program, text)
        for program, text in pairs
        if ": client=" not in text or text.partition(":")[0] in ended
    ]
    lines = [(program, _plain(text)) for program, text in pairs if program in known]
    first = [f"smtpd: {text}" for program, text in lines if program == "smtpd"]
    return first + sorted(f"{program}: {text}" for program, text in lines if program != "smtpd")


def _plain(text: str) -> str:
    for pattern, plain in _VARIES:
        text = re.sub(pattern, plain, text)
    return text


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    with Lab() as lab:
        beside = Beside(lab, POLICIES)
        yield beside
        beside.close()
        assert lab.problems == ()


@pytest.mark.parametrize("policy", POLICIES)
def test_the_log_has_postfixs_lines(beside: Beside, policy: str) -> None:
    ours, theirs = len(beside.lab.log), len(beside.postfix.log().splitlines())
    beside.play(policy, {name: ("attacker", script) for name, script in DIALOGUES.items()})
    programs = {"smtpd", "cleanup", "qmgr", "local"}
    seen = normal(list(beside.lab.log)[ours:], programs)
    wanted = normal(beside.postfix.log().splitlines()[theirs:], programs)
    assert seen == [line for line in wanted if not _is_of_the_test(line)]
    assert len(seen) > 30


_OF_THE_TEST = (
    "haproxy",
    r"unknown\[127",  # the first look whether it listens
    "lmtp_assume_final",  # an option that is older than this Postfix
    "file system clock is",  # a machine whose disk has another time than its processor
    "resetting file time stamps",
)


def _is_of_the_test(line: str) -> bool:
    """Whether Postfix logs it of the test itself, or of the machine that it runs on."""
    return bool(re.search("|".join(_OF_THE_TEST), line))

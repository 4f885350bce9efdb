"""Which refusals are logged, in which words; played against the relay."""

from collections.abc import Callable

import pytest

from labkit import Lab

Play = Callable[..., list[str]]

BASE = "mynetworks = 192.0.2.0/24\nmydestination = corp.example\n"
CLIENT = "vps66.hosting.example[203.0.113.66]"
ABOUT = "from=<a@b.example> to=<staff@corp.example> proto=ESMTP helo=<x.example>"
START = "S: 220 ...\nC: EHLO x.example\nS: 250 ...\n"
LETTER = "C: MAIL FROM:<a@b.example>\nS: 250 ...\nC: RCPT TO:<staff@corp.example>\nS: 250 ...\nC: DATA\nS: 354 ...\n"
QUIT = "C: QUIT\nS: 221 ...\n"


def content(text: str, answer: str) -> str:
    return f"{START}{LETTER}C> {text!r}\nS: {answer} ...\n{QUIT}"


REFUSED = [
    (
        "smtpd_helo_required = yes\nsmtpd_delay_reject = no\nsmtpd_client_restrictions = reject",
        "S: 554 ...\nC: QUIT\nS: 221 ...",
        [
            f"NOQUEUE: reject: CONNECT from {CLIENT}: 554 5.7.1 <{CLIENT}>: Client host rejected: Access denied; proto=SMTP"
        ],
    ),
    (
        "smtpd_delay_reject = no\nsmtpd_helo_restrictions = reject",
        "S: 220 ...\nC: EHLO x.example\nS: 554 ...\n" + QUIT,
        [
            f"NOQUEUE: reject: EHLO from {CLIENT}: 554 5.7.1 <x.example>: Helo command rejected: Access denied; "
            "proto=SMTP helo=<x.example>"
        ],
    ),
    (
        "message_size_limit = 1000",
        START + "C: MAIL FROM:<a@b.example> SIZE=1001\nS: 552 ...\n" + QUIT,
        [
            f"NOQUEUE: reject: MAIL from {CLIENT}: 552 5.3.4 Message size exceeds fixed limit; from=<a@b.example> "
            "proto=ESMTP helo=<x.example>"
        ],
    ),
    (
        "smtpd_data_restrictions = reject",
        START + LETTER.replace("354", "554") + QUIT,
        [
            f"NOQUEUE: reject: DATA from {CLIENT}: 554 5.7.1 <DATA>: Data command rejected: Access denied; {ABOUT}"
        ],
    ),
    (
        "smtpd_forbid_bare_newline = reject",
        content("Subject: x\n\r\n.\r\n", "550"),
        [f"NOQUEUE: reject: END-OF-MESSAGE from {CLIENT}: bare <LF> received; {ABOUT}"],
    ),
    (
        "smtpd_client_message_rate_limit = 1",
        START + "C: MAIL FROM:<>\nS: 250 ...\nC: RSET\nS: 250 ...\nC: MAIL FROM:<>\nS: 450 ...\n" + QUIT,
        [f"warning: Message delivery request rate limit exceeded: 2 from {CLIENT} for service smtp"],
    ),
    # A slip of the tongue is no policy.
    ("", START + "C: FOO\nS: 500 ...\nC: RCPT TO:<a@b.example>\nS: 503 ...\n" + QUIT, []),
    ("disable_vrfy_command = yes", START + "C: VRFY staff\nS: 502 ...\n" + QUIT, []),
    ("smtpd_tls_security_level = encrypt", START + "C: MAIL FROM:<>\nS: 530 ...\n" + QUIT, []),
]


@pytest.mark.parametrize(("policy", "script", "logged"), REFUSED)
def test_what_is_logged(lab: Lab, play: Play, policy: str, script: str, logged: list[str]) -> None:
    play(script, policy=BASE + policy)
    found = [line.partition("]: ")[2] for line in lab.log if "reject:" in line or "warning:" in line]
    assert found == logged


def test_what_the_filters_find_is_logged_with_the_letters_queue_id(lab: Lab, play: Play) -> None:
    checks = "header_checks = pcre:{ {/^Subject: w/ WARN seen} {/^Subject: r/ REJECT bad} {/^X-A/ HOLD} }\n"
    play(content("X-A: 1\r\nSubject: w\r\n\r\n.\r\n", "250"), policy=BASE + checks)
    play(content("Subject: r\r\n\r\n.\r\n", "550"))
    found = [line.partition("]: ")[2] for line in lab.log.grep("cleanup") if "message-id" not in line]
    assert found == [
        f"4B00000001: hold: header X-A: 1 from {CLIENT}; {ABOUT}",
        f"4B00000001: warning: header Subject: w from {CLIENT}; {ABOUT}: seen",
        f"4B00000002: reject: header Subject: r from {CLIENT}; {ABOUT}: 5.7.1 bad",
    ]
    assert lab.figures.by("reason") == {"header_checks": {"refused": 1}}


def test_a_wrong_password_is_a_warning(lab: Lab, play: Play) -> None:
    play(START + "C: AUTH PLAIN AGEAYg==\nS: 535 ...\n" + QUIT, policy=BASE + "smtpd_sasl_auth_enable = yes")
    assert [line.partition("]: ")[2] for line in lab.log.grep("warning")] == [
        f"warning: {CLIENT}: SASL PLAIN authentication failed: (reason unavailable), sasl_username=(unavailable)"
    ]
    assert lab.figures.by("client")["attacker"]["login failed"] == 1


def test_who_hangs_up_is_noted_with_the_command_before(lab: Lab, play: Play) -> None:
    play(START + "C: MAIL FROM:<a@b.example>\nS: 250 ...")
    lab.settle()
    assert [line.partition("]: ")[2] for line in lab.log][1:] == [
        f"lost connection after MAIL from {CLIENT}",
        f"disconnect from {CLIENT} ehlo=1 mail=1 commands=2",
    ]


def test_too_many_errors(lab: Lab, play: Play) -> None:
    play(
        START + "C: FOO\nS: 500 ...\nC: FOO\nS: 500 ...\nS: 421 ...\n== EOF",
        policy=BASE + "smtpd_hard_error_limit = 2",
    )
    assert lab.log.grep("too many errors after UNKNOWN from")
    assert lab.log.grep("ehlo=1 unknown=0/2 commands=1/3")

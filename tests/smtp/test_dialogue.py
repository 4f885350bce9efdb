"""What holds for every command: line ends, lengths, order, errors, and what ends a dialogue (as Postfix 3.7.11)."""

from collections.abc import Callable

import pytest

from labkit import Lab

Play = Callable[..., list[str]]

GREETING = "S: 220 mail.corp.example ESMTP Postfix\n"
UNKNOWN = "C: FOO\nS: 500 5.5.2 Error: command not recognized\n"
TOO_MANY = "S: 421 4.7.0 mail.corp.example Error: too many errors\n== EOF"
SENT_AWAY = "S: 221 2.7.0 Error: I can break rules, too. Goodbye.\n== EOF"
OUT_OF_STEP = "S: 554 5.5.0 Error: SMTP protocol synchronization\n== EOF"
LETTER = """
C: MAIL FROM:<a@b.example>
S: 250 2.1.0 Ok
C: RCPT TO:<staff@corp.example>
S: 250 2.1.5 Ok
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C> 'Subject: hi\\r\\n\\r\\nhello\\r\\n.\\r\\n'
S: 250 2.0.0 Ok: queued as *
"""

DIALOGUES = {
    "an empty line": "C:\nS: 500 5.5.2 Error: bad syntax",
    "white space around a command": "C:   NOOP  \nS: 250 2.0.0 Ok",
    "a tab behind a command": "C> 'NOOP\\tx\\r\\n'\nS: 250 2.0.0 Ok",
    "carriage returns before the line end": "C> 'NOOP\\r\\r\\r\\n'\nS: 250 2.0.0 Ok",
    "a command ends at a NUL": "C> 'NOOP\\0x\\r\\n'\nS: 250 2.0.0 Ok",
    "a web browser": f"C: GET / HTTP/1.1\n{SENT_AWAY}",
    "a proxy": f"C: connect x\n{SENT_AWAY}",
    "a header outside DATA": f"C: Subject: hello\n{SENT_AWAY}",
    "a command that looks like a header": f"C: MAIL:<a@b.example>\n{SENT_AWAY}",
    "the rest of a letter": f"C: .\n{SENT_AWAY}",
    "a command in quotes": f'C: "NOOP"\n{SENT_AWAY}',
    "a name alone is no header": "C: Subject\nS: 500 5.5.2 Error: command not recognized",
    "bytes that aren't UTF-8": "C> b'NOOP \\xff\\r\\n'\nS: 500 5.5.2 Error: bad UTF-8 syntax",
    "a long line is cut, and the next one is read": f"""
        C: NOOP {"x" * 3000}
        S: 250 2.0.0 Ok
        C: NOOP {"x" * 70000}
        S: 250 2.0.0 Ok
        C: MAIL FROM:<{"x" * 2048}@b.example>
        S: 501 5.1.7 Bad sender address syntax
        C: NOOP
        S: 250 2.0.0 Ok
    """,
    "commands in one breath are answered in order": """
        C> 'MAIL FROM:<a@b.example>\\r\\nRCPT TO:<staff@corp.example>\\r\\nRSET\\r\\n'
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 250 2.0.0 Ok
    """,
}


@pytest.mark.parametrize("script", DIALOGUES.values(), ids=DIALOGUES)
def test_dialogue(play: Play, script: str) -> None:
    play(f"{GREETING}{script}")


NORMALIZE, REJECT = "smtpd_forbid_bare_newline = normalize", "smtpd_forbid_bare_newline = reject"
BARE = "S: 550 5.5.2 mail.corp.example Error: bare <LF> received"

NEWLINES = [
    ("smtpd_forbid_bare_newline = no", "S: 250 2.0.0 Ok"),
    (NORMALIZE, "S: 250 2.0.0 Ok"),
    (REJECT, f"{BARE}\n== EOF"),
    (f"{REJECT}\nmynetworks = 203.0.113.0/24", "S: 250 2.0.0 Ok"),  # clients of its own are exempt
]


@pytest.mark.parametrize(("policy", "answer"), NEWLINES)
def test_a_command_that_ends_in_a_bare_line_feed(play: Play, policy: str, answer: str) -> None:
    play(f"{GREETING}C> 'NOOP\\n'\n{answer}", policy=policy)


def test_too_many_errors_end_the_session(play: Play) -> None:
    play(f"{GREETING}{UNKNOWN * 20}{TOO_MANY}")


def test_how_many_are_too_many_is_the_policys(play: Play) -> None:
    play(
        f"{GREETING}{UNKNOWN * 2}C: NOOP\nS: 250 2.0.0 Ok\n{UNKNOWN}{TOO_MANY}",
        policy="smtpd_hard_error_limit = 3",
    )


def test_a_letter_that_was_taken_makes_up_for_errors(play: Play) -> None:
    play(f"{GREETING}{UNKNOWN * 2}{LETTER}{UNKNOWN * 3}{TOO_MANY}", policy="smtpd_hard_error_limit = 3")


def test_idle_talk_becomes_an_error(play: Play) -> None:
    noop = "C: NOOP\nS: 250 2.0.0 Ok\n"
    play(f"{GREETING}{noop * 104}{TOO_MANY}", policy="smtpd_hard_error_limit = 3")


def test_recipients_too_many_are_no_errors(play: Play) -> None:
    more = "C: RCPT TO:<staff@corp.example>\nS: 452 4.5.3 Error: too many recipients\n"
    play(
        f"""{GREETING}
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<staff@corp.example>
        S: 250 2.1.5 Ok
        {more * 5}
        C: RCPT TO:<staff@corp.example> FOO
        S: 555 5.5.4 Unsupported option: FOO
        """,
        policy="smtpd_hard_error_limit = 3\nsmtpd_recipient_limit = 1",
    )


FORBIDDEN = "smtpd_forbid_unauth_pipelining = yes\n"
STEPS = {
    "before the greeting": f"C: EHLO client.example\n{OUT_OF_STEP}",
    "before EHLO": f"{GREETING}C> 'MAIL FROM:<a@b.example>\\r\\nRSET\\r\\n'\n{OUT_OF_STEP}",
    "behind EHLO": f"{GREETING}C> 'EHLO x\\r\\nNOOP\\r\\n'\n{OUT_OF_STEP}",
    "behind DATA": f"""{GREETING}
        C: EHLO client.example
        S: 250 ...
        C> 'MAIL FROM:<a@b.example>\\r\\nRCPT TO:<staff@corp.example>\\r\\nDATA\\r\\nx\\r\\n.\\r\\n'
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        {OUT_OF_STEP}""",
    "where it is allowed": f"""{GREETING}
        C: EHLO client.example
        S: 250 ...
        C> 'RSET\\r\\nMAIL FROM:<a@b.example>\\r\\nRCPT TO:<staff@corp.example>\\r\\nNOOP\\r\\n'
        S: 250 2.0.0 Ok
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 250 2.0.0 Ok""",
    "unknown commands aren't looked at": f"{GREETING}C> 'FOO\\r\\nFOO\\r\\n'\n"
    "S: 500 5.5.2 Error: command not recognized\nS: 500 5.5.2 Error: command not recognized",
}


@pytest.mark.parametrize("script", STEPS.values(), ids=STEPS)
def test_a_client_that_does_not_wait(play: Play, script: str) -> None:
    play(script, policy=FORBIDDEN)


def test_who_did_not_wait_can_be_refused_at_rcpt(play: Play) -> None:
    play(
        f"""{GREETING}
        C> 'HELO x\\r\\nMAIL FROM:<a@b.example>\\r\\n'
        S: 250 mail.corp.example
        S: 250 2.1.0 Ok
        C: RCPT TO:<staff@corp.example>
        S: 503 5.5.0 <DATA>: Data command rejected: Improper use of SMTP command pipelining
        """.replace("<DATA>: Data command", "<staff@corp.example>: Recipient address"),
        policy="smtpd_recipient_restrictions = reject_unauth_pipelining",
    )


def test_every_refusal_is_for_now_while_a_postmaster_tries_things_out(play: Play) -> None:
    play(
        f"""{GREETING}
        C: FOO
        S: 400 4.5.2 Error: command not recognized
        C: ETRN
        S: 400 Syntax: ETRN domain
        C: EHLO
        S: 401 Syntax: EHLO hostname
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<nobody@corp.example>
        S: 450 4.1.1 <nobody@corp.example>: Recipient address rejected: User unknown in local recipient table
        C: BDAT x
        S: 421 4.5.4 Syntax: BDAT count [LAST]
        == EOF
        """,
        policy="soft_bounce = yes",
    )


def test_a_client_that_is_refused_at_once_hears_it_at_every_command(play: Play) -> None:
    caller = "vps66.hosting.example[203.0.113.66]"
    denied = f"S: 503 5.7.0 Error: access denied for {caller}"
    play(
        f"""
        S: 554 5.7.1 <{caller}>: Client host rejected: Access denied
        C: EHLO client.example
        {denied}
        C: FOO
        {denied}
        C: QUIT
        S: 221 2.0.0 Bye
        == EOF
        """,
        policy="smtpd_delay_reject = no\nsmtpd_client_restrictions = reject",
    )


def test_a_client_must_greet_first_where_the_policy_says_so(play: Play) -> None:
    play(
        f"""{GREETING}
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Error: send HELO/EHLO first
        C: ETRN customer.example
        S: 503 Error: send HELO/EHLO first
        C: VRFY staff
        S: 502 5.5.1 VRFY command is disabled
        C: HELO client.example
        S: 250 mail.corp.example
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        """,
        policy="smtpd_helo_required = yes\ndisable_vrfy_command = yes",
    )


def test_a_setting_that_refuses_is_named(lab: Lab, play: Play) -> None:
    play(
        f"{GREETING}C: VRFY staff\nS: 502 5.5.1 VRFY command is disabled", policy="disable_vrfy_command = yes"
    )
    assert "disable_vrfy_command = yes" in str(lab.transcripts[1])

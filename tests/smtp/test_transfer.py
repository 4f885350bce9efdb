"""Letters handed over with DATA and BDAT, as Postfix 3.7.11 was seen to take them."""

from collections.abc import Callable

import pytest
from playbook import Player

from labkit import Lab

Play = Callable[..., list[str]]

ENVELOPE = """
C: MAIL FROM:<a@b.example>
S: 250 2.1.0 Ok
C: RCPT TO:<staff@corp.example>
S: 250 2.1.5 Ok
"""
START = f"S: 220 mail.corp.example ESMTP Postfix\nC: HELO client.example\nS: 250 mail.corp.example{ENVELOPE}"
NO_TRANSACTION = "S: 220 mail.corp.example ESMTP Postfix\n"
BARE = "S: 550 5.5.2 mail.corp.example Error: bare <LF> received"

CHUNKS = {
    "in one chunk": """
        C> 'BDAT 16 LAST\\r\\nSubject: x\\r\\n\\r\\nhi'
        S: 250 2.0.0 Ok: 18 bytes queued as *
    """,
    "in several, in one breath, cut anywhere": """
        C> 'BDAT 3\\r\\nabcBDAT 5\\r\\n\\ndef\\nBDAT 0 LAST\\r\\nNOOP\\r\\n'
        S: 250 2.0.0 Ok: 3 bytes
        S: 250 2.0.0 Ok: 5 bytes
        S: 250 2.0.0 Ok: 10 bytes queued as *
        S: 250 2.0.0 Ok
    """,
    "nothing else fits in between": """
        C> 'BDAT 4\\r\\nS: x'
        S: 250 2.0.0 Ok: 4 bytes
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Error: nested MAIL command
        C: RCPT TO:<staff@corp.example>
        S: 503 5.5.1 Error: RCPT after BDAT
        C: DATA
        S: 503 5.5.1 Error: DATA after BDAT
        C: BDAT 0 LAST
        S: 250 2.0.0 Ok: 6 bytes queued as *
    """,
    "RSET forgets them": """
        C> 'BDAT 3\\r\\nabc'
        S: 250 2.0.0 Ok: 3 bytes
        C: RSET
        S: 250 2.0.0 Ok
        C: RCPT TO:<staff@corp.example>
        S: 503 5.5.1 Error: need MAIL command
    """,
    "an empty chunk that isn't the last": """
        C: BDAT 0
        S: 551 5.7.1 Null BDAT request
        C> 'BDAT 3 LAST\\r\\nabc'
        S: 551 5.0.0 Discarded 3 bytes after earlier error
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
    """,
    "without a number": "C: BDAT\nS: 521 5.5.4 Syntax: BDAT count [LAST]\n== EOF",
    "with a negative one": "C: BDAT -1\nS: 521 5.5.4 Syntax: BDAT count [LAST]\n== EOF",
    "with an endless one": f"C: BDAT {'9' * 20}\nS: 521 5.5.4 Syntax: BDAT count [LAST]\n== EOF",
    "with another word": "C: BDAT 3 FIRST\nS: 521 5.5.4 Syntax: BDAT count [LAST]\n== EOF",
}


@pytest.mark.parametrize("script", CHUNKS.values(), ids=CHUNKS)
def test_chunks(play: Play, script: str) -> None:
    play(f"{START}{script.lstrip()}")


OUT_OF_ORDER = {
    "without a transaction": """
        C> 'BDAT 3\\r\\nabc'
        S: 503 5.5.1 Error: need RCPT command
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Error: MAIL after BDAT
        C: RCPT TO:<staff@corp.example>
        S: 503 5.5.1 Error: need MAIL command
        C: DATA
        S: 503 5.5.1 Error: DATA after BDAT
        C: BDAT 0 LAST
        S: 551 5.0.0 Discarded 0 bytes after earlier error
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
    """,
    "without a recipient": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C> 'BDAT 3\\r\\nabc'
        S: 554 5.5.1 Error: no valid recipients
        C: RCPT TO:<staff@corp.example>
        S: 503 5.5.1 Error: RCPT after BDAT
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Error: nested MAIL command
        C> 'BDAT 3 LAST\\r\\nabc'
        S: 551 5.0.0 Discarded 3 bytes after earlier error
        C: RCPT TO:<staff@corp.example>
        S: 503 5.5.1 Error: need MAIL command
    """,
}


@pytest.mark.parametrize("script", OUT_OF_ORDER.values(), ids=OUT_OF_ORDER)
def test_chunks_out_of_order(play: Play, script: str) -> None:
    play(f"{NO_TRANSACTION}{script.lstrip()}")


def chunk(size: int, last: str = "") -> str:
    return f"C> 'BDAT {size}{last}\\r\\n{'x' * size}'\n"


TOO_BIG = "S: 552 5.3.4 Error: message file too big"
LIMITS = {
    "a chunk above the limit": f"""
        {chunk(2001)}
        S: 552 5.3.4 Chunk exceeds message size limit
        {chunk(6)}
        S: 551 5.0.0 Discarded 6 bytes after earlier error
        C: DATA
        S: 503 5.5.1 Error: DATA after BDAT
    """,
    "the last line counts with its end": f"""
        {chunk(1999)}
        S: 250 2.0.0 Ok: 1999 bytes
        {chunk(3, " LAST")}
        {TOO_BIG}
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
    """,
    "up to the limit": f"""
        {chunk(1998)}
        S: 250 2.0.0 Ok: 1998 bytes
        C: BDAT 0 LAST
        S: 250 2.0.0 Ok: 2000 bytes queued as *
    """,
    "chunks that are too big together": f"""
        {chunk(1500)}
        S: 250 2.0.0 Ok: 1500 bytes
        {chunk(600)}
        {TOO_BIG}
        {chunk(6)}
        S: 551 5.0.0 Discarded 6 bytes after earlier error
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Error: MAIL after BDAT
        {chunk(6, " LAST")}
        S: 551 5.0.0 Discarded 6 bytes after earlier error
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
    """,
    "DATA up to the limit": f"""
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> '{"x" * 1998}\\r\\n.\\r\\n'
        S: 250 2.0.0 Ok: queued as *
    """,
    "DATA above the limit": f"""
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> '{"x" * 1999}\\r\\n.\\r\\n'
        {TOO_BIG}
        C: DATA
        S: 503 5.5.1 Error: need RCPT command
    """,
}


@pytest.mark.parametrize("script", LIMITS.values(), ids=LIMITS)
def test_sizes(play: Play, script: str) -> None:
    play(f"{START}{script.lstrip()}", policy="message_size_limit = 2000")


NEWLINES = {
    "in DATA, and the session goes on": f"""
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> 'a\\nb\\r\\n.\\r\\n'
        {BARE}
        C: NOOP
        S: 250 2.0.0 Ok
    """,
    "in a chunk": f"""
        C> 'BDAT 4\\r\\na\\nbc'
        {BARE}
        C: BDAT 0 LAST
        S: 551 5.0.0 Discarded 0 bytes after earlier error
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
    """,
    "in the last chunk": f"""
        C> 'BDAT 4 LAST\\r\\na\\nbc'
        {BARE}
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
    """,
}


@pytest.mark.parametrize("script", NEWLINES.values(), ids=NEWLINES)
def test_bare_line_feeds_can_be_refused(play: Play, script: str) -> None:
    play(f"{START}{script.lstrip()}", policy="smtpd_forbid_bare_newline = reject")


def test_a_letter_in_chunks_arrives_as_it_was_sent(lab: Lab, play: Play) -> None:
    body = "Subject: x\\r\\n\\r\\n.\\r\\n..\\r\\nend"
    play(f"{START}C> 'BDAT 24 LAST\\r\\n{body}'\nS: 250 2.0.0 Ok: 26 bytes queued as *")
    lab.settle()
    assert lab.mailbox("staff@corp.example")[0].text.endswith("Subject: x\n\n.\n..\nend\n")


def test_a_customers_server_takes_no_chunks_and_sends_no_notices(lab: Lab) -> None:
    Player(lab, "relay", 25, "198.51.100.25").play(
        """
        S: 220 mx1.customer.example ESMTP Postfix
        C: HELO mail.corp.example
        S: 250 mx1.customer.example
        C: MAIL FROM:<a@b.example> RET=FULL
        S: 501 5.7.1 DSN support is disabled
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example> NOTIFY=NEVER
        S: 501 5.7.1 DSN support is disabled
        C: ETRN customer.example
        S: 503 Error: MAIL transaction in progress
        C: BDAT 3
        S: 521 5.5.1 Error: command not implemented
        == EOF
        """
    )

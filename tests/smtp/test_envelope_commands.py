"""MAIL and RCPT (RFC 5321 sections 4.1.1.2 and 4.1.1.3): addresses and parameters, as dialogues."""

from collections.abc import Callable

import pytest

GREETING = "S: 220 mail.corp.example ESMTP Postfix\n"

DIALOGUES = {
    "angle brackets are not required": """
        C: MAIL FROM:a@b.example
        S: 250 2.1.0 Ok
        C: RCPT TO:a b
        S: 555 5.5.4 Unsupported option: b
        C: RCPT TO:orders@customer.example
        S: 250 2.1.5 Ok
    """,
    "but the keyword is": """
        C: MAIL a@b.example
        S: 501 5.5.4 Syntax: MAIL FROM:<address>
        C: MAIL FROM a@b.example
        S: 501 5.5.4 Syntax: MAIL FROM:<address>
        C: MAIL FROM:
        S: 501 5.5.4 Syntax: MAIL FROM:<address>
        C: MAIL FROM:<a@b.example
        S: 501 5.1.7 Bad sender address syntax
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO
        S: 501 5.5.4 Syntax: RCPT TO:<address>
    """,
    "what a client puts into an address doesn't break the reply": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C> 'RCPT TO:<a\\x07b@corp.example>\\r\\n'
        S: 550 5.1.1 <a b@corp.example>: Recipient address rejected: User unknown in local recipient table
    """,
    "an address shows as the client wrote it": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<"No Body"@Corp.EXAMPLE>
        S: 550 5.1.1 <No Body@Corp.EXAMPLE>: Recipient address rejected: User unknown in local recipient table
    """,
    "an address that asks to be sent on must name a place": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<a%-x@corp.example>
        S: 501 5.1.3 Bad recipient address syntax
        C: RCPT TO:<!a@corp.example>
        S: 501 5.1.3 Bad recipient address syntax
        C: RCPT TO:<staff%corp.example@corp.example>
        S: 250 2.1.5 Ok
    """,
    "a domain that isn't ASCII needs SMTPUTF8": """
        C: MAIL FROM:<é@é.example>
        S: 501 5.1.7 Bad sender address syntax
        C: MAIL FROM:<é@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@é.example>
        S: 501 5.1.3 Bad recipient address syntax
        C: RSET
        S: 250 2.0.0 Ok
        C: MAIL FROM:<é@é.example> SMTPUTF8
        S: 250 2.1.0 Ok
    """,
    "unknown parameters are refused by name": """
        C: MAIL FROM:<a@b.example> FOO=bar
        S: 555 5.5.4 Unsupported option: FOO=bar
        C: MAIL FROM:<a@b.example> BODY=BINARYMIME
        S: 555 5.5.4 Unsupported option: BODY=BINARYMIME
        C: MAIL FROM:<a@b.example> SIZE=1000 BODY=8BITMIME SMTPUTF8
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example> FOO=bar
        S: 555 5.5.4 Unsupported option: FOO=bar
    """,
    "a letter that says it is too big is refused before it is sent, until the client thinks again": """
        C: MAIL FROM:<a@b.example> SIZE=10240001
        S: 552 5.3.4 Message size exceeds fixed limit
        C: MAIL FROM:<a@b.example>
        S: 552 5.3.4 Message size exceeds fixed limit
        C: RSET
        S: 250 2.0.0 Ok
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
    """,
    "delivery notices can be asked for": """
        C: MAIL FROM:<a@b.example> RET=HDRS ENVID=QQ314159
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;orders@customer.example
        S: 250 2.1.5 Ok
        C: RCPT TO:<sales@customer.example> NOTIFY=NEVER,SUCCESS
        S: 501 5.5.4 Error: Bad NOTIFY parameter syntax
    """,
}


@pytest.mark.parametrize("script", DIALOGUES.values(), ids=DIALOGUES)
def test_dialogue(play: Callable[..., list[str]], script: str) -> None:
    play(GREETING + script.lstrip())


@pytest.mark.parametrize("sender", ["a@b.example", '"a b"@c.example', "<a(comment)@b.example>"])
def test_a_strict_server_wants_the_syntax_of_rfc_5321(play: Callable[..., list[str]], sender: str) -> None:
    answer = "S: 501 5.1.7 Bad sender address syntax"
    play(f"{GREETING}C: MAIL FROM:{sender}\n{answer}", policy="strict_rfc821_envelopes = yes")


def test_100_recipients_are_taken_and_how_many_more_is_the_policys(play: Callable[..., list[str]]) -> None:
    one = "C: RCPT TO:<staff@corp.example>\nS: 250 2.1.5 Ok\n"
    play(
        f"""{GREETING}
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        {one * 100}
        C: RCPT TO:<staff@corp.example>
        S: 452 4.5.3 Error: too many recipients
        """,
        policy="smtpd_recipient_limit = 100",
    )

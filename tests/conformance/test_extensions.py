"""The smaller extensions: RFC 1870, 2034, 2920, 3461, 3848, 6152, 6531, 7505."""

from collections.abc import Callable

import pytest
from conformance.conftest import ACCOUNTS, OFFICE

from labkit import Lab

Conform = Callable[..., list[str]]

DIALOGUES = {
    "RFC 1870 section 6.1: a size above the limit is refused at MAIL": """
        C: MAIL FROM:<a@b.example> SIZE=10240001
        S: 552 5.3.4 Message size exceeds fixed limit
        C: MAIL FROM:<a@b.example> SIZE=10240000
        S: 250 2.1.0 Ok
    """,
    "RFC 1870 section 4: a size is a number": """
        C: MAIL FROM:<a@b.example> SIZE=big
        S: 501 5.5.4 Bad message size syntax
    """,
    "RFC 6152: BODY is 7BIT or 8BITMIME": """
        C: MAIL FROM:<a@b.example> BODY=8BITMIME
        S: 250 2.1.0 Ok
        C: RSET
        S: 250 2.0.0 Ok
        C: MAIL FROM:<a@b.example> BODY=7BIT
        S: 250 2.1.0 Ok
        C: RSET
        S: 250 2.0.0 Ok
        C: MAIL FROM:<a@b.example> BODY=9BIT
        S: 555 5.5.4 Unsupported option: BODY=9BIT
    """,
    "RFC 2920: a group is answered in order": """
        C> 'MAIL FROM:<a@b.example>\\r\\nRCPT TO:<orders@customer.example>\\r\\nRCPT TO:<>\\r\\nDATA\\r\\n'
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 501 5.1.3 Bad recipient address syntax
        S: 354 End data with <CR><LF>.<CR><LF>
    """,
    "RFC 3461 section 4: NOTIFY, ORCPT, RET and ENVID are read": """
        C: MAIL FROM:<a@b.example> RET=HDRS ENVID=QQ314159
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;orders@customer.example
        S: 250 2.1.5 Ok
        C: RCPT TO:<press@customer.example> NOTIFY=NEVER
        S: 250 2.1.5 Ok
    """,
    "RFC 3461 section 4.1: NEVER stands alone": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example> NOTIFY=NEVER,SUCCESS
        S: 501 5.5.4 Error: Bad NOTIFY parameter syntax
    """,
    "RFC 3461 section 4.3: RET is FULL or HDRS": """
        C: MAIL FROM:<a@b.example> RET=SOME
        S: 501 5.5.4 Bad RET parameter syntax
    """,
    "RFC 2034: every reply but the greeting, EHLO and 354 carries an enhanced code": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<nobody@corp.example>
        S: 550 5.1.1 <nobody@corp.example>: Recipient address rejected: User unknown in local recipient table
        C: RSET
        S: 250 2.0.0 Ok
    """,
}


@pytest.mark.parametrize("script", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_dialogue(conform: Conform, script: str) -> None:
    conform(script)


def test_rfc_1870_a_letter_above_the_limit_is_refused_at_its_end(conform: Conform) -> None:
    conform(
        f"""
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> 'Subject: big\\r\\n\\r\\n{"x" * 900}\\r\\n{"x" * 900}\\r\\n.\\r\\n'
        S: 552 5.3.4 Error: message file too big
        """,
        policy=OFFICE + "message_size_limit = 1500",
    )


def test_rfc_6531_an_address_outside_ascii_is_carried_to_a_server_that_takes_it(
    lab: Lab, conform: Conform
) -> None:
    conform("""
        C: MAIL FROM:<grüße@b.example> SMTPUTF8
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> 'Subject: x\\r\\n\\r\\nx\\r\\n.\\r\\n'
        S: 250 2.0.0 Ok: queued as *
    """)
    lab.settle()
    assert lab.mailbox("orders@customer.example")[0].text.startswith("Return-Path: <grüße@b.example>\n")


WITH = {
    (25, "none", False): "ESMTP",
    (25, "encrypt", False): "ESMTPS",
    (587, "none", True): "ESMTPA",
    (587, "encrypt", True): "ESMTPSA",
}


@pytest.mark.parametrize(("port", "tls", "login"), WITH)
def test_rfc_3848_received_says_how_the_letter_came(lab: Lab, port: int, tls: str, login: bool) -> None:
    lab.relay.policy = lab.relay.policy.parse(ACCOUNTS)
    account = {"user": "staff", "password": "paper-boat-7"} if login else {}
    assert lab.workstation.send(port=port, tls=tls, **account).delivered == 1
    [letter] = lab.mailbox("orders@customer.example")
    assert f"by mail.corp.example (Postfix) with {WITH[port, tls, login]} id " in letter.text


def test_rfc_3461_a_success_notice_is_sent_when_it_is_asked_for(lab: Lab, conform: Conform) -> None:
    conform("""
        C: MAIL FROM:<staff@corp.example> ENVID=mine
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example> NOTIFY=SUCCESS
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> 'Subject: x\\r\\n\\r\\nx\\r\\n.\\r\\n'
        S: 250 2.0.0 Ok: queued as *
    """)
    lab.settle()
    [notice] = lab.mailbox("staff@corp.example")
    assert "Original-Envelope-Id: mine\n" in notice.text
    assert "Action: relayed\n" in notice.text


@pytest.mark.parametrize("notify", ["NOTIFY=NEVER", "NOTIFY=SUCCESS", "NOTIFY=DELAY"])
def test_rfc_3461_no_failure_notice_is_sent_when_only_others_are_asked_for(
    lab: Lab, conform: Conform, notify: str
) -> None:
    conform(f"""
        C: MAIL FROM:<staff@corp.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<550@customer.example> {notify}
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> 'Subject: x\\r\\n\\r\\nx\\r\\n.\\r\\n'
        S: 250 2.0.0 Ok: queued as *
    """)
    lab.settle()
    assert lab.mailbox("staff@corp.example") == []
    assert len(lab.queue) == 0


def test_rfc_7505_mail_for_a_domain_that_takes_none_comes_back_at_once(lab: Lab) -> None:
    lab.workstation.send("anybody@nullmx.example")
    [bounce] = lab.mailbox("staff@corp.example")
    assert "Status: 5.1.0\n" in bounce.text  # Postfix's; the RFC would like 5.1.10

"""RFC 5321, Simple Mail Transfer Protocol."""

from collections.abc import Callable

import pytest

from labkit import Lab

Conform = Callable[..., list[str]]

DIALOGUES = {
    "2.4 keywords of commands and parameters are read in any case": """
        C: mAiL fRoM:<a@b.example> size=10 Body=8bitmime
        S: 250 2.1.0 Ok
        C: rcpt to:<orders@customer.example>
        S: 250 2.1.5 Ok
    """,
    "2.3.8 a line ends in CR LF, and a line feed alone ends none": """
        C> 'NOOP\\nNOOP\\r\\n'
        S: 250 2.0.0 Ok
        S: 250 2.0.0 Ok
        C> 'NO\\rOP\\r\\n'
        S: 500 5.5.2 Error: command not recognized
    """,
    "3.3 a source route is read and ignored": """
        C: MAIL FROM:<@one.example,@two.example:a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<@one.example:orders@customer.example>
        S: 250 2.1.5 Ok
    """,
    "4.1.1.1 EHLO ends the transaction": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: EHLO client.example
        S: 250 ...
        C: RCPT TO:<orders@customer.example>
        S: 503 5.5.1 Error: need MAIL command
    """,
    "4.1.1.2 MAIL inside a transaction is refused": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: MAIL FROM:<c@b.example>
        S: 503 5.5.1 Error: nested MAIL command
    """,
    "4.1.1.2 MAIL takes the empty reverse-path": """
        C: MAIL FROM:<>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
    """,
    "4.1.1.3 RCPT takes <Postmaster> without a domain, in any case": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<Postmaster>
        S: 250 2.1.5 Ok
        C: RCPT TO:<POSTMASTER@corp.example>
        S: 250 2.1.5 Ok
    """,
    "4.1.1.3 RCPT refuses the empty path": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<>
        S: 501 5.1.3 Bad recipient address syntax
    """,
    "4.1.1.5 RSET ends the transaction": """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RSET
        S: 250 2.0.0 Ok
        C: DATA
        S: 503 5.5.1 Error: need RCPT command
    """,
    "4.1.1.6 VRFY says nothing about who exists": """
        C: VRFY staff@corp.example
        S: 252 2.0.0 staff@corp.example
        C: VRFY
        S: 501 5.5.4 Syntax: VRFY address [SMTPUTF8]
    """,
    "4.1.1.10 QUIT is answered before the connection closes": """
        C: QUIT
        S: 221 2.0.0 Bye
        == EOF
    """,
    "4.1.4 commands come in their order": """
        C: RCPT TO:<orders@customer.example>
        S: 503 5.5.1 Error: need MAIL command
        C: DATA
        S: 503 5.5.1 Error: need RCPT command
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: DATA
        S: 554 5.5.1 Error: no valid recipients
    """,
    "4.2 every command gets exactly one reply": """
        C> 'NOOP\\r\\nFOO\\r\\nNOOP\\r\\n'
        S: 250 2.0.0 Ok
        S: 500 5.5.2 Error: command not recognized
        S: 250 2.0.0 Ok
    """,
    "4.5.3.1.1 a local part has at most 64 octets": f"""
        C: MAIL FROM:<{"a" * 64}@b.example>
        S: 250 2.1.0 Ok
    """,
    "4.5.3.1.4 a command line of 512 octets is read": f"""
        C: NOOP {"x" * 505}
        S: 250 2.0.0 Ok
    """,
}


@pytest.mark.parametrize("script", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_dialogue(conform: Conform, script: str) -> None:
    conform(script)


def test_4_5_2_a_doubled_dot_becomes_one_again(lab: Lab, conform: Conform) -> None:
    conform("""
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> 'Subject: dots\\r\\n\\r\\n..\\r\\n..two\\r\\nmid.dle\\r\\n.\\r\\n'
        S: 250 2.0.0 Ok: queued as *
    """)
    lab.settle()
    [letter] = lab.mailbox("orders@customer.example")
    assert letter.content.endswith(b"\r\n\r\n.\r\n.two\r\nmid.dle\r\n")


def test_4_4_every_hop_adds_received_and_the_last_one_return_path(lab: Lab) -> None:
    assert lab.workstation.send().delivered == 1
    [letter] = lab.mailbox("orders@customer.example")
    names = [line.partition(":")[0] for line in letter.text.splitlines() if line[:1].strip()][:3]
    assert names == ["Return-Path", "Received", "Received"]
    assert letter.text.startswith("Return-Path: <staff@corp.example>\n")


def test_4_5_3_1_6_a_text_line_of_1000_octets_is_carried(lab: Lab, conform: Conform) -> None:
    line = "x" * 998
    conform(f"""
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> 'Subject: long\\r\\n\\r\\n{line}\\r\\n.\\r\\n'
        S: 250 2.0.0 Ok: queued as *
    """)
    lab.settle()
    assert lab.mailbox("orders@customer.example")[0].text.endswith(f"\n\n{line}\n")


def test_4_5_3_1_10_more_recipients_than_the_limit_are_refused_for_now(conform: Conform) -> None:
    taken = "C: RCPT TO:<orders@customer.example>\nS: 250 2.1.5 Ok\n" * 100
    conform(
        f"""
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        {taken}
        C: RCPT TO:<orders@customer.example>
        S: 452 4.5.3 Error: too many recipients
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        """,
        policy="""
        mynetworks = 192.0.2.0/24
        smtpd_relay_restrictions = permit_mynetworks, reject
        smtpd_recipient_limit = 100
        """,
    )


def test_3_8_the_server_says_421_before_it_hangs_up(conform: Conform) -> None:
    conform(
        """
        C: FOO
        S: 500 5.5.2 Error: command not recognized
        C: FOO
        S: 500 5.5.2 Error: command not recognized
        C: FOO
        S: 421 4.7.0 mail.corp.example Error: too many errors
        == EOF
        """,
        policy="smtpd_hard_error_limit = 2",
    )


def test_6_3_a_letter_that_goes_round_in_circles_is_returned(lab: Lab, conform: Conform) -> None:
    hops = "".join(f"Received: from hop{n}.example by hop{n + 1}.example\\r\\n" for n in range(51))
    conform(f"""
        C: MAIL FROM:<staff@corp.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<orders@customer.example>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C> '{hops}Subject: loop\\r\\n\\r\\nx\\r\\n.\\r\\n'
        S: *
    """)
    lab.settle()
    assert lab.mailbox("orders@customer.example") == []


@pytest.mark.parametrize(("code", "waiting"), [("451", 1), ("550", 0)])
def test_4_2_1_4yz_is_tried_again_and_5yz_is_not(lab: Lab, code: str, waiting: int) -> None:
    lab.workstation.send(f"{code}@customer.example")
    assert len(lab.queue) == waiting
    returned = lab.mailbox("staff@corp.example")
    assert len(returned) == 1 - waiting
    lab.wait(hours=1)
    attempts = lab.transcripts.between("relay", "mx1")
    assert (len(attempts) > 1) is bool(waiting)


def test_4_5_5_a_bounce_is_sent_from_the_empty_path_and_never_bounces(lab: Lab) -> None:
    lab.workstation.send("550@customer.example", sender="550@customer.example")
    lab.wait(days=6)
    queue = lab.relay.queue
    assert (queue.accepted, queue.bounced, queue.queued) == (2, 2, 0)  # the letter and its bounce, no more
    [session] = lab.transcripts.between("relay", "mx1")
    said = [line for line in session.text(full=True).splitlines() if line.startswith("C: MAIL")]
    assert [line.split()[2] for line in said] == ["FROM:<550@customer.example>", "FROM:<>"]


def test_5_1_a_domain_without_mx_records_is_its_own_mail_host(lab: Lab) -> None:
    lab.workstation.send("anybody@nomx.example")
    assert any("RCPT TO:<anybody@nomx.example>" in session.text(full=True) for session in lab.transcripts)

"""Commands in and out of order, with and without sense, and many at a time."""

from postfix.dialogues.phrases import (
    FROM,
    FROM_STAFF,
    HELLO,
    LETTER,
    TO_ORDERS,
    TO_STAFF,
    Dialogue,
    office,
    outside,
    said,
    transactions,
)

GREETINGS = {
    "greetings": Dialogue(
        "attacker",
        transactions(
            (
                "HELO",
                "EHLO",
                "HELO foo_bar..",
                "HELO shortname",
                "EHLO [203.0.113.66]",
                "EHLO 203.0.113.66",
                "HELO a b",
            )
        ),
    ),
    "more greetings": Dialogue(
        "attacker",
        transactions(
            (
                "EHLO [IPv6:2001:db8::1]",
                "EHLO [300.1.2.3]",
                "EHLO -host.example",
                "EHLO mail.corp.example",
                "ehlo VPS66.Hosting.Example",
                "EHLO vps66.hosting.example.",
            )
        ),
    ),
    "the order of commands": Dialogue(
        "attacker",
        FROM
        + TO_STAFF
        + "C: DATA\nD: .\nC: RSET\n"
        + HELLO
        + "C: DATA\nD: .\n"
        + TO_STAFF
        + FROM
        + "C: DATA\nD: .\n"
        + FROM
        + TO_STAFF
        + HELLO
        + TO_STAFF,
    ),
}

PIPELINING = {
    "a group of commands": office(
        FROM_STAFF.replace("C:", "C+"),
        TO_STAFF.replace("C:", "C+"),
        "C+ RCPT TO:<nobody@corp.example>\n",
        LETTER,
    ),
    "a group with a refusal": outside(
        FROM.replace("C:", "C+"), TO_ORDERS.replace("C:", "C+"), "C: DATA\nD: .\n"
    ),
    "a group after HELO": Dialogue(
        "attacker",
        "C: HELO vps66.hosting.example\n"
        + FROM.replace("C:", "C+")
        + TO_STAFF.replace("C:", "C+")
        + "C: RSET\n",
    ),
    "a group that begins with EHLO": Dialogue(
        "attacker", HELLO.replace("C:", "C+") + FROM.replace("C:", "C+") + TO_STAFF
    ),
    "content that comes with DATA": office(
        FROM_STAFF, TO_STAFF, r"C> 'DATA\r\nSubject: {n}\r\n\r\nHello\r\n.\r\nQUIT\r\n'" + "\n== END\n"
    ),
}

SYNTAX = {
    "who talks before the greeting": Dialogue(
        "attacker", "== FIRST EHLO vps66.hosting.example\nS:\nC: NOOP\n"
    ),
    "commands that do little": outside(
        said(
            (
                "NOOP",
                "NOOP with words",
                "RSET",
                "RSET now",
                "VRFY",
                "VRFY staff",
                "VRFY <staff@corp.example>",
                "VRFY nobody@corp.example",
                "VRFY orders@customer.example",
                "VRFY a b",
                "EXPN all",
                "ETRN",
                "ETRN corp.example",
                "QUIT now",
            )
        )
    ),
    "HELP": outside("C: HELP\n"),
    "words that are no commands": outside(
        said(
            (
                "FOO",
                "MAILFROM:<someone@hosting.example>",
                "mail from:<someone@hosting.example>",
                "rcpt to:<staff@corp.example>",
                "Data now",
                "rset",
                "MAIL",
                "MAIL FROM",
                "MAIL FROM:",
                "MAIL TO:<someone@hosting.example>",
                " NOOP",
                "NOOP ",
            )
        )
    ),
    "an empty line": outside("C: \nC: NOOP\n"),
    "a web browser": Dialogue("attacker", "C: GET / HTTP/1.1\nC: NOOP\n"),
    "a header where a command should be": outside("C: Subject: hello\nC: NOOP\n"),
    "a line that begins with no letter": outside("C: *\nC: NOOP\n"),
    "parameters of MAIL": outside(
        *(
            f"C: MAIL FROM:<someone@hosting.example> {words}\nC: RSET\n"
            for words in (
                "SIZE=100",
                "SIZE=1999",
                "SIZE=3000",
                "SIZE=99999999999",
                "SIZE=x",
                "SIZE=",
                "BODY=8BITMIME",
                "BODY=7BIT",
                "BODY=BINARYMIME",
                "SMTPUTF8",
                "FOO",
            )
        )
    ),
    "more parameters of MAIL": outside(
        *(
            f"C: MAIL FROM:<someone@hosting.example> {words}\nC: RSET\n"
            for words in (
                "FOO=bar",
                "AUTH=<>",
                "AUTH=someone",
                "RET=FULL",
                "RET=HDRS",
                "RET=ALL",
                "RET=FULL RET=HDRS",
                "ENVID=abc",
                "ENVID=a+2Bc",
                "ENVID=a=c",
                "size=100 body=8bitmime",
                "SIZE=100 SIZE=200",
            )
        )
    ),
    "parameters of RCPT": office(
        FROM,
        *(
            f"C: RCPT TO:<orders@customer.example> {words}\n"
            for words in (
                "NOTIFY=NEVER",
                "NOTIFY=SUCCESS,DELAY,FAILURE",
                "NOTIFY=NEVER,SUCCESS",
                "NOTIFY=SOMETIMES",
                "NOTIFY=",
                "ORCPT=rfc822;orders@customer.example",
                "ORCPT=orders",
                "FOO",
                "FOO=bar",
                "SIZE=100",
                "NOTIFY=SUCCESS NOTIFY=FAILURE",
            )
        ),
    ),
    "many errors": outside("C: FOO\n" * 12, TO_STAFF * 12),
    "an over-long command": outside(
        f"C: NOOP {'x' * 500}\nC: NOOP {'x' * 1500}\nC: FOO {'x' * 2500}\nC: NOOP\n"
    ),
    "a command that ends in a bare line feed": Dialogue(
        "attacker", r"C> 'EHLO vps66.hosting.example\r\nNOOP\nRSET\r\nQUIT\r\n'" + "\n== END\n"
    ),
    "octets that are no text": outside(r"C> b'VRFY \xe9\xff\r\n'" + "\nS:\nC: NOOP\n"),
}

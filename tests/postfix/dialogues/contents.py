"""Content: dots, octets, line ends, sizes, chunks, hops, and what checks look at."""

from postfix.dialogues.phrases import (
    FROM,
    FROM_STAFF,
    TO_ORDERS,
    TO_STAFF,
    content,
    office,
    outside,
    raw,
    raw_to_the_end,
)

LONG_LINES = ("Subject: {n}", "", "x" * 1500, "y" * 3000)
FOUR_KB = ("Subject: {n}", "", *["z" * 78] * 50)
HOP = "Received: from a.example by b.example"

ENDS = {
    "bare line feeds": outside(
        FROM, TO_STAFF, raw_to_the_end(r"b'Subject: {n}\n\nHello\nthere\r\n.\r\nQUIT\r\n'")
    ),
    "a smuggled letter": outside(
        FROM,
        TO_STAFF,
        raw_to_the_end(
            r"b'Subject: {n}\r\n\r\nHello\n.\r\nMAIL FROM:<director@corp.example>\r\n"
            r"RCPT TO:<sales@corp.example>\r\nDATA\r\nSubject: {n}\r\n\r\nx\r\n.\r\nQUIT\r\n'"
        ),
    ),
    "a letter smuggled otherwise": outside(
        FROM,
        TO_STAFF,
        raw_to_the_end(
            r"b'Subject: {n}\r\n\r\nHello\r\n.\nMAIL FROM:<director@corp.example>\r\n"
            r"RCPT TO:<sales@corp.example>\r\nDATA\r\nSubject: {n}\r\n\r\nx\r\n.\r\nQUIT\r\n'"
        ),
    ),
    "headers that checks look at": outside(
        *(
            FROM + TO_STAFF + content(*headers, "", "Hello")
            for headers in (
                ("Subject: cheap pills", "X-Mark: {n}"),
                ("Subject: a folded line about", " pills for {n}"),
                ("Subject: {n}", "X-Spam: warn hold prepend"),
            )
        )
    ),
    "a body that checks look at": outside(
        *(
            FROM + TO_STAFF + content("Subject: {n}", "", line)
            for line in ("buy cheap pills", "a silent goodbye", "nothing of interest")
        )
    ),
    "a letter of 4 KB": outside(FROM, TO_STAFF, content(*FOUR_KB)),
}

CONTENT = {
    "dots at the beginning of lines": outside(
        FROM, TO_STAFF, content("Subject: {n}", "", "..", "...two", "..one .")
    ),
    "no headers": outside(FROM, TO_STAFF, content("Hello {n}, no header here")),
    "no content": outside(FROM, TO_STAFF, content()),
    "headers only": outside(FROM, TO_STAFF, content("Subject: {n}")),
    "a first line that goes on with nothing": outside(
        FROM, TO_STAFF, raw(r"' and {n}\r\n\r\nHello\r\n.\r\n'")
    ),
    "octets beyond ASCII": outside(
        FROM, TO_STAFF, raw(r"b'Subject: {n}\r\n\r\nna\xc3\xafve caf\xe9 \x01\x7f\r\n.\r\n'")
    ),
    "an octet of nothing": outside(FROM, TO_STAFF, raw(r"b'Subject: {n}\r\n\r\na\x00b\r\n.\r\n'")),
    "bare carriage returns": outside(
        FROM, TO_STAFF, raw_to_the_end(r"b'Subject: {n}\r\n\r\na\rb\r\r\n.\r\r\n.\r\nQUIT\r\n'")
    ),
    "an over-long line": outside(FROM, TO_STAFF, content(*LONG_LINES)),
    "an over-long line that is carried on": office(FROM, TO_ORDERS, content(*LONG_LINES)),
    "a letter that promises too little": outside(
        "C: MAIL FROM:<someone@hosting.example> SIZE=10\n", TO_STAFF, content(*FOUR_KB)
    ),
    "a letter that never ends": outside(FROM, TO_STAFF, raw_to_the_end(r"'Subject: {n}\r\n\r\nHello\r\n'")),
    "a letter in chunks": outside(
        FROM,
        TO_STAFF,
        r"C> 'BDAT 20\r\nSubject: {n}\r\n\r\n'" + "\nS:\n",
        r"C> 'BDAT 7 LAST\r\nHello\r\n'" + "\nS:\nC: NOOP\n",
    ),
    "chunks out of order": outside(
        r"C> 'BDAT 4\r\nabcd'" + "\nS:\n",
        FROM,
        r"C> 'BDAT 4 LAST\r\nabcd'" + "\nS:\nC: BDAT\nC: BDAT x\nC: BDAT 0 FIRST\nC: RSET\n",
    ),
    "twenty hops": outside(FROM, TO_STAFF, content(*[HOP] * 20, "Subject: {n}", "", "Hello")),
    "sixty hops": office(FROM_STAFF, TO_ORDERS, content(*[HOP] * 60, "Subject: {n}", "", "Hello")),
}

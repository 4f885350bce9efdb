"""Dialogues that no well-meaning client would hold: everything a stranger can say, in any order."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

OUTSIDE = "orders@customer.example"

# The sixteen classic patterns of relay testers, and older ones: what stands where a recipient should.
RECIPIENTS = (
    f"<{OUTSIDE}>",
    "<orders%customer.example@[192.0.2.25]>",
    "<orders%customer.example@mail.corp.example>",
    "<orders%customer.example@corp.example>",
    '<"orders@customer.example">',
    '<"orders%customer.example">',
    f"<{OUTSIDE}@[192.0.2.25]>",
    f"<{OUTSIDE}@corp.example>",
    '<"orders@customer.example"@[192.0.2.25]>',
    '<"orders@customer.example"@corp.example>',
    f"<@[192.0.2.25]:{OUTSIDE}>",
    f"<@corp.example:{OUTSIDE}>",
    "<customer.example!orders>",
    "<customer.example!orders@[192.0.2.25]>",
    "<customer.example!orders@corp.example>",
    OUTSIDE,
    "<orders%[198.51.100.25]@>",
    "<orders@[198.51.100.25]@>",
    "<orders@[198.51.100.25]>",
    "<staff@corp.example>",
    "<nobody@corp.example>",
    "<Postmaster>",
    "<>",
    "",
)
SENDERS = (
    "<>",
    "<a@evil.example>",
    "<staff@corp.example>",
    "<spamtest>",
    "<a@[192.0.2.25]>",
    "a@b",
    "<ü@b.example>",
)
PARAMETERS = (
    "",
    " SIZE=10",
    " BODY=8BITMIME",
    " SMTPUTF8",
    " RET=HDRS ENVID=x",
    " NOTIFY=SUCCESS",
    " FOO=bar",
    " AUTH=<>",
)
GREETINGS = ("EHLO evil.example", "HELO evil.example", "EHLO corp.example", "EHLO", "HELO [192.0.2.50]")
OTHERS = (
    "RSET",
    "NOOP",
    "VRFY staff",
    "ETRN customer.example",
    "STARTTLS now",
    "AUTH PLAIN AHN0YWZmAHdyb25n",
    "AUTH LOGIN",
    "AUTH",
    "*",
    "XCLIENT ADDR=192.0.2.50",
    "HELP",
    "BDAT 5 LAST",
    "BDAT 0 LAST",
    "BDAT x",
    "DATA",
    "DATA x",
    "From: me",
)
CONTENTS = (
    b"Subject: x\r\n\r\nx\r\n.\r\n",
    b".\r\n",
    b"x\n.\r\nMAIL FROM:<a@evil.example>\r\nRCPT TO:<orders@customer.example>\r\nDATA\r\nx\r\n.\r\n",
    b"x\r.\r\n\r\n.\r\n",
    b"..\r\n.\r\n",
    b"",
)


def _line(texts: SearchStrategy[str]) -> SearchStrategy[bytes]:
    return texts.map(lambda text: f"{text}\r\n".encode())


def _path(keyword: str, paths: tuple[str, ...]) -> SearchStrategy[str]:
    return st.tuples(st.sampled_from(paths), st.sampled_from(PARAMETERS)).map(
        lambda pair: keyword + "".join(pair)
    )


TRANSACTION = st.tuples(
    _line(_path("MAIL FROM:", SENDERS)),
    _line(_path("RCPT TO:", RECIPIENTS)),
    st.just(b"DATA\r\n"),
    st.sampled_from(CONTENTS),
).map(b"".join)

PIECES = st.one_of(
    TRANSACTION,
    _line(st.sampled_from(GREETINGS)),
    _line(_path("MAIL FROM:", SENDERS)),
    _line(_path("rcpt to:", RECIPIENTS)),
    _line(st.sampled_from(OTHERS)),
    st.sampled_from(CONTENTS),
    st.binary(max_size=30).map(lambda data: data + b"\r\n"),
    st.integers(500, 3000).map(lambda size: b"NOOP " + b"x" * size + b"\r\n"),
)

DIALOGUES = st.lists(PIECES, min_size=1, max_size=12).map(b"".join)

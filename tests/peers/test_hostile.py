"""Clients that hang, lie, shout and walk out.

Whatever they do, the server answers or closes with 4yz or 5yz, the next honest letter gets through,
nothing goes wrong inside the lab, and nothing is printed. One lab lives through all of it.
"""

import logging
import re
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab, Policy
from labkit.wire.reading.line import Part
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript

SECONDS = 20  # a server that hangs fails the test, it doesn't hang it
MEGABYTE = 2**20

LETTER = (
    b"EHLO terminal.example\r\nMAIL FROM:<someone@home.example>\r\nRCPT TO:<staff@corp.example>\r\nDATA\r\n"
)
TLS = b"EHLO terminal.example\r\nSTARTTLS\r\n"

OK = b"250 2.0.0 Ok\r\n"
BAD = b"500 5.5.2 Error: bad syntax\r\n"
UNKNOWN = b"500 5.5.2 Error: command not recognized\r\n"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab whose relay offers a stranger all there is, AUTH without TLS included."""
    with Lab(
        Policy(mynetworks="192.0.2.0/24", smtpd_sasl_auth_enable=True, smtpd_tls_security_level="may")
    ) as lab:
        yield lab


@pytest.fixture(autouse=True)
def honest_mail_gets_through(
    lab: Lab, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    yield
    assert lab.workstation.send().delivered == 1
    assert [record.getMessage() for record in caplog.get_records("call") if is_printed(record)] == []
    assert capfd.readouterr().err == ""


def is_printed(record: logging.LogRecord) -> bool:
    """Whether Python would print it on stderr in a program that never set logging up."""
    return record.levelno >= logging.WARNING and not logging.getLogger(record.name).handlers


class Client:
    """A socket that has heard the greeting, and says what no mail program would say."""

    def __init__(self, lab: Lab) -> None:
        self.socket = socket.create_connection(("127.0.0.1", lab.ports["relay:25"]), timeout=SECONDS)
        assert self.hear(b"\r\n") == b"220 mail.corp.example ESMTP Postfix\r\n"

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def hear(self, end: bytes) -> bytes:
        """What the server says until ``end``, or until it hangs up."""
        heard = b""
        while not heard.endswith(end) and (piece := self.socket.recv(65536)):
            heard += piece
        return heard

    def hear_all(self) -> bytes:
        """What the server says until it hangs up, after the client has said its last word."""
        self.socket.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: self.socket.recv(65536), b""))

    def reset(self) -> None:
        """Walk out without a word: the server gets a reset instead of an end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


@pytest.fixture
def client(lab: Lab) -> Iterator[Client]:
    client = Client(lab)
    yield client
    client.socket.close()


@pytest.mark.parametrize(
    "said", [b"", b"MAIL FROM:<some", LETTER, LETTER + b"Subject: half a let", TLS, b"A" * MEGABYTE]
)
def test_a_client_that_hangs_keeps_nobody_waiting(lab: Lab, client: Client, said: bytes) -> None:
    client.say(said)
    assert lab.workstation.send().delivered == 1


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        (b"\r\n", BAD),
        (b"\n", BAD),
        (b"NOOP\n", OK),
        (b"NOOP\rNOOP\r\n", OK),
        (b"\x00" * 100 + b"\r\n", BAD),
        (b"EHLO \x00\r\n", b"501 Syntax: EHLO hostname\r\n"),
        (b"MAIL FROM:<some\x00one@home.example>\r\n", b"501 5.1.7 Bad sender address syntax\r\n"),
        (b"\xff\xfe\xfd\r\n", b"500 5.5.2 Error: bad UTF-8 syntax\r\n"),
        (b"A" * 2046 + b"\r\n", UNKNOWN),
        (b"A" * MEGABYTE + b"\r\n", UNKNOWN),
        (b"NOOP " + b"A" * MEGABYTE + b"\r\nNOOP\r\n", OK + OK),
        (b"NOOP\r\nhalf a line", OK),
        (b"BDAT 1000\r\nhalf a chunk", b""),
        (b"BDAT " + b"9" * 30 + b"\r\n", b"521 5.5.4 Syntax: BDAT count [LAST]\r\n"),
        (b"GET / HTTP/1.1\r\nHost: mail\r\n\r\n", b"221 2.7.0 Error: I can break rules, too. Goodbye.\r\n"),
        (b"AUTH LOGIN\r\n*\r\n", b"334 VXNlcm5hbWU6\r\n501 5.7.0 Authentication aborted\r\n"),
        (b"WHAT\r\n" * 30, UNKNOWN * 20 + b"421 4.7.0 mail.corp.example Error: too many errors\r\n"),
    ],
)
def test_garbage_is_answered(client: Client, said: bytes, answers: bytes) -> None:
    client.say(said)
    assert client.hear_all() == answers


def test_the_last_word_to_too_many_errors_answers_nothing_that_waits_unread(
    client: Client, seen: Callable[[], Transcript]
) -> None:
    client.say(b"WHAT\r\n" * 30 + b"QUIT\r\n")
    client.hear_all()
    *answers, last = (line for line in lines(seen()) if line.part is Part.REPLY and line.last)
    assert {line.step for line in answers} == {"", "WHAT"}
    assert (last.code, last.step) == (421, "")


@pytest.mark.parametrize(
    "said", [b"", b"half a line", LETTER, LETTER + b"Subject: half a let", TLS, TLS + b"\x16\x03\x01"]
)
@pytest.mark.parametrize(
    "leave", [Client.reset, lambda client: client.socket.close()], ids=["reset", "close"]
)
def test_who_walks_out_leaves_no_letter_behind(
    lab: Lab, client: Client, said: bytes, leave: Callable[[Client], None]
) -> None:
    accepted = lab.relay.queue.accepted
    client.say(said)
    leave(client)
    lab.wait_for(lab.scenery.relay.settle(), "the relay to be quiet")
    assert lab.relay.queue.accepted == accepted


def test_a_letter_over_the_limit_is_refused_and_not_kept(lab: Lab, client: Client) -> None:
    client.say(LETTER + b"A" * (11 * MEGABYTE) + b"\r\n.\r\nQUIT\r\n")
    assert client.hear_all().endswith(b"552 5.3.4 Error: message file too big\r\n221 2.0.0 Bye\r\n")


def test_garbage_instead_of_a_tls_handshake_ends_the_connection(client: Client) -> None:
    client.say(TLS)
    client.hear(b"220 2.0.0 Ready to start TLS\r\n")
    client.say(b"no handshake at all\r\n")
    assert b"250" not in client.hear_all()


def test_a_command_smuggled_in_before_tls_is_not_answered(client: Client) -> None:
    client.say(TLS + b"NOOP\r\n")
    assert client.hear_all().endswith(b"220 2.0.0 Ready to start TLS\r\n")


@pytest.mark.parametrize("mechanism", [b"PLAIN", b"LOGIN"])
def test_an_endless_answer_within_auth_is_refused(client: Client, mechanism: bytes) -> None:
    client.say(b"AUTH " + mechanism + b"\r\n" + b"A" * MEGABYTE + b"\r\nQUIT\r\n")
    answers = client.hear_all()
    assert re.match(rb"334 \w*=*\r\n500 5.5.6 SASL response limit exceeded\r\n", answers)
    assert answers.endswith(b"221 2.0.0 Bye\r\n")


# In a process of its own, because both ends together have more files than some systems allow to one.
FLOOD = """
import socket, sys
clients = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20) for _ in range(200)]
heard = [client.recv(100)[:4] for client in clients]
print(heard.count(b"220 "), heard.count(b"421 "))
"""


def test_a_flood_of_200_connections_is_answered_and_50_are_greeted(lab: Lab) -> None:
    flood = [sys.executable, "-c", FLOOD, str(lab.ports["relay:25"])]
    assert subprocess.run(flood, capture_output=True, text=True, timeout=60, check=True).stdout == "50 150\n"


VERBS = [
    b"EHLO",
    b"HELO",
    b"STARTTLS",
    b"AUTH",
    b"MAIL",
    b"RCPT",
    b"DATA",
    b"RSET",
    b"NOOP",
    b"VRFY",
    b"QUIT",
    b".",
    b"BDAT",
    b"ETRN",
]
ARGUMENTS = [
    b"FROM:<>", b"FROM:<someone@home.example>", b"TO:<staff@corp.example>", b"TO:<orders%customer.example@corp.example>",
    b"PLAIN", b"LOGIN", b"PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==", b"*", b"SIZE=99999999999", b"terminal.example", b"5", b"10 LAST",
]  # fmt: skip
WORD = st.sampled_from(VERBS + ARGUMENTS) | st.binary(max_size=80)
LINE = st.tuples(
    st.lists(WORD, max_size=4).map(b" ".join), st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b""])
).map(b"".join)
REPLIES = re.compile(rb"([2-5][0-9][0-9][ -][^\r\n]*\r\n)*")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(said=st.lists(LINE, max_size=20).map(b"".join))
def test_whatever_is_said_gets_replies_and_an_end(lab: Lab, said: bytes) -> None:
    client = Client(lab)
    with client.socket:
        client.say(said)
        assert REPLIES.fullmatch(client.hear_all())

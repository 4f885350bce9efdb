"""What can be read of a session: logins of either kind, letters however they are sent, and no trouble ever."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.attacker.means.reading import Credentials, Letter, credentials, letters
from labkit.wire.reading.lines import lines
from labkit.wire.record import HEADER, Kind, Party, Recording

HOTEL, RELAY = Party("laptop", "198.51.100.77"), Party("relay", "192.0.2.25")
PLAIN = b64encode(b"\0staff\0paper-boat-7").decode()
AS_OTHER = b64encode(b"director\0staff\0paper-boat-7").decode()
USER, PASSWORD = (b64encode(word).decode() for word in (b"staff", b"paper-boat-7"))


def recorded(*frames: tuple[Kind, bytes]) -> Recording:
    packed = b"".join(HEADER.pack(kind, len(data)) + data for kind, data in frames)
    return Recording(1, HOTEL, RELAY, 587, datetime(2026, 1, 5, 9, tzinfo=UTC), packed)


def session(script: str) -> Recording:
    """A session from C: and S: lines, each a frame of its own."""
    said = [line.strip() for line in script.strip().splitlines()]
    who = {"C:": Kind.CLIENT, "S:": Kind.SERVER}
    return recorded((Kind.SERVER, b"220 x\r\n"), *((who[one[:2]], f"{one[3:]}\r\n".encode()) for one in said))


LOGINS = [
    (f"C: AUTH PLAIN {PLAIN}\nS: 235 ok", [("staff", "paper-boat-7", f"AUTH PLAIN {PLAIN}", 235)]),
    (f"C: auth plain {AS_OTHER}\nS: 235 ok", [("staff", "paper-boat-7", f"auth plain {AS_OTHER}", 235)]),
    (f"C: AUTH PLAIN\nS: 334 \nC: {PLAIN}\nS: 235 ok", [("staff", "paper-boat-7", f"AUTH PLAIN / {PLAIN}", 235)]),
    (f"C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: {USER}\nS: 334 UGFzc3dvcmQ6\nC: {PASSWORD}\nS: 535 no",
     [("staff", "paper-boat-7", f"AUTH LOGIN / {USER} / {PASSWORD}", 535)]),
    (f"C: AUTH LOGIN {USER}\nS: 334 UGFzc3dvcmQ6\nC: {PASSWORD}\nS: 235 ok",
     [("staff", "paper-boat-7", f"AUTH LOGIN {USER} / {PASSWORD}", 235)]),
    (f"C: AUTH PLAIN {PLAIN}\nS: 503 not here", [("staff", "paper-boat-7", f"AUTH PLAIN {PLAIN}", 503)]),
    (f"C: AUTH PLAIN {PLAIN}", [("staff", "paper-boat-7", f"AUTH PLAIN {PLAIN}", 0)]),
    (f"C: AUTH PLAIN {PLAIN}\nS: 535 no\nC: AUTH PLAIN {PLAIN}\nS: 235 ok",
     [("staff", "paper-boat-7", f"AUTH PLAIN {PLAIN}", 535), ("staff", "paper-boat-7", f"AUTH PLAIN {PLAIN}", 235)]),
    ("C: AUTH PLAIN\nS: 334 \nC: *\nS: 501 given up", []),
    (f"C: AUTH LOGIN\nS: 334 x\nC: {USER}\nS: 334 x\nC: *\nS: 501 given up", []),
    ("C: AUTH PLAIN !!!\nS: 501 no", []),
    (f"C: AUTH PLAIN {USER}\nS: 501 no", []),
    ("C: AUTH CRAM-MD5\nS: 334 PHg+\nC: c3RhZmYgMTIz\nS: 235 ok", []),
    ("C: AUTH\nS: 501 no", []),
    ("C: NOOP\nS: 250 ok", []),
]  # fmt: skip


@pytest.mark.parametrize(("script", "found"), LOGINS)
def test_logins_are_decoded(script: str, found: list[tuple[str, str, str, int]]) -> None:
    read = credentials(lines(session(script), reveal=True))
    assert [(one.user, one.password, one.quoted, one.code) for one in read] == found


def test_a_password_that_no_terminal_should_obey_is_escaped() -> None:
    word = b64encode(b"\0staff\0\x1b[2J\xff").decode()
    (found,) = credentials(lines(session(f"C: AUTH PLAIN {word}\nS: 535 no"), reveal=True))
    assert found == Credentials("staff", "\\x1b[2J\\xff", f"AUTH PLAIN {word}", 535)


HEAD = "C: MAIL FROM:<a@b.example>\nS: 250 ok\nC: RCPT TO:<c@d.example>\nS: 250 ok\n"
DATA = f"{HEAD}C: DATA\nS: 354 go\nC: From: A <a@b.example>\nC: Subject: Hi\nC: Message-ID: <n000001@b.example>\nC:\nC: x\nC: .\nS: 250 ok\n"
LETTERS = [
    (DATA, [Letter("A <a@b.example>", "Hi", "n000001", 5)]),
    (DATA + DATA, [Letter("A <a@b.example>", "Hi", "n000001", 5)] * 2),
    (f"{HEAD}C: DATA\nS: 354 go\nC: no header\nC: .\nS: 250 ok\n", [Letter("", "", "", 1)]),
    (f"{HEAD}C: DATA\nS: 354 go\nC: .\nS: 250 ok\n", [Letter("", "", "", 0)]),
    (f"{HEAD}C: DATA\nS: 354 go\nC: Subject: cut off", [Letter("", "cut off", "", 1)]),
    (f"{HEAD}C: DATA\nS: 354 go\nC: Subject: long\nC:  and folded\nC:\nC: .\nS: 250 ok", [Letter("", "long and folded", "", 3)]),
    (f"{HEAD}C: BDAT 15\nC: Subject: in 2\nS: 250 ok\nC: BDAT 8 LAST\nC: chunks\nS: 250 ok\nC: QUIT\nS: 221 x", [Letter("", "in 2", "", 2)]),
    (f"{HEAD}C: DATA\nS: 554 no\nC: QUIT\nS: 221 bye", []),
]  # fmt: skip


@pytest.mark.parametrize(("script", "found"), LETTERS)
def test_letters_are_read(script: str, found: list[Letter]) -> None:
    assert list(letters(lines(session(script), reveal=True))) == found


KINDS = st.sampled_from([Kind.CLIENT, Kind.SERVER])
PIECES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"220 x\r\n", b"250 ok\r\n", b"334 x\r\n", b"354 go\r\n", b"235 ok\r\n", b"AUTH PLAIN\r\n", b"AUTH LOGIN \r\n",
         b"AUTH\tPLAIN =\r\n", f"{PLAIN}\r\n".encode(), b"DATA\r\n", b".\r\n", b"From: \xff\r\n", b"Message-ID: <\r\n",
         b"Subject: =?x?b?\xff?=\r\n", b"MAIL FROM:<>\r\n", b"BDAT 9 LAST\r\n", b"STARTTLS\r\n", b"*\r\n", b"\x16\x03"]
    ),
)  # fmt: skip


@given(st.lists(st.tuples(KINDS, PIECES), max_size=12))
def test_whatever_is_said_can_be_read(frames: list[tuple[Kind, bytes]]) -> None:
    read = lines(recorded(*frames), reveal=True)
    for login in credentials(read):
        assert (login.user + login.password + login.quoted).isprintable()
    for letter in letters(read):
        assert (letter.header_from + letter.subject + letter.mark).isprintable()

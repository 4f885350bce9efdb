"""What a line of a session means: who said it, what it belongs to, what a listener reads."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.clock import Clock
from labkit.wire.reading.line import Line, Part, printable
from labkit.wire.reading.lines import MASK, lines
from labkit.wire.record import Kind, Party, Step
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

Play = Callable[..., Transcript]


def shown(transcript: Transcript) -> list[str]:
    """Session view and wire view of each line, short enough for a table."""
    return [f"{line.who} {line.text} | {line.wire}" for line in lines(transcript)]


def of(part: Part, transcript: Transcript, reveal: bool = False) -> list[str]:
    return [line.text for line in lines(transcript, reveal=reveal) if line.part is part]


def test_without_tls_a_listener_reads_what_the_server_sees(play: Play) -> None:
    assert shown(play("S: 220 relay\nC: NOOP\nS: 250 2.0.0 Ok")) == [
        "S 220 relay | 220 relay",
        "C NOOP | NOOP",
        "S 250 2.0.0 Ok | 250 2.0.0 Ok",
    ]


@pytest.mark.parametrize(
    ("playbook", "parts", "steps"),
    [
        pytest.param(
            "S: 220 relay\nC: EHLO a\nS: 250-relay\nS: 250 SIZE",
            "reply command reply reply",
            ["", "EHLO", "EHLO", "EHLO"],
            id="a reply of several lines",
        ),
        pytest.param(
            "S: 220 relay\nC: mail FROM:<>\nC: RCPT TO:<b@b>\nC: DATA\nS: 250 a\nS: 250 b\nS: 354 c",
            "reply command command command reply reply reply",
            ["", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA"],
            id="pipelining",
        ),
        pytest.param(
            "S: 220 relay\nC: DATA\nS: 354 go\nC: To: b\nC: MAIL FROM:<x>\nC: ..\nC: .\nC: QUIT\nS: 250 a",
            "reply command reply content content content content command reply",
            ["", "DATA", "DATA", ".", ".", ".", ".", "QUIT", "."],
            id="a letter that looks like commands",
        ),
        pytest.param(
            "S: 220 relay\nC: DATA\nS: 554 5.5.1 Error: no valid recipients\nC: NOOP\nS: 250 a",
            "reply command reply command reply",
            ["", "DATA", "DATA", "NOOP", "NOOP"],
            id="no letter follows a refused DATA",
        ),
        pytest.param(
            "S: 220 relay\nC: AUTH LOGIN\nS: 334 a\nC: YQ==\nS: 334 b\nC: Yg==\nS: 235 c\nC: NOOP",
            "reply command reply secret reply secret reply command",
            ["", "AUTH", "AUTH", "AUTH", "AUTH", "AUTH", "AUTH", "NOOP"],
            id="AUTH LOGIN",
        ),
        pytest.param(
            "C: EHLO early\nS: 220 relay\nS: 250 relay",
            "command reply reply",
            ["EHLO", "", "EHLO"],
            id="a client that doesn't wait for the greeting",
        ),
        pytest.param(
            "C: PROXY TCP4 a b 1 25\nS: 220 relay\nC: EHLO a\nS: 250 relay\nC: PROXY\nS: 500 no",
            "command reply command reply command reply",
            ["PROXY", "", "EHLO", "EHLO", "PROXY", "PROXY"],
            id="a proxy's first line, which the greeting answers, and one too late",
        ),
        pytest.param("S: 421 4.4.2 relay Error: timeout", "reply", [""], id="a reply that nobody asked for"),
    ],
)
def test_each_line_knows_its_part_and_step(play: Play, playbook: str, parts: str, steps: list[str]) -> None:
    read = lines(play(playbook))
    assert [line.part.value for line in read] == parts.split()
    assert [line.step for line in read] == steps


@pytest.mark.parametrize(
    ("command", "masked"),
    [
        ("AUTH PLAIN AGFsaWNlAHNlY3JldA==", f"AUTH PLAIN {MASK}"),
        ("auth plain AGFsaWNlAHNlY3JldA==", f"auth plain {MASK}"),
        ("AUTH  XOAUTH2  dXNlcj1hbGljZQ== x", f"AUTH  XOAUTH2 {MASK}"),
        ("AUTH PLAIN\tAGFsaWNlAHNlY3JldA==", f"AUTH PLAIN {MASK}"),
        ("AUTH LOGIN", "AUTH LOGIN"),
        ("AUTH", "AUTH"),
        ("MAIL FROM:<a@b.example> AUTH=<>", "MAIL FROM:<a@b.example> AUTH=<>"),
    ],
)
def test_credentials_in_a_command_are_masked_for_the_session_and_not_for_the_wire(
    play: Play, command: str, masked: str
) -> None:
    line = lines(play(f"S: 220 relay\nC: {command}"))[1]
    assert (line.text, line.wire) == (masked, printable(command.encode()))


LOGIN = """
    S: 220 relay
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: YWxpY2U=
    S: 334 UGFzc3dvcmQ6
    C: c2VjcmV0
    S: 235 2.7.0 Authentication successful
"""


def test_the_answers_to_auth_login_are_masked_until_asked_for(play: Play) -> None:
    assert of(Part.SECRET, play(LOGIN)) == [MASK, MASK]
    assert of(Part.SECRET, play(LOGIN), reveal=True) == ["YWxpY2U=", "c2VjcmV0"]
    assert [line.wire for line in lines(play(LOGIN)) if line.part is Part.SECRET] == ["YWxpY2U=", "c2VjcmV0"]


def test_giving_up_within_auth_is_no_secret(play: Play) -> None:
    given_up = play(
        "S: 220 relay\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 5.7.0 Authentication aborted"
    )
    assert of(Part.SECRET, given_up) == ["*"]


STARTTLS = """
    S: 220 relay
    C: NOOP
    C: STARTTLS
    S: 250 2.0.0 Ok
    S: 220 2.0.0 Ready to start TLS
    C: \x16\x03\x01 hello
    S: \x16\x03\x03 hello
    == TLS TLSv1.3
    C: AUTH PLAIN AGEAYg==
    S: 235-2.7.0 Authentication
    S: 235 2.7.0 successful
"""


def test_what_tls_hides_is_noise_on_the_wire_once_for_each_block(play: Play) -> None:
    assert shown(play(STARTTLS))[4:] == [
        "S 220 2.0.0 Ready to start TLS | 220 2.0.0 Ready to start TLS",
        "= TLS begins here (TLSv1.3) | from here on a listener reads noise",
        f"C AUTH PLAIN {MASK} | 43 bytes of noise",
        "S 235-2.7.0 Authentication | 70 bytes of noise",
        "S 235 2.7.0 successful | ",
    ]
    assert [line.hidden for line in lines(play(STARTTLS))[5:]] == [False, True, True, True]


def test_with_implicit_tls_nothing_at_all_can_be_read(play: Play) -> None:
    handshake = "C: \x16\x03\x01 hello\nS: \x16\x03\x03 hello"
    playbook = f"{handshake}\n== TLS TLSv1.3\nS: 220 relay\nC: QUIT\nS: 221 2.0.0 Bye"
    assert [line.text for line in lines(play(playbook)) if not line.hidden] == ["TLS begins here (TLSv1.3)"]
    assert [line.text for line in lines(play(playbook)) if line.hidden] == [
        "220 relay",
        "QUIT",
        "221 2.0.0 Bye",
    ]


def test_bytes_that_were_read_together_with_the_handshake_are_counted() -> None:
    track = Recorder(Clock()).open(Party("laptop", "198.51.100.77"), Party("relay", "192.0.2.25"), 465)
    track.add(Kind.CLIENT, b"\x16\x03\x01" + bytes(97))
    track.secured("TLSv1.3", 30)
    track.add(Kind.CLIENT, bytes(10))
    track.add(Kind.CLIENT_INSIDE, b"NOOP\r\n")
    assert lines(track.transcript())[-1] == Line(
        "C", Part.COMMAND, "NOOP", "40 bytes of noise", "NOOP", True, size=6
    )


def test_a_command_injected_before_tls_is_seen_but_not_answered_inside(play: Play) -> None:
    injected = """
        S: 220 relay
        C: STARTTLS
        C: MAIL FROM:<inject@stranger.example>
        S: 220 2.0.0 Ready to start TLS
        == TLS TLSv1.3
        C: RCPT TO:<budi@customer.example>
        S: 503 5.5.1 Error: need MAIL command
    """
    read = lines(play(injected))
    assert read[2].text == read[2].wire == "MAIL FROM:<inject@stranger.example>"
    assert (read[-1].text, read[-1].step) == ("503 5.5.1 Error: need MAIL command", "RCPT")


def test_starttls_that_is_refused_starts_nothing(play: Play) -> None:
    refused = play(
        "S: 220 relay\nC: STARTTLS\nS: 502 5.5.1 Error: command not implemented\nC: QUIT\nS: 221 2.0.0 Bye"
    )
    assert shown(refused)[3:] == ["C QUIT | QUIT", "S 221 2.0.0 Bye | 221 2.0.0 Bye"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        ("Überraschung 信".encode(), "Überraschung 信"),
        (b"\x1b[31mred\x07", r"\x1b[31mred\x07"),
        (b"a\rb\tc\x00d", r"a\rb\tc\x00d"),
        (b"\xff\xfe", r"\xff\xfe"),
        ("\u202egnp.exe\u200b\u2028".encode(), r"\u202egnp.exe\u200b\u2028"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(data: bytes, text: str) -> None:
    assert printable(data) == text


@given(st.lists(st.tuples(st.sampled_from(Kind), st.binary(max_size=80)), max_size=12))
def test_no_garbage_breaks_the_reading_and_every_line_can_be_printed(said: list[tuple[Kind, bytes]]) -> None:
    track = Recorder(Clock()).open(Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25"), 25)
    for kind, data in said:
        if kind <= Kind.SERVER_INSIDE:
            track.add(kind, data)
        elif kind is Kind.TLS:
            track.secured("TLSv1.3", 0)
    for line in lines(track.transcript()):
        assert f"{line.text}{line.wire}{line.step}".isprintable()
        assert line.refused == (line.code >= 400)


def test_a_tab_is_white_space_in_a_letter_and_visible_in_a_command(play: Play) -> None:
    tabs = play("S: 220 relay\nC: NOOP\tx\nC: DATA\nS: 250 Ok\nS: 354 go\nC: \tby relay\nC: .")
    assert [line.text for line in lines(tabs) if line.who == "C"] == [r"NOOP\tx", "DATA", "    by relay", "."]


def test_half_a_line_is_shown_before_the_end_that_cut_it_off(play: Play) -> None:
    broken = play("S: 220 relay\nC: MAIL FROM:<al\\\n!! the connection broke off")
    assert shown(broken)[1:] == [
        "C MAIL FROM:<al | MAIL FROM:<al",
        "= the connection broke off | the connection broke off",
    ]


def test_a_session_that_was_too_long_says_how_much_is_missing() -> None:
    track = Recorder(Clock()).open(Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25"), 25)
    track.add(Kind.CLIENT, b"NOOP\r\n")
    track.add(Kind.CLIENT, bytes(2 * 2**20))
    assert lines(track.transcript())[-1].text == "2,097,152 more bytes were not recorded"


DATA = "S: 220 relay\nC: DATA\n"
AUTH = "S: 220 relay\nC: AUTH LOGIN\n"


@pytest.mark.parametrize(
    ("playbook", "parts", "steps"),
    [
        pytest.param(
            DATA + "C: To: b\nC: RSET\nC: .\nC: QUIT\nS: 354 go\nS: 250 a\nS: 221 b",
            "reply command content content content command reply reply reply",
            ["", "DATA", ".", ".", ".", "QUIT", "DATA", ".", "QUIT"],
            id="a letter that doesn't wait for 354",
        ),
        pytest.param(
            DATA + "C: To: b\nC: .\nS: 554 no\nS: 500 a\nS: 500 b",
            "reply command command command reply reply reply",
            ["", "DATA", "TO:", ".", "DATA", "TO:", "."],
            id="a letter that doesn't wait for a refusal",
        ),
        pytest.param(
            "C: MAIL FROM:<a@b>\nC: DATA\nC: x\nC: .\nC: DATA\nC: y\nC: .\nS: 220 relay\n"
            "S: 250 a\nS: 354 go\nS: 250 b\nS: 354 go\nS: 250 c",
            "command command content content command content content reply reply reply reply reply reply",
            ["MAIL", "DATA", ".", ".", "DATA", ".", ".", "", "MAIL", "DATA", ".", "DATA", "."],
            id="two letters that wait for nothing",
        ),
        pytest.param(
            DATA + "C: To: b\nS: 354 go\nC: .\nS: 250 a",
            "reply command content reply content reply",
            ["", "DATA", ".", "DATA", ".", "."],
            id="half a letter before 354",
        ),
        pytest.param(
            DATA + "S: 354 go\nC: To: b\nS: 421 too slow\nC: more\nC: .",
            "reply command reply content reply content content",
            ["", "DATA", "DATA", ".", "", ".", "."],
            id="the server hangs up within a letter",
        ),
        pytest.param(
            AUTH + "C: YQ==\nC: Yg==\nC: NOOP\nS: 334 a\nS: 334 b\nS: 235 c\nS: 250 d",
            "reply command secret secret command reply reply reply reply",
            ["", "AUTH", "AUTH", "AUTH", "NOOP", "AUTH", "AUTH", "AUTH", "NOOP"],
            id="AUTH that doesn't wait for 334",
        ),
        pytest.param(
            "S: 220 relay\nC: BDAT 9\nC: MAIL FROM\\\nC: bdat 9 last\nC: QUIT\nC: .\nC: QUIT\n"
            "S: 250 a\nS: 250 b",
            "reply command content command content content command reply reply",
            ["", "BDAT", "BDAT", "BDAT LAST", "BDAT LAST", "BDAT LAST", "QUIT", "BDAT", "BDAT LAST"],
            id="BDAT",
        ),
        pytest.param(
            "S: 220 relay\nC: BDAT 4 LAST\nS: 503 no\nC: a\\\nC: b\\\nC: c\\\nC: d\\\nC: NOOP\nS: 250 a",
            "reply command reply content command reply",
            ["", "BDAT LAST", "BDAT LAST", "BDAT LAST", "NOOP", "NOOP"],
            id="BDAT that is refused before its octets come",
        ),
        pytest.param(
            "S: 220 relay\nC: BDAT 0 LAST\nC: NOOP\nS: 250 a\nS: 250 b",
            "reply command command reply reply",
            ["", "BDAT LAST", "NOOP", "BDAT LAST", "NOOP"],
            id="an empty last chunk",
        ),
        pytest.param(
            "S: 220 relay\nC: BDAT 6 LAST\nC: QUIT\nS: 500 no such command\nS: 221 Bye",
            "reply command command reply reply",
            ["", "BDAT LAST", "QUIT", "BDAT LAST", "QUIT"],
            id="BDAT to a server that doesn't know it",
        ),
        pytest.param(
            "S: 220 relay\nC: BDAT much\nC: QUIT\nS: 521 no",
            "reply command command reply",
            ["", "BDAT", "QUIT", "BDAT"],
            id="BDAT without a number",
        ),
        pytest.param(
            "S: 220 relay\nC: ETRN customer.example\nS: 250 a\nC:  NOOP\nS: 250 b",
            "reply command reply command reply",
            ["", "ETRN", "ETRN", "NOOP", "NOOP"],
            id="ETRN, and a command behind a space",
        ),
    ],
)
def test_a_line_is_what_the_server_reads_it_as(
    play: Play, playbook: str, parts: str, steps: list[str]
) -> None:
    read = lines(play(playbook))
    assert [line.part.value for line in read] == parts.split()
    assert [line.step for line in read] == steps


TOO_MANY = "421 4.7.0 relay Error: too many errors"


def test_a_reply_that_nobody_asked_for_is_no_answer_to_what_waits_unread() -> None:
    track = Recorder(Clock()).open(Party("laptop", "198.51.100.77"), Party("relay", "192.0.2.25"), 25)
    track.add(Kind.SERVER, b"220 relay\r\n")
    track.add(Kind.CLIENT, b"FOO\r\nMAIL FROM:<a@b>\r\nQUIT\r\n")
    track.add(Kind.SERVER, b"500 5.5.2 Error\r\n")
    track.unasked()
    track.add(Kind.SERVER, f"{TOO_MANY}\r\n".encode())
    replies = [(line.step, line.text) for line in lines(track.transcript()) if line.who == "S"]
    assert replies == [("", "220 relay"), ("FOO", "500 5.5.2 Error"), ("", TOO_MANY)]


def test_a_line_knows_its_octets(play: Play) -> None:
    session = play("S: 220-relay\nS: 220 relay\nC: EHLO \u00e9\nS: 250 x\nC: NOO\\")
    assert [line.size for line in lines(session)] == [11, 11, 9, 7, 3]


SECRETS = ("c2VjcmV0", "bm90aGVyZQ==")
CODES = st.lists(st.sampled_from(["220", "250", "334", "421", "500", "503", "535"]), max_size=3)


@given(
    CODES, CODES, CODES, CODES, st.sampled_from(["AUTH LOGIN", "auth login", " AUTH PLAIN", "AUTH\tLOGIN"])
)
def test_a_password_is_never_shown_whenever_the_server_answers_and_whatever_it_says(
    play: Play, greeting: list[str], first: list[str], second: list[str], third: list[str], command: str
) -> None:
    playbook = [f"S: {code} x" for code in greeting]
    for text, codes in zip((command, *SECRETS), (first, second, third), strict=True):
        playbook += [f"C: {text}", *(f"S: {code} x" for code in codes)]
    for line in lines(play("\n".join(playbook))):
        assert not any(secret.casefold() in f"{line.text}{line.step}".casefold() for secret in SECRETS)


@pytest.mark.parametrize(
    "playbook",
    [
        "AUTH LOGIN\nS: 503 5.5.1 Error: authentication not enabled\nC: {}",
        "AUTH LOGIN\nC: {}\nS: 235 2.7.0 Authentication successful\nS: 500 5.5.2 Error: command not recognized",
        "AUTH LOGIN\nC: {}\n!! the connection broke off",
        "AUTH LOGIN\nS: 334 a\nC: {}\\\n!! the connection broke off",
    ],
)
def test_a_password_that_the_server_did_not_ask_for_is_masked_too(play: Play, playbook: str) -> None:
    read = lines(play(f"S: 220 relay\nC: {playbook}".format(SECRETS[0])))
    assert any(MASK in line.text and SECRETS[0] in line.wire for line in read)
    assert not any(SECRETS[0] in line.text for line in read)


def test_white_space_that_a_server_may_split_at_hides_no_password() -> None:
    track = Recorder(Clock()).open(Party("laptop", "198.51.100.77"), Party("relay", "192.0.2.25"), 25)
    track.add(Kind.CLIENT, b"AUTH PLAIN\x0bc2VjcmV0\r\n")
    assert lines(track.transcript())[0].text == f"AUTH PLAIN {MASK}"


def test_commands_after_auth_are_shown_again(play: Play) -> None:
    read = play(f"{AUTH}S: 535 no\nC: NOOP\nS: 250 a\nC: FOO\nS: 500 b\n")
    assert of(Part.COMMAND, read) == ["AUTH LOGIN", "NOOP", "FOO"]
    logged_in = play("S: 220 relay\nC: AUTH PLAIN AGEAYg==\nS: 235 a\nC: FOO\nS: 500 b")
    assert of(Part.COMMAND, logged_in) == [f"AUTH PLAIN {MASK}", "FOO"]


@pytest.mark.parametrize("bare", [False, True])
def test_a_dot_between_bare_line_feeds_ends_a_letter_only_where_the_server_says_so(bare: bool) -> None:
    track = Recorder(Clock()).open(Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25"), 25)
    track.add(Kind.SERVER, b"220 relay\r\n")
    if bare:
        track.takes_bare_newlines()
    track.add(Kind.CLIENT, b"DATA\r\n")
    track.add(Kind.SERVER, b"354 go\r\n")
    track.add(Kind.CLIENT, b"a\n.\nMAIL FROM:<b@c>\r\n.\r\n")
    parts = [line.part for line in lines(track.transcript())[3:]]
    smuggled = Part.COMMAND if bare else Part.CONTENT
    assert parts == [Part.CONTENT, Part.CONTENT, smuggled, smuggled]


def test_implicit_tls_loses_no_noise_and_breaks_no_line() -> None:
    track = Recorder(Clock()).open(Party("laptop", "198.51.100.77"), Party("relay", "192.0.2.25"), 465)
    track.add(Kind.CLIENT, b"\x16\x03\x01 hello")
    track.add(Kind.SERVER, b"\x16\x03\x03 hello")
    track.secured("TLSv1.3", 0)
    for half in (b"220 re", b"lay\r\n"):
        track.add(Kind.SERVER_INSIDE, half)
        track.add(Kind.SERVER, bytes(30))
    for half in (b"AUTH LOGIN\r\nYWx", b"pY2U=\r\n"):
        track.add(Kind.CLIENT, bytes(40))
        track.add(Kind.CLIENT_INSIDE, half)
    assert [f"{line.who} {line.text} | {line.wire}" for line in lines(track.transcript())[1:]] == [
        "S 220 relay | 60 bytes of noise",
        "C AUTH LOGIN | 40 bytes of noise",
        f"C {MASK} | 40 bytes of noise",
    ]


def test_plain_text_to_a_port_with_implicit_tls_shows_no_alert_as_a_line(play: Play) -> None:
    read = lines(play("C: EHLO a\nS: \x15\x03\x03\x00\x02\x02F\\\n!! the TLS handshake failed"))
    assert [line.text for line in read] == ["EHLO a", "the TLS handshake failed"]


def test_the_steps_of_a_decision_stand_with_its_rule(play: Play) -> None:
    tried = play(
        "S: 220 relay\nC: RCPT TO:<a@b>\n?? permit_mynetworks | x | goes on\n?? reject | y | refuses\n"
        "-- reject: Nobody may send.\nS: 554-5.7.1 No\nS: 554 5.7.1 No\nC: NOOP\nS: 250 Ok"
    )
    steps = (Step("permit_mynetworks", "x", "goes on"), Step("reject", "y", "refuses"))
    assert [line.tried for line in lines(tried)] == [(), (), (), steps, (), ()]


def test_each_reply_of_a_group_has_the_rule_of_its_own_command(play: Play) -> None:
    group = play(
        "S: 220 relay\nC: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: RCPT TO:<e@f>\nS: 250 a\n"
        "-- permit: b.\nS: 250 b\n-- reject: c.\nS: 554 c"
    )
    assert [(line.step, line.rule) for line in lines(group) if line.part is Part.REPLY] == [
        ("", ""),
        ("MAIL", ""),
        ("RCPT", "permit"),
        ("RCPT", "reject"),
    ]


def test_the_rule_stands_at_the_last_line_of_the_reply_that_it_decided(play: Play) -> None:
    decided = play(
        "S: 220 relay\nC: RCPT TO:<a@b>\n-- reject: Nobody may send.\nS: 554-5.7.1 No\nS: 554 5.7.1 No"
    )
    assert [(line.rule, line.reason) for line in lines(decided)[2:]] == [
        ("", ""),
        ("reject", "Nobody may send."),
    ]


@pytest.mark.parametrize(
    ("reply", "code", "refused"), [("250 Ok", 250, False), ("454 4.7.1 Later", 454, True)]
)
def test_a_reply_knows_its_code_and_whether_it_refuses(
    play: Play, reply: str, code: int, refused: bool
) -> None:
    line = lines(play(f"S: {reply}"))[0]
    assert (line.code, line.refused) == (code, refused)


def test_nothing_said_gives_no_lines(play: Play) -> None:
    assert lines(play("")) == ()

"""Folding: what is left out is said, and what differs stays."""

from collections.abc import Callable

import pytest

from labkit.wire.reading.line import Line, Part
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript
from labkit.wire.views.fold import BEGINNING, END, LINE, SESSION, fold

Play = Callable[..., Transcript]

ACCEPTED = """
C: MAIL FROM:<{n}@stranger.example>
S: 250 2.1.0 Ok
C: RCPT TO:<{n}@customer.example>
-- permit_mynetworks: Trusted.
S: 250 2.1.5 Ok
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: Subject: {n}
C: .
S: 250 2.0.0 Ok: queued as 4124723C{n:03}
"""
REFUSED = """
C: MAIL FROM:<{n}@stranger.example>
S: 250 2.1.0 Ok
C: RCPT TO:<{n}@customer.example>
-- {rule}: No.
S: 554 5.7.1 <{n}@customer.example>: Relay access denied
C: RSET
S: 250 2.0.0 Ok
"""
QUIT = "C: QUIT\nS: 221 2.0.0 Bye"


def session(*letters: str) -> str:
    return "".join(("S: 220 relay", *letters, QUIT))


def accepted(count: int) -> list[str]:
    return [ACCEPTED.format(n=n) for n in range(count)]


def refused(count: int, rule: str = "reject_unauth_destination") -> list[str]:
    return [REFUSED.format(n=n, rule=rule) for n in range(count)]


def letter(headers: int, body: int) -> str:
    content = (
        [f"C: X-Header-{n}: {n}" for n in range(headers)] + ["C: "] + [f"C: line {n}" for n in range(body)]
    )
    return "\n".join(["S: 220 relay", "C: DATA", "S: 354 go", *content, "C: .", "S: 250 2.0.0 Ok"])


def texts(folded: tuple[Line, ...]) -> list[str]:
    return [line.text for line in folded]


def left_out(folded: tuple[Line, ...]) -> list[str]:
    return [line.text for line in folded if line.part is Part.EVENT]


@pytest.mark.parametrize(
    ("letters", "events"),
    [
        (accepted(1), []),
        (accepted(2), ["… 1 more letter went the same way"]),
        (accepted(10), ["… 9 more letters went the same way"]),
        (accepted(1_002), ["… 1,001 more letters went the same way"]),
        (refused(3), ["… 2 more letters went the same way"]),
        (accepted(1) + refused(1), []),
        (
            accepted(3) + refused(4) + accepted(2),
            [
                "… 2 more letters went the same way",
                "… 3 more letters went the same way",
                "… 1 more letter went the same way",
            ],
        ),
        (refused(1) + refused(1, rule="reject"), []),
        ([*refused(2), refused(1)[0].partition("C: RSET")[0]], ["… 2 more letters went the same way"]),
    ],
)
def test_letters_that_went_the_same_way_become_one_line(
    play: Play, letters: list[str], events: list[str]
) -> None:
    assert left_out(fold(lines(play(session(*letters))))) == events


def test_the_first_letter_is_kept_whole_and_so_is_the_end(play: Play) -> None:
    once, often = play(session(*accepted(1))), play(session(*accepted(10)))
    kept = [text for text in texts(fold(lines(often))) if not text.startswith("…")]
    assert kept == texts(lines(once))


def test_a_letter_that_broke_off_is_not_counted_among_those_before_it(play: Play) -> None:
    broken = play("S: 220 relay" + "".join(accepted(3)) + "C: MAIL FROM:<a@b>\n!! the connection broke off")
    assert left_out(fold(lines(broken))) == ["… 2 more letters went the same way", "the connection broke off"]


@pytest.mark.parametrize(
    ("headers", "body", "events"),
    [
        (3, 4, []),
        (3, 5, ["… 2 more lines of the letter, 16 bytes"]),
        (3, 17, ["… 14 more lines of the letter, 119 bytes"]),
        (7, 4, []),
        (25, 2, ["… 15 more header lines of the letter, 255 bytes"]),
        (
            25,
            1_500,
            [
                "… 15 more header lines of the letter, 255 bytes",
                "… 1,497 more lines of the letter, 15,366 bytes",
            ],
        ),
    ],
)
def test_a_long_letter_keeps_its_headers_and_its_first_lines(
    play: Play, headers: int, body: int, events: list[str]
) -> None:
    folded = fold(lines(play(letter(headers, body))))
    assert left_out(folded) == events
    assert texts(folded)[3:6] == ["X-Header-0: 0", "X-Header-1: 1", "X-Header-2: 2"]
    assert texts(folded)[-2:] == [".", "250 2.0.0 Ok"]


def test_a_continued_header_is_a_header(play: Play) -> None:
    content = "C: Received: from a\nC: \tby b\nC:   for c\nC: \n" + "\n".join(
        f"C: line {n}" for n in range(9)
    )
    folded = fold(lines(play(f"S: 220 relay\nC: DATA\nS: 354 go\n{content}\nC: .")))
    assert texts(folded)[3:8] == ["Received: from a", "    by b", "  for c", "", "line 0"]
    assert left_out(folded) == ["… 6 more lines of the letter, 48 bytes"]


def test_a_letter_that_broke_off_has_no_final_dot(play: Play) -> None:
    broken = play(letter(2, 20).partition("\nC: .")[0])
    assert texts(fold(lines(broken)))[-1] == "… 17 more lines of the letter, 146 bytes"


def test_what_tls_hid_stays_hidden_when_it_is_folded(play: Play) -> None:
    secret = letter(2, 20).replace("S: 220 relay", "S: 220 relay\nC: STARTTLS\nS: 220 go\n== TLS TLSv1.3")
    event = next(line for line in fold(lines(play(secret))) if line.part is Part.EVENT)
    assert (event.hidden, event.wire) == (True, "")


def test_a_session_nobody_could_read_keeps_its_beginning_and_its_end(play: Play) -> None:
    noops = "\n".join(f"C: NOOP {n}" for n in range(5_000))
    folded = fold(lines(play(noops)))
    assert len(folded) == BEGINNING + 1 + END <= SESSION
    assert left_out(folded) == ["… 4,820 more lines of the session"]
    assert (folded[0].text, folded[-1].text) == ("NOOP 0", "NOOP 4999")


def test_a_megabyte_without_a_line_end_is_cut(play: Play) -> None:
    folded = fold(lines(play("C: " + "x" * 2**19)))
    assert texts(folded) == ["x" * LINE + "…", "… 523,888 more characters of this line"]
    assert folded[0].wire == folded[0].text


def test_a_short_session_is_left_alone(sample: Callable[[str], Transcript]) -> None:
    for name in ("open_relay", "refused", "starttls_auth", "broken_off", "garbage"):
        assert fold(lines(sample(name))) == lines(sample(name))


def test_an_event_keeps_the_lines_that_it_stands_for(play: Play) -> None:
    whole = lines(play(letter(3, 17)))
    (event,) = (line for line in fold(whole) if line.part is Part.EVENT)
    assert texts(event.left_out) == [f"line {n}" for n in range(3, 17)]

"""A session as text. ``pages`` holds what the sessions in ``playbooks`` look like."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from labkit.clock import Clock
from labkit.wire.reading.lines import MASK
from labkit.wire.record import Kind, Party
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript
from labkit.wire.views import text
from labkit.wire.views.columns import WIDTH, measure

Play = Callable[..., Transcript]
Sample = Callable[[str], Transcript]

PAGES = Path(__file__).parents[1] / "pages"
SAMPLES = ("open_relay", "refused", "starttls_auth", "ten_letters", "broken_off", "garbage")


def rows(page: str) -> list[str]:
    """The rows between the captions and the remarks."""
    body = page.split("┼", 1)[1].split("\n\n")[0]
    return body.splitlines()[1:]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_session_looks_like_its_page(sample: Sample, name: str) -> None:
    assert f"{text.render(sample(name))}\n" == (PAGES / f"{name}.txt").read_text()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", SAMPLES)
def test_no_row_is_wider_than_a_notebook(sample: Sample, name: str, full: bool) -> None:
    assert max(map(measure, text.render(sample(name), full=full).splitlines())) <= WIDTH


def test_the_heading_says_who_spoke_to_whom_and_when(play: Play) -> None:
    recorder = Recorder(Clock())
    recorder.clock.now += timedelta(minutes=90, seconds=5)
    heading = text.render(play("S: 220 relay", port=587, recorder=recorder)).splitlines()[0]
    expected = "Session 1: attacker [203.0.113.66] → relay [192.0.2.25] port 587, lab time 10:30:05"
    assert heading == expected


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("-- reject: Nobody may send.\nS: 554 5.7.1 No", "└─ refused by reject: Nobody may send."),
        ("-- reject: Nobody may send.\nS: 454 4.7.1 No", "└─ refused for now by reject: Nobody may send."),
        ("-- permit: All may send.\nS: 250 2.1.5 Ok", "└─ accepted by permit: All may send."),
        ("S: 554 5.5.1 Error: TLS already active", "└─ refused"),
        ("S: 454 4.7.0 TLS not available", "└─ refused for now"),
        ("S: 421 4.7.0 relay Error: too many errors", "└─ the server hangs up"),
    ],
)
def test_beneath_a_reply_stand_its_rule_and_the_reason(play: Play, reply: str, words: str) -> None:
    shown = rows(text.render(play(f"S: 220 relay\nC: RCPT TO:<a@b>\n{reply}")))
    assert shown[-1] == f"       {words}"


def test_a_reply_that_nobody_decided_about_has_nothing_beneath_it(play: Play) -> None:
    assert len(rows(text.render(play("S: 220 relay\nC: NOOP\nS: 250 2.0.0 Ok")))) == 3


def test_a_refusal_of_two_lines_is_explained_once(play: Play) -> None:
    page = text.render(play("S: 220 relay\nC: NOOP\n-- reject: No.\nS: 554-5.7.1 No\nS: 554 5.7.1 No"))
    assert page.count("└─ refused by reject") == 1


def test_a_code_that_takes_ten_cells_stands_in_one_row(play: Play) -> None:
    page = text.render(play("S: 220 relay\nC: NOOP\nS: 550 5.7.26 No"))
    assert "\n550 5.7.26  " in page


LOGIN = "S: 220 relay\nC: AUTH PLAIN AGFsaWNlAHNlY3JldA==\nS: 235 2.7.0 Authentication successful"


def test_a_password_in_clear_is_masked_on_the_left_and_readable_on_the_right(play: Play) -> None:
    left, _, right = rows(text.render(play(LOGIN)))[1].partition("│")
    assert (left.strip(), right.strip()) == (f"C: AUTH PLAIN {MASK}", "AUTH PLAIN AGFsaWNlAHNlY3JldA==")


def test_a_password_is_shown_on_the_left_too_when_asked_for(play: Play) -> None:
    assert rows(text.render(play(LOGIN), reveal=True))[1].count("AUTH PLAIN AGFsaWNlAHNlY3JldA==") == 2


@pytest.mark.parametrize(
    ("tls", "remark"),
    [
        ("", "They crossed the wire in clear, and anybody can undo base64."),
        ("C: STARTTLS\nS: 220 2.0.0 Ready to start TLS\n== TLS TLSv1.3\n", "TLS hid them on the path."),
    ],
)
def test_the_page_says_whether_a_listener_has_the_password(play: Play, tls: str, remark: str) -> None:
    page = text.render(play(LOGIN.replace("C: AUTH", f"{tls}C: AUTH")))
    assert f"\n{MASK} stands for a name and password. {remark}\n" in page
    assert "\nlab.transcripts[1].reveal() shows them.\n" in page


def test_long_text_wraps_on_the_left_and_is_cut_on_the_right(play: Play) -> None:
    shown = rows(text.render(play(f"S: 220 relay\nC: RCPT TO:<{'x' * 90}@customer.example>")))[1:]
    left = "".join(row.partition("│")[0].strip() for row in shown)
    assert left == f"C: RCPT TO:<{'x' * 90}@customer.example>"
    assert [row.partition("│")[2].strip()[-1:] for row in shown] == ["…", "", ""]


def test_full_shows_every_line_and_folded_says_how_to_see_them(sample: Sample) -> None:
    ten = sample("ten_letters")
    assert (
        "\nSome lines are folded away here. print(lab.transcripts[1].text(full=True)) shows"
        in text.render(ten)
    )
    assert text.render(ten, full=True).count("C: MAIL FROM") == 10
    assert "…" not in text.render(ten, full=True)


def test_an_empty_session_says_so(play: Play) -> None:
    page = text.render(play(""))
    assert page.splitlines()[1] == "No letter was offered."
    assert page.endswith("\n\nNothing was said in this session.")


def test_rows_have_no_trailing_spaces_and_nothing_a_terminal_would_obey(sample: Sample) -> None:
    for row in text.render(sample("garbage")).splitlines():
        assert row == row.rstrip()
        assert row.isprintable()


def test_what_a_credential_says_stands_beneath_it_when_it_is_revealed(play: Play) -> None:
    said = "       └─ base64 for the name alice and the password secret"
    assert said in text.render(play(LOGIN), reveal=True).splitlines()
    assert "base64 for" not in text.render(play(LOGIN))


def test_lab_time_that_passes_has_a_line(play: Play) -> None:
    recorder = Recorder(Clock())
    track = recorder.open(Party("a", "203.0.113.66"), Party("b", "192.0.2.25"), 25)
    for seconds, said in ((0, b"220 relay"), (1, b"250 a"), (0.4, b"250 b"), (290, b"421 4.4.2 late")):
        recorder.clock.now += timedelta(seconds=seconds)
        track.add(Kind.SERVER, said + b"\r\n")
    assert [row.partition("│")[0].strip() for row in rows(text.render(track.transcript()))] == [
        "S: 220 relay",
        "… 1 second later, at 09:00:01 of lab time",
        "S: 250 a",
        "S: 250 b",
        "… 290 seconds later, at 09:04:51 of lab time",
        "S: 421 4.4.2 late",
        "└─ the server hangs up",
    ]


def test_answers_that_come_late_are_announced(play: Play) -> None:
    shown = rows(text.render(play("S: 220 relay\nC: NOOP\nC: RSET\nS: 250 a\nS: 250 b\nC: QUIT\nS: 221 c")))
    assert [row.partition("│")[0].strip() for row in shown][3:5] == [
        "… 2 commands came at once; the answers follow in order",
        "S: 250 a",
    ]


def test_sizes_are_those_above_tls(sample: Sample) -> None:
    assert "\nThe client sent 104 bytes, and the server 290.\n" in text.render(sample("refused"))
    said = "Without what TLS adds, the client sent 311 bytes, 106 of them in letters, and the server 498."
    assert said in text.render(sample("starttls_auth"))


def test_each_kind_of_reply_that_is_shown_is_explained_once(sample: Sample) -> None:
    explained = text.render(sample("ten_letters")).partition("What the replies mean:\n")[2].splitlines()
    assert [codes for row in explained if (codes := row[:9].rstrip())] == [
        "220", "250", "250 2.1.0", "250 2.1.5", "354", "250 2.0.0", "221 2.0.0",
    ]  # fmt: skip
    assert "to the final dot  The server has taken the letter." in explained[5]

"""A session as text. ``pages`` holds what the sessions in ``playbooks`` look like."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from labkit.clock import Clock
from labkit.wire import text
from labkit.wire.columns import WIDTH, measure
from labkit.wire.lines import MASK
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

Play = Callable[..., Transcript]
Sample = Callable[[str], Transcript]

PAGES = Path(__file__).parent / "pages"
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
    ],
)
def test_beneath_a_reply_stand_its_rule_and_the_reason(play: Play, reply: str, words: str) -> None:
    shown = rows(text.render(play(f"S: 220 relay\nC: RCPT TO:<a@b>\n{reply}")))
    assert shown[-1] == f"       {words}"


def test_a_reply_that_nobody_decided_about_has_nothing_beneath_it(play: Play) -> None:
    assert len(rows(text.render(play("S: 220 relay\nC: NOOP\nS: 250 2.0.0 Ok")))) == 3


def test_a_refusal_of_two_lines_is_explained_once(play: Play) -> None:
    page = text.render(play("S: 220 relay\nC: NOOP\n-- reject: No.\nS: 554-5.7.1 No\nS: 554 5.7.1 No"))
    assert page.count("refused by reject") == 1


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
    assert page.endswith(f"{MASK} stands for a name and password. {remark}")


def test_long_text_wraps_on_the_left_and_is_cut_on_the_right(play: Play) -> None:
    shown = rows(text.render(play(f"S: 220 relay\nC: RCPT TO:<{'x' * 90}@customer.example>")))[1:]
    left = "".join(row.partition("│")[0].strip() for row in shown)
    assert left == f"C: RCPT TO:<{'x' * 90}@customer.example>"
    assert [row.partition("│")[2].strip()[-1:] for row in shown] == ["…", "", ""]


def test_full_shows_every_line_and_folded_says_how_to_see_them(sample: Sample) -> None:
    ten = sample("ten_letters")
    assert text.render(ten).endswith("print(lab.transcripts[1].text(full=True)) shows them all.")
    assert text.render(ten, full=True).count("C: MAIL FROM") == 10
    assert "…" not in text.render(ten, full=True)


def test_an_empty_session_says_so(play: Play) -> None:
    page = text.render(play(""))
    assert page.endswith("\n\nNothing was said in this session.\nOutcome: no letter was offered.")


def test_rows_have_no_trailing_spaces_and_nothing_a_terminal_would_obey(sample: Sample) -> None:
    for row in text.render(sample("garbage")).splitlines():
        assert row == row.rstrip()
        assert row.isprintable()

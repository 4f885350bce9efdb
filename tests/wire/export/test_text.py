"""Text files: what the text view shows, every line of it."""

from collections.abc import Callable

from labkit.wire.export.run import Run
from labkit.wire.export.text import BETWEEN, render
from labkit.wire.transcript import Transcript

Sample = Callable[[str], Transcript]


def test_one_session_is_the_text_view_with_every_line(sample: Sample) -> None:
    session = sample("ten_letters")
    assert render(Run("Session 1", (session,))).decode() == session.text(full=True) + "\n"


def test_several_sessions_stand_below_a_title_and_what_is_to_be_said(sample: Sample) -> None:
    sessions = sample("open_relay"), sample("refused")
    run = Run(
        "attacker: 2 letters", sessions, (("goal", "money"), ("delivered", "1")), ("One more was dropped.",)
    )
    head, *shown = render(run).decode().removesuffix("\n").split(BETWEEN)
    assert head.splitlines() == [
        "attacker: 2 letters",
        "  goal       money",
        "  delivered  1",
        "One more was dropped.",
    ]
    assert shown == [session.text(full=True) for session in sessions]


def test_credentials_are_masked_unless_they_are_to_be_shown(sample: Sample) -> None:
    session = sample("starttls_auth")
    run = Run("Session 1", (session,))
    assert "********" in render(run).decode()
    assert render(run, True).decode() == session.text(full=True, reveal=True) + "\n"

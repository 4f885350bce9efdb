"""What students hold: a session with its views as methods."""

from collections.abc import Callable

from labkit.wire.comparing import diff
from labkit.wire.transcript import Transcript
from labkit.wire.views import html, text

Sample = Callable[[str], Transcript]


def test_a_transcript_shows_itself_as_text_and_in_a_notebook_as_html(sample: Sample) -> None:
    session = sample("refused")
    assert repr(session) == str(session) == session.text() == text.render(session)
    assert session._repr_html_() == session.html() == html.render(session)


def test_the_options_reach_the_views(sample: Sample) -> None:
    session = sample("starttls_auth")
    assert session.text(full=True, reveal=True) == text.render(session, full=True, reveal=True)
    assert session.html(full=True, reveal=True) == html.render(session, full=True, reveal=True)


def test_a_transcript_can_be_compared_with_another(sample: Sample) -> None:
    before, after = sample("open_relay"), sample("refused")
    assert before.diff(after) == diff.diff(before, after)


def test_looking_at_a_transcript_does_not_change_it(sample: Sample) -> None:
    seen, unseen = sample("refused"), sample("refused")
    repr(seen)
    assert seen == unseen
    assert hash(seen) == hash(unseen)

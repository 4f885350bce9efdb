"""The page stands alone, and nothing that a message holds is more than text on it."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.clock import Clock
from labkit.wire.export.html import render
from labkit.wire.export.run import Run
from labkit.wire.reading.lines import lines
from labkit.wire.record import Kind, Party
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript
from labkit.wire.views import markup

Sample = Callable[[str], Transcript]
Play = Callable[..., Transcript]

# Elements and attributes that the page has; none of them runs or fetches anything.
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "p",
        "br",
        "div",
        "span",
        "code",
        "strong",
    ),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "details", "summary", "ul", "li"),
    *("dl", "dt", "dd"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "style", "scope", "colspan", "aria-label"),
    *("open", "title"),
}
HOSTILE = [
    "<script>alert(1)</script>",
    "</code></td></table></details></style><script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><iframe srcdoc="<script>alert(1)</script>">',
    "</style><style>@import url(http://evil.example/)</style>",
    "</title><meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "{title} {style} {0} %s",
    "javascript:alert(1)//<a href='javascript:alert(1)'>x</a>",
    "\x1b[2J\x00\u202eevil",
    "&lt;script&gt; &#60;script&#62;",
]


class Reader(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def check(page: str) -> Reader:
    """That a page has only what ours have, and nothing that fetches."""
    reader = Reader(page)
    assert reader.elements <= ELEMENTS
    assert set(reader.attributes) <= ATTRIBUTES
    styles = " ".join(reader.attributes.get("style", ())) + markup.STYLE
    assert "url(" not in styles
    assert "@import" not in styles
    return reader


@pytest.mark.parametrize("bad", HOSTILE)
def test_hostile_greetings_names_envelopes_and_letters_are_only_text(play: Play, bad: str) -> None:
    one_line = bad.replace("\n", " ")
    session = play(
        f"""
        S: 220 {one_line}
        C: EHLO {one_line}
        S: 250 {one_line}
        C: MAIL FROM:<{one_line}>
        -- {one_line}: {one_line}
        S: 554 5.7.1 {one_line}
        C: DATA
        S: 354 go on
        C: Subject: {one_line}
        C: Content-Disposition: attachment; filename="{one_line}"
        C:
        C: {one_line}
        C: .
        S: 250 2.0.0 Ok
        !! {one_line}
        """,
        client=Party(bad, "203.0.113.66"),
    )
    run = Run(bad, (session, session), ((bad, bad),), (bad,))
    for written in (run, Run(bad, (session,))):
        page = render(written).decode()
        check(page)
        assert page.count("<h1>") == page.count("</style>") == page.count("<style>") == 1


@given(
    st.lists(
        st.tuples(st.booleans(), st.binary(max_size=100) | st.sampled_from(HOSTILE).map(str.encode)),
        max_size=5,
    )
)
def test_whatever_crosses_the_wire_is_only_text(dialogue: list[tuple[bool, bytes]]) -> None:
    recorder = Recorder(Clock())
    track = recorder.open(Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25"), 25)
    for by_client, data in dialogue:
        track.add(Kind.CLIENT if by_client else Kind.SERVER, data)
    check(render(Run("Session 1", (recorder.transcript(1),))).decode())


def test_the_browser_is_told_to_run_and_fetch_nothing(sample: Sample) -> None:
    reader = check(render(Run("Session 1", (sample("refused"),))).decode())
    assert "default-src 'none'; style-src 'unsafe-inline'" in reader.attributes["content"]


def test_the_page_says_what_the_session_says_line_for_line(sample: Sample) -> None:
    session = sample("ten_letters")
    shown = check(render(Run("Session 1", (session,))).decode()).text
    assert all(line.text in shown for line in lines(session))


def test_a_session_among_others_stands_under_its_verdict(sample: Sample) -> None:
    sessions = (sample("open_relay"), sample("refused"))
    page = render(Run("two", sessions, (("goal", "money & fame"),), ("One was dropped.",))).decode()
    assert page.count('<details class="session" open>') == 2
    assert "Refused: the letter was refused at RCPT by reject_unauth_destination." in page
    assert '<tr><th scope="row">goal</th><td>money &amp; fame</td></tr>' in page
    assert "<p>One was dropped.</p>" in page


def test_many_sessions_are_folded(sample: Sample) -> None:
    page = render(Run("many", (sample("refused"),) * 4)).decode()
    assert page.count('<details class="session">') == 4


def test_credentials_are_masked_unless_they_are_to_be_shown(sample: Sample) -> None:
    run = Run("Session 1", (sample("starttls_auth"),))
    assert "********" in render(run).decode()
    assert "********" not in render(run, True).decode()

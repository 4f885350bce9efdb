"""A session as HTML: it says what the text says, and nothing in it is alive."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from labkit.clock import Clock
from labkit.wire import html, text
from labkit.wire.lines import MASK
from labkit.wire.listing import Transcripts
from labkit.wire.record import Party
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

Play = Callable[..., Transcript]
Sample = Callable[[str], Transcript]

SAMPLES = ("open_relay", "starttls_auth", "ten_letters", "broken_off", "garbage")
OURS = {
    "div",
    "style",
    "table",
    "caption",
    "br",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "code",
    "strong",
}
FRAME = str.maketrans("", "", "│┼─═╪└")


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.styles: set[str | None] = set()
        self.text = self.style = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.styles |= {value for name, value in attrs if name == "style"}

    def handle_data(self, data: str) -> None:
        if self.tags[-1] == "style" and not self.style:
            self.style = data
        else:
            self.text += f"{data} "


@pytest.mark.parametrize("name", SAMPLES)
def test_the_words_are_those_of_the_text_in_the_same_order(sample: Sample, name: str) -> None:
    pages = Page(html.render(sample(name))).text, text.render(sample(name))
    in_html, in_text = (page.translate(FRAME).split() for page in pages)
    assert in_html == in_text


def test_full_and_reveal_do_what_they_do_in_the_text(sample: Sample) -> None:
    assert html.render(sample("ten_letters"), full=True).count("MAIL FROM") == 20
    assert MASK in html.render(sample("starttls_auth"))
    assert MASK not in html.render(sample("starttls_auth"), reveal=True)


HOSTILE = [
    "<script>alert(1)</script>",
    "</code></td></table><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "</style><style>*{display:none}",
    "<!-- ",
    "&lt;script&gt;",
]


@pytest.mark.parametrize("evil", HOSTILE)
@pytest.mark.parametrize(
    "playbook",
    [
        "S: 220 {}",
        "S: 220 relay\nC: EHLO {}",
        "S: 220 relay\nC: DATA\nS: 354 go\nC: Subject: {0}\nC: \nC: {0}\nC: .\nS: 250 Ok",
        "S: 220 relay\nC: RCPT TO:<a@b>\n-- {0}: {0}\nS: 554 5.7.1 {0}",
        "S: 220 relay\n!! {}",
    ],
)
def test_hostile_text_is_never_live(play: Play, playbook: str, evil: str) -> None:
    session = play(playbook.format(evil), client=Party(evil, evil))
    for page in (session.html(), session.diff(session)._repr_html_(), play("").diff(session)._repr_html_()):
        assert_dead(page, evil)


@pytest.mark.parametrize("evil", HOSTILE)
def test_a_hostile_name_in_the_listing_is_never_live(play: Play, evil: str) -> None:
    recorder = Recorder(Clock())
    play(f"S: 220 relay\nC: NOOP\n-- {evil}: No.\nS: 554 No", client=Party(evil[:9], "x"), recorder=recorder)
    assert_dead(Transcripts(recorder)._repr_html_(), evil[:9])


def assert_dead(page: str, evil: str) -> None:
    """The text is there to be read, and made no tag and no attribute."""
    read = Page(page)
    assert set(read.tags) <= OURS
    assert read.attributes <= {"class", "style", "scope", "colspan", "aria-label"}
    assert read.styles == {"text-align: left"}
    assert evil in read.text


def test_the_style_touches_nothing_outside_and_loads_nothing(sample: Sample) -> None:
    style = Page(html.render(sample("refused"))).style
    selectors = [part for rule in style.split("}")[:-1] for part in rule.split("{")[0].split(",")]
    assert len(selectors) > 20
    assert all(selector.strip().startswith(".labkit") for selector in selectors)
    assert not any(word in style for word in ("url(", "@import", "http"))


def test_the_table_can_be_read_aloud(sample: Sample) -> None:
    page = html.render(sample("refused"))
    assert page.count("<caption>") == 1
    assert page.count('<th scope="col"') == 3
    assert page.count('<th scope="row" class="who" aria-label="server">S:</th>') == 15
    assert page.count("<th ") == page.count('<th scope="')


def test_a_refusal_is_said_in_words_beneath_its_reply(sample: Sample) -> None:
    page = html.render(sample("refused"))
    said = "refused by reject_unauth_destination: customer.example is not a domain of this relay"
    row = page.partition('<tr class="decision refused">')[2].partition("</tr>")[0]
    assert f"<strong>└─ {said}" in row


def test_a_refusal_and_nothing_else_is_strong(sample: Sample) -> None:
    assert html.render(sample("refused")).count("<strong>") == 3
    assert html.render(sample("open_relay")).count("<strong>") == 0


def test_every_rendering_is_the_same(sample: Sample) -> None:
    assert html.render(sample("starttls_auth")) == html.render(sample("starttls_auth"))

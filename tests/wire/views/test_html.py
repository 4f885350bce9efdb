"""A session as HTML: it says what the text says, and nothing in it is alive."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from labkit.clock import Clock
from labkit.wire.asking.listing import Transcripts
from labkit.wire.reading.lines import MASK
from labkit.wire.record import Party
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript
from labkit.wire.views import html, text
from labkit.wire.views.page import MEANINGS, page

Play = Callable[..., Transcript]
Sample = Callable[[str], Transcript]

SAMPLES = ("open_relay", "starttls_auth", "ten_letters", "broken_off", "garbage")
OURS = {
    *("div", "style", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("br", "code", "strong", "details", "summary"),
}
TWICE = re.compile(r"(… [^…]+?) \1")
FRAME = str.maketrans("", "", "│┼─═╪└")


class Page(HTMLParser):
    """The tags, attributes and text of a page: what is seen at first, and what is behind a disclosure."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.styles: set[str | None] = set()
        self.text = self.style = self.shown = ""
        self.opened: list[str] = []  # the elements around: details and summaries only
        self.behind: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.styles |= {value for name, value in attrs if name == "style"}
        if tag in ("details", "summary"):
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("details", "summary"):
            assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.tags[-1] == "style" and not self.style:
            self.style = data
        else:
            self.text += f"{data} "
            if not self.opened or self.opened == ["details", "summary"]:
                self.shown += f"{data} "
            elif data.strip():
                self.behind.append(data)


def once(shown: str) -> str:
    """The text, with what is left out said once: a fold goes over both lanes."""
    return TWICE.sub(r"\1", shown)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_seen_at_first_is_what_the_text_says_in_the_same_order(sample: Sample, name: str) -> None:
    pages = Page(html.render(sample(name))).shown, text.render(sample(name)).partition(MEANINGS)[0]
    in_html, in_text = (once(" ".join(shown.translate(FRAME).split())) for shown in pages)
    assert in_html == in_text


@pytest.mark.parametrize("name", SAMPLES)
def test_what_replies_mean_stands_behind_them_and_below_the_text(sample: Sample, name: str) -> None:
    behind = Page(html.render(sample(name), full=True)).behind
    explained = {means for _, _, means in page(sample(name), full=True).meanings}
    assert explained
    assert explained <= set(behind)
    shown = text.render(sample(name), full=True).partition(MEANINGS)[2].split()
    assert all(set(means.split()) <= set(shown) for means in explained)


def test_what_is_folded_away_opens(sample: Sample) -> None:
    opened = Page(html.render(sample("ten_letters")))
    lines_of_one = [f"Line {number} of a long letter that nobody asked for." for number in range(4, 15)]
    assert [line for line in opened.behind if line in lines_of_one][
        : 2 * len(lines_of_one) : 2
    ] == lines_of_one
    assert "MAIL FROM:<security@bank.example>" in opened.behind


def test_a_page_holds_only_so_much_behind_its_folds(play: Play) -> None:
    letter = "C: DATA\nS: 354 go\n" + "C: x\n" * (html.UNFOLDED + 5) + "C: .\nS: 250 a\n"
    opened = Page(html.render(play("S: 220 relay\n" + letter)))
    assert "… 301 more lines of the letter, 903 bytes" in opened.shown
    assert "x" not in opened.behind


def test_a_long_line_is_cut_behind_a_fold_too(play: Play) -> None:
    letter = "C: DATA\nS: 354 go\n" + "C: x\n" * 20 + f"C: {'y' * 100_000}\nC: .\nS: 250 a\n"
    assert len(html.render(play("S: 220 relay\n" + letter))) < 30_000


LOGIN = "C: AUTH PLAIN AGFsaWNlAHNlY3JldA==\nS: 235 2.7.0 Authentication successful\n"
TLS = "S: 220 relay\nC: STARTTLS\nS: 220 2.0.0 Ready to start TLS\n== TLS TLSv1.3\n"


def test_a_mask_opens_over_what_the_wire_showed_anyway(play: Play) -> None:
    behind = Page(html.render(play("S: 220 relay\n" + LOGIN))).behind
    assert "AUTH PLAIN AGFsaWNlAHNlY3JldA==" in behind
    assert "└─ base64 for the name alice and the password secret" in behind


def test_what_tls_hid_is_not_in_the_page_until_it_is_asked_for(play: Play) -> None:
    session = play(TLS + LOGIN)
    masked, revealed = session.html(), session.reveal()._repr_html_()
    assert "AGFsaWNlAHNlY3JldA" not in masked
    assert "alice" not in masked
    assert "lab.transcripts[1].reveal() shows them." in Page(masked).behind
    assert "AUTH PLAIN AGFsaWNlAHNlY3JldA==" in Page(revealed).shown
    assert "base64 for the name alice and the password secret" in Page(revealed).shown


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
        "S: 220 relay\nC: AUTH {0}\nS: 334 {0}\nC: {0}\nS: 535 {0}",
        "S: 220 relay\nC: DATA\nS: 354 go\n" + 20 * "C: X-{0}: {0}\n" + "C: .\nS: 250 Ok",
    ],
)
def test_hostile_text_is_never_live(play: Play, playbook: str, evil: str) -> None:
    session = play(playbook.format(evil), client=Party(evil, evil))
    views = (session, session.reveal(), session.diff(session), play("").diff(session))
    for shown in (session.html(full=True), *(view._repr_html_() for view in views)):
        assert_dead(shown, evil)


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


def test_a_refusal_and_the_verdict_and_nothing_else_are_strong(sample: Sample) -> None:
    assert html.render(sample("refused")).count("<strong") == 4
    assert html.render(sample("open_relay")).count("<strong") == 1


@pytest.mark.parametrize(("name", "tone"), [("refused", "refused"), ("open_relay", "accepted")])
def test_the_verdict_stands_out_above_the_lines(sample: Sample, name: str, tone: str) -> None:
    assert f'<br><strong class="{tone}">{page(sample(name)).verdict}</strong></caption>' in html.render(
        sample(name)
    )


def test_who_speaks_is_told_by_a_mark_and_a_side(sample: Sample) -> None:
    assert '<tr><th scope="row" class="who" aria-label="client">C:</th>' in html.render(sample("open_relay"))
    assert '<tr class="theirs"><th scope="row" class="who" aria-label="server">S:</th>' in html.render(
        sample("open_relay")
    )


def test_every_rendering_is_the_same(sample: Sample) -> None:
    assert html.render(sample("starttls_auth")) == html.render(sample("starttls_auth"))

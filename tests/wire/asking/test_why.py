"""One reply and its reasons, as text and as HTML."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from labkit.wire.asking.why import Why
from labkit.wire.record import Step
from labkit.wire.transcript import Transcript
from labkit.wire.views.columns import WIDTH, measure

Play = Callable[..., Transcript]

DIALOGUE = """
    S: 220 relay
    C: RCPT TO:<budi@customer.example>
    ?? permit_mynetworks | The client's address 203.0.113.66 is not in mynetworks | goes on
    ?? check_helo_access | stranger.example is in the table | goes on; a permission becomes a deferral
    ?? reject_unauth_destination | customer.example is not a domain of this relay | refuses
    -- reject_unauth_destination: customer.example is not a domain of this relay.
    S: 554 5.7.1 <budi@customer.example>: Relay access denied
"""
PAGE = """\
Session 1, reply 2: why the server said 554

C: RCPT TO:<budi@customer.example>
S: 554 5.7.1 <budi@customer.example>: Relay access denied

     rule                       what it saw                                       what it said
  1  permit_mynetworks          The client's address 203.0.113.66 is not in       goes on
                                mynetworks
  2  check_helo_access          stranger.example is in the table                  goes on; a permission
                                                                                  becomes a deferral
→ 3  reject_unauth_destination  customer.example is not a domain of this relay    refuses, and decides

refused by reject_unauth_destination: customer.example is not a domain of this relay."""

HOSTILE = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "</td></table><img src=x onerror=alert(1)>",
]


class Page(HTMLParser):
    """The tags and the text of a page, without its style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags[-1] != "style":
            self.words += data.split()


def deciding(rule: str, *tried: str) -> int:
    steps = tuple(Step(each, "", "refuses") for each in tried)
    return Why(1, 2, "RCPT", "554 No", rule, "", steps).deciding


def test_the_rules_stand_in_order_and_the_one_that_decided_has_a_mark_and_a_word(play: Play) -> None:
    assert str(play(DIALOGUE).why()) == PAGE


def test_the_html_says_the_same_words_in_the_same_order(play: Play) -> None:
    why = play(DIALOGUE).why()
    assert sorted(Page(why._repr_html_()).words) == sorted(str(why).split())
    assert '<tr class="refused"><th scope="row" class="who" aria-label="3, the rule that decided">' in (
        why._repr_html_()
    )


def test_it_can_be_read_as_a_value(play: Play) -> None:
    why = play(DIALOGUE).why()
    assert (why.session, why.number, why.code, why.refused) == (1, 2, 554, True)
    assert (why.rule, why.command) == ("reject_unauth_destination", "RCPT TO:<budi@customer.example>")
    assert [step.said for step in why.tried] == [
        "goes on",
        "goes on; a permission becomes a deferral",
        "refuses",
    ]
    assert hash(why) == hash(play(DIALOGUE).why())


@pytest.mark.parametrize(
    ("rule", "tried", "number"),
    [
        ("reject", ("permit_mynetworks", "reject"), 2),
        ("check_helo_access", ("check_helo_access inline:{ a = DEFER_IF_PERMIT }", "permit"), 1),
        ("reject_rbl_client b.example", ("reject_rbl_client a.example", "reject_rbl_client b.example"), 2),
        ("reject", ("reject", "permit", "reject"), 3),
        ("reject", ("reject_unauth_destination",), 0),
        ("smtpd_helo_required = yes", (), 0),
    ],
)
def test_the_deciding_rule_is_the_last_one_that_the_decision_names(
    rule: str, tried: tuple[str, ...], number: int
) -> None:
    assert deciding(rule, *tried) == number


def test_a_decision_without_steps_says_its_reason_all_the_same(play: Play) -> None:
    why = play(
        "S: 220 relay\nC: AUTH PLAIN YQ==\n-- smtpd_tls_auth_only = yes: Not in clear.\nS: 503 No"
    ).why()
    for page in (str(why), why._repr_html_()):
        assert "No list of rules was asked for this reply." in page
        assert "refused by smtpd_tls_auth_only = yes: Not in clear." in page
        assert "AUTH PLAIN ********" in page
        assert "YQ==" not in page


def test_a_reply_without_a_rule_says_where_it_comes_from(play: Play) -> None:
    why = play("S: 220 relay\nC: DATA\nS: 503 5.5.1 Error: need RCPT command").why(503)
    assert why.sentence == "No rule decided this reply: the server answers so at this point of the dialogue."


def test_no_row_is_wider_than_a_notebook(play: Play) -> None:
    long = "x" * 300
    why = Why(1, 2, long, f"250-{long}\n250 {long}", long, long, (Step(long, long, long),))
    assert max(map(measure, str(why).splitlines())) <= WIDTH
    assert all(row == row.rstrip() for row in str(why).splitlines())


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_text_is_never_live(evil: str) -> None:
    page = Page(Why(1, 2, evil, f"554 {evil}", evil, evil, (Step(evil, evil, evil),))._repr_html_())
    assert not {"script", "img"} & set(page.tags)
    assert " ".join(page.words).count(" ".join(evil.split())) == 7

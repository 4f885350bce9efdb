"""Two sessions side by side, as text and as HTML."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from labkit.wire.comparing.diff import LEGEND, diff
from labkit.wire.transcript import Transcript
from labkit.wire.views.columns import WIDTH, measure
from labkit.wire.views.page import TLS

Play = Callable[..., Transcript]
Sample = Callable[[str], Transcript]

PAGES = Path(__file__).parents[1] / "pages"
PAIRS = [
    ("open_relay", "refused"),
    ("open_relay", "starttls_auth"),
    ("ten_letters", "garbage"),
    ("broken_off", "ten_letters"),
]


@pytest.mark.parametrize(("before", "after"), PAIRS[:2])
def test_a_diff_looks_like_its_page(sample: Sample, before: str, after: str) -> None:
    page = (PAGES / f"{before}_to_{after}.txt").read_text()
    assert f"{diff(sample(before), sample(after))}\n" == page


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_no_row_is_wider_than_a_notebook(sample: Sample, before: str, after: str) -> None:
    assert max(map(measure, str(diff(sample(before), sample(after))).splitlines())) <= WIDTH


def test_the_change_is_said_on_top(sample: Sample) -> None:
    shown = str(diff(sample("open_relay"), sample("refused"))).splitlines()
    assert shown[:2] == [
        "What changed from session 1 to session 1",
        "Before, the letter was accepted; after, it was refused at RCPT by reject_unauth_destination.",
    ]


def test_rules_and_reasons_stand_beneath_changed_replies_only(sample: Sample) -> None:
    same, other = (
        sample("open_relay").diff(sample("open_relay")),
        sample("open_relay").diff(sample("refused")),
    )
    assert "└─" not in str(same) + same._repr_html_()
    for page in (str(other), other._repr_html_()):
        assert page.count("└─ accepted by permit_mynetworks") == 1
        assert page.count("└─ refused by reject_unauth_destination") == 1


def test_two_sessions_that_went_the_same_way_have_no_sign_but_say_so(sample: Sample) -> None:
    same = diff(sample("open_relay"), sample("open_relay"))
    assert same.summary[-1] == "Every step was answered the same way."
    assert {row.sign.value for row in same.rows} == {" "}
    assert same.remarks == (LEGEND,)


def test_what_tls_hid_is_marked_on_the_side_where_it_did(sample: Sample) -> None:
    shown = diff(sample("open_relay"), sample("starttls_auth"))
    row = next(row for row in str(shown).splitlines() if "RCPT TO" in row)
    assert row.split("│")[1].startswith(" ▒ C: RCPT TO")
    assert not row.startswith("  ▒")
    assert shown.remarks == (LEGEND, TLS)


def test_every_sign_is_text_with_a_meaning_for_screen_readers(sample: Sample) -> None:
    page = diff(sample("open_relay"), sample("starttls_auth"))._repr_html_()
    for sign, meaning in [(" ", "same"), ("~", "changed"), ("-", "only before"), ("+", "only after")]:
        assert f'<th scope="row" class="who" aria-label="{meaning}">{sign}</th>' in page


def test_the_html_says_what_the_text_says(sample: Sample) -> None:
    shown = diff(sample("open_relay"), sample("refused"))
    page = shown._repr_html_()
    assert all(sentence in page for sentence in (shown.title, *shown.summary, shown.before, *shown.remarks))
    assert page.count("<tr") == len(shown.rows) + len(shown.remarks) + 1


def test_a_diff_is_a_value(play: Play) -> None:
    shown = diff(play("S: 220 relay"), play("S: 220 relay"))
    assert shown == diff(play("S: 220 relay"), play("S: 220 relay"))
    assert repr(shown) == str(shown)
    with pytest.raises(FrozenInstanceError):
        shown.title = "another"  # type: ignore[misc]


def test_credentials_are_masked(sample: Sample) -> None:
    shown = diff(sample("open_relay"), sample("starttls_auth"))
    assert "AGFsaWNlAHNlY3JldA==" not in str(shown) + shown._repr_html_()

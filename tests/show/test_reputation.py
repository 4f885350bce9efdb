"""The chart of a sender's reputation: what it says in text, and that its words can be read."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from labkit import Lab
from labkit.clock import START
from labkit.recipient.reputation import Level, Point
from labkit.recipient.tally import Event
from labkit.show import reputation
from labkit.show.reputation import HEIGHT, LOOKS, chart, claim, paint, text
from labkit.show.sheet import Paint

BAD, LOW, MEDIUM, HIGH = Level.BAD, Level.LOW, Level.MEDIUM, Level.HIGH


def history(*levels: Level, apart: int = 1) -> list[Point]:
    return [
        Point(
            START + timedelta(minutes=at * apart),
            level,
            Counter({Event.LETTER: 10 * (at + 1), Event.TRAP: at}),
        )
        for at, level in enumerate(levels)
    ]


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ([MEDIUM, MEDIUM], "The reputation of 192.0.2.25 is medium"),
        ([MEDIUM, BAD, BAD], "The reputation of 192.0.2.25 was medium, and is bad"),
        ([MEDIUM, LOW, MEDIUM, HIGH], "The reputation of 192.0.2.25 changed 3 times, and is high"),
    ],
)
def test_the_title_says_what_is_seen(levels: list[Level], said: str) -> None:
    assert claim("192.0.2.25", history(*levels)) == said


def test_the_text_lists_the_changes() -> None:
    assert (
        text("corp.example", history(MEDIUM, MEDIUM, LOW, LOW, BAD))
        == """\
The reputation of corp.example changed 2 times, and is bad.
In the last days letters 50, trap hits 4.

since             level     by then
2026-01-05 09:00  medium    letters 10
2026-01-05 09:02  low       letters 30, trap hits 2
2026-01-05 09:04  bad       letters 50, trap hits 4"""
    )


def test_every_level_that_a_sender_can_have_is_drawn_with_a_mark_of_its_own() -> None:
    assert set(LOOKS) == set(Level) - {Level.SLOW}
    assert len({shape for _, shape in LOOKS.values()}) == len(LOOKS)


@pytest.mark.parametrize(
    "points",
    [
        history(MEDIUM),
        history(MEDIUM, BAD, apart=30),
        history(MEDIUM, LOW, HIGH, apart=2_000),
        history(*[MEDIUM, LOW, BAD] * 9),
    ],
)
def test_no_words_are_cut_off_or_cover_others(
    unreadable: Callable[[int, Paint], list[str]], points: list[Point]
) -> None:
    assert unreadable(HEIGHT, paint("192.0.2.25", points)) == []


def test_the_relays_own_reputation_is_shown_unless_another_is_named() -> None:
    with Lab() as lab:
        assert repr(reputation(lab)) == "The customer has never heard of 192.0.2.25."
        lab.workstation.send()
        assert repr(reputation(lab)).startswith("The reputation of 192.0.2.25 is medium.")
        assert "nobody.example" in repr(reputation(lab, "nobody.example"))
        assert repr(chart("192.0.2.25", lab.customer.reputation.history("192.0.2.25"))) == repr(
            reputation(lab)
        )

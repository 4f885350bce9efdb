"""The small chart of a live view: its sentence, its words, and that it can be read."""

from datetime import timedelta

import pytest

from labkit.clock import START
from labkit.relay.traffic import Outcome, Traffic
from labkit.show import live_chart
from labkit.show.minutes import MINUTE, minutes


def counted(*rows: tuple[int, Outcome, int]):
    """Minutes as the relay counts them: (minute from the start, outcome, how many)."""
    traffic = Traffic()
    for minute, outcome, count in rows:
        traffic.counts[START + minute * MINUTE, "attacker", outcome] += count
    return minutes(traffic)


A, R = Outcome.ACCEPTED, Outcome.REFUSED
SEEN = {
    "one minute": counted((0, A, 1)),
    "accepted, then refused": counted((0, A, 100), (1, R, 100)),
    "both at once": counted((0, A, 5), (0, R, 7)),
    "many": counted(*((minute, A if minute < 300 else R, 99) for minute in range(600))),
    "days apart": counted((0, A, 12_345), (3 * 1440, R, 1)),
    "only a notice": counted((0, Outcome.BOUNCED, 1)),
}


@pytest.mark.parametrize("name", SEEN)
def test_no_word_is_cut_off_or_covered(name: str, unreadable) -> None:
    assert unreadable(live_chart.HEIGHT, live_chart._bars(SEEN[name])) == []


@pytest.mark.parametrize("name", SEEN)
def test_it_is_a_png_and_the_same_every_time(name: str) -> None:
    drawn = live_chart.draw(SEEN[name])
    assert drawn.startswith(b"\x89PNG")
    assert live_chart.draw(SEEN[name]) == drawn


def test_it_says_in_a_sentence_what_is_to_be_seen() -> None:
    assert live_chart.sentence(SEEN["both at once"]) == (
        "Letters per minute of lab time, 09:00 to 09:00: 5 accepted, 7 refused; at most 12 in a minute."
    )
    assert live_chart.sentence([]) == "No mail yet."
    assert "2026-01-05 09:00 to 2026-01-08 09:00" in live_chart.sentence(SEEN["days apart"])
    assert SEEN["days apart"][1].start - SEEN["days apart"][0].start == timedelta(days=3)

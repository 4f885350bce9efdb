"""The small chart of a live view: its sentence, its words, and that it can be read."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from labkit.clock import START
from labkit.relay.traffic import Outcome, Traffic
from labkit.show import live_chart, sheet
from labkit.show.agg import Agg
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
    def paint(figure) -> None:
        live_chart.label(Agg(figure, live_chart.HEIGHT), SEEN[name])

    assert unreadable(live_chart.HEIGHT, paint) == []


def bars(name: str) -> list[list[list[float]]]:
    """For what was accepted and what was refused: left, top, width and height of each bar and of its key."""
    picture = ElementTree.fromstring(live_chart.drawing(SEEN[name], "it"))
    paths = [each.get("d", "") for each in picture.iter("path")]
    return [
        [[*map(float, re.findall(r"-?[\d.]+", one))][:4] for one in path.split("z")[:-1]] for path in paths
    ]


def test_a_bar_is_as_high_as_its_count() -> None:
    accepted, refused = bars("both at once")
    (_, top, _, high), _ = accepted
    (_, top_of_refused, _, high_of_refused), _ = refused
    assert high / high_of_refused == pytest.approx(5 / 7, rel=1e-3)
    assert top + high == pytest.approx(live_chart.GROUND, abs=0.01)
    assert top_of_refused + high_of_refused == pytest.approx(top, abs=0.01)
    assert top_of_refused == pytest.approx(live_chart.TOP, abs=0.01)


@pytest.mark.parametrize("name", SEEN)
def test_every_minute_with_mail_has_its_bar_and_all_are_on_the_sheet(name: str) -> None:
    found = bars(name)
    wanted = [sum(bool(minute[outcome]) for minute in SEEN[name]) for outcome in (A, R)]
    assert [len(each) - 1 for each in found] == wanted
    for left, top, wide, high in found[0] + found[1]:
        assert left >= 0
        assert left + wide <= sheet.WIDTH
        assert top >= 0
        assert top + high <= live_chart.GROUND + 0.01


def test_what_was_refused_is_hatched_and_two_charts_of_a_page_dont_share_that() -> None:
    one, other = (live_chart.drawing(SEEN["both at once"], name) for name in ("chart-1", "chart-2"))
    assert 'id="chart-1"' in one
    assert 'fill="url(#chart-1)"' in one
    assert one.replace("chart-1", "chart-2") == other


def test_it_is_read_out_as_its_sentence() -> None:
    picture = ElementTree.fromstring(live_chart.drawing(SEEN["many"], "it"))
    assert picture.get("aria-label") == live_chart.sentence(SEEN["many"])


def test_it_says_in_a_sentence_what_is_to_be_seen() -> None:
    assert live_chart.sentence(SEEN["both at once"]) == (
        "Letters per minute of lab time, 09:00 to 09:00: 5 accepted, 7 refused; at most 12 in a minute."
    )
    assert live_chart.sentence([]) == "No mail yet."
    assert "2026-01-05 09:00 to 2026-01-08 09:00" in live_chart.sentence(SEEN["days apart"])
    assert SEEN["days apart"][1].start - SEEN["days apart"][0].start == timedelta(days=3)

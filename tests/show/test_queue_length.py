"""The chart of the queue: what it says in text, and that its words can be read."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from labkit import Lab
from labkit.clock import START
from labkit.relay.monitoring.figures import Figures, Minute
from labkit.show import queue_length
from labkit.show.queue_length import HEIGHT, NO_MAIL, chart, claim, paint, text
from labkit.show.sheet import Paint

Levels = list[tuple[int, int, int]]  # minute since the start, the most letters in it, those at its end


def figures(levels: Levels, now: int) -> Figures:
    minutes = tuple(
        Minute(START + timedelta(minutes=minute), (), most, left=left) for minute, most, left in levels
    )
    return Figures(START + timedelta(minutes=levels[-1][0] + 5), minutes, queue=now)


@pytest.mark.parametrize(
    ("levels", "now", "said"),
    [
        ([(0, 0, 0)], 0, "No letter had to wait in the queue"),
        ([(0, 1, 1)], 1, "1 letter in the queue at most, and 1 letter now"),
        ([(0, 1234, 10), (9, 10, 0)], 0, "1,234 letters in the queue at most, and none now"),
    ],
)
def test_the_title_says_what_is_seen(levels: Levels, now: int, said: str) -> None:
    assert claim(figures(levels, now)) == said


def test_the_text_is_a_table() -> None:
    assert (
        text(figures([(0, 12, 3), (5, 3, 1)], 1))
        == """\
12 letters in the queue at most, and 1 letter now.
Lab time 2026-01-05 09:00 to 2026-01-05 09:10; the queue was longest at 09:00 on 2026-01-05.

minute               at most  at its end
2026-01-05 09:00          12           3
2026-01-05 09:05           3           1
2026-01-05 09:10         now           1"""
    )


@pytest.mark.parametrize(
    "levels",
    [[(0, 1, 1)], [(0, 20_000, 5)], [(0, 3, 1), (60 * 24 * 6, 9, 9)], [(n, n, n // 2) for n in range(90)]],
)
def test_no_words_are_cut_off_or_cover_others(
    unreadable: Callable[[int, Paint], list[str]], levels: Levels
) -> None:
    assert unreadable(HEIGHT, paint(figures(levels, 1))) == []


def test_a_queue_that_fills_and_empties_is_seen() -> None:
    with Lab() as lab:
        assert repr(queue_length(lab)) == NO_MAIL
        lab.workstation.send(to="451@customer.example")
        assert repr(queue_length(lab)).startswith("1 letter in the queue at most, and 1 letter now.")
        lab.wait(days=6)
        assert repr(queue_length(lab)).startswith("1 letter in the queue at most, and none now.")
        assert repr(queue_length(lab)) == repr(chart(lab.figures))

"""The chart of mail per minute: what it says in text, and that its words can be read."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Lab, LabClosed, Policy
from labkit.clock import START
from labkit.relay.traffic import Outcome, Traffic
from labkit.show import bars, charts, frame, mail_per_minute
from labkit.show.minutes import Minute, minutes
from labkit.show.sheet import Paint

A, R, D, H, B = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.DELIVERED, Outcome.HELD, Outcome.BOUNCED
Counts = dict[tuple[int, Outcome], int]  # (minute since the start, outcome) to letters


def seen(counts: Counts) -> list[Minute]:
    traffic = Traffic()
    for (minute, outcome), count in counts.items():
        traffic.counts[START + timedelta(minutes=minute), "attacker", outcome] = count
    return minutes(traffic)


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (
            {},
            "The relay has seen no mail yet. Send some, as with lab.attacker.spam(500), and look again.",
        ),
        (
            {(0, A): 2, (0, D): 2, (1, A): 1, (1, D): 1},
            """\
The relay accepted every letter.
Lab time 09:00 to 09:01: 3 accepted, 0 refused, 0 held in the queue.

minute   accepted    refused  delivered       held
09:00           2          0          2          0
09:01           1          0          1          0
total           3          0          3          0""",
        ),
        (
            {(7, R): 1},
            """\
The relay refused every letter.
Lab time 09:07: 0 accepted, 1 refused, 0 held in the queue.

minute   accepted    refused  delivered       held
09:07           0          1          0          0
total           0          1          0          0""",
        ),
        (
            {(0, A): 1, (0, H): 1, (2, R): 1, (4, R): 1, (9, R): 1},
            """\
Until 09:02 the relay accepted every letter, then it refused every letter.
Lab time 09:00 to 09:09: 1 accepted, 3 refused, 1 held in the queue.

minute   accepted    refused  delivered       held
09:00           1          0          0          1
09:01  no mail
09:02           0          1          0          0
09:03  no mail
09:04           0          1          0          0
09:05  no mail until 09:08
09:09           0          1          0          0
total           1          3          0          1""",
        ),
        (
            {(0, A): 1, (24 * 60, A): 1234},
            """\
The relay accepted every letter.
Lab time 2026-01-05 09:00 to 2026-01-06 09:00: 1,235 accepted, 0 refused, 0 held in the queue.

minute             accepted    refused  delivered       held
2026-01-05 09:00          1          0          0          0
2026-01-05 09:01  no mail until 2026-01-06 08:59
2026-01-06 09:00      1,234          0          0          0
total                 1,235          0          0          0""",
        ),
        (
            {(0, A): 3, (0, D): 1, (1, B): 2},
            """\
The relay accepted every letter.
Lab time 09:00 to 09:01: 3 accepted, 0 refused, 0 held in the queue, 2 returned.

minute   accepted    refused  delivered       held    bounced
09:00           3          0          1          0          0
09:01           0          0          0          0          2
total           3          0          1          0          2""",
        ),
    ],
    ids=["no mail", "accepted", "refused", "gaps", "two days", "returned"],
)
def test_the_text_is_a_table(counts: Counts, text: str) -> None:
    assert charts.text(seen(counts)) == text


@pytest.mark.parametrize(
    ("counts", "claim"),
    [
        ({(0, A): 1}, "The relay accepted every letter"),
        ({(0, A): 1, (0, H): 1, (0, D): 1}, "The relay accepted every letter"),
        ({(0, R): 1}, "The relay refused every letter"),
        ({(0, A): 1, (0, R): 1}, "The relay accepted some letters and refused others"),
        ({(0, A): 1, (1, R): 1, (2, A): 1}, "The relay accepted some letters and refused others"),
        (
            {(0, A): 1, (3, A): 1, (4, R): 1},
            "Until 09:04 the relay accepted every letter, then it refused every letter",
        ),
        (
            {(0, R): 1, (3, R): 1, (9, A): 1},
            "Until 09:09 the relay refused every letter, then it accepted every letter",
        ),
    ],
)
def test_the_title_says_what_is_seen(counts: Counts, claim: str) -> None:
    assert charts.claim(seen(counts)) == claim


def test_a_long_table_shows_its_beginning_and_its_end() -> None:
    rows = charts.text(seen({(minute, A): 1 for minute in range(41)})).splitlines()[4:]
    assert rows[charts.FIRST] == "… 11 lines are left out …"
    assert [row[:5] for row in (rows[0], rows[charts.FIRST - 1], rows[charts.FIRST + 1], rows[-2])] == [
        "09:00", "09:19", "09:31", "09:40",
    ]  # fmt: skip


COUNTS = st.dictionaries(
    st.tuples(st.integers(0, 2_000), st.sampled_from([A, R, D, H, B])), st.integers(1, 3), max_size=8
)


@given(COUNTS)
def test_the_minutes_lose_no_letter(counts: Counts) -> None:
    for outcome in Outcome:
        expected = {minute: count for (minute, what), count in counts.items() if what is outcome}
        found = {
            round((minute.start - START) / timedelta(minutes=1)): minute[outcome]
            for minute in seen(counts)
            if minute[outcome]
        }
        assert found == expected


@pytest.mark.parametrize(
    "counts",
    [
        {(0, A): 1},
        {(minute, A): 100 for minute in range(5)} | {(minute, R): 100 for minute in range(5, 10)},
        {(minute, what): 10_000 for minute in range(12) for what in (A, R, H)},
        {(minute, A): 10 for minute in (0, 1, 2, 40, 41)},
        {(0, A): 1, (8, R): 1, (13, A): 1},
        {(0, A): 1, (60 * 15, R): 1},
        {(0, A): 1, (60 * 24 * 40, R): 1},
        {(0, D): 1},
        {(minute, what): 10_000 for minute in range(12) for what in (A, R, H, B)},
        {(0, A): 9, (0, B): 1, (5, B): 1_000},
    ],
    ids=[
        "one",
        "twice five",
        "full",
        "gaps",
        "a quarter",
        "overnight",
        "forty days",
        "delivered only",
        "all",
        "returned",
    ],
)
def test_no_words_are_cut_off_or_cover_others(
    unreadable: Callable[[int, Paint], list[str]], counts: Counts
) -> None:
    shown = seen(counts)
    assert unreadable(bars.HEIGHT, bars.bars(charts.claim(shown), "summary", shown)) == []


def test_the_sentence_for_no_mail_fits(unreadable: Callable[[int, Paint], list[str]]) -> None:
    assert unreadable(frame.EMPTY_HEIGHT, frame.nothing(charts.NO_MAIL)) == []


def test_the_kinds_of_bars_differ_in_more_than_colour() -> None:
    looks = bars.LOOKS.values()
    assert len({look.mark for look in looks}) == len({look.hatch for look in looks}) == len(looks)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def test_the_chart_tells_of_the_attack_and_of_the_closed_relay(lab: Lab) -> None:
    lab.attacker.spam(20, per_minute=10)
    lab.relay.policy = Policy.parse("mynetworks = 192.0.2.0/24")
    lab.attacker.spam(13, per_minute=10)
    assert (
        repr(mail_per_minute(lab))
        == """\
Until 09:02 the relay accepted every letter, then it refused every letter.
Lab time 09:00 to 09:03: 20 accepted, 13 refused, 0 held in the queue.

minute   accepted    refused  delivered       held
09:00          10          0         10          0
09:01          10          0         10          0
09:02           0         10          0          0
09:03           0          3          0          0
total          20         13         20          0"""
    )


def test_a_letter_that_cannot_be_delivered_now_is_shown_as_held(lab: Lab) -> None:
    lab.workstation.send(to="451@customer.example")
    assert "1 accepted, 0 refused, 1 held in the queue" in repr(mail_per_minute(lab))


def test_a_new_lab_has_no_mail_to_show(lab: Lab) -> None:
    assert repr(mail_per_minute(lab)) == charts.NO_MAIL


def test_a_closed_lab_says_so(lab: Lab) -> None:
    lab.close()
    with pytest.raises(LabClosed):
        mail_per_minute(lab)

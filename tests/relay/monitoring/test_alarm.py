"""Alarms: rules as text, when they fire, for whom, and what is wrong with those that can't be."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Lab, LabClosed, UsageError
from labkit.clock import START
from labkit.relay.monitoring.alarm import FIGURES, GAUGES, Alarm
from labkit.relay.monitoring.figures import Event, Figures, Minute, Row

RULES = [
    ("sent per minute by one client > 50", Alarm("accepted", 50, "client")),
    ("accepted by one client per minute > 50", Alarm("accepted", 50, "client")),
    ("SENT  per minute  by each client >50", Alarm("accepted", 50, "client")),
    ("sent > 1,000", Alarm("accepted", 1000)),
    ("refused within 10 minutes > 100", Alarm("refused", 100, "", 10)),
    ("refused in 1 minute > 100", Alarm("refused", 100)),
    ("failed logins by one account within 60 minutes > 5", Alarm("login failed", 5, "account", 60)),
    ("different senders within 5 minutes by one client > 2", Alarm("senders", 2, "client", 5)),
    ("put off for one reason > 9", Alarm("put off", 9, "reason")),
    ("queue > 200", Alarm("queue", 200)),
    ("sessions > 0", Alarm("sessions", 0)),
]


@pytest.mark.parametrize(("text", "alarm"), RULES)
def test_a_rule_is_a_text(text: str, alarm: Alarm) -> None:
    assert Alarm.parse(text) == alarm


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("within", [1, 30])
@pytest.mark.parametrize("by", ["", "sender"])
def test_a_rule_is_written_as_it_is_read(figure: str, within: int, by: str) -> None:
    alarm = Alarm(figure, 5) if figure in GAUGES else Alarm(figure, 5, by, within)
    assert Alarm.parse(str(alarm)) == alarm


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no rule"),
        ("sent per minute by one client", 'There is no ">" with a number behind it'),
        ("sent > many", 'There is no ">" with a number behind it'),
        ("sent < 50", 'There is no ">"'),
        ("acepted > 50", "Did you mean accepted?"),
        ("letters > 50", "There are: connected, login failed, accepted"),
        ("sent by one hotel > 50", "can't be counted by: choose one of client, account, sender, reason"),
        ("queue by one client > 5", 'write "queue > 100"'),
        ("queue within 5 minutes > 5", 'write "queue > 100"'),
        ("sent within 0 minutes > 5", "within = 0: write a whole number from 1 up"),
        ("sent within 99999 minutes > 5", "go back 10,080 minutes at most"),
        (50, "is no rule"),
    ],
)
def test_a_rule_that_cant_be_says_why(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        Alarm.parse(text)
    assert said in str(error.value)


@pytest.mark.parametrize(("above", "within"), [(-1, 1), (1.5, 1), ("50", 1), (True, 1), (5, 0), (5, None)])
def test_numbers_that_cant_be_are_said(above: int, within: int) -> None:
    with pytest.raises(UsageError, match="write a whole number"):
        Alarm("accepted", above, "client", within)


def test_only_figures_can_be_tested() -> None:
    with pytest.raises(UsageError, match=r"alarm\.test\(lab\.figures\)"):
        Alarm("accepted", 5).test("yesterday")  # type: ignore[arg-type]


def figures(*minutes: dict[Row, int], queue: tuple[int, ...] = ()) -> Figures:
    """A minute after the other; an empty one isn't recorded, as nothing happened in it."""
    found = [
        Minute(START + timedelta(minutes=number), tuple(rows.items()), queue[number] if queue else 0)
        for number, rows in enumerate(minutes)
        if rows or queue
    ]
    return Figures(START, tuple(found))


def sent(count: int, client: str = "a", sender: str = "s") -> dict[Row, int]:
    return {Row(Event.ACCEPTED, client, "", sender): count}


def fired(alarm: Alarm, *minutes: dict[Row, int], queue: tuple[int, ...] = ()) -> list[tuple[int, str, int]]:
    found = alarm.test(figures(*minutes, queue=queue))
    return [((one.moment - START) // timedelta(minutes=1), one.who, one.count) for one in found]


def test_it_fires_above_the_number_and_not_at_it() -> None:
    assert fired(Alarm("accepted", 50, "client"), sent(50)) == []
    assert fired(Alarm("accepted", 50, "client"), sent(51)) == [(0, "a", 51)]


def test_it_fires_once_for_as_long_as_it_lasts_and_again_after_a_rest() -> None:
    alarm = Alarm("accepted", 5)
    assert fired(alarm, sent(9), sent(9), sent(9)) == [(0, "the whole relay", 9)]
    assert fired(alarm, sent(9), sent(1), sent(8)) == [(0, "the whole relay", 9), (2, "the whole relay", 8)]
    assert fired(alarm, sent(9), {}, sent(8)) == [(0, "the whole relay", 9), (2, "the whole relay", 8)]


def test_each_client_is_counted_apart() -> None:
    alarm = Alarm("accepted", 5, "client")
    assert fired(alarm, sent(4, "a") | sent(4, "b")) == []
    assert fired(alarm, sent(6, "b") | sent(7, "a")) == [(0, "a", 7), (0, "b", 6)]


def test_a_longer_stretch_of_time_adds_up() -> None:
    alarm = Alarm("accepted", 5, "client", within=3)
    assert fired(alarm, sent(2), sent(2), sent(2)) == [(2, "a", 6)]
    assert fired(alarm, sent(2), sent(2), {}, sent(2)) == []
    assert fired(alarm, sent(6), {}, sent(1), sent(1), sent(5)) == [(0, "a", 6), (4, "a", 7)]
    assert fired(alarm, sent(6), {}, {}, {}, {}, sent(6)) == [(0, "a", 6), (5, "a", 6)]


def test_different_senders_are_counted_and_not_their_letters() -> None:
    alarm = Alarm("senders", 2, "client", within=2)
    assert fired(alarm, sent(99, sender="x")) == []
    assert fired(alarm, sent(1, sender="x") | sent(1, sender="y"), sent(1, sender="z")) == [(1, "a", 3)]
    assert fired(alarm, sent(1, sender="x") | sent(1, sender="y"), sent(1, sender="x")) == []
    assert fired(alarm, sent(1, sender="x") | sent(1, sender="y"), {}, sent(1, sender="z")) == []


def test_what_has_no_such_mark_isnt_counted() -> None:
    assert fired(Alarm("accepted", 0, "account"), sent(5)) == []


def test_the_queue_is_a_height_and_not_a_sum() -> None:
    assert fired(Alarm("queue", 5), {}, {}, {}, {}, queue=(5, 6, 7, 2)) == [(1, "the whole relay", 6)]


counts = st.lists(st.integers(0, 9), min_size=1, max_size=12)


@given(counts, st.integers(0, 20), st.integers(1, 5))
def test_it_fires_where_a_plain_sum_says_so(counts: list[int], above: int, within: int) -> None:
    sums = [sum(counts[max(0, end - within + 1) : end + 1]) for end in range(len(counts))]
    high = [False, *(total > above for total in sums)]
    wanted = [
        (number, "the whole relay", sums[number])
        for number in range(len(counts))
        if high[number + 1] and not high[number]
    ]
    minutes = [sent(count) if count else {} for count in counts]
    assert fired(Alarm("accepted", above, "", within), *minutes) == wanted


ABUSE_RULE = "different senders within 5 minutes by one client > 2"


def newsletter(lab: Lab) -> None:
    """Monday's newsletter: one sender, many recipients, quickly."""
    for number in range(30):
        name = ("orders", "accounts", "support", "press", "jobs", "info")[number % 6]
        lab.workstation.send(f"{name}@customer.example", "News", "Dear customer,\n\npaper is cheaper.")


@pytest.mark.parametrize("rule", [ABUSE_RULE, "sent per minute by one client > 50"])
def test_it_fires_for_the_abuse_and_not_for_the_newsletter(lab: Lab, rule: str) -> None:
    newsletter(lab)
    honest = lab.figures
    lab.reset()
    lab.attacker.spam(200)
    abuse, alarm = lab.figures, Alarm.parse(rule)
    assert alarm.test(honest) == ()
    assert [str(one).partition(": ")[0] for one in alarm.test(abuse)] == ["2026-01-05 09:00  attacker"]


def test_a_rule_that_is_too_tight_wrongs_the_newsletter(lab: Lab) -> None:
    newsletter(lab)
    assert [one.who for one in Alarm.parse("sent per minute by one client > 20").test(lab.figures)] == [
        "workstation"
    ]


def test_an_alarm_that_is_set_says_when_it_has_fired(lab: Lab) -> None:
    alarm = lab.alarm("sent per minute by one client > 50")
    assert repr(alarm) == "Alarm accepted per minute by one client > 50: has not fired"
    lab.wait(minutes=7)
    lab.attacker.spam(150)
    assert repr(alarm).splitlines() == [
        "Alarm accepted per minute by one client > 50: has fired once",
        "  2026-01-05 09:07  client attacker: 100",
    ]
    assert "client attacker: 100" in alarm._repr_html_()
    assert len(alarm.fired) == 1


def test_an_alarm_that_is_set_after_the_abuse_still_sees_it(lab: Lab) -> None:
    lab.attacker.spam(150)
    assert "has fired once" in repr(lab.alarm(Alarm("accepted", 50, "client")))


def test_a_closed_lab_says_so(lab: Lab) -> None:
    lab.close()
    with pytest.raises(LabClosed):
        lab.alarm("sent > 5")

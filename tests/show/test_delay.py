"""The chart of delays: what it says in text, and that its words can be read."""

from collections.abc import Callable

import pytest

from labkit import Lab, UsageError
from labkit.attacker.flood import Arrival, FloodReport
from labkit.attacker.report import Finding, Report
from labkit.show import delay
from labkit.show.delay import height, paint, text, words
from labkit.show.sheet import Paint


def flood(during: float | None, what: str = "120 connections that say nothing") -> FloodReport:
    harmful = during is None or during > 60
    after = None if during is None else Arrival(1)
    finding = Finding("an honest letter took longer", "found in the mailbox", harm=harmful)
    arrivals = (Arrival(0), Arrival(during), after)
    return FloodReport("attacker", what, (), (), (finding,), "goal", arrivals=arrivals)


@pytest.mark.parametrize(
    ("arrival", "said"),
    [
        (Arrival(0), "0 seconds"),
        (Arrival(90), "90 seconds"),
        (Arrival(600), "10 minutes"),
        (Arrival(14_400), "240 minutes"),
        (Arrival(None), "✗ never arrived"),
        (None, "– not tried"),
    ],
)
def test_a_delay_in_words(arrival: Arrival | None, said: str) -> None:
    assert words(arrival) == said


def test_the_text_lists_the_floods() -> None:
    assert (
        text([flood(600), flood(0, "20 lines of 100,000 octets")])
        == """\
1 of 2 floods made honest mail wait, or lost it.
Lab time from handing over an honest letter to its mailbox.
120 connections that say nothing
  before   0 seconds
  during   10 minutes
  after    1 seconds
20 lines of 100,000 octets
  before   0 seconds
  during   0 seconds
  after    1 seconds"""
    )


@pytest.mark.parametrize(
    "floods", [[flood(0)], [flood(None)], [flood(600), flood(61), flood(None)], [flood(14_400)] * 8]
)
def test_no_words_are_cut_off_or_cover_others(
    unreadable: Callable[[int, Paint], list[str]], floods: list[FloodReport]
) -> None:
    assert unreadable(height(floods), paint(floods)) == []


def test_a_flood_of_the_lab_can_be_drawn() -> None:
    with Lab() as lab:
        assert "during   10 minutes" in repr(delay(lab.attacker.flood()))


@pytest.mark.parametrize("reports", [[], [Report("attacker", "spam", (), ())], [flood(0)] * 9])
def test_what_is_no_flood_is_said(reports: list[Report]) -> None:
    with pytest.raises(UsageError, match=r"Give one or more reports of lab\.attacker\.flood"):
        delay(*reports)

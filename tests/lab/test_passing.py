"""How lab time passes: as told, within bounds, and so that everything due happens."""

import math
from datetime import timedelta

import pytest

from labkit import Lab
from labkit.clock import START
from labkit.errors import UsageError


@pytest.mark.parametrize(
    ("call", "passed"),
    [
        ({}, timedelta(minutes=15)),
        ({"minutes": 0}, timedelta(0)),
        ({"minutes": 1.5}, timedelta(seconds=90)),
        ({"seconds": 1, "hours": 2, "days": 3}, timedelta(days=3, hours=2, seconds=1)),
        ({"minutes": -60, "hours": 2}, timedelta(hours=1)),
    ],
)
def test_as_much_time_passes_as_is_told(lab: Lab, call: dict[str, float], passed: timedelta) -> None:
    assert lab.wait(**call).now == lab.scenery.clock.now == START + passed


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"minutes": -1}, "forward only"),
        ({"days": 400}, "more than a year"),
        ({"minutes": "15"}, "'15' is no time"),
        ({"hours": math.nan}, "nan is no time"),
        ({"seconds": math.inf}, "inf is no time"),
        ({"days": True}, "True is no time"),
    ],
)
def test_a_time_that_cant_pass_is_explained(lab: Lab, call: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lab.wait(**call)
    assert lab.scenery.clock.now == START


def test_a_lab_settles_although_nothing_is_to_be_done(lab: Lab) -> None:
    lab.settle()
    assert lab.scenery.clock.now == START

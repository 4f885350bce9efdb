"""Lab time: the same on every run, and moved only when told."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.clock import START, Clock, header_date
from labkit.errors import UsageError

MOMENTS = st.timedeltas(timedelta(0), timedelta(days=36500)).map(START.__add__)


def test_lab_time_starts_on_a_monday_morning() -> None:
    assert Clock().now == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert f"{Clock().now:%A}" == "Monday"
    assert Clock().elapsed == 0


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6)))
def test_time_passes_as_told_and_not_otherwise(steps: list[int]) -> None:
    async def advance() -> None:
        for seconds in steps:
            await clock.advance(seconds)

    clock = Clock()
    asyncio.run(advance())
    assert clock.elapsed == sum(steps)
    assert clock.now == START + timedelta(seconds=sum(steps))


def test_time_moves_only_when_everything_under_way_has_ended() -> None:
    seen = []

    async def settle() -> None:
        await asyncio.sleep(0)
        seen.append(clock.elapsed)

    async def advance() -> None:
        await clock.advance(60)
        await clock.advance(0.5)

    clock = Clock(settle)
    asyncio.run(advance())
    assert seen == [0, 60]
    assert clock.elapsed == 60.5


def test_time_stands_still_when_what_is_under_way_fails() -> None:
    async def settle() -> NoReturn:
        raise ZeroDivisionError

    clock = Clock(settle)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(clock.advance(60))
    assert clock.now == START


def test_time_never_runs_backwards() -> None:
    clock = Clock()
    with pytest.raises(UsageError, match="forward only"):
        asyncio.run(clock.advance(-1))
    assert clock.now == START


@pytest.mark.parametrize(
    ("moment", "date"),
    [
        (START, "Mon, 05 Jan 2026 09:00:00 +0000 (UTC)"),
        (START + timedelta(days=54, hours=15, seconds=1), "Sun, 01 Mar 2026 00:00:01 +0000 (UTC)"),
        (START + timedelta(milliseconds=999), "Mon, 05 Jan 2026 09:00:00 +0000 (UTC)"),
    ],
)
def test_a_date_is_written_as_postfix_writes_it(moment: datetime, date: str) -> None:
    assert header_date(moment) == date


@settings(deadline=None)
@given(MOMENTS)
def test_a_mail_program_reads_the_date_that_was_written(moment: datetime) -> None:
    assert parsedate_to_datetime(header_date(moment)) == moment.replace(microsecond=0)

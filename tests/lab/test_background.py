"""Work that goes on while nobody waits for it: begun, looked at, stopped, one at a time."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from typing import Any

import pytest

from labkit import Lab
from labkit.errors import Interrupted, LabClosed, UsageError
from labkit.lab import usual
from labkit.lab.at_once import AttackerAtOnce, SenderAtOnce
from labkit.lab.background import Undertaking

SOON = 60.0


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


@pytest.fixture
def attacker(lab: Lab) -> Any:
    return AttackerAtOnce(lab, usual.ATTACKER)


def ended(undertaking: Undertaking) -> Undertaking:
    assert wait([undertaking.errand.outcome], SOON).done
    return undertaking


def test_an_attack_gives_the_report_that_a_plain_call_gives(lab: Lab, attacker: Any) -> None:
    begun = ended(attacker.spam(20))
    assert begun.done == begun.total == 20
    assert begun.trouble == ""
    at_once = repr(begun.result)
    lab.reset()
    assert repr(lab.attacker.spam(20)) == at_once


ATTACKS = [
    "probe",
    "spam",
    "spoof",
    "backscatter",
    "spray",
    "takeover",
    "smuggle",
    "flood",
    "sniff",
    "strip",
    "forward",
]


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_can_be_begun(attacker: Any, name: str) -> None:
    begun = ended(getattr(attacker, name)(*[10][: name == "spam"]))
    assert begun.trouble == ""
    assert begun.result.goal


def test_a_letter_can_be_begun(lab: Lab) -> None:
    sender: Any = SenderAtOnce(lab, usual.OFFICE_PROGRAM)
    assert ended(sender.send()).result.delivered == 1


def test_one_thing_at_a_time_and_the_refusal_says_what_goes_on(lab: Lab, attacker: Any) -> None:
    begun = attacker.spam(5_000)
    with pytest.raises(UsageError) as refused:
        attacker.probe()
    assert str(refused.value) == (
        "The lab is busy: the attack isn't over yet. Stop it, or wait until it is over, and try again."
    )
    assert lab.undertaking is begun
    lab.stop()
    ended(begun)
    ended(attacker.probe())


def test_what_was_stopped_says_how_far_it_came_and_the_lab_goes_on(lab: Lab, attacker: Any) -> None:
    begun = attacker.spam(5_000)
    while not begun.done:
        threading.Event().wait(0.01)
    assert lab.stop()
    ended(begun)
    assert begun.result is None
    assert begun.trouble == (
        f"You stopped it after {begun.done:,} of 5,000 letters. They are recorded, and the lab goes on."
    )
    assert 0 < begun.done < 5_000
    assert lab.attacker.spam(5).delivered == 5
    assert lab.problems == ()


def test_there_may_be_nothing_to_stop(lab: Lab, attacker: Any) -> None:
    assert not lab.stop()
    ended(attacker.spam(1))
    assert not lab.stop()


def test_what_the_work_raises_is_said_in_words(lab: Lab) -> None:
    async def refused() -> None:
        raise UsageError("Choose a smaller number.")

    async def broken() -> None:
        raise ZeroDivisionError("by nothing")

    assert ended(lab.begin(refused(), Undertaking("it"))).trouble == "Choose a smaller number."
    assert ended(lab.begin(broken(), Undertaking("it"))).trouble == (
        "Something went wrong inside the lab itself, please report it: ZeroDivisionError('by nothing')"
    )
    assert lab.problems == ()


def test_one_thing_can_be_begun_instead_of_another(lab: Lab, attacker: Any) -> None:
    spam = attacker.spam(5_000)
    reset = ended(lab.begin_instead(lab.renewed, Undertaking("the reset")))
    assert spam.is_over
    assert spam.was_stopped
    assert reset.trouble == ""
    assert len(lab.transcripts) == 0
    assert lab.problems == ()


async def _slow_to_leave(leaving: threading.Event) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        while not leaving.is_set():
            await asyncio.sleep(0.01)


def let_it_begin(lab: Lab) -> None:
    wait([lab.start(asyncio.sleep(0.1)).outcome], SOON)


def test_who_waits_for_an_end_and_is_stopped_leaves_that_end_as_it_is(lab: Lab) -> None:
    leaving = threading.Event()
    first = lab.begin(_slow_to_leave(leaving), Undertaking("it"))
    let_it_begin(lab)
    second = lab.begin_instead(lab.renewed, Undertaking("the reset"))
    let_it_begin(lab)
    lab.stop()
    assert ended(second).was_stopped
    assert not first.is_over
    leaving.set()
    assert ended(first).was_stopped
    assert lab.problems == ()


def test_who_begins_anew_waits_for_all_that_went_on_before(lab: Lab) -> None:
    leaving = threading.Event()

    async def last() -> bool:
        return first.is_over and second.is_over

    first = lab.begin(_slow_to_leave(leaving), Undertaking("it"))
    let_it_begin(lab)
    second = lab.begin_instead(lab.renewed, Undertaking("the reset"))
    third = lab.begin_instead(last, Undertaking("another"))
    let_it_begin(lab)
    assert second.is_over
    assert not third.is_over
    lab.stop()
    assert ended(third).was_stopped
    with pytest.raises(UsageError, match="The lab is busy: it isn't over yet"):
        AttackerAtOnce(lab, usual.ATTACKER).spam(1)
    fourth = lab.begin_instead(last, Undertaking("another"))
    leaving.set()
    assert ended(fourth).result is True
    assert lab.problems == ()


@pytest.mark.parametrize("moment", range(10))
def test_a_reset_is_never_left_half_way(lab: Lab, moment: int) -> None:
    reset = lab.begin_instead(lab.renewed, Undertaking("the reset"))
    _rounds(lab, moment)
    lab.stop()
    ended(reset)
    again = ended(lab.begin_instead(lab.renewed, Undertaking("the reset")))
    assert again.trouble == ""
    assert lab.attacker.spam(5).delivered == 5
    assert lab.problems == ()


def _rounds(lab: Lab, rounds: int) -> None:
    """Let the lab's loop go round so many times."""

    async def go_round() -> None:
        for _ in range(rounds):
            await asyncio.sleep(0)

    wait([lab.start(go_round()).outcome], SOON)


def test_a_plain_reset_that_is_stopped_says_what_became_of_the_lab(lab: Lab) -> None:
    lab.attacker.spam(5)
    slow = lab.scenery.close

    async def slow_close() -> None:
        os.kill(os.getpid(), signal.SIGINT)  # only here is it sure that the call counts it
        await asyncio.sleep(1)
        await slow()

    lab.scenery.close = slow_close  # type: ignore[method-assign]
    with pytest.raises(Interrupted) as stopped:
        lab.reset()
    assert str(stopped.value) == (
        "You stopped the lab while it began anew. That isn't left half done: it is as it was at the start."
    )
    assert len(lab.transcripts) == 0
    assert lab.attacker.spam(5).delivered == 5
    assert lab.problems == ()


def test_a_reset_may_be_asked_for_on_two_sides_at_once(lab: Lab) -> None:
    begun = [lab.start(lab.renewed()) for _ in range(3)]
    wait([each.outcome for each in begun], SOON)
    assert [each.outcome.exception() for each in begun] == [None] * 3
    assert lab.attacker.spam(5).delivered == 5
    assert lab.problems == ()


def test_a_plain_reset_ends_what_was_begun(lab: Lab, attacker: Any) -> None:
    begun = attacker.spam(5_000)
    lab.reset()
    assert begun.is_over
    assert len(lab.transcripts) == 0
    assert lab.attacker.spam(5).delivered == 5
    assert lab.problems == ()


def test_a_closed_lab_ends_what_was_begun_and_begins_nothing() -> None:
    with Lab() as lab:
        begun = AttackerAtOnce(lab, usual.ATTACKER).spam(5_000)
    assert begun.is_over
    with pytest.raises(LabClosed):
        lab.begin(lab.renewed(), Undertaking("the reset"))


def test_a_plain_call_may_come_between_and_time_never_goes_back(lab: Lab, attacker: Any) -> None:
    begun, moments = attacker.spam(300), []
    while not begun.is_over:
        assert lab.workstation.send().delivered == 1
        lab.wait(seconds=7)
        moments.append(lab.scenery.clock.now)
    assert moments == sorted(moments)
    assert ended(begun).result.delivered == 300
    queue = lab.relay.queue
    assert queue.accepted == queue.delivered + queue.bounced + queue.queued


def test_what_is_in_leaving_is_called_before_the_lab_closes() -> None:
    with Lab() as lab:
        seen: list[int] = []
        lab.leaving.append(lambda: seen.append(len(lab.transcripts)))
        lab.attacker.spam(1)
    assert seen
    assert seen[0] > 0
    lab.close()
    assert len(seen) == 1

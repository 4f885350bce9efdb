"""The pump: however much happens, a view is told seldom, and always of the newest state in the end."""

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from labkit.screens import pump
from labkit.screens.pump import Part, Pump

SOON = 60.0  # seconds of real time within which a busy machine, too, has long been done


class Watcher:
    """A view that notes what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Any] = []
        self.ended = 0
        self.threads: set[threading.Thread] = set()

    def show(self, state: Any, *, last: bool = False) -> None:
        self.shown.append(state)
        self.threads.add(threading.current_thread())

    def end(self) -> None:
        self.ended += 1


def eventually(happens: Callable[[], object]) -> bool:
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.01)
    return False


def test_the_last_of_many_states_is_shown_and_few_of_those_before() -> None:
    states, troubles = [0], []
    view, it = Watcher(), Pump(lambda: states[-1], troubles.append)
    it.open(view)
    began = time.monotonic()
    for number in range(1, 4_001):
        states.append(number)
        if number % 1_000 == 0:
            time.sleep(pump.PAUSE)
    it.end()
    rounds = (time.monotonic() - began) / pump.PAUSE
    assert view.shown[-1] == 4_000
    assert len(view.shown) <= rounds + 1
    assert view.shown == sorted(view.shown)
    assert troubles == []


def test_what_happens_just_before_the_end_is_shown() -> None:
    state, view = ["first"], Watcher()
    it = Pump(lambda: state[0], pytest.fail)
    it.open(view)
    assert eventually(lambda: view.shown)
    state[0] = "last"
    it.end()
    assert view.shown[-1] == "last"
    assert view.ended == 1


def test_one_thread_sets_all_and_knows_itself() -> None:
    known, view = [], Watcher()
    it = Pump(lambda: known.append(it.is_current) or len(known), pytest.fail)
    it.open(view)
    it.open(second := Watcher())
    assert eventually(lambda: view.shown and second.shown)
    it.end()
    assert view.threads == second.threads
    assert all(known)
    assert not it.is_current
    assert not any(thread.name == "labkit views" for thread in threading.enumerate())


def test_a_view_that_cant_be_drawn_leaves_the_others_alone() -> None:
    class Broken(Watcher):
        def show(self, state: Any, *, last: bool = False) -> None:
            raise ValueError("a chart without a minute")

    troubles, view = [], Watcher()
    it = Pump(lambda: "state", troubles.append)
    it.open(Broken())
    it.open(view)
    it.end()
    assert view.shown
    assert set(troubles) == {"A view couldn't be drawn: ValueError('a chart without a minute')"}


def test_nothing_is_shown_while_there_is_nothing_to_see() -> None:
    view, it = Watcher(), Pump(lambda: None, pytest.fail)
    it.open(view)
    it.end()
    assert view.shown == []
    assert view.ended == 1


def test_a_view_that_is_closed_is_told_no_more() -> None:
    view, other = Watcher(), Watcher()
    it = Pump(lambda: "state", pytest.fail)
    it.open(view)
    it.shut(view)
    it.open(other)
    assert eventually(lambda: other.shown)
    count = len(view.shown)
    it.end()
    assert len(view.shown) == count


def test_to_end_a_second_time_does_nothing() -> None:
    it = Pump(lambda: "state", pytest.fail)
    it.end()
    it.open(view := Watcher())
    it.end()
    assert view.shown == []


# Parts: what is drawn when


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The machine's time, as a test sets it."""
    moment = [100.0]
    monkeypatch.setattr(pump, "monotonic", lambda: moment[0])
    return moment


def test_a_part_is_drawn_when_it_has_changed(now: list[float]) -> None:
    drawn: list[Any] = []
    part = Part(lambda state: state // 10, drawn.append)
    for state in (1, 2, 11, 12, 21):
        part.show(state)  # type: ignore[arg-type]
    assert drawn == [1, 11, 21]


def test_an_image_is_drawn_at_most_five_times_a_second_and_its_last_state_in_the_end(
    now: list[float],
) -> None:
    drawn: list[Any] = []
    part = Part(lambda state: state, drawn.append, pump.IMAGE_PAUSE)
    for state in range(101):
        part.show(state)  # type: ignore[arg-type]
        now[0] += 0.01
    assert 5 <= len(drawn) <= 6
    now[0] += pump.IMAGE_PAUSE
    part.show(100)  # type: ignore[arg-type]
    assert drawn[-1] == 100


def test_what_takes_long_to_draw_is_drawn_less_often(now: list[float]) -> None:
    drawn = []

    def draw(state: Any) -> None:
        drawn.append((now[0], state))
        now[0] += 0.1

    part = Part(lambda state: state, draw)
    for state in range(60):
        part.show(state)  # type: ignore[arg-type]
        now[0] += pump.PAUSE
    pauses = [later - earlier for (earlier, _), (later, _) in itertools.pairwise(drawn)]
    assert min(pauses) >= pump.SHARE * 0.1


def test_nothing_is_put_off_for_long(now: list[float]) -> None:
    drawn: list[Any] = []

    def draw(state: Any) -> None:
        drawn.append(state)
        now[0] += 30

    part = Part(lambda state: state, draw)
    part.show(1)  # type: ignore[arg-type]
    now[0] += pump.LONGEST
    part.show(2)  # type: ignore[arg-type]
    assert drawn == [1, 2]


def test_what_is_read_waits_until_it_is_quiet(now: list[float]) -> None:
    drawn: list[Any] = []
    part = Part(lambda state: state, drawn.append, rest=1.0)
    for state in range(50):
        part.show(state)  # type: ignore[arg-type]
        now[0] += 0.1
    assert drawn == []
    for _ in range(11):
        now[0] += 0.1
        part.show(49)  # type: ignore[arg-type]
    assert drawn == [49]


def test_the_last_state_is_drawn_at_once(now: list[float]) -> None:
    drawn: list[Any] = []
    part = Part(lambda state: state, drawn.append, pump.IMAGE_PAUSE, rest=1.0)
    part.show(1, last=True)  # type: ignore[arg-type]
    part.show(2, last=True)  # type: ignore[arg-type]
    assert drawn == [1, 2]


def test_a_part_that_forgets_is_drawn_again(now: list[float]) -> None:
    drawn: list[Any] = []
    part = Part(lambda state: state, drawn.append)
    part.show(1)  # type: ignore[arg-type]
    part.forget()
    part.show(1)  # type: ignore[arg-type]
    assert drawn == [1, 1]

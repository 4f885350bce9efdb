"""What several tests share: a lab, a way to run coroutines on its loop, and the player of playbooks."""

import signal
from collections.abc import Callable, Iterator

import pytest
from cli import pasting
from hypothesis import settings
from launch import bare, checkout, images, pythons
from peers import programs
from postfix import installed

from labkit import Lab, Policy
from labkit.loop import LoopThread

# How long an example takes says something of the machine, and nothing of the lab.
settings.register_profile("lab", deadline=None)
settings.load_profile("lab")

# A shell that runs the tests in the background switches Ctrl-C off, also for what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest.register_assert_rewrite("playbook")

from playbook import Player  # noqa: E402 - after the line above, so that a failure shows a diff


def pytest_report_header() -> list[str]:
    """Which tests are left out because this machine lacks a program, or because you aren't root."""
    left_out = (programs, pasting, installed, checkout, bare, images, pythons)
    return [line for module in left_out for line in module.LEFT_OUT]


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    """A lab's thread. Nothing may have gone wrong on it when the test ends."""
    thread = LoopThread()
    yield thread
    thread.close()
    assert thread.problems == []


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab with the open relay. Nothing may have gone wrong inside it when the test ends."""
    with Lab() as lab:
        yield lab
        assert lab.problems == ()


@pytest.fixture
def play(lab: Lab) -> Callable[..., list[str]]:
    """``play(script, policy=..., source="attacker", port=25)`` plays a playbook against the relay."""

    def play(
        script: str, policy: str | Policy | None = None, source: str = "attacker", port: int = 25
    ) -> list[str]:
        if policy is not None:
            lab.relay.policy = Policy.parse(policy) if isinstance(policy, str) else policy
        return Player(lab, source, port).play(script)

    return play

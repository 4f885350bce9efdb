"""What tests of the engine share: a folder of their own, and an exercise that is quickly checked."""

from pathlib import Path

import pytest

from labkit.exercises import sides
from labkit.exercises.answers import POLICY
from labkit.exercises.exercise import Exercise, Wrong
from labkit.exercises.room import puts_policy

CLOSED = """
    mynetworks = 192.0.2.0/24
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the test runs as a notebook does in its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def closing() -> Exercise:
    """Close the relay; the office must still send."""
    return Exercise(
        id="06.1",
        title="Close it",
        minutes=5,
        given="The relay at 192.0.2.25 serves everybody.",
        goal="Close it.",
        kind=POLICY,
        starter="mynetworks = 0.0.0.0/0",
        prepare=puts_policy,
        claims=(sides.STRANGER_REFUSED, sides.OFFICE_SENDS),
        hints=("Who is asked?", "Read `mynetworks`.", "Write 192.0.2.0/24."),
        solution=CLOSED,
        explanation="Only 192.0.2.0/24 is trusted.",
        wrong=(
            Wrong(
                "mynetworks = 203.0.113.0/24", frozenset({"stranger", "office"}), "That network is theirs."
            ),
            Wrong("mynetworks = 127.0.0.0/8", frozenset({"office"}), "The office is a stranger now."),
            Wrong("smtpd_client_restrictions = reject", frozenset({"office"}), "Nobody may do anything now."),
        ),
    )

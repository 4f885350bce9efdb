"""Policies and dialogues that nobody thought of: the lab's relay does what Postfix does.

The examples are the same on every run. POSTFIX_EXAMPLES=1000 plays as many, new ones each time.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postfix.beside import Beside, difference
from postfix.dialogues.phrases import Dialogue
from postfix.generated import DIALOGUES, POLICIES

from labkit import Lab

EXAMPLES = int(os.environ.get("POSTFIX_EXAMPLES", "0"))


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    """A Postfix that is given one policy after the other. Nothing may go wrong in the lab."""
    with Lab() as lab:
        beside = Beside(lab, {"the only one": ""})
        try:
            yield beside
            assert beside.postfix.problems() == []
        finally:
            beside.close()
        assert lab.problems == ()


@settings(
    max_examples=EXAMPLES or 40,
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(policy=POLICIES, said=st.lists(DIALOGUES, min_size=3, max_size=6))
def test_a_generated_policy_answers_as_with_postfix(
    beside: Beside, policy: str, said: list[Dialogue]
) -> None:
    beside.renew(policy)
    played = beside.play("the only one", {f"dialogue {number}": each for number, each in enumerate(said, 1)})
    found = [difference(name, *both) for name, both in played.items()]
    if any(found):
        pytest.fail("\n\n".join([policy, *filter(None, found)]), pytrace=False)

"""Each policy by its dialogues: the lab's relay says what Postfix says, and delivers what Postfix delivers."""

import re
from collections.abc import Iterator

import pytest
from postfix import known
from postfix.beside import Beside, difference
from postfix.dialogues.choice import dialogues
from postfix.policies import POLICIES

from labkit import Lab


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    """All policies beside the lab. Nothing may go wrong on either side."""
    with Lab() as lab:
        beside = Beside(lab, POLICIES)
        try:
            yield beside
            assert beside.postfix.problems() == []
        finally:
            beside.close()
        assert lab.problems == ()


@pytest.mark.parametrize("policy", POLICIES)
def test_every_dialogue_goes_as_with_postfix(beside: Beside, policy: str) -> None:
    played = beside.play(policy, dialogues(policy))
    assert len(played) >= 30
    differences = [difference(name, *both) for name, both in played.items()]
    if any(differences):
        pytest.fail(
            "\n\n".join([f"{policy}:\n{beside.policies[policy]}", *filter(None, differences)]), pytrace=False
        )


def test_what_is_known_to_differ_still_does(beside: Beside) -> None:
    outdated = []
    for each in known.HERE:
        ((ours, theirs),) = beside.play(
            each.policy, {each.dialogue: dialogues(each.policy)[each.dialogue]}
        ).values()
        if not any(re.search(each.theirs, line) for line in theirs.said) or ours.said == theirs.said:
            outdated.append(each.reason)
    assert outdated == []

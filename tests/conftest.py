"""What several tests share: a lab, a way to run coroutines on its loop, and the player of playbooks."""

from collections.abc import Callable, Iterator

import pytest

from labkit import Lab, Policy

pytest.register_assert_rewrite("playbook")

from playbook import Player  # noqa: E402 - after the line above, so that a failure shows a diff


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

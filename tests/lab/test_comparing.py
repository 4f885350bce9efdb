"""``diff``: two sessions or two attacks of a real lab."""

from typing import Any

import pytest

from labkit import Lab, UsageError, diff


@pytest.fixture(scope="module")
def before_and_after() -> tuple[Any, Any]:
    with Lab() as lab:
        before = lab.attacker.spam(3)
        lab.relay.policy = lab.relay.policy.replace(mynetworks="192.0.2.0/24")
        return before, lab.attacker.spam(3)


def test_two_attacks_are_compared(before_and_after: tuple[Any, Any]) -> None:
    before, after = before_and_after
    assert diff(before, after).summary == (
        "3 of 3 letters were refused at RCPT by reject_unauth_destination instead of delivered.",
        "The attack worked before, and fails now.",
    )
    assert repr(diff(before, after)) == repr(before.diff(after))


def test_two_sessions_are_compared(before_and_after: tuple[Any, Any]) -> None:
    before, after = (report.transcripts[0] for report in before_and_after)
    assert diff(before, after).summary == (
        "Before, the server accepted 3 of 3 letters; after, 0 of 3: "
        "the first refusal was at RCPT by reject_unauth_destination.",
    )


@pytest.mark.parametrize("pair", [(1, 2), ("a", "b"), (None, None)])
def test_anything_else_is_a_clear_error(before_and_after: tuple[Any, Any], pair: tuple[Any, Any]) -> None:
    report, session = before_and_after[0], before_and_after[0].transcripts[0]
    for before, after in (pair, (report, session), (session, report)):
        with pytest.raises(UsageError, match="diff compares two sessions"):
            diff(before, after)

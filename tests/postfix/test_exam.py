"""The exam at a real Postfix: the same, line by line, as at the lab's relay, and as it was recorded.

With LABKIT_RECORD=1 in the environment the recording is written anew.
"""

import os
import subprocess
from collections.abc import Iterator

import pytest
from postfix.configuration import settings
from postfix.private import PrivatePostfix
from postfix.surroundings import Surroundings

from labkit import Lab, Policy
from labkit.exercises.course import inherited
from labkit.lab import usual
from labkit.lab.exam import recorded
from labkit.lab.exam.comparing import sat
from labkit.lab.exam.paper import Exam

POLICIES = {
    "open": usual.OPEN_POLICY,
    "closed": inherited.main_cf(frozenset()),
    "as it was left": inherited.main_cf(inherited.chosen("")),
}


class Both:
    """A Postfix with every policy, and the lab's relay beside it."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.around = lab, Surroundings(lab)
        self.postfix = PrivatePostfix(self.around.address, self.around.settings())
        try:
            self.around.certify(self.postfix.home / "data")
            self.ports = {
                name: self.postfix.put_in_the_open(settings(Policy.parse(text)), proxied=True)
                for name, text in POLICIES.items()
            }
            self.postfix.put(settings(Policy()))
            self.postfix.start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.postfix.stop()
        self.around.close()

    def exams(self, name: str) -> tuple[Exam, Exam]:
        """The exam at the lab's relay, and at Postfix."""
        self.lab.relay.policy = Policy.parse(POLICIES[name])
        return self.lab.exam(), self.lab.exam(f"127.0.0.1:{self.ports[name]}")


@pytest.fixture(scope="module")
def exams() -> Iterator[dict[str, tuple[Exam, Exam]]]:
    with Lab() as lab:
        both = Both(lab)
        try:
            yield {name: both.exams(name) for name in POLICIES}
            assert both.postfix.problems() == []
        finally:
            both.close()
        assert lab.problems == ()


@pytest.mark.parametrize("name", POLICIES)
def test_every_dialogue_is_the_same_in_the_lab_and_at_a_postfix(
    exams: dict[str, tuple[Exam, Exam]], name: str
) -> None:
    ours, theirs = exams[name]
    different = [pair for pair in ours.compare(theirs).pairs if not pair.is_same]
    assert not different, "\n\n".join(map(repr, different))
    assert theirs.passed == ours.passed


def test_the_recording_is_what_a_postfix_says(exams: dict[str, tuple[Exam, Exam]]) -> None:
    said = {
        (f"Postfix {_version()}", POLICIES[name]): {
            each.side.key: (each.answer, each.dialogue) for each in sat(theirs)
        }
        for name, (_, theirs) in exams.items()
    }
    if os.environ.get("LABKIT_RECORD"):
        recorded.FILE.write_text(recorded.write(said), encoding="utf-8")
    now = {Policy.parse(main_cf): dialogues for (_, main_cf), dialogues in said.items()}
    assert {each.policy: each.dialogues for each in recorded.exams(str)} == now


def _version() -> str:
    command = ["postconf", "-dh", "mail_version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

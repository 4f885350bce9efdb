"""An exam tells from all sides what is wrong with a relay, and is the same as a Postfix's, line by line."""

import socket
from collections.abc import Iterator
from html import escape

import pytest

from labkit import Lab, OutsideTheLab, Policy, UsageError
from labkit.exercises.course.inherited import FAULTS, Fault, main_cf
from labkit.lab.exam.paper import Exam
from labkit.lab.exam.sides import SIDES

GOOD = main_cf(frozenset())
KEYS = {side.key for side in SIDES}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(beside=True) as lab:
        yield lab


def examined(lab: Lab, main_cf: str) -> Exam:
    lab.relay.policy = Policy.parse(lab.stage.tell(main_cf))
    return lab.exam()


def spoiled(exam: Exam) -> set[str]:
    return {result.side.key for result in exam.results if not result.passed(proved=True)}


def test_a_good_policy_passes(lab: Lab) -> None:
    exam = examined(lab, GOOD)
    assert spoiled(exam) == set()
    assert exam.sentence == "14 of 14 sides are answered as they should be."


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.key)
def test_each_fault_shows_where_it_should_and_nowhere_else(lab: Lab, fault: Fault) -> None:
    assert spoiled(examined(lab, main_cf(frozenset([fault.key])))) == fault.shows & KEYS


def test_a_relay_that_refuses_everybody_does_not_pass(lab: Lab) -> None:
    exam = examined(lab, f"{GOOD}smtpd_client_restrictions = reject")
    assert spoiled(exam) == {"laptop", "office", "copier", "customer", "report"}


@pytest.mark.parametrize("seed", ["", "anna"])
def test_every_dialogue_is_the_same_as_the_one_that_was_recorded(seed: str) -> None:
    with Lab(beside=True, **({"seed": seed} if seed else {})) as lab:
        for policy in (lab.stage.OPEN_POLICY, GOOD):
            comparison = examined(lab, policy).compare()
            assert [repr(pair) for pair in comparison.pairs if not pair.is_same] == []
            assert comparison.servers == ("the relay", "Postfix 3.7.11")


def test_two_policies_differ_where_their_answers_do(lab: Lab) -> None:
    before, after = examined(lab, "mynetworks = 0.0.0.0/0"), examined(lab, "mynetworks = 192.0.2.0/24")
    comparison = before.compare(after)
    assert not comparison[1].is_same
    assert "- S: 250 2.1.5 Ok" in repr(comparison[1])
    assert "+ S: 454 4.7.1 <orders@customer.example>: Relay access denied" in repr(comparison[1])
    assert comparison[11].is_same


def test_a_policy_that_nobody_recorded_is_not_compared_with_another(lab: Lab) -> None:
    exam = examined(lab, f"{GOOD}smtpd_helo_required = yes")
    with pytest.raises(UsageError, match="No Postfix was recorded with this policy"):
        exam.compare()


def test_the_password_is_in_no_dialogue(lab: Lab) -> None:
    exam = examined(lab, GOOD)
    said = "\n".join(line for result in exam.results for line in result.dialogue)
    assert "C: AUTH PLAIN ********" in said
    assert "AHN0YWZm" not in said


def test_each_side_has_its_session(lab: Lab) -> None:
    exam = examined(lab, GOOD)
    assert [exam[number].client.name for number in (1, 4, 12)] == ["attacker", "hotel guest", "copier"]
    for number in (0, -1, 15):
        with pytest.raises(IndexError):
            exam[number]
        with pytest.raises(IndexError):
            exam.compare()[number]


def test_no_server_is_an_answer_and_no_error(lab: Lab) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        exam = lab.exam(f"127.0.0.1:{nobody.getsockname()[1]}")
    assert spoiled(exam) == {"laptop", "office", "copier", "customer", "report"}
    assert str(nobody) not in repr(exam)


@pytest.mark.parametrize("target", ["mail.real-company.com", "192.168.1.1:25"])
def test_a_server_elsewhere_is_left_alone(lab: Lab, target: str) -> None:
    with pytest.raises(OutsideTheLab):
        lab.exam(target)


def test_the_table_says_the_same_as_text_and_as_a_page(lab: Lab) -> None:
    exam = examined(lab, "mynetworks = 0.0.0.0/0")
    for row in exam.rows():
        for cell in row[:4]:
            assert cell in repr(exam)
            assert escape(cell) in exam._repr_html_()
    assert "not yet as it should be" in exam._repr_html_()

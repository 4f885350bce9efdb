"""A check: what comes of an answer, and that nothing but the answer is touched or blamed."""

import threading
from dataclasses import replace

import pytest
from exercises.conftest import CLOSED

from labkit import Lab, Policy
from labkit.errors import Interrupted
from labkit.exercises.checking import State, check
from labkit.exercises.exercise import Claim, Exercise, Seen
from labkit.exercises.room import Room
from labkit.lab import opened


@pytest.mark.parametrize(
    "answer",
    [
        None,
        ...,
        "",
        "  \n ",
        "mynetworks = 0.0.0.0/0",
        "# as it was\n  mynetworks=0.0.0.0/0",
        Policy(mynetworks="0.0.0.0/0"),
    ],
)
def test_what_says_nothing_new_is_not_attempted(closing: Exercise, answer: object) -> None:
    outcome = check(closing, answer)
    assert outcome.state is State.NOT_ATTEMPTED
    assert outcome.evidence == ()


def test_an_answer_that_behaves_is_done_however_it_is_written(closing: Exercise) -> None:
    other = (
        "mynetworks = 192.0.2.50/32\nsmtpd_relay_restrictions = permit_mynetworks, defer_unauth_destination"
    )
    for answer in (CLOSED, Policy.parse(CLOSED), other):
        assert check(closing, answer).state is State.DONE


def test_not_yet_says_what_was_tried_the_line_seen_and_the_one_expected(closing: Exercise) -> None:
    outcome = check(closing, "mynetworks = 127.0.0.0/8")
    assert outcome.state is State.NOT_YET
    assert outcome.missed == {"office"}
    assert repr(outcome).splitlines()[:9] == [
        "◐ 06.1 Close it: not yet",
        "  what is missing  The office is a stranger now.",
        "",
        "◐ not yet: The office still sends.",
        "    tried     The office sends to a customer.",
        "    seen      S: 454 4.7.1 <orders@customer.example>: Relay access denied",
        "    expected  S: 250 2.0.0 Ok: queued (and the letter lies in the mailbox)",
        "",
        "✓ holds: A stranger can't send to customers.",
    ]
    assert "failed" not in repr(outcome)
    assert "wrong" not in repr(outcome)


def test_a_new_answer_gets_the_reason_of_the_only_known_one_that_misses_the_same(closing: Exercise) -> None:
    assert check(closing, "mynetworks = 203.0.112.0/22").reason == "That network is theirs."
    assert check(closing, "mynetworks = 198.51.100.0/24").reason == ""  # two known ones lose the office


def test_a_typing_mistake_is_explained_with_line_and_nearest_name(closing: Exercise) -> None:
    outcome = check(closing, "mydestination = corp.example\nmynetwork = 192.0.2.0/24")
    assert outcome.state is State.NOT_YET
    assert outcome.trouble == "Line 2: there is no parameter 'mynetwork'. Did you mean mynetworks?"
    assert outcome.trouble in repr(outcome)


@pytest.mark.parametrize(
    ("answer", "given"), [(7, "a number"), (["mynetworks"], "a list"), (print, "a value of the type")]
)
def test_an_answer_of_another_type_is_told_what_was_expected(
    closing: Exercise, answer: object, given: str
) -> None:
    outcome = check(closing, answer)
    assert outcome.state is State.NOT_YET
    assert outcome.trouble.startswith(f"Your answer is {given}")
    assert "a main.cf text in quotation marks, or a Policy" in outcome.trouble


def test_text_and_html_say_the_same_and_nothing_is_markup(closing: Exercise) -> None:
    outcome = check(closing, "mynetworks = <b>x</b>")
    assert "<b>x" in repr(outcome)
    assert "<b>x" not in outcome._repr_html_()
    assert "&lt;b&gt;x" in outcome._repr_html_()
    for word in ("06.1", "Close it", "not yet", "Did", "task.hint()"):
        assert (word in repr(outcome)) == (word in outcome._repr_html_())


def test_the_students_lab_is_neither_seen_nor_disturbed(closing: Exercise, lab: Lab) -> None:
    lab.relay.policy = Policy.parse(CLOSED)
    lab.workstation.send()
    before = repr(lab.transcripts), repr(lab.mailboxes), lab.scenery.clock.now
    assert check(closing, "mynetworks = 127.0.0.0/8").missed == {"office"}
    assert (repr(lab.transcripts), repr(lab.mailboxes), lab.scenery.clock.now) == before
    assert opened.newest() is lab


def test_it_works_while_the_students_lab_is_closed_and_twice_in_a_row(closing: Exercise) -> None:
    Lab().close()
    assert [check(closing, CLOSED).state for _ in range(2)] == [State.DONE] * 2


def test_it_works_while_an_attack_runs_in_the_students_lab(closing: Exercise, lab: Lab) -> None:
    attack = threading.Thread(target=lab.attacker.spam, args=[300])
    attack.start()
    state = check(closing, CLOSED).state
    attack.join()
    assert state is State.DONE
    assert lab.mailboxes[1].names
    assert sum(len(boxes) for boxes in lab.mailboxes) == 300


def labs_open() -> int:
    return len(opened._open)


def test_its_lab_is_closed_whatever_happens(closing: Exercise) -> None:
    def breaks(room: Room) -> Seen:
        room.lab.attacker.spam(1)
        raise ZeroDivisionError

    before = labs_open()
    with pytest.raises(ZeroDivisionError):
        check(replace(closing, claims=(Claim("x", "X.", breaks),)), CLOSED)
    assert labs_open() == before


def test_a_check_that_is_stopped_says_so_and_closes_its_lab(closing: Exercise) -> None:
    def stopped(room: Room) -> Seen:
        room.lab.attacker.spam(1)
        raise KeyboardInterrupt

    before = labs_open()
    with pytest.raises(Interrupted, match="You stopped the check"):
        check(replace(closing, claims=(Claim("x", "X.", stopped),)), CLOSED)
    assert labs_open() == before


def test_each_check_begins_from_a_clean_state(closing: Exercise) -> None:
    found: list[int] = []

    def counts(room: Room) -> Seen:
        room.lab.attacker.spam(1)
        found.append(len(room.lab.transcripts))
        return Seen(True, "", "", "")

    for _ in range(2):
        check(replace(closing, claims=(Claim("x", "X.", counts),)), CLOSED)
    assert found[0] == found[1]


def test_a_seed_changes_names_in_task_and_lab_alike(closing: Exercise) -> None:
    from labkit.exercises.telling import told
    from labkit.lab.stage import stage_of

    shown = told(closing, stage_of("anna"))
    assert shown.given != closing.given
    assert stage_of("anna").RELAY.address in shown.given
    outcome = check(closing, shown.solution, "anna")
    assert outcome.state is State.DONE
    assert check(closing, shown.wrong[1].answer, "anna").reason == "The office is a stranger now."


def test_an_exercise_may_depend_on_the_seed(closing: Exercise) -> None:
    seeds: list[str] = []

    def of(seed: str) -> Exercise:
        seeds.append(seed)
        return replace(closing, title=f"For {seed}")

    outcome = check(replace(closing, for_seed=of), None, "anna")
    assert outcome.exercise.title == "For anna"
    assert seeds == ["anna"]

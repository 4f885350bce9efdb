"""Attack by defence: every cell is run. What is expected of them stands in one small table."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from labkit import Defence, Interrupted, Lab, UsageError, defences, matrix
from labkit.attacker.report import Report
from labkit.lab.defence import Road
from labkit.lab.defences import DEFENCES, RIGHT, WRONG
from labkit.lab.matrix_table import Matrix
from labkit.lab.repertoire import ATTACKS, BEYOND, Attack

# Through which attacks something must get, and whose honest mail must be lost. Nothing is said of the others,
# but for the right policy: there, nothing may get through and nothing may be lost.
EVERYBODY = {
    "the office",
    "the copier",
    "staff on the road",
    "the customer",
    "somebody new",
    "delivery reports",
}
OPEN = {"probe", "spam", "spoof", "backscatter", "sniff", "strip", "smuggle", "flood"}
EXPECTED: dict[str, tuple[set[str], set[str]]] = {
    "open relay": (OPEN, set()),
    "trust MAIL FROM": ({"probe", "spam"}, set()),
    "trust HELO": ({"probe", "spam"}, set()),
    "trust From:": ({"spam", "spoof"}, {"the customer", "somebody new", "delivery reports"}),
    "trust the hotel's network": ({"spam", "smuggle"}, set()),
    "AUTH without TLS": ({"sniff", "strip"}, set()),
    "opportunistic TLS": ({"strip"}, set()),
    "refuse everyone": (set(), EVERYBODY),
    "AUTH from everybody": (set(), {"the office", "the copier"}),
    "weak password": ({"spray", "takeover"}, set()),
    "limits too wide": ({"flood"}, set()),
    "limits too tight": (set(), {"the office", "the copier", "delivery reports"}),
    "SPF alone": ({"forward"}, set()),
    "right policy": (set(), set()),
}
NAMES = [
    "probe", "spam", "spoof", "backscatter", "sniff", "strip", "spray", "takeover", "smuggle", "flood", "forward",
]  # fmt: skip


def test_every_attack_and_every_defence_is_in_the_table() -> None:
    assert [attack.name for attack in ATTACKS] == NAMES
    assert [defence.name for defence in DEFENCES] == list(EXPECTED)
    assert all(EXPECTED[wrong.name] != (set(), set()) for wrong in WRONG)


def test_every_attack_works_somewhere_and_is_ended_by_the_right_policy_alone() -> None:
    """So that no 0 of the right policy's is one because the attack is no good."""
    assert set(NAMES) == {attack for holes, _ in EXPECTED.values() for attack in holes}


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda each: each.name)
def test_what_gets_through_and_what_is_lost(defence: Defence) -> None:
    found = matrix(defences=defence)
    holes, honest = set(found.holes(defence.name)), found.honest(defence.name)
    open_to, lost = EXPECTED[defence.name]
    assert open_to <= holes
    assert lost == {part.who for part in honest.parts if part.lost}
    assert len(found.cells) == len(ATTACKS)
    if defence is RIGHT:
        assert (holes, honest.lost, honest.secrets) == (set(), 0, ())


@pytest.mark.parametrize("attack", BEYOND, ids=lambda each: each.name)
def test_the_right_policy_promises_no_more_than_it_can_keep(attack: Attack) -> None:
    found = matrix(attack, RIGHT)
    assert found.cells[0].harm > 0


def test_a_stolen_password_sends_in_its_owner_s_name_only() -> None:
    (report,) = matrix("stolen password", "right policy").cells[0].reports
    assert [finding.proof for finding in report.findings] == [
        "2 of 2 found in mailboxes",
        "0 of 2 found in mailboxes",
        "2 of 2 found in mailboxes",
    ]


@pytest.fixture(scope="module")
def small() -> Matrix:
    return matrix(["spam", "spray"], ["trust HELO", "limits too tight"])


def test_both_views_say_the_same(small: Matrix) -> None:
    assert repr(small).splitlines()[:7] == [
        "Attack by defence: what got through, and what was lost of honest mail",
        "",
        "                             1    2",
        "spam         letters         4    -",
        "spray        passwords       -    -",
        "honest mail  letters lost    -    5",
        "",
    ]
    shown = small._repr_html_()
    for said in ("4 letters", "13 of 13 arrived", "8 of 13 arrived", "trust HELO", "limits too tight"):
        assert f">{said}<" in shown
    for sentence in (*(each.what for each in small.attacks), *(each.what for each in small.defences)):
        assert sentence in " ".join(repr(small).split())
        assert sentence in shown


def test_a_cell_brings_its_reports(small: Matrix) -> None:
    cell = small.cell("spam", "trust HELO")
    assert (cell.harm, cell.words, len(cell.reports)) == (4, "4 letters", 2)
    assert repr(cell).startswith("spam against trust HELO: 4 letters got through\n\nliar: 8 forged letters\n")
    assert "hotel guest: 4 forged letters" in cell._repr_html_()
    assert cell.reports[0].transcripts
    assert small.cell("spray", "trust HELO").words == "nothing"


def test_it_is_the_same_on_every_run(small: Matrix) -> None:
    again = matrix(["spam", "spray"], ["trust HELO", "limits too tight"])
    assert repr(again) == repr(small)
    assert [repr(cell) for cell in again.cells] == [repr(cell) for cell in small.cells]
    assert list(map(repr, again.rounds)) == list(map(repr, small.rounds))


def test_the_student_s_own_lab_is_not_touched(lab: Lab) -> None:
    lab.workstation.send()
    before = repr(lab), repr(lab.transcripts), repr(lab.relay.policy)
    matrix("spam", "open relay")
    assert (repr(lab), repr(lab.transcripts), repr(lab.relay.policy)) == before
    assert lab.workstation.send().delivered == 1


def test_nothing_is_left_running() -> None:
    before = set(threading.enumerate())
    matrix("sniff", "right policy")
    assert set(threading.enumerate()) == before


def test_a_defence_of_one_s_own_is_put_to_the_test() -> None:
    mine = replace(RIGHT, name="mine", what="My own try.", main_cf="mynetworks = 192.0.2.0/24", services={})
    found = matrix(["spam", "spoof"], [mine, "right policy"])
    assert found.holes("mine") == ("spoof",)
    assert found.verdict("mine") == "leaves open spoof; loses 2 of 13 honest letters."
    assert found.verdict("right policy") == "leaves nothing of this open; loses no honest mail."


@pytest.mark.parametrize(
    ("attacks", "chosen", "message"),
    [
        ("spann", None, r"There is no attack 'spann'\. Did you mean 'spam'\? There are: probe, spam"),
        (None, "trust HELLO", r"There is no defence 'trust HELLO'\. Did you mean 'trust HELO'\?"),
        (7, None, "There is no attack 7"),
        ([7], None, "There is no attack 7"),
        (None, 7, "There is no defence 7"),
        ([], None, "Choose one attack or more, or leave them out for all"),
        (None, [], "Choose one defence or more"),
    ],
)
def test_what_there_isn_t_is_said(attacks: object, chosen: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        matrix(attacks, chosen)  # type: ignore[arg-type]


def test_what_isn_t_in_the_table_is_said(small: Matrix) -> None:
    with pytest.raises(UsageError, match=r"'probe' against 'trust HELO' isn't in this table"):
        small.cell("probe", "trust HELO")
    with pytest.raises(UsageError, match="'open relay' isn't in this table"):
        small.honest("open relay")


def test_names_are_taken_once_and_in_the_order_given() -> None:
    found = matrix(["spray", "takeover", "spray"], ["refuse everyone"])
    assert [attack.name for attack in found.attacks] == ["spray", "takeover"]


def _between_two_calls(lab: Lab) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def _within_a_call(lab: Lab) -> None:
    async def press() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    lab.wait_for(press(), "Ctrl-C")


@pytest.mark.parametrize("press", [_between_two_calls, _within_a_call])
def test_ctrl_c_stops_it_at_any_moment_and_leaves_nothing(press: Callable[[Lab], None]) -> None:
    def run(lab: Lab, road: Road) -> Iterator[Report]:
        press(lab)
        yield lab.attacker.spam(1)

    impatient = Attack("impatient", "Ctrl-C is pressed.", ("letter", "letters"), run)
    before = set(threading.enumerate())
    with Lab() as mine:
        stopped = r"You stopped the table after 1 of 5 cells\. Its labs are closed; your own goes on\."
        with pytest.raises(Interrupted, match=stopped):
            matrix([impatient, "spam", "sniff", "spray"], "open relay")
        assert mine.workstation.send().delivered == 1
    assert set(threading.enumerate()) == before


def test_a_lab_beside_another_doesn_t_replace_it(lab: Lab) -> None:
    with Lab(beside=True) as other:
        assert other.attacker.spam(2).delivered == 2
        assert lab.workstation.send().delivered == 1
        assert len(lab.mailbox("orders@customer.example")) == 1
    assert lab.workstation.send().delivered == 1


def test_labs_beside_each_other_are_closed_when_python_ends() -> None:
    program = "from labkit import Lab; labs = [Lab(), Lab(beside=True), Lab(beside=True)]; labs[1].workstation.send()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, timeout=120, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")


def test_the_names_are_those_that_students_use() -> None:
    assert defences.RIGHT is RIGHT

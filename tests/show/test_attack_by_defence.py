"""The table of attacks and defences as a picture."""

from collections.abc import Callable

import pytest

from labkit.lab.matrix import matrix
from labkit.lab.matrix_table import Cell, Matrix
from labkit.show import attack_by_defence
from labkit.show.attack_by_defence import claim, height, paint
from labkit.show.sheet import Paint


@pytest.fixture(scope="module")
def small() -> Matrix:
    return matrix("spam", ["open relay", "refuse everyone", "right policy"])


def test_the_text_is_the_table_under_its_title(small: Matrix) -> None:
    assert repr(attack_by_defence(small)) == f"{claim(small)}.\n\n{small!r}"
    assert claim(small) == "1 of 3 attacks get past a defence, and 1 of 3 defences lose honest mail"


def test_no_words_are_cut_off_or_cover_others(
    unreadable: Callable[[int, Paint], list[str]], small: Matrix
) -> None:
    assert unreadable(height(small), paint(small)) == []


def test_a_full_table_can_be_read(unreadable: Callable[[int, Paint], list[str]], small: Matrix) -> None:
    from labkit.lab.defences import DEFENCES
    from labkit.lab.repertoire import ATTACKS

    cells = tuple(Cell(attack, defence, ()) for defence in DEFENCES for attack in ATTACKS)
    rounds = (small.rounds[1],) * len(DEFENCES)
    full = Matrix(tuple(ATTACKS), tuple(DEFENCES), cells, rounds)
    found = unreadable(height(full), paint(full))
    # The heads stand aslant: the boxes around them overlap, and the words don't.
    names = {attack.name for attack in ATTACKS} | {"honest mail"}
    assert [one for one in found if not set(one.split(" / ")) <= names] == []

"""The state diagram: drawn from the table that the server runs, and true of the server."""

from collections.abc import Callable

import pytest

from labkit.show import states
from labkit.show.sheet import Paint
from labkit.show.statechart import height, paint
from labkit.show.states import ENDS, KEEPS, MOVES, ROWS, chart, text
from labkit.smtp.order import IDLE, MAIL, ORDER, RCPT, State
from labkit.smtp.reply import Reply


def test_every_command_of_the_table_has_its_place() -> None:
    assert set(ORDER) <= {*ENDS, *KEEPS, *MOVES}
    assert sorted([*ENDS, *KEEPS, *MOVES]) == sorted(ROWS)


def test_every_cell_of_the_table_is_in_the_text() -> None:
    lines = text().splitlines()
    for name, row in ORDER.items():
        refusals = sum(isinstance(cell, Reply) for cell in row.values())
        assert sum(line.startswith(f"  {name} is refused: ") for line in lines) == refusals


def test_every_way_on_is_drawn() -> None:
    drawn = chart().edges
    assert drawn[IDLE, MAIL] == ["MAIL"]
    assert drawn[MAIL, RCPT] == drawn[RCPT, RCPT] == ["RCPT"]
    assert drawn[RCPT, IDLE] == ["DATA"]
    ways = {(at, to) for name in MOVES for at, to in ROWS[name].items() if isinstance(to, State)}
    assert set(drawn) == ways


@pytest.mark.parametrize(
    "line",
    [
        "From every state, HELO, EHLO, STARTTLS, RSET, QUIT and BDAT … LAST lead back to “no transaction”.",
        "  RCPT leads to “at least one forward-path is accepted”",
        "  DATA is refused: 554 5.5.1 Error: no valid recipients",
        "  RCPT stays there",
    ],
)
def test_the_text_says_what_the_table_says(line: str) -> None:
    assert line in repr(states()).splitlines()


def test_a_basic_one_has_what_a_letter_needs_and_no_more() -> None:
    drawn, said = chart(basic=True), text(basic=True)
    assert drawn.states == (IDLE, MAIL, RCPT)
    assert drawn.edges == {
        (IDLE, MAIL): ["MAIL"],
        (MAIL, RCPT): ["RCPT"],
        (RCPT, RCPT): ["RCPT"],
        (RCPT, IDLE): ["DATA"],
    }
    assert drawn.refused == {IDLE: ["RCPT", "DATA"], MAIL: ["MAIL", "DATA"], RCPT: ["MAIL"]}
    assert "From every state, HELO, EHLO, RSET and QUIT lead back to “no transaction”." in said.splitlines()
    assert "Wherever it is allowed, NOOP changes nothing." in said.splitlines()
    assert "BDAT" not in said


@pytest.mark.parametrize("basic", [False, True])
def test_no_words_are_cut_off_or_cover_others(
    unreadable: Callable[[int, Paint], list[str]], basic: bool
) -> None:
    drawn = chart(basic=basic)
    assert unreadable(height(drawn), paint(drawn)) == []

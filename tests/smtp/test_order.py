"""The table of commands and states: complete, and as RFC 5321 section 4.1.4 orders them."""

import pytest

from labkit.smtp.order import (
    CHUNK_LAST,
    CHUNK_READ,
    CHUNK_TAKEN,
    CHUNK_UNREAD,
    CHUNKS,
    IDLE,
    IN_TRANSACTION,
    LOST,
    MAIL,
    ORDER,
    RCPT,
    SPOILED,
    State,
)
from labkit.smtp.reply import Reply
from labkit.smtp.server import MailServer


def test_every_command_has_a_cell_for_every_state() -> None:
    assert all(set(row) == set(State) for row in ORDER.values())


def test_every_command_of_the_table_is_one_that_the_server_has() -> None:
    assert all(hasattr(MailServer, f"smtp_{verb}") for verb in ORDER)


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        ("MAIL", {IDLE}),
        ("RCPT", {MAIL, RCPT}),
        ("DATA", {RCPT}),
        ("AUTH", {IDLE, LOST}),
        ("ETRN", {IDLE, LOST}),
        ("RSET", set(State)),
    ],
)
def test_where_a_command_is_allowed(verb: str, allowed: set[State]) -> None:
    assert {state for state, cell in ORDER[verb].items() if not isinstance(cell, Reply)} == allowed


@pytest.mark.parametrize("verb", ["HELO", "EHLO", "STARTTLS", "RSET", "DATA"])
def test_what_ends_a_transaction(verb: str) -> None:
    assert {cell for cell in ORDER[verb].values() if not isinstance(cell, Reply)} == {IDLE}


@pytest.mark.parametrize("state", State)
def test_a_chunk_leads_somewhere_from_every_state(state: State) -> None:
    assert CHUNK_LAST[state] is IDLE
    assert CHUNK_UNREAD[state] is (SPOILED if state in IN_TRANSACTION else LOST)
    read = {RCPT, CHUNKS}  # only there a chunk is read at all
    assert (state in CHUNK_TAKEN) == (state in CHUNK_READ) == (state in read)

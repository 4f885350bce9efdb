"""What the cards of notebook 09 show is what a student's own lab shows."""

import pytest

from labkit import Lab
from labkit.exercises.course.found import HEADER, READ_IT
from labkit.exercises.course.prove import ALGORITHM, SELECTOR, USUAL_KEY, WRITE_THEM
from labkit.exercises.room import Room
from labkit.exercises.telling import told
from labkit.lab.stage import stage_of
from labkit.recipient.checks.verdict import Message


@pytest.mark.parametrize("seed", ["", "anna"])
def test_the_key_on_the_card_is_the_one_that_the_relay_signs_with(seed: str) -> None:
    with Lab(seed=seed) as lab:
        record = lab.relay.sign(lab.scenery.stage.COMPANY, SELECTOR, ALGORITHM)
    card = told(WRITE_THEM, stage_of(seed))
    key = record.partition("p=")[2].rstrip('"')
    assert f"    {key}\n" in card.given
    assert str(record) in str(card.solution)
    assert (key == USUAL_KEY) == (not seed)


@pytest.mark.parametrize("seed", ["", "anna"])
def test_the_header_on_the_card_is_what_the_customers_server_writes(seed: str) -> None:
    with Room(None, seed) as room:
        READ_IT.prepare(room)
        letter: Message = room.note["letter"].message
        shown = room.stage.tell(HEADER).partition(":")[2]
    assert " ".join(shown.split()) == " ".join(letter.header("Authentication-Results").split())

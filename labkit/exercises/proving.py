"""Proofs at the mailbox: what an answer of the relay is worth is known only by looking for the letter.

A claim's evidence is a line of the transcript. Whether the claim holds is decided by the letter's nonce: it
lies in a mailbox, or it doesn't.
"""

from labkit.attacker.report import Attempt, Report, Verdict
from labkit.exercises.exercise import Seen
from labkit.exercises.room import Room
from labkit.lab.senders import Sender
from labkit.lab.usual import Program
from labkit.wire.reading.lines import lines
from labkit.wire.record import Recording

AN_HOUR = 1  # of lab time

ARRIVED = "{line} (the letter lies in the mailbox)"
LOST = "{line} (the letter lies in no mailbox)"
WANTED = "S: 250 2.0.0 Ok: queued (and the letter lies in the mailbox)"
UNWANTED = "S: 554 5.7.1 Relay access denied, or another refusal (and the letter lies in no mailbox)"


def post(room: Room, program: Program, to: str = "", **settings: object) -> Report:
    """Have a mail program send one letter in the room's lab, to a customer unless ``to`` is given.

    ``settings`` are those of ``lab.laptop.send``. The program may run on a host that isn't there yet.
    """
    lab = room.lab
    lab.scenery.network.add(program.host)
    recipient = to or room.stage.tell("orders@customer.example")
    return Sender(lab, program).send(recipient, **settings)  # type: ignore[arg-type]


def arrives(room: Room, tried: str, report: Report, expected: str = WANTED) -> Seen:
    """Every letter of the report is in a mailbox, an hour of lab time later at the latest."""
    attempts = _an_hour_later(room, report)
    missing = [attempt for attempt in attempts if attempt.verdict < Verdict.DELIVERED]
    return Seen(not missing, tried, answer_to((missing or attempts)[0]), expected)


def stays_out(room: Room, tried: str, report: Report, expected: str = UNWANTED) -> Seen:
    """No letter of the report is in a mailbox, not even an hour of lab time later."""
    attempts = _an_hour_later(room, report)
    arrived = [attempt for attempt in attempts if attempt.verdict is Verdict.DELIVERED]
    return Seen(not arrived, tried, answer_to((arrived or attempts)[0]), expected)


def answer_to(attempt: Attempt) -> str:
    """The line of the transcript that decided about a letter, and where the letter is if it was taken."""
    if not attempt.reply:
        return attempt.trouble
    line = f"S: {str(attempt.reply).splitlines()[-1]}"
    if attempt.verdict is Verdict.DELIVERED:
        return ARRIVED.format(line=line)
    return LOST.format(line=line) if attempt.verdict is Verdict.ACCEPTED else line


def line_with(recording: Recording, text: str, *, reveal: bool = False) -> str:
    """The first line of a session that holds ``text``, as its transcript has it; "" if none does."""
    read = lines(recording, reveal=reveal)
    return next((f"{line.who}: {line.text}" for line in read if text in line.text), "")


def _an_hour_later(room: Room, report: Report) -> list[Attempt]:
    """The attempts, when what was taken and put off has come as well."""
    if report.count(Verdict.ACCEPTED):
        room.lab.wait(hours=AN_HOUR)
    return [attempt.looked_up(room.lab.scenery.holds) for attempt in report.attempts]

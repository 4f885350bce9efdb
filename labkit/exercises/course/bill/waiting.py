"""04.1: how long a colleague's letter waits behind the spam."""

from labkit.exercises.answers import Number
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import post
from labkit.exercises.room import Room

SPAM, PAUSE = 10, 60  # letters, and seconds between two deliveries
NEAR = 5  # seconds that a number may be off
PATIENCE = 1  # hours, after which every letter has come

HANDED_OVER = "The office's letter was handed over, and the mailbox was looked at when the 250 came."
IN_TIME = "{seconds:,.0f} seconds after the 250, somebody looked into the customer's mailbox."
LIES_THERE, IS_NOT_THERE = "the office's letter lies there", "the office's letter isn't there yet"
OWN_LINE = "The relay's log was searched for deliveries with delay={seconds:g}."


def _waits(room: Room) -> None:
    """The stranger's letters and the office's, and two looks into the mailbox around the answer."""
    lab, note = room.lab, room.note
    lab.relay.policy = lab.relay.policy.replace(default_destination_rate_delay=PAUSE)
    lab.attacker.spam(SPAM)
    report = post(room, room.stage.OFFICE_PROGRAM)
    (attempt,) = report.attempts
    early, late = max(0.0, room.answer - NEAR), room.answer + NEAR
    lab.wait(0, seconds=early)
    note["before"] = lab.scenery.holds(attempt.nonce)
    lab.wait(0, seconds=late - early)
    note["after"] = lab.scenery.holds(attempt.nonce)
    lab.wait(hours=PATIENCE)
    note["250"] = f"S: {attempt.reply}"
    note["id"] = str(attempt.reply).rpartition(" ")[2]


def _not_at_once(room: Room) -> Seen:
    seen = f"{room.note['250']} (and {IS_NOT_THERE})"
    return Seen(room.answer > 0, HANDED_OVER, seen, "a number of seconds above 0")


def _by_then(room: Room) -> Seen:
    tried = IN_TIME.format(seconds=room.answer + NEAR)
    return Seen(room.note["after"], tried, _where(room.note["after"]), LIES_THERE)


def _no_sooner(room: Room) -> Seen:
    tried = IN_TIME.format(seconds=max(0.0, room.answer - NEAR))
    return Seen(not room.note["before"], tried, _where(room.note["before"]), IS_NOT_THERE)


def _where(is_there: bool) -> str:
    return LIES_THERE if is_there else IS_NOT_THERE


def _its_own(room: Room) -> Seen:
    """No other letter's line in the log says this number."""
    lines = [line for line in room.lab.log.grep(f"delay={room.answer:g},") if "status=sent" in line]
    others = [line for line in lines if room.note["id"] not in line]
    wanted = f"a line with {room.note['id']}, the office's letter"
    found = _log(others[0]) if others else "no line of another letter"
    return Seen(not others, OWN_LINE.format(seconds=room.answer), found, wanted)


def _log(line: str) -> str:
    """A line of the log without its date and its program."""
    return line.partition("]: ")[2].partition(", relay=")[0] + ", …"


WAITING = Exercise(
    id="04.1",
    title="How long did the colleague's letter take?",
    minutes=5,
    given=(
        "An open relay hands over one letter a minute. A stranger brings 10 letters. Then the office writes "
        "to a customer. Build it in your lab:\n"
        "    lab = Lab()\n"
        '    lab.relay.policy = lab.relay.policy.replace(default_destination_rate_delay="60s")\n'
        "    lab.attacker.spam(10)\n"
        "    lab.workstation.send()\n"
        "    lab.wait(minutes=15)"
    ),
    goal=(
        "How many seconds of lab time passed between the relay's 250 for the office's letter and the moment "
        "when it lay in the customer's mailbox?"
    ),
    kind=Number(0, 86_400, "seconds"),
    starter=...,
    prepare=_waits,
    claims=(
        Claim("waits", "The letter wasn't there at once.", _not_at_once),
        Claim("there", "After so many seconds the letter is in the mailbox.", _by_then),
        Claim("no sooner", "Shortly before, it wasn't there.", _no_sooner),
        Claim("its own", "The number belongs to the office's letter.", _its_own),
    ),
    hints=(
        "The relay writes down when it takes a letter and when it hands it over. Where did you read that in "
        "this notebook?",
        "The relay named the letter in its answer: `queued as` and a queue id. `lab.log.grep(...)` shows "
        "every line with that id.",
        'Look for the line with `status=sent`, as with `lab.log.grep("4B0000000B")`. The seconds stand '
        "behind `delay=`.",
    ),
    solution=594,
    explanation=(
        "The office's letter is number 11. The first one left at 09:00:00, and each next one a minute later: "
        "so number 11 left at 09:10:00. The office had handed it over at 09:00:06, when the stranger was "
        "finished. The log says it in one line: delay=594."
    ),
    wrong=(
        Wrong(
            0,
            frozenset({"waits", "there", "its own"}),
            "The 250 came at once. It is only the relay's promise to deliver the letter. Ask when it lay in "
            "the mailbox.",
        ),
        Wrong(
            600,
            frozenset({"no sooner"}),
            "10 letters, a minute for each: this is counted from 09:00, when the stranger began. The office "
            "wrote a few seconds later. Read the number instead of calculating it.",
        ),
        Wrong(
            540,
            frozenset({"there", "its own"}),
            "This is how long the stranger's last letter waited. Look for the queue id of the office's "
            "letter.",
        ),
        Wrong(
            9.9,
            frozenset({"there"}),
            "The letter was not there yet. If your number is in minutes, give it in seconds: the log counts "
            "seconds.",
        ),
    ),
)

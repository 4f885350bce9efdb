"""04.2: off the blocklist, and not back onto it."""

from labkit.attacker.report import Attempt, Report, Verdict
from labkit.exercises.answers import POLICY, AnswerError, Number, Text, Values
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import answer_to, post
from labkit.exercises.room import Room
from labkit.exercises.sides import OFFICE_SENDS
from labkit.lab import Lab
from labkit.recipient.mailbox import Received
from labkit.recipient.policy import RecipientPolicy

THE_QUEUE = (
    "    4B00000005: client=vps66.hosting.example, from=<security@bank.example>\n"
    "    4B00000006: client=vps66.hosting.example, from=<director@corp.example>\n"
    "    4B00000007: client=workstation.corp.example, from=<staff@corp.example>\n"
    "    4B00000008: client=copier.corp.example, from=<scans@corp.example>"
)
ASKED = "After {hours:g} hours, the company asked the list to take its address off."
TWO_HOURS_LATER = "The list was asked two hours later, when the customer's readers had seen what came."
OFF = "The address isn't on the list."
DONE = "Done: the list takes the address off."
NO_LETTER = "There is no letter {name!r} in the queue. Write queue ids with commas between, all, or none."


def _cleans_up(room: Room) -> None:
    """The list has the relay's address, and four letters wait. Then the answer is put into force."""
    lab, note = room.lab, room.note
    lab.mx2.fault = "down"  # one mail host says all that there is to hear, in half the time
    lab.customer.checks = RecipientPolicy(dnsbl="defer")
    spam = lab.attacker.spam(4)
    _complain(lab, [spam])
    spam_that_waits = lab.attacker.spam(2)
    programs = (room.stage.OFFICE_PROGRAM, room.stage.COPIER_PROGRAM)
    note["honest"] = [post(room, program).attempts[0] for program in programs]
    lab.relay.policy = room.answer["policy"]
    _empty_queue(lab, room.answer["keep"])
    note["tried again"] = again = lab.attacker.spam(2)
    lab.wait(0, hours=room.answer["hours"])
    note["decided"] = lab.blocklist.delist(room.stage.RELAY.address)
    lab.wait(hours=1)
    _complain(lab, [spam_that_waits, again])
    lab.wait(hours=1)
    note["listing"] = lab.blocklist.listing(room.stage.RELAY.address)


def _empty_queue(lab: Lab, keep: str) -> None:
    """Throw away what isn't to be kept. Raises AnswerError for a letter that isn't there."""
    waiting = [item.queue_id for item in lab.queue]
    names = [name.strip().upper() for name in keep.split(",") if name.strip()]
    kept = {"ALL": waiting, "NONE": []}.get(names[0], names) if len(names) == 1 else names
    for name in kept:
        if name not in waiting:
            raise AnswerError(NO_LETTER.format(name=name))
    for name in waiting:
        if name not in kept:
            lab.queue.delete(name)


def _complain(lab: Lab, reports: list[Report]) -> None:
    """The customer's readers call what has come of these letters spam."""
    marks = [f"<{attempt.nonce}@".encode() for report in reports for attempt in report.attempts]
    letters = [letter for letter in lab.scenery.customer if _has_one_of(marks, letter)]
    lab.customer.complain(letters)


def _has_one_of(marks: list[bytes], letter: Received) -> bool:
    head = letter.content.partition(b"\r\n\r\n")[0]
    return any(mark in head for mark in marks)


def _closed(room: Room) -> Seen:
    """The stranger came again, after the new policy was in force."""
    attempts = room.note["tried again"].attempts
    taken = [attempt for attempt in attempts if attempt.verdict >= Verdict.ACCEPTED]
    wanted = "S: 554 5.7.1 Relay access denied, or another refusal"
    tried = "The stranger comes back with two forged letters."
    return Seen(not taken, tried, answer_to((taken or list(attempts))[0]), wanted)


def _delisted(room: Room) -> Seen:
    decided = room.note["decided"]
    return Seen(bool(decided), ASKED.format(hours=room.answer["hours"]), str(decided), DONE)


def _stays_off(room: Room) -> Seen:
    listing = room.note["listing"]
    found = f"{listing.address} is listed: {listing.why}" if listing else OFF
    return Seen(not listing, TWO_HOURS_LATER, found, OFF)


def _honest_arrived(room: Room) -> Seen:
    """What waited before the clean-up lies in the customer's mailbox."""
    found = [attempt.looked_up(room.lab.scenery.holds) for attempt in room.note["honest"]]
    missing: list[Attempt] = [one for one in found if one.verdict < Verdict.DELIVERED]
    tried = "The office's letter and the copier's scan were in the queue before the clean-up."
    return Seen(not missing, tried, answer_to((missing or found)[0]), "both lie in the customer's mailbox")


OPEN = """
mynetworks = 192.0.2.0/24, 0.0.0.0/0
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
"""
CLOSED = """
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
"""
SHUT = """
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
"""

HONEST = "4B00000007, 4B00000008"


def _answer(policy: str = CLOSED, keep: str = HONEST, hours: float = 24) -> dict[str, object]:
    return {"policy": policy, "keep": keep, "hours": hours}


CLEAN_UP = Exercise(
    id="04.2",
    title="Clean up, and leave the list",
    minutes=10,
    given=(
        "Your open relay has sent spam. Readers at the customer complained, and bl.example lists the relay's "
        "address. The customer puts off what comes from a listed address, so four letters wait in the queue. "
        f"The log says who brought them:\n{THE_QUEUE}\n"
        "Readers will complain about every forged letter that still reaches them."
    ),
    goal=(
        "Leave the list, and stay off it. `policy` is the relay's new policy. `keep` says which letters stay "
        "in the queue: queue ids with commas between, or all, or none. `hours` is how long you wait before "
        "you ask the list."
    ),
    kind=Values(policy=POLICY, keep=Text("a text: queue ids, all, or none"), hours=Number(0, 168, "hours")),
    starter=_answer(OPEN, "all", 0),
    prepare=_cleans_up,
    claims=(
        Claim("closed", "The stranger is refused.", _closed),
        Claim("delisted", "The list takes the address off.", _delisted),
        Claim("stays off", "Two hours later the address is still off the list.", _stays_off),
        Claim("honest", "The honest letters that waited arrive.", _honest_arrived),
        OFFICE_SENDS,
    ),
    hints=(
        "Print `lab.blocklist`. Its last lines say when an address may leave, and what brings it back.",
        "Three things belong together: the hole in the policy, the forged letters that still wait in the "
        "queue, and the hours without a sign.",
        "Take the wide network out of `mynetworks`. Keep what the workstation and the copier brought: "
        "`client=` says who brought a letter, `from=` can be false. Then wait as many hours as the list's "
        "rule says.",
    ),
    solution=_answer(),
    explanation=(
        "The policy ends the cause: the stranger is refused. The two forged letters leave the queue, because "
        "they would reach readers as soon as the address is off the list. After 24 hours without a sign the "
        "list agrees, and the two honest letters arrive."
    ),
    wrong=(
        Wrong(
            _answer(hours=0),
            frozenset({"delisted", "stays off", "honest", "office"}),
            "The list saw its last sign less than 24 hours ago, so it doesn't believe yet that the cause is "
            "gone.",
        ),
        Wrong(
            _answer(OPEN),
            frozenset({"closed", "stays off", "office"}),
            "The list agreed, but the relay is still open. The stranger's next letters reached readers, and "
            "one complaint is enough to be listed again.",
        ),
        Wrong(
            _answer(keep="all"),
            frozenset({"stays off", "office"}),
            "The relay is closed, but forged letters still waited in its queue. They arrived after the "
            "address was off the list, and readers complained. See who brought each letter: the one from "
            "director@corp.example came from the stranger.",
        ),
        Wrong(
            _answer(keep="none"),
            frozenset({"honest"}),
            "The spam is gone from the queue, and with it letters of the office and the copier. The relay "
            "had promised to deliver them.",
        ),
        Wrong(
            _answer(SHUT),
            frozenset({"office"}),
            "The stranger is refused, and so is the office: 127.0.0.0/8 is the relay alone. "
            "The company can't write to anybody.",
        ),
    ),
)

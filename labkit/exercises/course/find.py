"""Notebook 05: find an open relay, and notice its abuse."""

from datetime import timedelta
from functools import partial

from labkit.attacker.means.relaytest import RelayTest
from labkit.attacker.report import Verdict
from labkit.errors import UsageError
from labkit.exercises.answers import AnswerError, Choice, Text
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.room import Room, does_nothing
from labkit.relay.monitoring.alarm import Alarm, Firing

# 05.1: which of four servers are open

TESTED = "Server {name} was tested with every pattern, and the stranger's own mailbox was looked at."
FOUND = "{delivered} of {tried} letters arrived{first}"
FIRST = ", the first with pattern {number}, {state}"
WANTED = {
    True: "at least one letter arrives, as you say that it is open",
    False: "no letter arrives, as you say that it isn't open",
}


def _judged(name: str, room: Room) -> Seen:
    """The answer about one server, and what a whole test finds."""
    test = room.lab.servers.probe(name)
    said = name in room.answer
    return Seen(said == test.is_open, TESTED.format(name=name), _found(test), WANTED[said])


def _found(test: RelayTest) -> str:
    """How many letters arrived, and by which pattern the first one did."""
    arrived = (trial for trial in test.trials if trial.attempt.verdict is Verdict.DELIVERED)
    first = next((FIRST.format(number=one.pattern.number, state=one.state) for one in arrived), "")
    return FOUND.format(delivered=test.delivered, tried=test.tried, first=first)


def _claim(name: str) -> Claim:
    return Claim(name, f"Server {name} is judged as it is.", partial(_judged, name))


WHICH = Exercise(
    id="05.1",
    title="Which of four servers are open?",
    minutes=8,
    given=(
        'Four servers have the names A, B, C and D. `lab.servers.probe("A")` tests the first one, in the '
        "clear, after STARTTLS and after AUTH, and looks into the stranger's mailbox."
    ),
    goal="Name every server that carries a stranger's letter to a stranger, and no other.",
    kind=Choice({name: f"server {name} is open" for name in "ABCD"}, several=True),
    starter=...,
    prepare=does_nothing,
    claims=tuple(map(_claim, "ABCD")),
    hints=(
        "Test all four. Which part of a test tells what really happened to the letters, and not what the "
        "server said?",
        "A yes to RCPT proves nothing, and a 250 at the end neither. Look for the word `delivered`, in each "
        "column and each row.",
        "The verdict sums a test up. One of the open servers carries mail only for those who use the "
        "company's name, and another one only after STARTTLS.",
    ),
    solution="B, D",
    explanation=(
        "A accepts each recipient and refuses at DATA. C says 250 to the whole letter and carries it "
        "nowhere. Both look open and aren't. B refuses all patterns but two, which have "
        "the company's name in MAIL FROM, or no domain at all there: then the server adds its own. D refuses "
        "everything until TLS is on."
    ),
    wrong=(
        Wrong(
            "A, C",
            frozenset("ABCD"),
            "This counts the recipients that were accepted. A and C accept them all, and no letter arrives; "
            "B and D refuse most, and some letters do arrive.",
        ),
        Wrong(
            "B",
            frozenset("D"),
            "One server refuses every letter in the clear. Look at the column after STARTTLS as well.",
        ),
        Wrong(
            "D",
            frozenset("B"),
            "One server refuses all patterns but two. One letter that arrives is enough: the stranger will "
            "find the way, too.",
        ),
        Wrong(
            "B, C, D",
            frozenset("C"),
            "C says 250 to the whole letter, and the letter never arrives. You would accuse a server that "
            "carries nothing.",
        ),
        Wrong(
            "A, B, C, D",
            frozenset("AC"),
            "Two of these servers carry nothing for strangers. To say that all are open costs their owners "
            "honest mail, when others block them because of it.",
        ),
    ),
)

# 05.2: an alarm for the abuse, and not for the newsletter

NEWS, SPAM, PER_MINUTE = 20, 30, 5  # letters; the stranger has a handful of ten every two minutes
SOON = timedelta(minutes=2)

AT_NINE = f"09:00: the office sends its newsletter, {NEWS} letters; the copier and the customer write, too."
AT_TEN = "10:00: three people in the office write a letter each, from the same workstation."
AT_NIGHT = f"21:00: a stranger sends {SPAM} letters, ten every two minutes."
SILENCE = "the alarm didn't fire"


def _watched(room: Room) -> None:
    """An honest morning and a night of abuse; the rule is read first. Raises AnswerError."""
    lab, note, tell = room.lab, room.note, room.stage.tell
    try:
        alarm = Alarm.parse(room.answer)
    except UsageError as error:
        raise AnswerError(str(error)) from None
    lab.relay.policy = lab.relay.policy.replace(smtp_tls_security_level="none")
    lab.workstation.newsletter(NEWS)
    lab.copier.send()
    for name in ("staff", "sales"):
        lab.customer.send(tell(f"{name}@corp.example"))
    lab.wait(hours=1)
    note["ten"] = lab.figures.now
    for name in ("staff", "sales", "director"):
        lab.workstation.send(sender=tell(f"{name}@corp.example"))
    lab.wait(hours=11)
    note["night"] = lab.figures.now
    lab.attacker.spam(SPAM, per_minute=PER_MINUTE)
    note["fired"] = alarm.test(lab.figures)


def _fired(room: Room, since: str, until: str = "") -> list[Firing]:
    """What fired between two moments of the day, which ``prepare`` has noted."""
    note = room.note
    after = [one for one in note["fired"] if not since or one.moment >= note[since]]
    return [one for one in after if not until or one.moment < note[until]]


def _fires(room: Room) -> Seen:
    found = _fired(room, "night")
    return Seen(bool(found), AT_NIGHT, _words(found), "the alarm fires that night")


def _knows_the_newsletter(room: Room) -> Seen:
    found = _fired(room, "", "ten")
    return Seen(not found, AT_NINE, _words(found), SILENCE)


def _knows_the_office(room: Room) -> Seen:
    found = _fired(room, "ten", "night")
    return Seen(not found, AT_TEN, _words(found), SILENCE)


def _is_soon(room: Room) -> Seen:
    found = _fired(room, "night")
    in_time = [one for one in found if one.moment < room.note["night"] + SOON]
    return Seen(bool(in_time), AT_NIGHT, _words(found), "the alarm fires within the first two minutes")


def _words(firings: list[Firing]) -> str:
    return f"the alarm fired: {firings[0]}" if firings else SILENCE


ALARM = Exercise(
    id="05.2",
    title="Set the alarm",
    minutes=8,
    given=(
        "A Monday. At 09:00 the office sends its newsletter, 20 letters within a minute; the copier and the "
        "customer write a few. At 10:00 three people in the office write a letter each, from one "
        "workstation. At 21:00 a stranger begins: 30 letters through the open relay, ten every two minutes, "
        "in the names of four false senders."
    ),
    goal=(
        "Write a rule that fires for the stranger within the first two minutes, and stays silent until then. "
        "Rules look like those of this notebook."
    ),
    kind=Text("the rule of an alarm, as a text"),
    starter="sent per minute by one client > 100",
    prepare=_watched,
    claims=(
        Claim("fires", "The alarm fires for the stranger.", _fires),
        Claim("newsletter", "It stays silent for the newsletter.", _knows_the_newsletter),
        Claim("office", "It stays silent for three people at one workstation.", _knows_the_office),
        Claim("soon", "It fires within the first two minutes of the abuse.", _is_soon),
    ),
    hints=(
        "The newsletter is larger and faster than the abuse. In what else do they differ?",
        "The office writes in its own few names, the stranger in others. Which figure counts names?",
        "Count `senders` by one client, in a stretch of some minutes. The office has three of them, the "
        "stranger four. The limit is the highest number that is still good.",
    ),
    solution="senders within 10 minutes by one client > 3",
    explanation=(
        "The stranger's letters are few and slow. A limit that counts letters catches the newsletter as "
        "well, or comes late. But the stranger uses four senders, and the office three. The alarm counts the "
        "senders of each client, and fires at the fourth one."
    ),
    wrong=(
        Wrong(
            "sent per minute by one client > 15",
            frozenset({"fires", "newsletter", "soon"}),
            "This alarm wakes you for the newsletter and sleeps during the abuse: the stranger never sends "
            "more than ten letters in a minute.",
        ),
        Wrong(
            "sent per minute by one client > 30",
            frozenset({"fires", "soon"}),
            "Nothing on this day is above the limit, so the alarm never fires. It only looks like safety.",
        ),
        Wrong(
            "sent per minute by one client > 3",
            frozenset({"newsletter"}),
            "It fires for the stranger, and for the newsletter too. An alarm that fires for honest mail is "
            "switched off by noon, and then it guards nobody.",
        ),
        Wrong(
            "senders within 10 minutes by one client > 2",
            frozenset({"office"}),
            "You count the right thing. But three people share this workstation, and they are honest. "
            "The limit must fit the office that you guard.",
        ),
        Wrong(
            "sent within 60 minutes by one client > 25",
            frozenset({"soon"}),
            "It tells the two apart, but late: by then 25 letters are out. Find something that is different "
            "from the first letters on.",
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (WHICH, ALARM)

"""Exercise 02.3: after which replies a relay gives up at once, and after which it waits."""

from labkit.exercises.answers import Choice
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.room import Room

ADDRESSES = {"dot 554": "dot554", "dot 451": "dot451", "silence": "orders"}
REPLIES = {
    "450": "450 4.2.0 Mailbox busy, in answer to RCPT TO",
    "452": "452 4.2.2 Mailbox is full, in answer to RCPT TO",
    "550": "550 5.1.1 User unknown, in answer to RCPT TO",
    "552": "552 5.2.2 Mailbox is full, in answer to RCPT TO",
    "421": "421 4.3.2 All server ports are busy, and the server hangs up",
    "dot 451": "451 4.3.0 Error: queue file write error, in answer to the final dot",
    "dot 554": "554 5.7.1 Message content rejected, in answer to the final dot",
    "silence": "no reply: nobody listens at any of the customer's servers",
}


def _meets_each(room: Room) -> None:
    """One letter for each reply; who is told at once is in the mailbox of staff."""
    lab = room.lab
    address = room.stage.tell("{name}@customer.example")
    room.note["to"] = {key: address.format(name=ADDRESSES.get(key, key)) for key in REPLIES}
    room.note["to"]["452"] = address.format(name="full")
    for key, to in room.note["to"].items():
        if key == "silence":
            lab.mx1.fault = lab.mx2.fault = "down"
        lab.workstation.send(to)
    notices = [letter.text for letter in lab.mailbox(room.stage.tell("staff@corp.example"))]
    room.note["bounced"] = {
        key for key, to in room.note["to"].items() if any(f"<{to}>:" in notice for notice in notices)
    }


def _sorted(says: str, key: str, *keys: str) -> Claim:
    """A claim that these are chosen exactly if they bounce at once."""

    def observe(room: Room) -> Seen:
        bounced, chosen = room.note["bounced"], room.answer
        mistaken = [each for each in keys if (each in bounced) != (each in chosen)]
        shown = (mistaken or list(keys))[0]
        tried = f"A letter was sent to {room.note['to'][shown]}."
        seen = REPLIES[shown] if shown == "silence" else f"S: {REPLIES[shown]}"
        choice = "you chose it" if shown in chosen else "you left it out"
        return Seen(not mistaken, tried, f"{seen} ({choice})", "chosen exactly if the relay gave up at once")

    return Claim(key, says, observe)


BOUNCE_OR_WAIT = Exercise(
    id="02.3",
    title="Bounce or wait",
    minutes=4,
    given="The relay hands over eight letters, and meets another reply each time.",
    goal="Choose those after which the relay gives up at once and sends a bounce.",
    kind=Choice(REPLIES, several=True),
    starter="",
    prepare=_meets_each,
    claims=(
        _sorted("The mailbox that doesn't exist is sorted as the relay does it.", "unknown", "550"),
        _sorted("The full mailboxes are sorted as the relay does it.", "full", "452", "552"),
        _sorted("The busy servers are sorted as the relay does it.", "busy", "450", "421"),
        _sorted("The replies to the final dot are sorted as the relay does it.", "dot", "dot 451", "dot 554"),
        _sorted("The silent servers are sorted as the relay does it.", "silence", "silence"),
    ),
    hints=(
        "Don't read the words behind the numbers. What does a relay read?",
        "The first digit decides, at whatever step the reply comes.",
        "A reply that begins with 5 is a no for good. One that begins with 4, and no reply at all, mean: "
        "later.",
    ),
    solution="550, 552, dot 554",
    explanation="5yz means: the same again would be refused again, so waiting helps nobody, and the sender "
    "is told at once. 4yz means: not now. A server that doesn't answer may be back in an hour. The words "
    "don't matter: a full mailbox can be 452 or 552, and the first digit says what the relay does.",
    wrong=(
        Wrong(
            "550",
            frozenset({"full", "dot"}),
            "A mailbox that doesn't exist is one reason for a no for good, but not the only one.",
        ),
        Wrong(
            "550, 452, 552, dot 554",
            frozenset({"full"}),
            "Both mailboxes are full, but the servers say it differently: one means for now, one for good.",
        ),
        Wrong(
            "450, 452, 550, 552, 421, dot 451, dot 554, silence",
            frozenset({"full", "busy", "dot", "silence"}),
            "If the relay gave up so fast, each short outage would cost honest letters.",
        ),
        Wrong(
            "550, 552",
            frozenset({"dot"}),
            "A server can also say no after it has read the letter. Its first digit counts then as well.",
        ),
        Wrong(
            "550, 552, dot 554, silence",
            frozenset({"silence"}),
            "No reply is no no. A server that is down now may be back soon, so the relay waits.",
        ),
    ),
)

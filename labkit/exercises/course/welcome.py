"""Notebook 00: reading a transcript."""

from labkit.exercises.answers import Choice
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import line_with
from labkit.exercises.room import Room, does_nothing

MARK = "read-{steps}"
# What a mail program says, and the reply that it then hears.
DIALOGUE = (
    ("EHLO workstation.corp.example", "250 CHUNKING"),
    ("MAIL FROM:<staff@corp.example>", "250 2.1.0 Ok"),
    ("RCPT TO:<orders@customer.example>", "250 2.1.5 Ok"),
    ("DATA", "354 End data"),
    (f"Message-ID: <{MARK}@workstation.corp.example>\n\nPlease send us ten boxes of paper.\n.", "250 2.0.0"),
    ("QUIT", "221 2.0.0 Bye"),
)
STEPS = {"a": 2, "b": 3, "c": 4, "d": 5, "e": 6}  # how much of the dialogue there is when the reply is heard
LIES, LIES_NOT = "The letter lies in the mailbox.", "The letter lies in no mailbox."


def _broken_off(room: Room, steps: int) -> tuple[bool, str]:
    """Whether the letter arrives when the line is cut after so many steps, and the last reply before that."""
    said = "\n".join(line for line, _ in DIALOGUE[:steps]).format(steps=steps)
    session = room.lab.workstation.speak(room.stage.tell(said))
    room.lab.wait(hours=1)
    return room.lab.scenery.holds(MARK.format(steps=steps)), line_with(session, DIALOGUE[steps - 1][1])


def _kept(room: Room) -> Seen:
    arrived, line = _broken_off(room, STEPS[room.answer])
    tried = f"The connection breaks right after `{line}`. An hour later, somebody looks into the mailbox."
    return Seen(arrived, tried, LIES if arrived else LIES_NOT, LIES)


def _not_before(room: Room) -> Seen:
    arrived, line = _broken_off(room, STEPS[room.answer] - 1)
    tried = f"The same, but the connection breaks one reply sooner, right after `{line}`."
    return Seen(not arrived, tried, LIES if arrived else LIES_NOT, LIES_NOT)


READ = Exercise(
    id="00.1",
    title="Read a transcript",
    minutes=3,
    given="""The office sends a letter. These are the relay's replies, with what they answer:
    C: MAIL FROM:<staff@corp.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<orders@customer.example>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 End data with <CR><LF>.<CR><LF>
    C: (the letter, and a line with only a dot)
    S: 250 2.0.0 Ok: queued as 4B00000001
    C: QUIT
    S: 221 2.0.0 Bye""",
    goal="Find the reply with which the relay takes responsibility for the letter. From then on it must "
    "deliver the letter or say that it can't, even if the connection breaks at that very moment.",
    kind=Choice(
        {
            "a": "S: 250 2.1.0 Ok",
            "b": "S: 250 2.1.5 Ok",
            "c": "S: 354 End data with <CR><LF>.<CR><LF>",
            "d": "S: 250 2.0.0 Ok: queued as 4B00000001",
            "e": "S: 221 2.0.0 Bye",
        }
    ),
    starter="",
    prepare=does_nothing,
    claims=(
        Claim("kept", "After this reply the letter arrives, even if the connection breaks.", _kept),
        Claim("first", "No earlier reply promises that.", _not_before),
    ),
    hints=(
        "Imagine that somebody pulls the cable out right after a reply. Is the letter lost?",
        "The relay can only answer for what it has. At which line has it got the whole letter?",
        "The letter ends with a line that holds only a dot. Look at the reply to that dot.",
    ),
    solution="d",
    explanation="The reply to the final dot says that the whole letter is here and stored: `queued as` names "
    "its place in the queue. Every reply before it is about one command only. QUIT ends the conversation: "
    "by then the promise has been given.",
    wrong=(
        Wrong(
            "a",
            frozenset({"kept"}),
            "This 250 answers MAIL FROM. The relay has noted who sends, and has no letter yet.",
        ),
        Wrong(
            "b",
            frozenset({"kept"}),
            "This 250 answers RCPT TO. The relay would take a letter for this address, and has none yet.",
        ),
        Wrong(
            "c",
            frozenset({"kept"}),
            "354 asks for the letter. It begins with 3, which means: go on, I am not done.",
        ),
        Wrong(
            "e",
            frozenset({"first"}),
            "221 is only a farewell. The letter would have arrived without it: the promise was given before.",
        ),
    ),
)

EXERCISES = (READ,)

"""Exercises of notebook 01: SMTP by hand, envelope and headers."""

import re
from email import message_from_string
from email.message import Message
from email.utils import parseaddr

from labkit.exercises.answers import LINES
from labkit.exercises.course.settings import SETTINGS
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.room import Room
from labkit.lab.spoken import Spoken

SAID = "Your lines were said to the relay, one after the other."
RECIPIENT = re.compile(r"(?i)(RCPT\s+TO:\s*)<?[^<>]*>?")
NO_LETTER = "no letter lies in the mailbox {mailbox}"


def _says_the_lines(room: Room) -> None:
    room.note["session"] = room.lab.workstation.speak(room.answer)


def _session(room: Room) -> Spoken:
    session: Spoken = room.note["session"]
    return session


def _letter(room: Room, address: str = "orders@customer.example") -> Message | None:
    """The newest letter in a mailbox, or None."""
    letters = room.lab.mailbox(room.stage.tell(address))
    return message_from_string(letters[-1].text) if letters else None


def _nothing_refused(room: Room) -> Seen:
    refused = [reply for reply in _session(room).replies if reply.refused]
    expected = "S: 250 and S: 354, and no reply that begins with 4 or 5"
    if not refused:
        return Seen(True, SAID, "no reply that begins with 4 or 5", expected)
    return Seen(False, SAID, f"C: {refused[0].command}\nS: {refused[0].reply}", expected)


def _taken_and_there(room: Room) -> Seen:
    mailbox = room.stage.tell("orders@customer.example")
    expected = f"S: 250 2.0.0 Ok: queued, and the letter lies in {mailbox}"
    if _letter(room):
        return Seen(True, SAID, f"the letter lies in {mailbox}", expected)
    why = next(iter(_session(room).remarks), "")
    return Seen(False, SAID, f"{NO_LETTER.format(mailbox=mailbox)}. {why}".strip(), expected)


def _nothing_else_in_it(room: Room) -> Seen:
    letter = _letter(room)
    expected = "Subject: Offer\n\nWe take the offer."
    tried = "The letter in the mailbox was read."
    if letter is None:
        return Seen(False, tried, "there is no letter to read", expected)
    found = f"Subject: {letter['Subject']}\n\n{str(letter.get_payload()).strip()}"
    return Seen(found == expected, tried, found, expected)


def _goodbye(room: Room) -> Seen:
    quits = [reply for reply in _session(room).replies if reply.command.strip().upper() == "QUIT"]
    found = f"C: QUIT\nS: {quits[0].reply}" if quits else "QUIT was not heard as a command"
    return Seen(bool(quits), SAID, found, "C: QUIT\nS: 221 2.0.0 Bye")


HEAD = "EHLO workstation.corp.example\nMAIL FROM:<staff@corp.example>\n"
TO = "RCPT TO:<orders@customer.example>\n"
OFFER = "DATA\nSubject: Offer\n\nWe take the offer.\n"

FINISH = Exercise(
    id="01.1",
    title="Finish a broken dialogue",
    minutes=4,
    given="The lines that somebody at the workstation said to the relay. No letter arrived.",
    goal="One letter lies in the mailbox orders@customer.example: its subject is Offer, its text is “We "
    "take the offer.”, and nothing else is in it. The server refuses no line and says goodbye.",
    kind=LINES,
    starter=HEAD + OFFER + "QUIT",
    prepare=_says_the_lines,
    claims=(
        Claim("replies", "The server refuses no line.", _nothing_refused),
        Claim("arrives", "The letter arrives.", _taken_and_there),
        Claim("whole", "The letter is complete, and nothing else is in it.", _nothing_else_in_it),
        Claim("goodbye", "The server says goodbye.", _goodbye),
    ),
    hints=(
        "Say the lines with lab.workstation.speak and read the answers. Where is the first one that is no "
        "yes?",
        "An envelope has two addresses. And how does the server know where the letter ends?",
        "One line is missing between MAIL FROM and DATA: it names the recipient. Another one is missing "
        "between the text and QUIT: it has one character.",
    ),
    solution=HEAD + TO + OFFER + ".\nQUIT",
    explanation="RCPT TO: puts the recipient on the envelope; without one the server has no use for DATA. "
    "The dot on a line of its own ends the letter. Only then the server takes it, and hears QUIT as a "
    "command again.",
    wrong=(
        Wrong(
            HEAD + OFFER + ".\nQUIT",
            frozenset({"replies", "arrives", "whole"}),
            "The letter ends with its dot now, but its envelope names no recipient: the server refuses DATA.",
        ),
        Wrong(
            HEAD + TO + OFFER + "QUIT",
            frozenset({"arrives", "whole", "goodbye"}),
            "The recipient is known now, but the letter never ends: for the server, QUIT is one more line "
            "of it.",
        ),
        Wrong(
            HEAD + TO + OFFER + "QUIT\n.",
            frozenset({"whole", "goodbye"}),
            "The dot comes after QUIT. So the customer finds the word QUIT in the letter, and the server "
            "never heard the command.",
        ),
        Wrong(
            HEAD + OFFER.replace("DATA\n", f"DATA\n{TO}") + ".\nQUIT",
            frozenset({"replies", "arrives", "whole", "goodbye"}),
            "The recipient comes after DATA. The server asks for the whole envelope first, and refuses DATA "
            "without a recipient.",
        ),
        Wrong(
            HEAD + TO.replace("orders", "order") + OFFER + ".\nQUIT",
            frozenset({"arrives", "whole"}),
            "The dialogue is right, but the customer has no mailbox of this name. The relay found that out "
            "only after it had said yes.",
        ),
    ),
)


def _reverse_path(room: Room) -> Seen:
    letter = _letter(room)
    expected = room.stage.tell("Return-Path: <staff@corp.example>")
    found = f"Return-Path: {letter['Return-Path']}" if letter else "there is no letter to read"
    return Seen(found == expected, "The customer's server noted the envelope's sender.", found, expected)


def _header_from(room: Room) -> Seen:
    letter = _letter(room)
    address = room.stage.tell("sales@corp.example")
    headers = letter.get_all("From", []) if letter else []
    found = f"From: {headers[0]}" if headers else "no From: among the headers"
    holds = len(headers) == 1 and parseaddr(str(headers[0]))[1] == address
    return Seen(holds, "The reader looked at the letter's headers.", found, f"From: {address}")


def _returns_to_staff(room: Room) -> Seen:
    """The same envelope with a recipient who doesn't exist: who is told?"""
    nobody = rf"\1<{room.stage.tell('nobody@customer.example')}>"
    room.lab.workstation.speak([RECIPIENT.sub(nobody, line) for line in room.answer])
    told = [
        each
        for each in map(room.stage.tell, ("staff@corp.example", "sales@corp.example"))
        if _letter(room, each)
    ]
    staff = room.stage.tell("staff@corp.example")
    found = f"Undelivered Mail Returned to Sender, in the mailbox {told[0]}" if told else "nobody was told"
    tried = room.stage.tell(
        "The same was said with the recipient nobody@customer.example, who doesn't exist."
    )
    expected = f"Undelivered Mail Returned to Sender, in the mailbox {staff}"
    return Seen(told == [staff], tried, found, expected)


PRICES = "DATA\nSubject: New prices\n\nOur new prices are on our website.\n.\nQUIT"
FROM_SALES = "DATA\nFrom: Sales <sales@corp.example>\n"

TWO_SENDERS = Exercise(
    id="01.2",
    title="Two senders of one letter",
    minutes=4,
    given="Lines that send a letter from staff@corp.example. It has no From: header yet.",
    goal="The letter lies in the mailbox orders@customer.example. Its reader sees that it is from "
    "sales@corp.example. But when a letter can't be delivered, the notice goes to staff@corp.example.",
    kind=LINES,
    starter=HEAD + TO + PRICES,
    prepare=_says_the_lines,
    claims=(
        Claim("arrives", "The letter arrives.", _taken_and_there),
        Claim("reverse-path", "The envelope names staff as its sender.", _reverse_path),
        Claim("from", "The reader sees that the letter is from sales.", _header_from),
        Claim("notice", "A notice goes to staff.", _returns_to_staff),
    ),
    hints=(
        "A letter names its sender in two places. Which one does a server read, and which one a person?",
        "Leave the envelope as it is. What the reader sees is a header.",
        "Headers stand between DATA and the first empty line. Add one there that begins with From:",
    ),
    solution=HEAD + TO + PRICES.replace("DATA\n", FROM_SALES),
    explanation="Servers read MAIL FROM:, and write to it when something goes wrong. People read From:. "
    "Newsletters use this every day: notices go to a program, answers to people. Forgers use it as well, "
    "because nothing makes the two agree.",
    wrong=(
        Wrong(
            HEAD.replace("staff@", "sales@") + TO + PRICES.replace("DATA\n", FROM_SALES),
            frozenset({"reverse-path", "notice"}),
            "The reader sees sales, but the envelope names sales as well: the notices would go there.",
        ),
        Wrong(
            HEAD.replace("staff@", "sales@") + TO + PRICES,
            frozenset({"reverse-path", "from", "notice"}),
            "You changed the envelope. Servers read that, and the reader sees no From: at all.",
        ),
        Wrong(
            HEAD + TO + PRICES.replace("\n\nOur", "\n\nFrom: Sales <sales@corp.example>\nOur"),
            frozenset({"from"}),
            "Behind the first empty line everything is text: this From: is no header any more.",
        ),
        Wrong(
            HEAD + TO + "FROM:<sales@corp.example>\n" + PRICES,
            frozenset({"arrives", "reverse-path", "from", "notice"}),
            "FROM: is no command. The server takes such a client for a program that is no mail program, and "
            "hangs up.",
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (FINISH, TWO_SENDERS, SETTINGS)

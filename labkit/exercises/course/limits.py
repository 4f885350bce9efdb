"""Exercises of notebook 10: limits that honest people don't notice, and the end of smuggling."""

from dataclasses import replace

from labkit.attacker.report import Report, Verdict
from labkit.exercises.answers import POLICY
from labkit.exercises.course.closed import CLOSED, closed
from labkit.exercises.course.smuggling import SMUGGLING
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import answer_to, arrives, line_with, post
from labkit.exercises.room import Room, puts_policy
from labkit.exercises.sides import STRANGER_REFUSED
from labkit.lab import Lab
from labkit.lab.senders import Sender

NEWS, OFFICE_NEWS, INVITED = 12, 25, 7
SPAM, MOST_SPAM = 40, 20
WIDE, WIDE_EACH, MOST_WIDE = 10, 7, 30  # letters, recipients of each, and copies that may arrive
SCAN = "A page of the scan, and another one of the same length, in sixty-four letters.\n" * 1_500
TOO_MANY = "too many recipients"
COPIES = "{line} ({found} of {sent} copies lie in mailboxes)"


def _newsletter(room: Room) -> Seen:
    user, password = room.stage.STAFF_LOGIN
    report = _later(room).laptop.newsletter(NEWS, user=user, password=password)
    return arrives(room, f"Staff on the road log in and send a newsletter of {NEWS} letters at once.", report)


def _office_newsletter(room: Room) -> Seen:
    report = _later(room).workstation.newsletter(OFFICE_NEWS)
    return arrives(room, f"The office sends a newsletter of {OFFICE_NEWS} letters at once.", report)


def _scan(room: Room) -> Seen:
    report = post(room, room.stage.COPIER_PROGRAM, text=SCAN)
    return arrives(room, f"The copier sends a scan of {len(SCAN):,} bytes.", report)


def _invitation(room: Room) -> Seen:
    user, password = room.stage.STAFF_LOGIN
    lab, before = _later(room), _copies(room)
    report = lab.laptop.newsletter(1, recipients_each=INVITED, user=user, password=password)
    found = _copies(room) - before
    tried = f"Staff on the road log in and invite {INVITED} customers with one letter."
    return Seen(found == INVITED, tried, _counted(report, found, INVITED), f"{INVITED} copies in mailboxes")


def _spam_run(room: Room) -> Seen:
    report = _later(room).attacker.takeover(SPAM, senders=room.stage.tell("sales@corp.example"))
    tried = f"A thief sends {SPAM} letters at once with the account sales."
    line = _counted(report, report.delivered, SPAM)
    return Seen(report.delivered <= MOST_SPAM, tried, line, f"at most {MOST_SPAM} letters in mailboxes")


def _wide_run(room: Room) -> Seen:
    """The thief's letters are few, and each goes to many."""
    lab, before = _later(room), _copies(room)
    sender = room.stage.tell("sales@corp.example")
    thief = Sender(lab, replace(room.stage.ROAD_PROGRAM, host=room.stage.ATTACKER, sender=sender))
    password = room.stage.PASSWORDS["sales"]
    report = thief.newsletter(WIDE, recipients_each=WIDE_EACH, user="sales", password=password)
    found = _copies(room) - before
    tried = f"The thief sends {WIDE} letters with that account, each to {WIDE_EACH} customers."
    line = _counted(report, found, WIDE * WIDE_EACH)
    return Seen(found <= MOST_WIDE, tried, line, f"at most {MOST_WIDE} copies in mailboxes")


def _later(room: Room) -> Lab:
    """The room's lab, when what was counted before is forgotten."""
    room.lab.wait(minutes=5)
    return room.lab


def _copies(room: Room) -> int:
    return sum(len(room.lab.mailbox(customer)) for customer in room.stage.CUSTOMERS)


def _counted(report: Report, found: int, sent: int) -> str:
    """A line in which the relay said no, if it did, and how much arrived."""
    refused = next(filter(None, (line_with(each, TOO_MANY) for each in report.transcripts)), "")
    worst = min(report.attempts, key=lambda attempt: attempt.verdict)
    said = f"S: {worst.reply}" if worst.reply and worst.verdict < Verdict.ACCEPTED else answer_to(worst)
    return COPIES.format(line=refused or said.partition(" (")[0], found=found, sent=sent)


LIMITS = Exercise(
    id="10.1",
    title="The newsletter passes, the spam run doesn't",
    minutes=8,
    given=(
        "Honest people: staff on the road log in and send a newsletter of 12 letters at once, and an "
        "invitation to 7 customers in one letter; the office sends 25 letters at once; the copier a scan "
        "of 120,000 bytes. A thief has the password of sales, and sends 40 letters at once; five minutes "
        "later 10 letters, each to 7 customers."
    ),
    goal="All honest mail arrives. Of the thief's 40 letters at most 20 arrive, of the 70 copies at most 30.",
    kind=POLICY,
    starter=closed("smtpd_client_message_rate_limit = 0", "smtpd_client_recipient_rate_limit = 0"),
    prepare=puts_policy,
    claims=(
        Claim("newsletter", "The newsletter from the road arrives.", _newsletter),
        Claim("office", "The newsletter from the office arrives.", _office_newsletter),
        Claim("scan", "The scan arrives.", _scan),
        Claim("invitation", "The invitation reaches everybody.", _invitation),
        Claim("letters", "A spam run of many letters is cut short.", _spam_run),
        Claim("copies", "A spam run of few letters to many people is cut short.", _wide_run),
        STRANGER_REFUSED,
    ),
    hints=(
        "Write down two numbers for each sender: letters in a minute, and recipients in a minute.",
        "One limit counts letters, the other recipients: smtpd_client_message_rate_limit and "
        "smtpd_client_recipient_rate_limit. You need both.",
        "The limit of letters lies between 12, the newsletter, and 20. The limit of recipients lies "
        "between 12 and 30. Leave the rest as it is.",
    ),
    solution=closed("smtpd_client_message_rate_limit = 15", "smtpd_client_recipient_rate_limit = 25"),
    explanation=(
        "Each limit lies above the busiest honest client and below the thief. The office is not counted, "
        "because it is in mynetworks. The limits do not stop a thief: they make the theft slow, so that "
        "an alarm comes in time."
    ),
    wrong=(
        Wrong(
            closed("smtpd_client_message_rate_limit = 15"),
            frozenset({"copies"}),
            "A letter can have many recipients. 10 letters are below the limit, and reach 70 people.",
        ),
        Wrong(
            closed("smtpd_client_message_rate_limit = 5", "smtpd_client_recipient_rate_limit = 25"),
            frozenset({"newsletter"}),
            "The thief is cut short, and so is the newsletter from the road: it has 12 letters.",
        ),
        Wrong(
            closed("smtpd_client_message_rate_limit = 15", "smtpd_recipient_limit = 5"),
            frozenset({"invitation", "copies"}),
            "smtpd_recipient_limit counts in each letter. The invitation does not reach all, and the "
            "thief still reaches 5 people with each of 10 letters.",
        ),
        Wrong(
            closed(
                "smtpd_client_message_rate_limit = 15",
                "smtpd_client_recipient_rate_limit = 25",
                "smtpd_client_event_limit_exceptions =",
            ),
            frozenset({"office"}),
            "Now the office is counted as well, and its newsletter has 25 letters. Without this line the "
            "hosts in mynetworks are not counted.",
        ),
        Wrong(
            closed("smtpd_client_connection_rate_limit = 3"),
            frozenset({"letters", "copies"}),
            "This counts connections. One connection can carry any number of letters.",
        ),
        Wrong(
            closed("message_size_limit = 50000"),
            frozenset({"scan", "letters", "copies"}),
            "The size of a letter says nothing about how many there are: spam is short. The scan is long, "
            "and lost.",
        ),
        Wrong(
            CLOSED.replace("auth_enable = yes", "auth_enable = no"),
            frozenset({"newsletter", "invitation"}),
            "Without a login the thief can do nothing, and nor can staff on the road. So somebody will "
            "soon make mynetworks wider.",
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (LIMITS, SMUGGLING)

"""Exercise 02.2: how often a relay tries again, and when it gives up."""

from labkit.errors import UsageError
from labkit.exercises.answers import POLICY
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.room import Room
from labkit.relay.queueing.postqueue import moment

SHORTEST = 60  # seconds
MOST = 15  # attempts in the first hour
TOO_OFTEN = (
    "minimal_backoff_time is {seconds} seconds. Nobody repairs a mail server that fast: choose {shortest} "
    "seconds or more."
)
ON_THE_WAY = "still in the queue; next attempt {next}, given up from {until} on"
ARRIVED, TOLD = "the letter lies in the mailbox", "Undelivered Mail Returned to Sender"


def _lives_through_outages(room: Room) -> None:
    """An outage of an hour, one of a night, and one that doesn't end; a letter at the beginning of each."""
    given, lab = room.answer, room.lab
    if given.minimal_backoff_time < SHORTEST:
        raise UsageError(TOO_OFTEN.format(seconds=given.minimal_backoff_time, shortest=SHORTEST))
    lab.relay.policy = lab.relay.policy.replace(
        minimal_backoff_time=given.minimal_backoff_time,
        maximal_backoff_time=given.maximal_backoff_time,
        maximal_queue_lifetime=given.maximal_queue_lifetime,
        bounce_queue_lifetime=given.bounce_queue_lifetime,
    )
    _outage(room, "orders", hours=1)
    room.note["attempts"] = sum(session.server.name == "mx1" for session in lab.transcripts)
    _back_for(room, minutes=10)
    room.note["soon"] = _where(room, "orders")
    _outage(room, "support", hours=12)
    _back_for(room, minutes=180)
    room.note["night"] = _where(room, "support")
    _outage(room, "info", hours=36)
    room.note["dead"] = _where(room, "info")


def _outage(room: Room, recipient: str, hours: int) -> None:
    room.lab.mx1.fault = room.lab.mx2.fault = "down"
    room.lab.workstation.send(room.stage.tell(f"{recipient}@customer.example"))
    room.lab.wait(hours=hours)


def _back_for(room: Room, minutes: int) -> None:
    room.lab.mx1.fault = room.lab.mx2.fault = None
    room.lab.wait(minutes=minutes)


def _where(room: Room, recipient: str) -> str:
    """What became of the letter so far, in words."""
    address, staff = room.stage.tell((f"{recipient}@customer.example", "staff@corp.example"))
    if room.lab.mailbox(address):
        return ARRIVED
    for item in room.lab.queue:
        if address in dict(item.recipients):
            return ON_THE_WAY.format(next=moment(item.next_attempt or item.until), until=moment(item.until))
    notices = [notice for notice in room.lab.mailbox(staff) if f"<{address}>:" in notice.text]
    return f"{TOLD}, {moment(notices[0].arrived)}" if notices else "nobody knows"


def _soon(room: Room) -> Seen:
    tried = "The customer's servers were down for 1 hour, and back for 10 minutes."
    return Seen(room.note["soon"] == ARRIVED, tried, room.note["soon"], ARRIVED)


def _night(room: Room) -> Seen:
    tried = "The customer's servers were down for 12 hours, and back for 3 hours."
    return Seen(room.note["night"] == ARRIVED, tried, room.note["night"], ARRIVED)


def _dead(room: Room) -> Seen:
    tried = "The customer's servers were down for 36 hours."
    return Seen(room.note["dead"].startswith(TOLD), tried, room.note["dead"], f"{TOLD}, within 36 hours")


def _gentle(room: Room) -> Seen:
    attempts = room.note["attempts"]
    tried = "In the first hour of an outage, the attempts to reach mx1 were counted."
    return Seen(attempts <= MOST, tried, f"{attempts} attempts", f"{MOST} attempts at most")


def _times(shortest: str, longest: str, lifetime: str) -> str:
    return (
        f"minimal_backoff_time = {shortest}\n"
        f"maximal_backoff_time = {longest}\n"
        f"maximal_queue_lifetime = {lifetime}"
    )


RETRY = Exercise(
    id="02.2",
    title="Choose the retry times",
    minutes=6,
    given="The three lines as Postfix has them. s is seconds, h hours, d days.",
    goal="A letter arrives within 10 minutes when the customer's servers were down for an hour, and it "
    "survives an outage of 12 hours. When nobody answers any more, the sender is told within 36 hours. A "
    "server that is down gets 15 attempts at most in the first hour.",
    kind=POLICY,
    starter=_times("300s", "4000s", "5d"),
    prepare=_lives_through_outages,
    claims=(
        Claim("soon", "After an hour's outage the letter comes within 10 minutes.", _soon),
        Claim("night", "A letter survives an outage of 12 hours.", _night),
        Claim("told", "The sender is told within 36 hours when nobody answers any more.", _dead),
        Claim("gentle", "A server that is down isn't asked all the time.", _gentle),
    ),
    hints=(
        "Look at lab.queue while a letter waits: it shows the next attempt, and when the relay gives up.",
        "The pauses grow from minimal_backoff_time to maximal_backoff_time. maximal_queue_lifetime says how "
        "long the relay goes on. Which two of the goals speak of the pauses, and which two of the whole "
        "time?",
        "The longest pause must be 10 minutes (600s) or less. The whole time must be more than 12 and less "
        "than 36 hours. The shortest pause can stay.",
    ),
    solution=_times("300s", "600s", "1d"),
    explanation="The longest pause decides how late a letter comes after an outage. The lifetime decides "
    "how long an outage may last, and how long the sender hopes in vain. Postfix has 5 days, because a "
    "broken server may take a weekend to repair; many companies choose 1 or 2 days, and tell the sender "
    "earlier.",
    wrong=(
        Wrong(
            _times("300s", "600s", "5d"),
            frozenset({"told"}),
            "The pauses are short enough, but the relay goes on for five days. Until then the sender hears "
            "nothing.",
        ),
        Wrong(
            _times("300s", "4000s", "1d"),
            frozenset({"soon"}),
            "The sender is told in time, but the pauses grow to more than an hour: after an outage the "
            "letter waits although the customer's server is back.",
        ),
        Wrong(
            _times("60s", "60s", "1d"),
            frozenset({"gentle"}),
            "An attempt each minute, for each letter: with a thousand letters, that is an attack on a "
            "server that is just starting again.",
        ),
        Wrong(
            _times("300s", "600s", "4h"),
            frozenset({"night"}),
            "After four hours the relay gives up. An outage of one night costs honest letters.",
        ),
    ),
)

"""Exercise 08.2: an alarm for a stolen account."""

from collections.abc import Callable
from datetime import datetime

from labkit.errors import UsageError
from labkit.exercises.answers import AnswerError, Text
from labkit.exercises.course.closed import OWN_ADDRESSES, closed
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import post
from labkit.exercises.room import Room
from labkit.relay.monitoring.alarm import Alarm, Firing
from labkit.relay.policy import Policy

NEWS, AT_ONCE, IN_AN_HOUR = 20, 4, 6
FAST, SLOW, SLOW_TIMES = 10, 2, 6

NEWSLETTER = f"In the morning the office sends its newsletter, {NEWS} letters in a minute, without a login."
PEOPLE = f"Staff send {AT_ONCE} letters at once from the road, sales {IN_AN_HOUR} within an hour."
QUICK_THIEF = f"At night a thief sends {FAST} letters at once with the account sales."
SLOW_THIEF = (
    f"The next night the thief sends {SLOW} letters every 5 minutes with it, {SLOW * SLOW_TIMES} in all."
)
SILENCE = "the alarm didn't fire"
FIRES = "the alarm fires"


def _two_days(room: Room) -> None:
    """The honest day and two nights of theft; the rule is read first. Raises AnswerError."""
    try:
        alarm = Alarm.parse(room.answer)
    except UsageError as error:
        raise AnswerError(str(error)) from None
    lab, note = room.lab, room.note
    lab.relay.policy = Policy.parse(room.stage.tell(closed(OWN_ADDRESSES))).replace(
        smtp_tls_security_level="none"
    )
    lab.workstation.newsletter(NEWS)
    note["people"] = _later(room, 2)
    user, password = room.stage.STAFF_LOGIN
    lab.laptop.newsletter(AT_ONCE, user=user, password=password)
    sales = {"user": "sales", "password": room.stage.PASSWORDS["sales"]}
    for _ in range(IN_AN_HOUR):
        post(room, room.stage.ROAD_PROGRAM, sender=room.stage.tell("sales@corp.example"), **sales)
        lab.wait(minutes=9)
    note["fast"] = _later(room, 12)
    _steal(room, FAST)
    note["slow"] = _later(room, 24)
    for _ in range(SLOW_TIMES):
        _steal(room, SLOW)
        lab.wait(minutes=5)
    note["end"] = _later(room, 1)
    note["fired"] = alarm.test(lab.figures)


def _later(room: Room, hours: int) -> datetime:
    room.lab.wait(hours=hours)
    return room.lab.figures.now


def _steal(room: Room, count: int) -> None:
    """The thief keeps to the account's own address in the envelope, where another would be refused."""
    senders = room.stage.tell(
        ("sales@corp.example", "sales@corp.example/The Director <director@corp.example>")
    )
    room.lab.attacker.takeover(count, senders=senders)


def _between(room: Room, begin: str, end: str) -> list[Firing]:
    """When it fired from one moment of the story to another; "" is the beginning."""
    fired: tuple[Firing, ...] = room.note["fired"]
    return [
        each
        for each in fired
        if (not begin or each.moment >= room.note[begin]) and each.moment < room.note[end]
    ]


def _fires(begin: str, end: str, tried: str) -> Callable[[Room], Seen]:
    def observe(room: Room) -> Seen:
        found = _between(room, begin, end)
        return Seen(bool(found), tried, _words(found), FIRES)

    return observe


def _is_silent(begin: str, end: str, tried: str) -> Callable[[Room], Seen]:
    def observe(room: Room) -> Seen:
        found = _between(room, begin, end)
        return Seen(not found, tried, _words(found), SILENCE)

    return observe


def _words(firings: list[Firing]) -> str:
    return f"the alarm fired: {firings[0]}" if firings else SILENCE


LOUD = Exercise(
    id="08.2",
    title="Make a stolen account loud",
    minutes=6,
    given=(
        "Accounts are bound to their own addresses. Honest people: the office sends a newsletter of 20 "
        "letters in a minute, without a login; staff send 4 letters at once from the road, sales 6 within "
        "an hour. A thief has the password of sales, and keeps to the address of sales: one night 10 "
        "letters at once, the next night 2 letters every 5 minutes, 12 in all."
    ),
    goal="Write the rule of an alarm that fires in both nights, and is silent on the honest day.",
    kind=Text("the rule of an alarm, as a text"),
    starter="sent per minute by one client > 100",
    prepare=_two_days,
    claims=(
        Claim(
            "newsletter",
            "The alarm is silent while the newsletter goes out.",
            _is_silent("", "people", NEWSLETTER),
        ),
        Claim("people", "It is silent while people on the road work.", _is_silent("people", "fast", PEOPLE)),
        Claim(
            "fast", "It fires when the thief sends many letters at once.", _fires("fast", "slow", QUICK_THIEF)
        ),
        Claim("slow", "It fires when the thief is slow.", _fires("slow", "end", SLOW_THIEF)),
    ),
    hints=(
        "What do the thief's letters have that the newsletter's have not? Look at the tables of lab.figures.",
        "Count by one account. Then compare how many letters an honest account and the stolen one send in "
        "a minute, and in an hour.",
        "The rule has the form: sent within ... minutes by one account > ... In an hour the busiest "
        "honest account sends 6 letters, and the thief 10 or more.",
    ),
    solution="sent within 60 minutes by one account > 8",
    explanation=(
        "The newsletter has no login, so it has no account: counting by account leaves it out. A long "
        "stretch of time sees the slow thief as well as the fast one. The number lies between the busiest "
        "honest account and the thief; look at your own figures to find it, and look again when the work "
        "changes."
    ),
    wrong=(
        Wrong(
            "sent per minute by one client > 8",
            frozenset({"newsletter", "slow"}),
            "The workstation is a client, too, and sends the newsletter. The slow thief stays below every "
            "number that you would choose for a minute.",
        ),
        Wrong(
            "sent per minute by one account > 5",
            frozenset({"slow"}),
            "This sees who hurries. The slow thief sends as many letters and takes more time: count over "
            "a longer stretch.",
        ),
        Wrong(
            "sent within 60 minutes by one account > 3",
            frozenset({"people"}),
            "It finds the thief both times. It also fires for staff and sales at work, so somebody will "
            "switch it off.",
        ),
        Wrong(
            "sent within 60 minutes > 8",
            frozenset({"newsletter", "people"}),
            "This counts the whole relay, so honest people together set it off, and so does every "
            "newsletter. Count each account apart.",
        ),
        Wrong(
            "failed logins within 60 minutes > 3",
            frozenset({"fast", "slow"}),
            "A thief who has the password fails at nothing. This alarm is for the guessing before that.",
        ),
        Wrong(
            "senders within 60 minutes by one account > 1",
            frozenset({"fast", "slow"}),
            "The accounts are bound to their addresses, so a thief who wants to get through keeps to one "
            "sender.",
        ),
    ),
)

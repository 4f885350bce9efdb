"""Exercise 08.1: measures against guessing that keep nobody else out."""

from labkit.attacker.report import Report
from labkit.exercises.answers import Choice, Number, Values
from labkit.exercises.course.closed import CLOSED
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import arrives, line_with, post
from labkit.exercises.room import Room
from labkit.relay.lockout import Lockout
from labkit.relay.policy import Policy

USERS = ("staff", "sales")
WRONG_WORDS = tuple(f"summer-{year}" for year in range(2000, 2013))
THE_WORD = "winter-2026"  # the weak password of sales, and the last two guesses at each account
ADDRESSES, COLLEAGUES = 3, 6
AN_HOUR = 1

OPENS = "235 2.7.0"
NOT_FOUND = "no password is found: S: 535 5.7.8 to every guess, or S: 450 4.7.1"


def _puts_measures(room: Room) -> None:
    lab, answer = room.lab, room.answer
    limit = int(answer["logins_per_minute"])
    lab.relay.policy = Policy.parse(room.stage.tell(CLOSED)).replace(smtpd_client_auth_rate_limit=limit)
    by_address = answer["counted_by"] == "address"
    lab.relay.lockout = Lockout(int(answer["failures"]), int(answer["minutes"]), per_address=by_address)


def _log_in(room: Room, password: str) -> Report:
    """Staff in the hotel send a letter with the login of staff."""
    return post(room, room.stage.ROAD_PROGRAM, tls="encrypt", user="staff", password=password)


def _mistypes(room: Room) -> Seen:
    _, password = room.stage.STAFF_LOGIN
    for _ in range(2):
        _log_in(room, f"{password}7")
    tried = "Staff in the hotel mistype their password twice; the third time it is right."
    return arrives(room, tried, _log_in(room, password))


def _colleagues(room: Room) -> Seen:
    """All of them have the hotel's address, behind which its guests are one client."""
    room.lab.wait(hours=AN_HOUR)
    for _ in range(COLLEAGUES):
        report = _log_in(room, room.stage.STAFF_LOGIN[1])
        if not report.delivered:
            break
    tried = f"{COLLEAGUES} colleagues behind one address of the hotel log in within a minute."
    return arrives(room, tried, report)


def _hasty(room: Room) -> Seen:
    report = _guesses(room, addresses=1, minutes=5)
    return _finds_nothing("A stranger at one address guesses for five minutes, as fast as possible.", report)


def _patient(room: Room) -> Seen:
    report = _guesses(room, addresses=ADDRESSES, pause=1)
    tried = f"A stranger at {ADDRESSES} addresses tries one password a minute at every account."
    return _finds_nothing(tried, report)


def _guesses(room: Room, **how: int) -> Report:
    room.lab.wait(hours=AN_HOUR)
    word = room.stage.tell(THE_WORD)
    words = (*WRONG_WORDS, word, word)
    return room.lab.attacker.spray(user=USERS, passwords=words, ask_names=False, **how)


def _finds_nothing(tried: str, report: Report) -> Seen:
    found = next((each for each in report.findings if each.harm), None)
    if not found:
        return Seen(True, tried, report.findings[0].what, NOT_FOUND)
    line = next(filter(None, (line_with(each, OPENS) for each in report.transcripts)), OPENS)
    return Seen(False, tried, f"{line} ({found.what})", NOT_FOUND)


def _owner(room: Room) -> Seen:
    """Wrong passwords from elsewhere don't keep the owner out."""
    room.lab.wait(hours=AN_HOUR)
    words = WRONG_WORDS + WRONG_WORDS[:2]
    room.lab.attacker.spray(user="staff", passwords=words, addresses=ADDRESSES, ask_names=False)
    tried = f"A stranger guesses {len(words)} times at staff. Then staff log in, with the right password."
    return arrives(room, tried, _log_in(room, room.stage.STAFF_LOGIN[1]))


def _measures(limit: int, failures: int, minutes: int, counted_by: str) -> dict[str, object]:
    return {
        "logins_per_minute": limit,
        "failures": failures,
        "minutes": minutes,
        "counted_by": counted_by,
    }


SPRAYING = Exercise(
    id="08.1",
    title="Stop the spraying without locking staff out",
    minutes=8,
    given=(
        "`sales` has a weak password. One stranger guesses fast, from one address. Another one has 3 "
        "addresses and time: one password a minute at every account, and the 14th is the right one. Staff "
        "mistype their password up to twice. 6 colleagues sit in one hotel and have one address there. "
        "`logins_per_minute` is smtpd_client_auth_rate_limit; the rest is the lockout."
    ),
    goal="Neither stranger finds the password, and no colleague is kept out.",
    kind=Values(
        logins_per_minute=Number(0, 1000, "logins in a minute from one address; 0 is no limit"),
        failures=Number(1, 1000, "wrong passwords that close the door"),
        minutes=Number(1, 10_000, "minutes that it stays closed"),
        counted_by=Choice(
            {
                "account": "the account is closed to everybody",
                "address": "the account is closed to the address that guessed",
            }
        ),
    ),
    starter=_measures(0, 1000, 1, "account"),
    prepare=_puts_measures,
    claims=(
        Claim("mistypes", "Somebody who mistypes twice gets in.", _mistypes),
        Claim("colleagues", "Colleagues behind one address get in.", _colleagues),
        Claim("hasty", "The hasty stranger finds no password.", _hasty),
        Claim("patient", "The patient stranger with several addresses finds no password.", _patient),
        Claim("owner", "The owner gets in while a stranger guesses.", _owner),
    ),
    hints=(
        "Go through the people in the text, one by one. Which of the four numbers does each of them feel?",
        "The owner and the stranger use the same account. They differ in their addresses.",
        "Count by address. Each of the 3 addresses may fail more often than staff do, but 3 times that "
        "number must stay below the 14th guess. And each address guesses every 3 minutes: don't forget "
        "failures so soon.",
    ),
    solution=_measures(0, 4, 60, "address"),
    explanation=(
        "The lockout closes the account to the address that guessed, and to nobody else. 4 failures leave "
        "room for mistyping, and give the patient stranger 12 guesses in all. 100 addresses would give "
        "400: only a better password, or a second factor, ends that."
    ),
    wrong=(
        Wrong(
            _measures(5, 1000, 1, "account"),
            frozenset({"colleagues", "patient"}),
            "A limit of logins slows the hasty stranger down. The patient one never reaches it, but 6 "
            "colleagues behind one address do.",
        ),
        Wrong(
            _measures(0, 5, 60, "account"),
            frozenset({"owner"}),
            "Nobody finds the password, and nobody can work: the stranger closes the account for its "
            "owner, with wrong passwords alone.",
        ),
        Wrong(
            _measures(0, 2, 60, "address"),
            frozenset({"mistypes"}),
            "Staff mistype twice, and the door is closed before they get it right.",
        ),
        Wrong(
            _measures(0, 10, 60, "address"),
            frozenset({"patient"}),
            "10 failures at each of 3 addresses are 30 guesses, and the 14th is the right one.",
        ),
        Wrong(
            _measures(0, 4, 2, "address"),
            frozenset({"patient"}),
            "Each address of the patient stranger guesses again 3 minutes later. By then the lockout has "
            "forgotten the failure, so it never counts to 4.",
        ),
        Wrong(
            _measures(10, 1000, 1, "account"),
            frozenset({"hasty", "patient"}),
            "10 logins a minute are 50 guesses in five minutes: enough for the hasty stranger too.",
        ),
    ),
)

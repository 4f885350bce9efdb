"""Exercise 01.3: which of a mail program's settings a reply complains about."""

from labkit.attacker.report import Attempt, Report
from labkit.exercises.answers import Choice, Number, Values
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import arrives
from labkit.exercises.room import Room
from labkit.relay.policy import Policy

RELAY = """
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
"""
TRIED = "The laptop sent a letter to a customer with your settings."
SILENCE = "the server said nothing"
NO_LOGIN = "no login"

KIND = Values(
    port=Number(1, 65535, "the server's port"),
    tls=Choice({"none": "never encrypt", "encrypt": "encrypt, or send nothing"}),
    login=Choice({"no": "send without a login", "yes": "log in as staff"}),
)


def _sends_with_the_settings(room: Room) -> None:
    room.lab.relay.policy = Policy.parse(room.stage.tell(RELAY))
    user, password = room.stage.STAFF_LOGIN if room.answer["login"] == "yes" else ("", "")
    room.note["report"] = room.lab.laptop.send(
        room.stage.tell("orders@customer.example"),
        port=int(room.answer["port"]),
        tls=room.answer["tls"],
        user=user,
        password=password,
    )


def _report(room: Room) -> Report:
    report: Report = room.note["report"]
    return report


def _attempt(room: Room) -> Attempt:
    return _report(room).attempts[0]


def _connects(room: Room) -> Seen:
    connected = _attempt(room).session > 0
    found = "the connection came about" if connected else _attempt(room).trouble
    return Seen(connected, TRIED, found, "the connection comes about")


def _greets(room: Room) -> Seen:
    expected = room.stage.tell("S: 220 mail.corp.example ESMTP Postfix")
    heard = [str(reply.reply) for session in _report(room).transcripts for reply in session.replies[:1]]
    return Seen(
        bool(heard), TRIED, f"S: {heard[0]}" if heard else _attempt(room).trouble or SILENCE, expected
    )


def _logs_in(room: Room) -> Seen:
    heard = [str(reply.reply) for session in _report(room).transcripts for reply in session.replies]
    login = [reply for reply in heard if reply.startswith("235")]
    refused = [reply for reply in heard if reply[:1] in ("4", "5")]
    found = f"S: {login[0]}" if login else f"S: {refused[0]}" if refused else NO_LOGIN
    return Seen(bool(login), TRIED, found, "S: 235 2.7.0 Authentication successful")


def _arrives(room: Room) -> Seen:
    return arrives(room, TRIED, _report(room))


def _hidden(room: Room) -> Seen:
    overheard = [each for each in room.lab.attacker.sniff("laptop").findings if each.harm]
    found = f"{overheard[0].what}: {overheard[0].proof}" if overheard else "nothing but noise"
    tried = "Another guest of the hotel listened."
    return Seen(not overheard, tried, found, "nothing but noise: no password, and no letter")


SETTINGS = Exercise(
    id="01.3",
    title="Settings for the laptop",
    minutes=5,
    given="Staff in a hotel set up a mail program: port 25, no encryption, no login. The relay, which is "
    "closed for strangers, answers each letter to a customer like this:\n"
    "    554 5.7.1 <orders@customer.example>: Relay access denied",
    goal="Letters to customers arrive, and other guests of the hotel read neither the password nor the "
    "letter.",
    kind=KIND,
    starter={"port": 25, "tls": "none", "login": "no"},
    prepare=_sends_with_the_settings,
    claims=(
        Claim("connects", "The laptop reaches the server.", _connects),
        Claim("greets", "The server greets the laptop.", _greets),
        Claim("login", "The server knows who sends.", _logs_in),
        Claim("arrives", "The letter arrives.", _arrives),
        Claim("hidden", "Other guests of the hotel read nothing.", _hidden),
    ),
    hints=(
        "Read the reply once more: it doesn't say that something is missing in the letter. It says that the "
        "client may not do this.",
        "The relay must know who sends. Then ask who else could read the answer to that question on the way.",
        "The laptop logs in, and encrypts. The port for mail programs is 587; 465 is right as well.",
    ),
    solution={"port": 587, "tls": "encrypt", "login": "yes"},
    explanation="Relay access denied means: the server doesn't know the client, and the letter isn't for "
    "its own domain. A login makes the client known. With TLS, nobody on the way reads the login. Port 587 "
    "is made for mail programs (submission); port 25 is for servers, and many hotels block it.",
    wrong=(
        Wrong(
            {"port": 587, "tls": "encrypt", "login": "no"},
            frozenset({"login", "arrives"}),
            "Another port and TLS change nothing about who the client is: to the relay it is still a "
            "stranger.",
        ),
        Wrong(
            {"port": 587, "tls": "none", "login": "yes"},
            frozenset({"hidden"}),
            "The letter arrives, but the password crossed the hotel's network in clear: anybody there can "
            "use it now.",
        ),
        Wrong(
            {"port": 465, "tls": "none", "login": "yes"},
            frozenset({"greets", "login", "arrives"}),
            "At port 465 TLS comes before everything else. The server waits for it, the laptop waits for a "
            "greeting, and nobody says anything.",
        ),
        Wrong(
            {"port": 2525, "tls": "encrypt", "login": "yes"},
            frozenset({"connects", "greets", "login", "arrives"}),
            "Nobody listens at this port, so there is not even a greeting. The relay listens at 25, 587 and "
            "465.",
        ),
    ),
)

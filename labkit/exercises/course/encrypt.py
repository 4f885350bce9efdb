"""Exercises of notebook 07: nobody on the way reads a password or a letter, and honest mail still arrives."""

from labkit.exercises.answers import POLICY
from labkit.exercises.course.stripping import IN_WITHOUT_TLS, MAKE_STRIPPING_FAIL, main_cf
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import arrives, post
from labkit.exercises.room import Room, puts_policy
from labkit.exercises.sides import (
    COPIER_SCANS,
    HOTEL_GUEST_REFUSED,
    LAPTOP_SENDS,
    NOTHING_SECRET_IN_CLEAR,
    STRANGER_REFUSED,
)
from labkit.lab.spoken import Spoken
from labkit.wire.reading.lines import lines

GREETING = "EHLO room77.hotel.example"
SAYS_IT_ANYHOW = f"{GREETING}\nAUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==\nQUIT"
PORTS = (25, 587)
LOGGED_IN = "S: 235"
AUTH_REFUSED = "S: 503 5.5.1, or another refusal"


def _said_in_clear(room: Room) -> list[Spoken]:
    """A program in the hotel that sends the password whatever it hears, at each port without TLS."""
    said = room.stage.tell(SAYS_IT_ANYHOW)
    return [room.lab.laptop.speak(said, port=port) for port in PORTS]


def _no_login_in_clear(room: Room) -> Seen:
    """The password is said without TLS, whether or not AUTH is offered, and doesn't log in."""
    answers = [_answer_to_auth(spoken) for spoken in _said_in_clear(room)]
    taken = [answer for answer in answers if answer.startswith(LOGGED_IN)]
    tried = "A program in the hotel sends AUTH with the right password, without TLS, at ports 25 and 587."
    return Seen(not taken, tried, (taken or answers)[0], AUTH_REFUSED)


def _answer_to_auth(spoken: Spoken) -> str:
    """What the server said to AUTH, as it stands in the transcript."""
    said = [f"{line.who}: {line.text}" for line in lines(spoken)]
    asked = next((place for place, line in enumerate(said) if line.startswith("C: AUTH")), len(said) - 2)
    return said[asked + 1]


def _implicit_tls(room: Room) -> Seen:
    """Staff on the road log in at port 465, where TLS comes first."""
    user, password = room.stage.STAFF_LOGIN
    report = post(room, room.stage.ROAD_PROGRAM, port=465, tls="verify", user=user, password=password)
    return arrives(room, "Staff in the hotel log in at port 465, where TLS comes first, and send.", report)


NO_LOGIN_IN_CLEAR = Exercise(
    id="07.2",
    title="No login in clear",
    minutes=6,
    given="A closed relay that offers TLS, and takes a login with it or without it.",
    goal="No login works without TLS. With TLS it does, at ports 587 and 465. The copier scans, and mail "
    "for the company comes in, also from servers without TLS.",
    kind=POLICY,
    starter=main_cf(auth_only="no"),
    prepare=puts_policy,
    claims=(
        Claim("login", "No login works without TLS.", _no_login_in_clear),
        NOTHING_SECRET_IN_CLEAR,
        LAPTOP_SENDS,
        Claim("implicit", "Staff log in at port 465 as well.", _implicit_tls),
        COPIER_SCANS,
        IN_WITHOUT_TLS,
        STRANGER_REFUSED,
        HOTEL_GUEST_REFUSED,
    ),
    hints=(
        "Two settings of the relay have to do with TLS and login. Which of them speaks of the login alone?",
        "smtpd_tls_security_level says who must use TLS at all, and it holds for the copier as well. Leave "
        "it at may.",
        "smtpd_tls_auth_only says whether AUTH is possible only inside TLS. It is the only line to change.",
    ),
    solution=main_cf(),
    explanation="smtpd_tls_auth_only = yes hides AUTH until TLS has begun, and refuses it before. "
    "Everything else still works without TLS, so the copier and servers that know no TLS aren't locked out.",
    wrong=(
        Wrong(
            main_cf(server="encrypt"),
            frozenset({"copier", "inbound"}),
            "No login works in clear, and nothing else does either: the copier and servers without TLS are "
            "locked out.",
        ),
        Wrong(
            main_cf(server="none"),
            frozenset({"laptop"}),
            "AUTH waits for TLS, and port 587 offers none. So staff on the road can't log in there at all.",
        ),
        Wrong(
            main_cf().replace("auth_enable = yes", "auth_enable = no"),
            frozenset({"laptop", "implicit"}),
            "Nobody sends a password any more, because the relay asks for none: staff on the road can't "
            "send.",
        ),
        Wrong(
            main_cf(auth_only="no").replace("permit_sasl", "reject_plaintext_session, permit_sasl"),
            frozenset({"login", "clear", "inbound"}),
            "The relay refuses the letter, but by then the password has crossed the network. And servers "
            "without TLS can't write to the company.",
        ),
        Wrong(
            main_cf()
            .replace("192.0.2.0/24", "192.0.2.0/24, 198.51.100.64/26")
            .replace("auth_enable = yes", "auth_enable = no"),
            frozenset({"laptop", "implicit", "hotel guest"}),
            "The hotel's network is trusted instead of the login: every guest can send.",
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (MAKE_STRIPPING_FAIL, NO_LOGIN_IN_CLEAR)

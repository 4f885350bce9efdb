"""Exercise 07.1: a man in the middle reads nothing, and honest mail still arrives."""

from collections.abc import Callable

from labkit.attacker.report import Report
from labkit.exercises.answers import POLICY, Choice, Values
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import arrives, post
from labkit.exercises.room import Room
from labkit.exercises.sides import COPIER_SCANS, OFFICE_SENDS, STRANGER_REFUSED

CLOSED = """
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
""".lstrip()
TLS = """
smtpd_tls_security_level = {server}
smtpd_tls_auth_only = {auth_only}
smtp_tls_security_level = {relay}
""".strip()

NOTHING_READ = "he reads nothing"
REMOVES = "removes STARTTLS"
OWN_CERTIFICATE = "shows a certificate of his own"
BETWEEN = "A man in the middle, between {who}, {does}."
PATHS = {"laptop": "the laptop and the relay", "relay": "the relay and the customer"}


def main_cf(*, server: str = "may", auth_only: str = "yes", relay: str = "may") -> str:
    """A closed relay's main.cf with these TLS settings, as a server and as a client."""
    return CLOSED + TLS.format(server=server, auth_only=auth_only, relay=relay)


def _puts_both(room: Room) -> None:
    """Make the policy the relay's; the laptop's setting is for the claims."""
    room.lab.relay.policy = room.answer["policy"]


def _sees_nothing(how: str, client: str, does: str) -> Callable[[Room], Seen]:
    """A claim's look at what a man in the middle reads on this client's way."""

    def observe(room: Room) -> Seen:
        user, password = room.stage.STAFF_LOGIN
        laptop = {"tls": room.answer["laptop"], "user": user, "password": password}
        report = room.lab.attacker.strip(how, client=client, **(laptop if client == "laptop" else {}))
        room.lab.wait(hours=1)  # what was put off is tried again, when nobody stands on the path any more
        tried = BETWEEN.format(who=PATHS[client], does=does)
        return Seen(not report.harm, tried, _read(report), NOTHING_READ)

    return observe


def _read(report: Report) -> str:
    """What the man in the middle has read; or what became of the letter, if that is nothing."""
    found = next((one for one in report.findings if one.harm), report.findings[-1])
    return f"{found.what} ({found.proof})"


def _laptop_sends(room: Room) -> Seen:
    """Staff on the road log in, with the laptop set up as the answer says, and nobody in the middle."""
    user, password = room.stage.STAFF_LOGIN
    report = post(room, room.stage.ROAD_PROGRAM, tls=room.answer["laptop"], user=user, password=password)
    return arrives(room, "With nobody in the middle, staff in the hotel log in and send.", report)


def _in_without_tls(room: Room) -> Seen:
    """A mail server that knows no TLS writes to the company."""
    to = room.stage.tell("staff@corp.example")
    report = post(room, room.stage.CUSTOMER_PROGRAM, to, tls="none")
    return arrives(room, "A mail server without TLS brings a letter for the company.", report)


IN_WITHOUT_TLS = Claim("inbound", "Mail for the company arrives, also without TLS.", _in_without_tls)

READ_EVERYWHERE = frozenset({"laptop stripped", "laptop certificate", "relay stripped", "relay certificate"})

LAPTOP_TLS = Choice(
    {
        "none": "the laptop uses no TLS",
        "may": "it uses TLS where it is offered",
        "encrypt": "it sends nothing without TLS",
        "verify": "the same, and it checks the certificate",
    }
)

MAKE_STRIPPING_FAIL = Exercise(
    id="07.1",
    title="Make stripping fail",
    minutes=8,
    given="A closed relay whose policy wishes for TLS, and a laptop that does the same. A man in the middle "
    "stands in the hotel, and later on the way to the customer.",
    goal="He reads nothing in either place, whether he removes STARTTLS or shows a certificate of his own. "
    "Honest mail gets through when he is gone.",
    kind=Values(policy=POLICY, laptop=LAPTOP_TLS),
    starter={"policy": main_cf(), "laptop": "may"},
    prepare=_puts_both,
    claims=(
        Claim(
            "laptop stripped",
            "Nothing is read when STARTTLS is removed in the hotel.",
            _sees_nothing("strip", "laptop", REMOVES),
        ),
        Claim(
            "laptop certificate",
            "Nothing is read with a false certificate in the hotel.",
            _sees_nothing("certificate", "laptop", OWN_CERTIFICATE),
        ),
        Claim(
            "relay stripped",
            "Nothing is read when STARTTLS is removed on the way to the customer.",
            _sees_nothing("strip", "relay", REMOVES),
        ),
        Claim(
            "relay certificate",
            "Nothing is read with a false certificate on the way to the customer.",
            _sees_nothing("certificate", "relay", OWN_CERTIFICATE),
        ),
        Claim("laptop", "Staff on the road still send.", _laptop_sends),
        OFFICE_SENDS,
        COPIER_SCANS,
        IN_WITHOUT_TLS,
        STRANGER_REFUSED,
    ),
    hints=(
        "He fools a client. Which host is the client in the hotel, and which one on the way to the customer?",
        "The laptop has its own setting. The relay's setting as a client begins with smtp_, the one as a "
        "server with smtpd_.",
        "A client that insists on TLS (encrypt) is not fooled by a missing line. One that also checks the "
        "certificate (verify) is not fooled by a false one. Both clients need it.",
    ),
    solution={"policy": main_cf(relay="verify"), "laptop": "verify"},
    explanation="Only the client can notice the man in the middle, because the client speaks with him. So "
    "the laptop must insist and check, and so must the relay when it delivers. What the relay demands as a "
    "server doesn't help: he speaks TLS with it himself.",
    wrong=(
        Wrong(
            {"policy": main_cf(server="encrypt"), "laptop": "may"},
            READ_EVERYWHERE | {"copier", "inbound"},
            "The relay demands TLS from its clients now. The man in the middle gives it what it wants and "
            "talks to the laptop without. But the copier and servers without TLS are locked out.",
        ),
        Wrong(
            {"policy": main_cf(), "laptop": "verify"},
            frozenset({"relay stripped", "relay certificate"}),
            "The laptop can't be fooled any more. The relay, as a client of the customer's server, still "
            "can.",
        ),
        Wrong(
            {"policy": main_cf(relay="verify"), "laptop": "may"},
            frozenset({"laptop stripped", "laptop certificate"}),
            "The relay can't be fooled any more. The laptop still uses TLS only where it sees it offered.",
        ),
        Wrong(
            {"policy": main_cf(relay="encrypt"), "laptop": "encrypt"},
            frozenset({"laptop certificate", "relay certificate"}),
            "Nobody can take TLS away now. But neither client looks at the certificate, so both speak TLS "
            "with the man in the middle.",
        ),
        Wrong(
            {"policy": main_cf(server="none", relay="verify"), "laptop": "verify"},
            frozenset({"laptop"}),
            "The laptop insists on TLS, and the relay offers none: nothing is read, because nothing is sent.",
        ),
        Wrong(
            {"policy": main_cf(server="encrypt", relay="verify"), "laptop": "verify"},
            frozenset({"copier", "inbound"}),
            "Nothing can be read. But smtpd_tls_security_level = encrypt demands TLS from everybody: the "
            "copier can't scan, and mail from servers without TLS is refused.",
        ),
    ),
)

"""Exercise 06.3: the rule of a closed relay, as a student writes it, asked about sessions from all sides."""

from collections.abc import Callable
from typing import NamedTuple

from labkit.exercises.answers import Function
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.room import Room, does_nothing

CALLED = "rule({client!r}, {logged_in}, {recipient!r}) gave {said!r}"
WANTED = "{said!r}"
CUSTOMER, STAFF = "orders@customer.example", "staff@corp.example"


class Asked(NamedTuple):
    """What the rule is asked about one session."""

    client: str
    logged_in: bool
    recipient: str


def _asks(tried: str, wanted: str, *sessions: Asked) -> Callable[[Room], Seen]:
    """A claim's look at some sessions, each of which the rule must answer in the same way."""

    def observe(room: Room) -> Seen:
        calls = [_told(session, room) for session in sessions]
        said = [(call, room.call(room.answer, *call)) for call in calls]
        call, first = next((pair for pair in said if pair[1] != wanted), said[0])
        return Seen(
            first == wanted,
            room.stage.tell(tried),
            CALLED.format(**call._asdict(), said=first),
            WANTED.format(said=wanted),
        )

    return observe


def _told(session: Asked, room: Room) -> Asked:
    """The same in the words of the stage; {company} stands where its domain is part of another word."""
    client, logged_in, recipient = session
    told = room.stage.tell(recipient).format(company=room.stage.COMPANY)
    return Asked(room.stage.tell(client), logged_in, told)


PERMIT, REJECT = "permit", "reject"

CLAIMS = (
    Claim(
        "stranger",
        "A stranger can't send to customers.",
        _asks("203.0.113.66 sends to a customer.", REJECT, Asked("203.0.113.66", False, CUSTOMER)),
    ),
    Claim(
        "hotel",
        "Nobody in the hotel sends to customers without a login.",
        _asks(
            "The laptop and another guest of the hotel send to a customer, and don't log in.",
            REJECT,
            Asked("198.51.100.77", False, CUSTOMER),
            Asked("198.51.100.78", False, CUSTOMER),
        ),
    ),
    Claim(
        "look-alike",
        "A stranger can't send to an address that only resembles ours.",
        _asks(
            "A stranger sends to addresses that hold the company's domain, and are others'.",
            REJECT,
            Asked("203.0.113.66", False, "corp.example@customer.example"),
            Asked("203.0.113.66", False, "orders@big-{company}"),
            Asked("203.0.113.66", False, "orders@corp.example.customer.example"),
        ),
    ),
    Claim(
        "office",
        "The office and the copier send to customers without a login.",
        _asks(
            "The workstation and the copier send to a customer, and don't log in.",
            PERMIT,
            Asked("192.0.2.50", False, CUSTOMER),
            Asked("192.0.2.60", False, CUSTOMER),
        ),
    ),
    Claim(
        "laptop",
        "Staff on the road send to customers with a login.",
        _asks("The laptop logs in and sends to a customer.", PERMIT, Asked("198.51.100.77", True, CUSTOMER)),
    ),
    Claim(
        "inbound",
        "Everybody can write to the company.",
        _asks(
            "The customer's server and a stranger write to staff.",
            PERMIT,
            Asked("198.51.100.25", False, STAFF),
            Asked("203.0.113.66", False, STAFF),
        ),
    ),
    Claim(
        "capitals",
        "A domain in capital letters is the same domain.",
        _asks(
            "The customer's server writes to STAFF@CORP.EXAMPLE.",
            PERMIT,
            Asked("198.51.100.25", False, "STAFF@CORP.EXAMPLE"),
        ),
    ),
)

RULE = """
def rule(client, logged_in, recipient):
{body}
"""


def _rule(body: str) -> str:
    """The Python text of an answer; ``body`` is indented already."""
    return RULE.format(body=body.strip("\n")).strip()


RIGHT = """
    domain = recipient.rpartition("@")[2].lower()
    if client.startswith("192.0.2.") or logged_in or domain == "corp.example":
        return "permit"
    return "reject"
"""

OWN_RULE = Exercise(
    id="06.3",
    title="Write the rule yourself",
    minutes=8,
    given="A relay asks your function at each RCPT TO. client is an address such as '203.0.113.66', "
    "logged_in is True or False, recipient is an address such as 'orders@customer.example'.",
    goal="The function returns 'permit' or 'reject'. It permits the office (192.0.2.0/24), whoever has "
    "logged in, and mail for corp.example. It rejects the rest.",
    kind=Function("rule(client, logged_in, recipient)"),
    starter=_rule('    return "reject"'),
    prepare=does_nothing,
    claims=CLAIMS,
    hints=(
        "A closed relay asks three questions, one after the other. Which three? The policy of this notebook "
        "has them in order.",
        "client.startswith(...) looks at the beginning of a text. The domain of an address is what stands "
        'behind its last @: recipient.rpartition("@")[2].',
        'Return "permit" if the client begins with "192.0.2.", if logged_in is True, or if the domain, in '
        'small letters (.lower()), is equal to "corp.example". Otherwise return "reject".',
    ),
    solution=_rule(RIGHT),
    explanation="These are permit_mynetworks, permit_sasl_authenticated and reject_unauth_destination. The "
    "sender isn't asked at all: whoever writes a letter can write any sender. A domain is compared as a "
    "whole, and capital letters don't matter in it.",
    wrong=(
        Wrong(
            _rule('    return "permit" if client.startswith("192.0.2.") or logged_in else "reject"'),
            frozenset({"inbound", "capitals"}),
            "No stranger gets through, and no customer either: mail for the company must be permitted from "
            "everywhere.",
        ),
        Wrong(
            _rule(RIGHT.replace('domain == "corp.example"', '"corp.example" in recipient.lower()')),
            frozenset({"look-alike"}),
            "The company's domain may stand anywhere in an address that is somebody else's. Only what is "
            "behind the last @ is the domain, and it must be equal as a whole.",
        ),
        Wrong(
            _rule(RIGHT.replace('startswith("192.0.2.")', 'startswith(("192.0.2.", "198.51.100."))')),
            frozenset({"hotel"}),
            "The hotel's network is not the company's. Whoever sleeps there gets through, without a login.",
        ),
        Wrong(
            _rule(RIGHT.replace('client.startswith("192.0.2.") or ', "")),
            frozenset({"office"}),
            "The copier can't log in, and the office isn't set up for it. Their network must be permitted.",
        ),
        Wrong(
            _rule(RIGHT.replace("or logged_in ", "")),
            frozenset({"laptop"}),
            "Staff on the road log in, and are refused all the same.",
        ),
        Wrong(
            _rule(RIGHT.replace(".lower()", "")),
            frozenset({"capitals"}),
            "In a domain, capital letters mean the same as small ones (RFC 5321). Compare it in small "
            "letters.",
        ),
        Wrong(
            _rule('    return "permit"'),
            frozenset({"stranger", "hotel", "look-alike"}),
            "This is an open relay: it asks nothing.",
        ),
        Wrong(
            _rule("\n".join(line for line in RIGHT.splitlines() if '"reject"' not in line)),
            frozenset({"stranger", "hotel", "look-alike"}),
            "The rule says nothing where it should reject: a function without return gives None. A server "
            "must answer every question.",
        ),
    ),
)

"""Exercises of notebook 11: which relay for which task, and one that goes on when others don't."""

from collections.abc import Callable
from functools import partial

from labkit.exercises.answers import Choice, Values
from labkit.exercises.course.fallback import FALLBACK
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import answer_to, arrives, post, stays_out
from labkit.exercises.room import Room, does_nothing
from labkit.lab import kinds

KINDS = {
    "internal": kinds.INTERNAL,
    "external": kinds.EXTERNAL,
    "authenticated": kinds.AUTHENTICATED,
    "encrypted": kinds.ENCRYPTED,
    "smart host": kinds.SMART_HOST,
}
ANY = Choice({key: kind.purpose for key, kind in KINDS.items()})
WAITS = "the letter waits in the queue, and nobody could read it"


def _first_that_fails(looks: tuple[Callable[[Room], Seen], ...], situation: str, room: Room) -> Seen:
    """Build the relay, and look until something is missing."""
    KINDS[room.answer[situation]].install(room.lab.relay)
    for look in looks:
        seen = look(room)
        if not seen.holds:
            break
    return seen


def _copier(room: Room) -> Seen:
    return arrives(room, "The copier sends a scan to a customer.", post(room, room.stage.COPIER_PROGRAM))


def _stranger(room: Room) -> Seen:
    return stays_out(room, "A stranger sends to a customer.", room.lab.attacker.spam(1))


def _customer_writes(room: Room) -> Seen:
    to = room.stage.tell("staff@corp.example")
    return stays_out(
        room, "Somebody outside writes to the company.", post(room, room.stage.CUSTOMER_PROGRAM, to)
    )


def _laptop(room: Room) -> Seen:
    user, password = room.stage.STAFF_LOGIN
    report = post(room, room.stage.ROAD_PROGRAM, tls="encrypt", user=user, password=password)
    return arrives(room, "Staff in the hotel log in behind TLS and send to a customer.", report)


def _laptop_without_login(room: Room) -> Seen:
    report = post(room, room.stage.ROAD_PROGRAM)
    return stays_out(room, "Somebody in the hotel sends without a login.", report)


def _newcomer(room: Room) -> Seen:
    report = post(room, room.stage.NEWCOMER_PROGRAM)
    return arrives(room, "Somebody on the Internet writes to orders@customer.example.", report)


def _newcomer_elsewhere(room: Room) -> Seen:
    report = post(room, room.stage.NEWCOMER_PROGRAM, "orders@equal.example")
    return stays_out(room, "Somebody on the Internet writes to another domain.", report)


def _office_over_tls(room: Room) -> Seen:
    return arrives(room, "The office sends over TLS to a customer.", post(room, room.stage.OFFICE_PROGRAM))


def _office_in_clear(room: Room) -> Seen:
    report = post(room, room.stage.OFFICE_PROGRAM, tls="none")
    return stays_out(
        room, "A program in the office sends without TLS.", report, "S: 530 5.7.0, before the letter"
    )


def _customer_without_tls(room: Room) -> Seen:
    """The customer's servers offer no TLS for a while."""
    lab = room.lab
    lab.mx1.fault = lab.mx2.fault = "no tls"
    attempt = post(room, room.stage.OFFICE_PROGRAM).attempts[0]
    waits = len(lab.queue) == 1 and not lab.scenery.holds(attempt.nonce)
    lab.mx1.fault = lab.mx2.fault = None
    lab.wait(hours=1)
    line = WAITS if waits else answer_to(attempt)
    return Seen(waits, "The office sends to a customer whose servers offer no TLS.", line, WAITS)


SITUATIONS = {
    "office": ("The relay for the office and its copier fits.", (_copier, _stranger, _customer_writes)),
    "road": ("The relay for staff on the road fits.", (_laptop, _laptop_without_login)),
    "domain": ("The relay for the domain of a customer fits.", (_newcomer, _newcomer_elsewhere)),
    "secret": (
        "The relay for letters that nobody may read fits.",
        (_office_over_tls, _office_in_clear, _customer_without_tls),
    ),
}
SOLUTION = {"office": "internal", "road": "authenticated", "domain": "external", "secret": "encrypted"}

PICK = Exercise(
    id="11.1",
    title="Pick the relay for four situations",
    minutes=5,
    given="Four relays are wanted, each of its own.\n"
    "office: The office and a copier send to customers. Nobody outside may use this relay, not even to "
    "write to the company.\n"
    "road: Staff send from hotels, and prove who they are.\n"
    "domain: Everybody may write to customer.example. The relay takes this mail and passes it on.\n"
    "secret: No letter may cross a network in clear, on no part of its way. Rather it waits.",
    goal="Choose a kind for each. The lab builds it and sends that situation's mail.",
    kind=Values(office=ANY, road=ANY, domain=ANY, secret=ANY),
    starter={"office": "", "road": "", "domain": "", "secret": ""},
    prepare=does_nothing,
    claims=tuple(
        Claim(name, says, partial(_first_that_fails, looks, name))
        for name, (says, looks) in SITUATIONS.items()
    ),
    hints=(
        "Ask of each situation: who sends, to whom, and how does the relay know them?",
        "The copier knows neither AUTH nor TLS. A hotel's address says nothing about who is there. For the "
        "third one, the recipient decides, and for the last one the connection.",
        "One kind knows its clients by their network, one by their login, one looks at the recipient's "
        "domain, and one speaks to nobody without TLS. The smart host is for none of these.",
    ),
    solution=SOLUTION,
    explanation="An internal relay trusts the addresses of the office, so the copier can use it. An "
    "authenticated one asks for a login, wherever staff are. An external one takes mail from everybody, "
    "for its own domains only. An encrypted one refuses clients and servers without TLS. Many companies "
    "run several of them side by side.",
    wrong=(
        Wrong(
            SOLUTION | {"office": "authenticated"},
            frozenset({"office"}),
            "The copier is the one to ask: it can't log in, and it knows no TLS. This relay must know it "
            "by its address, and take nothing from outside.",
        ),
        Wrong(
            SOLUTION | {"road": "internal"},
            frozenset({"road"}),
            "Strangers are refused, but so are staff: they aren't in the office's network. On the road a "
            "login says who they are.",
        ),
        Wrong(
            SOLUTION | {"domain": "internal"},
            frozenset({"domain"}),
            "Everybody may write to this domain, so neither an address nor a login can decide. The domain "
            "of the recipient does.",
        ),
        Wrong(
            SOLUTION | {"secret": "authenticated"},
            frozenset({"secret"}),
            "This relay lets a letter cross some network in clear, or not come in at all. Look at both "
            "sides: TLS from the client, and TLS to the next server.",
        ),
        Wrong(
            SOLUTION | {"office": "external", "domain": "internal"},
            frozenset({"office", "domain"}),
            "Internal and external are seen from the network of the company: who may hand letters in.",
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (PICK, FALLBACK)

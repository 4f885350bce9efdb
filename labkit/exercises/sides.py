"""The sides from which a policy is looked at: who must be refused, and who must still get through.

Each is a function of a room, and a ready claim. A policy that keeps the stranger out is worth nothing when it
keeps the office, the copier, staff on the road or the customer out as well.
"""

from dataclasses import replace

from labkit.attacker.report import Finding
from labkit.exercises.exercise import Claim, Seen
from labkit.exercises.proving import arrives, post, stays_out
from labkit.exercises.room import Room

SMALL_SPAM = 8  # letters: each of the four forgeries twice

NOTHING_READ = "nothing but noise: no password, and no letter"
STAFF_SAY_NOTHING = "Staff on the road sent a letter with login; somebody listened in the hotel's network."
CLAIMS_TO_BE_OURS = "A stranger at {address} greets as {name} and sends to a customer."


# Who must be refused


def stranger_refused(room: Room) -> Seen:
    """A stranger sends in the name of the bank to a customer."""
    return stays_out(room, "A stranger sends a forged letter to a customer.", room.lab.attacker.spam(1))


def stranger_in_our_name_refused(room: Room) -> Seen:
    """A stranger says MAIL FROM: an address of the company, which whoever trusts that name carries."""
    program = replace(room.stage.OFFICE_PROGRAM, host=room.stage.ATTACKER)
    tried = room.stage.tell("A stranger says MAIL FROM:<staff@corp.example> and sends to a customer.")
    return stays_out(room, tried, post(room, program))


def stranger_greeting_as_ours_refused(room: Room) -> Seen:
    """A stranger says EHLO with the name of a host of the company."""
    liar = room.stage.LIAR
    program = replace(room.stage.OFFICE_PROGRAM, host=liar, sender="security@bank.example")
    tried = CLAIMS_TO_BE_OURS.format(address=liar.address, name=liar.domain)
    return stays_out(room, tried, post(room, program))


def stranger_small_spam_refused(room: Room) -> Seen:
    """A stranger sends a few letters in others' names, one after the other."""
    tried = f"A stranger sends {SMALL_SPAM} forged letters to customers."
    return stays_out(room, tried, room.lab.attacker.spam(SMALL_SPAM))


def hotel_guest_refused(room: Room) -> Seen:
    """Somebody else in the hotel's network sends without a login."""
    program = replace(room.stage.OFFICE_PROGRAM, host=room.stage.HOTEL_GUEST, sender="security@bank.example")
    return stays_out(room, "Another guest of the hotel sends to a customer.", post(room, program))


def laptop_without_login_refused(room: Room) -> Seen:
    """The laptop of staff on the road is a stranger until it logs in."""
    tried = "The laptop in the hotel sends to a customer and doesn't log in."
    return stays_out(room, tried, post(room, room.stage.ROAD_PROGRAM))


# Who must get through


def office_sends(room: Room) -> Seen:
    """Staff in the office write to a customer."""
    return arrives(room, "The office sends to a customer.", post(room, room.stage.OFFICE_PROGRAM))


def copier_scans(room: Room) -> Seen:
    """The copier, which knows neither AUTH nor TLS, sends a scan to a customer."""
    tried = "The copier sends a scan to a customer, without login and without TLS."
    return arrives(room, tried, post(room, room.stage.COPIER_PROGRAM))


def laptop_sends(room: Room) -> Seen:
    """Staff on the road log in behind TLS, and write to a customer."""
    user, password = room.stage.STAFF_LOGIN
    report = post(room, room.stage.ROAD_PROGRAM, tls="encrypt", user=user, password=password)
    return arrives(room, "Staff in the hotel log in behind TLS and send to a customer.", report)


def mail_comes_in(room: Room) -> Seen:
    """The customer writes to the company."""
    report = post(room, room.stage.CUSTOMER_PROGRAM, room.stage.tell("staff@corp.example"))
    return arrives(room, "The customer sends to the company.", report)


def newcomer_writes(room: Room) -> Seen:
    """Somebody whom nobody knows yet writes to the company."""
    report = post(room, room.stage.NEWCOMER_PROGRAM, room.stage.tell("sales@corp.example"))
    return arrives(room, "Somebody new sends to the company.", report)


def report_comes_in(room: Room) -> Seen:
    """A delivery report comes back: its reverse-path is empty (RFC 5321 section 4.5.5)."""
    to = room.stage.tell("staff@corp.example")
    from_header = room.stage.tell("postmaster@customer.example")
    report = post(room, room.stage.CUSTOMER_PROGRAM, to, sender="", header_from=from_header)
    return arrives(room, "A delivery report comes back, with MAIL FROM:<>.", report)


# What nobody may read


def nothing_secret_in_clear(room: Room) -> Seen:
    """Staff on the road send with login, by a program that takes TLS where it is offered, and by one that
    knows no TLS. A listener in the hotel reads no password and no letter."""
    user, password = room.stage.STAFF_LOGIN
    before = max((session.number for session in room.lab.transcripts), default=0)
    for tls in ("may", "none"):
        post(room, room.stage.ROAD_PROGRAM, tls=tls, user=user, password=password)
    read = [one for one in room.lab.attacker.sniff("laptop", since=before).findings if one.harm]
    return Seen(not read, STAFF_SAY_NOTHING, _overheard(read), NOTHING_READ)


def _overheard(read: list[Finding]) -> str:
    return f"{read[0].what}: {read[0].proof}" if read else NOTHING_READ


STRANGER_REFUSED = Claim("stranger", "A stranger can't send to customers.", stranger_refused)
STRANGER_IN_OUR_NAME_REFUSED = Claim(
    "our sender", "A stranger who borrows our sender address can't either.", stranger_in_our_name_refused
)
STRANGER_GREETING_AS_OURS_REFUSED = Claim(
    "our host name",
    "A stranger who borrows our host name can't either.",
    stranger_greeting_as_ours_refused,
)
STRANGER_SMALL_SPAM = Claim("spam", "A small spam run doesn't arrive.", stranger_small_spam_refused)
HOTEL_GUEST_REFUSED = Claim("hotel guest", "Another guest of the hotel can't send.", hotel_guest_refused)
LAPTOP_WITHOUT_LOGIN_REFUSED = Claim(
    "no login", "Staff on the road can't send without a login.", laptop_without_login_refused
)
OFFICE_SENDS = Claim("office", "The office still sends.", office_sends)
COPIER_SCANS = Claim("copier", "The copier still scans.", copier_scans)
LAPTOP_SENDS = Claim("laptop", "Staff on the road send with a login behind TLS.", laptop_sends)
MAIL_COMES_IN = Claim("inbound", "Mail for the company still arrives.", mail_comes_in)
NEWCOMER_WRITES = Claim("newcomer", "Somebody new can still write to the company.", newcomer_writes)
REPORT_COMES_IN = Claim("report", "Delivery reports still come back.", report_comes_in)
NOTHING_SECRET_IN_CLEAR = Claim(
    "clear", "Nobody in the hotel reads a password or a letter.", nothing_secret_in_clear
)

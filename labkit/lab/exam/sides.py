"""Who calls at the relay in the exam, what each tries, and what should come of it.

A relay that keeps strangers out and loses honest mail doesn't pass, nor does one that does the opposite: so
nine sides should be refused, and five be served.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter

from labkit.lab.stage import Stage
from labkit.network.addresses import Host
from labkit.smtp.client import Tls


class Wanted(Enum):
    """What a good relay does for a side."""

    REFUSED = "is refused"
    ARRIVES = "arrives"
    NOT_TOLD = "is not told"


@dataclass(frozen=True, slots=True)
class Side:
    """One caller, who brings one letter, or asks one thing where ``asks`` is a command.

    ``key`` names the side; ``greeting`` is the name that it gives itself, its own unless it lies. ``logs_in``
    says that it uses the staff's account.
    """

    key: str
    host: Callable[[Stage], Host]
    who: str
    tries: str
    wanted: Wanted
    sender: str = "staff@corp.example"
    to: str = "orders@customer.example"
    tls: Tls = Tls.MAY
    greeting: str = ""
    logs_in: bool = False
    asks: str = ""


STRANGER, GUEST, LAPTOP = attrgetter("ATTACKER"), attrgetter("HOTEL_GUEST"), attrgetter("LAPTOP")
OFFICE, COPIER, CUSTOMER = attrgetter("WORKSTATION"), attrgetter("COPIER"), attrgetter("MX1")
BANK = "security@bank.example"

SIDES = (
    Side("stranger", STRANGER, "stranger", "a letter for a customer", Wanted.REFUSED, BANK),
    Side(
        "sender",
        STRANGER,
        "stranger",
        "the same, as MAIL FROM: the company's copier",
        Wanted.REFUSED,
        "scans@corp.example",
    ),
    Side(
        "greeting",
        STRANGER,
        "stranger",
        "the same, with the office's name in EHLO",
        Wanted.REFUSED,
        BANK,
        greeting="workstation.corp.example",
    ),
    Side("guest", GUEST, "hotel guest", "a letter for a customer", Wanted.REFUSED, BANK),
    Side(
        "director",
        STRANGER,
        "stranger",
        "a letter to staff, in the director's name",
        Wanted.REFUSED,
        "director@corp.example",
        "staff@corp.example",
    ),
    Side(
        "nobody",
        STRANGER,
        "stranger",
        "a letter to a mailbox that isn't there",
        Wanted.REFUSED,
        BANK,
        "nobody@corp.example",
    ),
    Side("names", STRANGER, "stranger", "asks which mailboxes there are", Wanted.NOT_TOLD, asks="VRFY staff"),
    Side(
        "clear",
        LAPTOP,
        "laptop",
        "logs in without TLS",
        Wanted.REFUSED,
        tls=Tls.NONE,
        logs_in=True,
    ),
    Side(
        "owner",
        LAPTOP,
        "laptop",
        "logs in as staff, writes as the director",
        Wanted.REFUSED,
        "director@corp.example",
        logs_in=True,
    ),
    Side("laptop", LAPTOP, "laptop", "logs in over TLS, writes to a customer", Wanted.ARRIVES, logs_in=True),
    Side("office", OFFICE, "workstation", "a letter for a customer", Wanted.ARRIVES),
    Side(
        "copier",
        COPIER,
        "copier",
        "a scan for a customer, without AUTH and TLS",
        Wanted.ARRIVES,
        "scans@corp.example",
        tls=Tls.NONE,
    ),
    Side(
        "customer",
        CUSTOMER,
        "customer",
        "a letter to staff",
        Wanted.ARRIVES,
        "orders@customer.example",
        "staff@corp.example",
    ),
    Side(
        "report", CUSTOMER, "customer", "a delivery report to staff", Wanted.ARRIVES, "", "staff@corp.example"
    ),
)

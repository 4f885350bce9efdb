"""Every attack, as the table of attacks and defences runs it: with all that the stranger knows, and small.

A stranger adapts. So each attack is more than one call: from an address that is on no list yet and under a
name of the company's, from a room in the hotel, at the customer's own server.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.attacker.report import Report
from labkit.attacker.spoof import TRICKS
from labkit.lab.attacks import Attacker
from labkit.lab.defence import Road
from labkit.network.addresses import Host

if TYPE_CHECKING:
    from labkit.lab.lab import Lab

# Tricks that lie about a domain, which its owner can end; and those that need no lie.
OWNED, LOOK_ALIKE = (tuple(trick.name for trick in some) for some in (TRICKS[:4], TRICKS[4:]))


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack: its name, what is tried in a sentence, and what it gets when it works (one, several).

    ``run`` makes the calls in a lab whose staff on the road are set up so, and gives a report of each.
    """

    name: str
    what: str
    things: tuple[str, str]
    run: Callable[["Lab", Road], Iterator[Report]]

    def words(self, harm: int) -> str:
        """How much it got."""
        return f"{harm:,} {self.things[harm != 1]}" if harm else "nothing"


def _at(lab: "Lab", host: Host) -> Attacker:
    """The stranger at another address."""
    lab.scenery.network.add(host)
    return Attacker(lab, host)


def _probe(lab: "Lab", road: Road) -> Iterator[Report]:
    yield _at(lab, lab.stage.LIAR).probe()


def _spam(lab: "Lab", road: Road) -> Iterator[Report]:
    yield _at(lab, lab.stage.LIAR).spam(8)
    yield _at(lab, lab.stage.HOTEL_GUEST).spam(4)


def _spoof(lab: "Lab", road: Road) -> Iterator[Report]:
    yield lab.attacker.spoof()
    yield lab.attacker.spoof(f"staff@{lab.stage.COMPANY}")
    yield lab.attacker.spoof(target="mx1")
    yield _at(lab, lab.stage.LIAR).spoof(target="mx1", tricks=OWNED)


def _backscatter(lab: "Lab", road: Road) -> Iterator[Report]:
    yield _at(lab, lab.stage.LIAR).backscatter(6)


def _sniff(lab: "Lab", road: Road) -> Iterator[Report]:
    lab.laptop.send(**road.settings)
    lab.workstation.send()
    yield lab.attacker.sniff("laptop")
    yield lab.attacker.sniff("relay")


def _strip(lab: "Lab", road: Road) -> Iterator[Report]:
    for how in ("strip", "certificate"):
        yield lab.attacker.strip(how, client="laptop", **road.settings)
        yield lab.attacker.strip(how, client="relay")
    yield lab.attacker.strip("inject", client="laptop", **road.settings)


def _spray(lab: "Lab", road: Road) -> Iterator[Report]:
    yield lab.attacker.spray(40, user="sales", port=587)


def _takeover(lab: "Lab", road: Road) -> Iterator[Report]:
    yield lab.attacker.takeover(6)


def _smuggle(lab: "Lab", road: Road) -> Iterator[Report]:
    yield lab.attacker.smuggle()


def _flood(lab: "Lab", road: Road) -> Iterator[Report]:
    yield lab.attacker.flood("connections", addresses=3)
    yield lab.attacker.flood("bombs", 10)


def _forward(lab: "Lab", road: Road) -> Iterator[Report]:
    yield lab.attacker.forward()
    yield lab.attacker.forward(footer=True, seals=True)


def _stolen(lab: "Lab", road: Road) -> Iterator[Report]:
    user, password = lab.stage.STAFF_LOGIN
    names = lab.stage.tell(NAMES)
    yield lab.attacker.takeover(6, user=user, password=password, senders=names)


def _look_alike(lab: "Lab", road: Road) -> Iterator[Report]:
    yield _at(lab, lab.stage.LIAR).spoof(target="mx1", tricks=LOOK_ALIKE)


def _changed(lab: "Lab", road: Road) -> Iterator[Report]:
    yield lab.attacker.forward(footer=True)


NAMES = (
    "staff@corp.example",
    "director@corp.example",
    "staff@corp.example/The Director <director@corp.example>",
)
LETTERS, FAILURES = ("letter", "letters"), ("failure", "failures")

ATTACKS = (
    Attack("probe", "Letters to an outside mailbox, by every trick with addresses.", LETTERS, _probe),
    Attack(
        "spam", "Forged letters, from a host that lies in its greeting and from the hotel.", LETTERS, _spam
    ),
    Attack("spoof", "Letters as the bank and as the director, to customers and to staff.", LETTERS, _spoof),
    Attack("backscatter", "Bounces to somebody who never wrote.", ("bounce", "bounces"), _backscatter),
    Attack(
        "sniff",
        "Listening in the hotel, and on the way to the customer, for passwords and letters.",
        ("secret", "secrets"),
        _sniff,
    ),
    Attack("strip", "Standing in the middle there, and taking TLS away.", ("secret", "secrets"), _strip),
    Attack("spray", "Guessing the password of an account.", ("password", "passwords"), _spray),
    Attack("takeover", "Sending with a password that was guessed or leaked last winter.", LETTERS, _takeover),
    Attack("smuggle", "A second letter hidden in a first one.", LETTERS, _smuggle),
    Attack("flood", "Keeping the relay too busy for honest mail.", ("delay", "delays"), _flood),
    Attack(
        "forward",
        "An honest letter sent on by another server: as it is, and changed but sealed.",
        FAILURES,
        _forward,
    ),
)

# What neither the company nor the customer can end by a policy: a table without these would promise too much.
BEYOND = (
    Attack("stolen password", "Sending with a good password, before anybody knows.", LETTERS, _stolen),
    Attack(
        "look-alike", "Letters of domains that only look right, from an unlisted host.", LETTERS, _look_alike
    ),
    Attack(
        "changed letter", "An honest letter that is changed on its way and not sealed.", FAILURES, _changed
    ),
)

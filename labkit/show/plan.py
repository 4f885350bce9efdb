"""What the map shows, and at which height of the sheet: the networks one above the other, and their hosts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from labkit.lab.stage import USUAL, Stage
from labkit.network.addresses import Host
from labkit.relay.policy import Policy
from labkit.relay.traffic import Outcome
from labkit.show.sheet import MARGIN
from labkit.show.standing import Right, Standing

# In CSS pixels, from the top of the sheet: the map's top, then the heights of an area's name, of a
# host's lane, and of the space between areas.
TOP, HEADER, LANE, GAP = 76, 32, 58, 12
COUNTS = 16  # more for a lane that says how many letters came that way
SERVER, SMART_HOST = 74, 92  # of one of the customer's servers, and of the smart host with its name


@dataclass(frozen=True)
class Area:
    """A network: its name, its addresses (none given where it is all the rest), and what its hosts may do."""

    name: str
    network: str
    rights: tuple[Right, ...]

    @property
    def standings(self) -> frozenset[Standing]:
        """How its hosts stand with the relay."""
        return frozenset(found.standing for found in self.rights)


@dataclass(frozen=True)
class Plan:
    """What a map shows. ``mail_hosts`` are the customer's with their preference, best first.

    ``counts`` is what became of the letters of each host, by its name; ``queue`` is how many letters wait.
    ``stage`` is the lab's, with the names of them all.
    """

    claim: str
    policy: Policy
    office: Area
    hotel: Area
    internet: Area
    mail_hosts: tuple[tuple[int, Host], ...]
    counts: Mapping[str, Counter[Outcome]] = field(default_factory=dict)
    queue: int = 0
    stage: Stage = USUAL

    @property
    def holes(self) -> tuple[Right, ...]:
        """The rights of hosts outside the office that may send to anybody without a login of their own."""
        outside = (*self.hotel.rights, *self.internet.rights)
        return tuple(found for found in outside if found.standing in (Standing.ANYBODY, Standing.STOLEN))

    @property
    def office_top(self) -> float:
        """Where the office begins; the hotel and the Internet's own hosts follow below it."""
        return TOP + HEADER

    @property
    def hotel_top(self) -> float:
        return self.office_top + HEADER + self.lane * len(self.office.rights) + 2 * GAP

    @property
    def internet_top(self) -> float:
        return self.hotel_top + HEADER + self.lane * len(self.hotel.rights) + 2 * GAP

    @property
    def end(self) -> float:
        """Where the last lane and the last server end."""
        return max(self.internet_top + self.lane * len(self.internet.rights), self.servers_end)

    @property
    def lane(self) -> float:
        """The height of a lane; all are alike."""
        return LANE + (COUNTS if self.counts else 0)

    @property
    def customer_end(self) -> float:
        """Where the customer's servers end."""
        return self.hotel_top + HEADER + SERVER * len(self.mail_hosts) + 10

    @property
    def servers_end(self) -> float:
        """Where the last server ends."""
        return self.customer_end + (SMART_HOST if self.has_smart_host else 0)

    @property
    def has_smart_host(self) -> bool:
        """Whether mail goes through the provider's smart host."""
        return any(self.stage.SMARTHOST.domain in hop for hop in self.policy.relayhost)

    @property
    def total(self) -> Counter[Outcome]:
        """What became of the letters of all hosts."""
        return sum(self.counts.values(), Counter())

    @property
    def height(self) -> int:
        """The height of the sheet."""
        return round(self.end) + 2 * GAP + MARGIN

    @property
    def lanes(self) -> Iterator[tuple[float, Right]]:
        """What each host may do, with the height of its arrow."""
        areas = (
            (self.office_top + HEADER, self.office),
            (self.hotel_top + HEADER, self.hotel),
            (self.internet_top, self.internet),
        )
        for top, area in areas:
            for number, found in enumerate(area.rights):
                yield top + self.lane * number + LANE / 2, found

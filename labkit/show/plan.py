"""What the map shows, and at which height of the sheet: the networks one above the other, and their hosts."""

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.network.addresses import Host
from labkit.relay.policy import Policy
from labkit.show.sheet import MARGIN
from labkit.show.standing import Right, Standing

# In CSS pixels, from the top of the sheet: the map's top, then the heights of an area's name, of a
# host's lane, and of the space between areas.
TOP, HEADER, LANE, GAP = 76, 32, 58, 12


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
    """What a map shows. ``mail_hosts`` are the customer's with their preference, best first."""

    claim: str
    policy: Policy
    office: Area
    hotel: Area
    internet: Area
    mail_hosts: tuple[tuple[int, Host], ...]

    @property
    def holes(self) -> tuple[Right, ...]:
        """The rights of hosts outside the office that may send to anybody without a login."""
        outside = (*self.hotel.rights, *self.internet.rights)
        return tuple(found for found in outside if found.standing is Standing.ANYBODY)

    @property
    def office_top(self) -> float:
        """Where the office begins; the hotel and the Internet's own hosts follow below it."""
        return TOP + HEADER

    @property
    def hotel_top(self) -> float:
        return self.office_top + HEADER + LANE * len(self.office.rights) + 2 * GAP

    @property
    def internet_top(self) -> float:
        return self.hotel_top + HEADER + LANE * len(self.hotel.rights) + 2 * GAP

    @property
    def end(self) -> float:
        """Where the last lane ends."""
        return self.internet_top + LANE * len(self.internet.rights)

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
                yield top + LANE * (number + 0.5), found

"""The map painted: areas, hosts, the relay in the middle, and an arrow to it from each host.

The relay is a wall with gates. What a host may do is told by the arrow's line, by the gate, by a
sign, in words and in colour: each of them is enough.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

from labkit.network.addresses import Host
from labkit.relay.traffic import Outcome
from labkit.show import shapes
from labkit.show.bars import LOOKS as OUTCOMES
from labkit.show.palette import BLUE, HOTEL_TINT, INK, INTERNET_TINT, OFFICE_TINT, SOFT, VERMILION
from labkit.show.plan import GAP, HEADER, LANE, SERVER, SMART_HOST, TOP, Plan
from labkit.show.shapes import words
from labkit.show.sheet import MARGIN, WIDTH, Paint
from labkit.show.standing import Right, Standing, login, offers_login, offers_tls, onward_tls, tls

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUBTITLE = "Who may send through the relay to a recipient outside the company"

# In CSS pixels, from the left of the sheet
HOST, HOST_WIDTH, HOST_HEIGHT = 38, 150, 44
SIGNS = 212
WALL, WALL_WIDTH, RELAY_END = 454, 10, 600
COLUMN, COLUMN_END = 440, 614  # the part of the office that the relay stands in
SERVERS, SERVERS_WIDTH = 734, 130

VIA = "smart host"
QUEUE = "in the queue:\n{count:,}"
ONWARD = {Outcome.DELIVERED: OUTCOMES[Outcome.ACCEPTED].mark, Outcome.BOUNCED: OUTCOMES[Outcome.BOUNCED].mark}
KEY = "✓ letters accepted or delivered   ✗ refused   ↩ returned to their senders"
NARROW = 12  # characters that fit into a narrow place


@dataclass(frozen=True)
class Look:
    """How an arrow is drawn, and what is written on it."""

    sign: shapes.Sign
    words: str
    color: str
    dashes: tuple[float, ...]
    passes: bool


LOOKS = {
    Standing.ANYBODY: Look(shapes.tick, "may send to anybody", BLUE, (), passes=True),
    Standing.AFTER_LOGIN: Look(shapes.key, "only after login", BLUE, (4, 1.5), passes=True),
    Standing.CUSTOMER: Look(shapes.tick, "only to {customer}", BLUE, (6, 1.5, 1, 1.5), passes=True),
    Standing.DEFERRED: Look(shapes.cross, "refused for now", VERMILION, (1, 1.2), passes=False),
    Standing.REFUSED: Look(shapes.cross, "refused", VERMILION, (1, 1.2), passes=False),
}


def paint(plan: Plan) -> Paint:
    """Paints a map."""

    def painted(figure: "Figure") -> None:
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(plan.height, 0)
        axes.set_axis_off()
        _title(axes, plan)
        _areas(axes, plan)
        _relay(axes, plan)
        for y, found in plan.lanes:
            _lane(axes, plan, y, found)
        _name_server(axes, plan)
        _customer(axes, plan)

    return painted


def _title(axes: "Axes", plan: Plan) -> None:
    if plan.holes:
        shapes.warning(axes, MARGIN + 14, 26)
    words(axes, MARGIN + (38 if plan.holes else 0), 26, plan.claim, 18, weight="bold")
    words(axes, MARGIN, 56, SUBTITLE, color=SOFT)
    if plan.counts:
        words(axes, WIDTH - MARGIN - GAP, TOP + 17, KEY, 12, color=SOFT, ha="right")


def _areas(axes: "Axes", plan: Plan) -> None:
    left, right, end = MARGIN + GAP, WIDTH - MARGIN - GAP, plan.end + GAP
    shapes.area(axes, _corners(MARGIN, TOP, WIDTH - MARGIN, end + GAP), INTERNET_TINT)
    # The office reaches down into the middle, because the relay stands there and belongs to it.
    below = plan.hotel_top - GAP
    shapes.area(
        axes,
        [
            (left, plan.office_top), (right, plan.office_top), (right, below), (COLUMN_END, below),
            (COLUMN_END, end), (COLUMN, end), (COLUMN, below), (left, below),
        ],
        OFFICE_TINT,
    )  # fmt: skip
    shapes.area(axes, _corners(left, plan.hotel_top, COLUMN - GAP, plan.internet_top - GAP), HOTEL_TINT)
    for top, area in ((TOP, plan.internet), (plan.office_top, plan.office), (plan.hotel_top, plan.hotel)):
        words(axes, HOST, top + 18, area.name, 14, weight="bold")
        words(axes, SIGNS - 8, top + 18, area.network, color=SOFT)


def _corners(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _relay(axes: "Axes", plan: Plan) -> None:
    top, bottom = plan.office_top + HEADER, plan.end
    gates = [y for y, found in plan.lanes if LOOKS[found.standing].passes]
    shapes.box(axes, WALL, top, RELAY_END - WALL, bottom - top, edge=INK)
    shapes.wall(axes, WALL, WALL_WIDTH, top - 5, bottom + 5, gates)
    middle = (WALL + WALL_WIDTH + 14 + RELAY_END) / 2
    words(axes, middle, top + 24, plan.stage.RELAY.name, 17, weight="bold", ha="center")
    words(axes, middle, top + 48, plan.stage.RELAY.domain, 11.5, color=SOFT, ha="center")
    words(axes, middle, top + 68, plan.stage.RELAY.address, color=SOFT, ha="center")
    if offers_tls(plan.policy):
        shapes.padlock(axes, middle, top + 116)
    words(axes, middle, top + 140, tls(plan.policy), ha="center")
    if offers_login(plan.policy):
        shapes.key(axes, middle, top + 190)
    words(axes, middle, top + 220, fill(login(plan.policy), NARROW), ha="center", linespacing=1.3)
    if plan.queue:
        words(axes, middle, bottom - 34, QUEUE.format(count=plan.queue), ha="center", linespacing=1.3)


def _lane(axes: "Axes", plan: Plan, y: float, found: Right) -> None:
    look, hole = LOOKS[found.standing], found in plan.holes
    if hole:
        shapes.band(axes, HOST - 6, y - LANE / 2 + 2, COLUMN - GAP - HOST, plan.lane - 4)
    _host(axes, HOST, y, HOST_WIDTH, found.host)
    end = WALL + 12 if look.passes else WALL - 24
    shapes.line(axes, HOST + HOST_WIDTH + 4, end, y, look.color, look.dashes)
    if look.passes:
        shapes.head(axes, WALL + 24, y, look.color)
    else:
        shapes.stop(axes, WALL - 13, y)
    sign = shapes.warning if hole else look.sign
    sign(axes, SIGNS, y - 16)
    words(axes, SIGNS + 20, y - 16, look.words.format(customer=plan.stage.CUSTOMER), 13, weight="bold")
    words(axes, SIGNS + 20, y + 16, found.rule, 12, color=SOFT)
    words(axes, SIGNS + 20, y + 33, "   ".join(_counts(plan, found.host)), 12, weight="bold")


def _counts(plan: Plan, host: Host) -> Iterator[str]:
    """What became of a host's letters: a mark and a number each."""
    found = plan.counts.get(host.name, Counter())
    for outcome in (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.BOUNCED):
        if found[outcome]:
            yield f"{OUTCOMES[outcome].mark} {found[outcome]:,}"


def _host(axes: "Axes", x: float, y: float, width: float, host: Host) -> None:
    shapes.box(axes, x, y - HOST_HEIGHT / 2, width, HOST_HEIGHT)
    words(axes, x + 10, y - 9, host.name, 14, weight="bold")
    words(axes, x + 10, y + 11, host.address, color=SOFT)


def _name_server(axes: "Axes", plan: Plan) -> None:
    y = (plan.office_top + plan.hotel_top - GAP) / 2
    shapes.line(axes, RELAY_END + 4, SERVERS - 14, y, SOFT, (1, 1.2), 2)
    shapes.head(axes, SERVERS - 4, y, SOFT)
    words(axes, (COLUMN_END + SERVERS) / 2, y - 14, "MX?", color=SOFT, ha="center")
    _host(axes, SERVERS, y, SERVERS_WIDTH, plan.stage.DNS)


def _customer(axes: "Axes", plan: Plan) -> None:
    top, each = plan.hotel_top, SERVER
    first = top + HEADER + each / 2 + 6
    shapes.box(axes, SERVERS - 10, top, SERVERS_WIDTH + 20, plan.customer_end - top)
    words(axes, SERVERS, top + 20, plan.stage.CUSTOMER, 13, weight="bold")
    for number, (preference, host) in enumerate(plan.mail_hosts):
        words(axes, SERVERS + 2, first + each * number - 32, f"MX {preference}", color=SOFT)
        _host(axes, SERVERS, first + each * number, SERVERS_WIDTH, host)
    _onward(axes, plan, _smart_host(axes, plan) if plan.has_smart_host else first)


def _smart_host(axes: "Axes", plan: Plan) -> float:
    """The provider's server, which carries on what the relay gives it; where its middle is."""
    top, y = plan.customer_end + GAP, plan.customer_end + SMART_HOST - 30
    shapes.box(axes, SERVERS - 10, top, SERVERS_WIDTH + 20, SMART_HOST - GAP)
    words(axes, SERVERS, top + 16, VIA, 13, weight="bold")
    _host(axes, SERVERS, y, SERVERS_WIDTH, plan.stage.SMARTHOST)
    return y


def _onward(axes: "Axes", plan: Plan, y: float) -> None:
    """The relay's own way on, and how many letters have gone it, or couldn't."""
    shapes.line(axes, RELAY_END + 4, SERVERS - 26, y, BLUE, ())
    shapes.head(axes, SERVERS - 14, y, BLUE)
    middle = (COLUMN_END + SERVERS - 10) / 2
    said = fill(onward_tls(plan.policy), NARROW)
    words(axes, middle, y + 26, said, ha="center", linespacing=1.3)
    if plan.policy.smtp_tls_security_level != "none":
        shapes.padlock(axes, middle, y - 20)
    counts = [f"{mark} {plan.total[outcome]:,}" for outcome, mark in ONWARD.items() if plan.total[outcome]]
    above = y - 48 - 9 * len(counts)
    words(axes, middle, above, "\n".join(counts), 12, weight="bold", ha="center", linespacing=1.3)

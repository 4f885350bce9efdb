"""The map painted: areas, hosts, the relay in the middle, and an arrow to it from each host.

The relay is a wall with gates. What a host may do is told by the arrow's line, by the gate, by a
sign, in words and in colour: each of them is enough.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill

from labkit.network.addresses import Host
from labkit.relay.traffic import Outcome
from labkit.show import shapes
from labkit.show.bars import LOOKS as OUTCOMES
from labkit.show.palette import BLUE, HOTEL_TINT, INK, INTERNET_TINT, OFFICE_TINT, SOFT, VERMILION
from labkit.show.pen import Pen
from labkit.show.plan import GAP, HEADER, LANE, SERVER, SMART_HOST, TOP, Plan
from labkit.show.sheet import MARGIN, WIDTH
from labkit.show.standing import Right, Standing, login, offers_login, offers_tls, onward_tls, tls

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
    Standing.STOLEN: Look(shapes.warning, "with a stolen password", BLUE, (4, 1.5), passes=True),
    Standing.CUSTOMER: Look(shapes.tick, "only to {customer}", BLUE, (6, 1.5, 1, 1.5), passes=True),
    Standing.DEFERRED: Look(shapes.cross, "refused for now", VERMILION, (1, 1.2), passes=False),
    Standing.REFUSED: Look(shapes.cross, "refused", VERMILION, (1, 1.2), passes=False),
}


def draw(pen: Pen, plan: Plan) -> None:
    """Draw a map."""
    _title(pen, plan)
    _areas(pen, plan)
    _relay(pen, plan)
    for y, found in plan.lanes:
        _lane(pen, plan, y, found)
    _name_server(pen, plan)
    _customer(pen, plan)


def _title(pen: Pen, plan: Plan) -> None:
    if plan.holes:
        shapes.warning(pen, MARGIN + 14, 26)
    pen.text(MARGIN + (38 if plan.holes else 0), 26, plan.claim, 18, bold=True)
    pen.text(MARGIN, 56, SUBTITLE, color=SOFT)
    if plan.counts:
        pen.text(WIDTH - MARGIN - GAP, TOP + 17, KEY, 12, color=SOFT, align="right")


def _areas(pen: Pen, plan: Plan) -> None:
    left, right, end = MARGIN + GAP, WIDTH - MARGIN - GAP, plan.end + GAP
    shapes.area(pen, _corners(MARGIN, TOP, WIDTH - MARGIN, end + GAP), INTERNET_TINT)
    # The office reaches down into the middle, because the relay stands there and belongs to it.
    below = plan.hotel_top - GAP
    shapes.area(
        pen,
        [
            (left, plan.office_top), (right, plan.office_top), (right, below), (COLUMN_END, below),
            (COLUMN_END, end), (COLUMN, end), (COLUMN, below), (left, below),
        ],
        OFFICE_TINT,
    )  # fmt: skip
    shapes.area(pen, _corners(left, plan.hotel_top, COLUMN - GAP, plan.internet_top - GAP), HOTEL_TINT)
    for top, area in ((TOP, plan.internet), (plan.office_top, plan.office), (plan.hotel_top, plan.hotel)):
        pen.text(HOST, top + 18, area.name, 14, bold=True)
        pen.text(SIGNS - 8, top + 18, area.network, color=SOFT)


def _corners(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _relay(pen: Pen, plan: Plan) -> None:
    top, bottom = plan.office_top + HEADER, plan.end
    gates = [y for y, found in plan.lanes if LOOKS[found.standing].passes]
    shapes.box(pen, WALL, top, RELAY_END - WALL, bottom - top, edge=INK)
    shapes.wall(pen, WALL, WALL_WIDTH, top - 5, bottom + 5, gates)
    middle = (WALL + WALL_WIDTH + 14 + RELAY_END) / 2
    pen.text(middle, top + 24, plan.stage.RELAY.name, 17, bold=True, align="center")
    pen.text(middle, top + 48, plan.stage.RELAY.domain, 11.5, color=SOFT, align="center")
    pen.text(middle, top + 68, plan.stage.RELAY.address, color=SOFT, align="center")
    if offers_tls(plan.policy):
        shapes.padlock(pen, middle, top + 116)
    pen.text(middle, top + 140, tls(plan.policy), align="center")
    if offers_login(plan.policy):
        shapes.key(pen, middle, top + 190)
    pen.text(middle, top + 220, fill(login(plan.policy), NARROW), align="center", leading=1.3)
    if plan.queue:
        pen.text(middle, bottom - 34, QUEUE.format(count=plan.queue), align="center", leading=1.3)


def _lane(pen: Pen, plan: Plan, y: float, found: Right) -> None:
    look, hole = LOOKS[found.standing], found in plan.holes
    if hole:
        shapes.band(pen, HOST - 6, y - LANE / 2 + 2, COLUMN - GAP - HOST, plan.lane - 4)
    _host(pen, HOST, y, HOST_WIDTH, found.host)
    end = WALL + 12 if look.passes else WALL - 24
    shapes.line(pen, HOST + HOST_WIDTH + 4, end, y, look.color, look.dashes)
    if look.passes:
        shapes.head(pen, WALL + 24, y, look.color)
    else:
        shapes.stop(pen, WALL - 13, y)
    sign = shapes.warning if hole else look.sign
    sign(pen, SIGNS, y - 16)
    pen.text(SIGNS + 20, y - 16, look.words.format(customer=plan.stage.CUSTOMER), 13, bold=True)
    pen.text(SIGNS + 20, y + 16, found.rule, 12, color=SOFT)
    pen.text(SIGNS + 20, y + 33, "   ".join(_counts(plan, found.host)), 12, bold=True)


def _counts(plan: Plan, host: Host) -> Iterator[str]:
    """What became of a host's letters: a mark and a number each."""
    found = plan.counts.get(host.name, Counter())
    for outcome in (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.BOUNCED):
        if found[outcome]:
            yield f"{OUTCOMES[outcome].mark} {found[outcome]:,}"


def _host(pen: Pen, x: float, y: float, width: float, host: Host) -> None:
    shapes.box(pen, x, y - HOST_HEIGHT / 2, width, HOST_HEIGHT)
    pen.text(x + 10, y - 9, host.name, 14, bold=True)
    pen.text(x + 10, y + 11, host.address, color=SOFT)


def _name_server(pen: Pen, plan: Plan) -> None:
    y = (plan.office_top + plan.hotel_top - GAP) / 2
    shapes.line(pen, RELAY_END + 4, SERVERS - 14, y, SOFT, (1, 1.2), 2)
    shapes.head(pen, SERVERS - 4, y, SOFT)
    pen.text((COLUMN_END + SERVERS) / 2, y - 14, "MX?", color=SOFT, align="center")
    _host(pen, SERVERS, y, SERVERS_WIDTH, plan.stage.DNS)


def _customer(pen: Pen, plan: Plan) -> None:
    top, each = plan.hotel_top, SERVER
    first = top + HEADER + each / 2 + 6
    shapes.box(pen, SERVERS - 10, top, SERVERS_WIDTH + 20, plan.customer_end - top)
    pen.text(SERVERS, top + 20, plan.stage.CUSTOMER, 13, bold=True)
    for number, (preference, host) in enumerate(plan.mail_hosts):
        pen.text(SERVERS + 2, first + each * number - 32, f"MX {preference}", color=SOFT)
        _host(pen, SERVERS, first + each * number, SERVERS_WIDTH, host)
    _onward(pen, plan, _smart_host(pen, plan) if plan.has_smart_host else first)


def _smart_host(pen: Pen, plan: Plan) -> float:
    """The provider's server, which carries on what the relay gives it; where its middle is."""
    top, y = plan.customer_end + GAP, plan.customer_end + SMART_HOST - 30
    shapes.box(pen, SERVERS - 10, top, SERVERS_WIDTH + 20, SMART_HOST - GAP)
    pen.text(SERVERS, top + 16, VIA, 13, bold=True)
    _host(pen, SERVERS, y, SERVERS_WIDTH, plan.stage.SMARTHOST)
    return y


def _onward(pen: Pen, plan: Plan, y: float) -> None:
    """The relay's own way on, and how many letters have gone it, or couldn't."""
    shapes.line(pen, RELAY_END + 4, SERVERS - 26, y, BLUE, ())
    shapes.head(pen, SERVERS - 14, y, BLUE)
    middle = (COLUMN_END + SERVERS - 10) / 2
    said = fill(onward_tls(plan.policy), NARROW)
    pen.text(middle, y + 26, said, align="center", leading=1.3)
    if plan.policy.smtp_tls_security_level != "none":
        shapes.padlock(pen, middle, y - 20)
    counts = [f"{mark} {plan.total[outcome]:,}" for outcome, mark in ONWARD.items() if plan.total[outcome]]
    above = y - 48 - 9 * len(counts)
    pen.text(middle, above, "\n".join(counts), 12, bold=True, align="center", leading=1.3)

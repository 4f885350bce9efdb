"""The map of the lab: who is where, and who may send through the relay under its present policy."""

from collections import Counter
from collections.abc import Collection, Iterator
from ipaddress import IPv4Network, ip_address

from labkit.dns.zone import Zone
from labkit.lab import Lab
from labkit.lab.stage import USUAL, Stage
from labkit.network.addresses import Host
from labkit.relay.policy import Policy
from labkit.relay.traffic import Outcome, Traffic
from labkit.show.agg import Agg
from labkit.show.painting import draw
from labkit.show.picture import Picture
from labkit.show.plan import Area, Plan
from labkit.show.sheet import WIDTH, Paint, png
from labkit.show.standing import Right, Standing, login, onward_tls, right, tls
from labkit.show.svg import svg

OFFICE, HOTEL = IPv4Network("192.0.2.0/24"), IPv4Network("198.51.100.64/26")

OPEN = "Open relay: strangers may send to anybody"
HOTEL_TRUSTED = "A hole: the relay trusts addresses of the hotel"
STOLEN = "A stolen password: the relay takes strangers for its own people"
INWARD = "The relay takes mail for {customer} from strangers"
NOBODY = "The relay refuses everybody, its own staff too"
CLOSED = "Closed relay: strangers are refused"

HEADING = "Who may send through the relay to a recipient outside the company:"
RELAY = "  relay {address}: {tls}, {login}; towards other servers {onward}"
SENDER = "  {name} {address}: {standing} ({rule})"
WORDS = {Outcome.ACCEPTED: "accepted", Outcome.REFUSED: "refused", Outcome.BOUNCED: "returned"}
SO_FAR = "    so far {delivered:,} delivered, {bounced:,} returned, and {queue:,} in the queue"
SMART_HOST = "  {name} {address}: the provider's smart host"
NEXT_HOP = "    hands all mail on to {next_hop}"
DNS = "  dns {address}: tells where the mail of a domain goes"
MAIL_HOST = "  {name} {address}: takes mail for {domain} (MX {preference})"


def topology(lab: Lab) -> Picture:
    """A map of the lab's networks and hosts, with an arrow for each host that could send mail.

    The arrow says what the relay's policy, as it is now, lets the host do for a recipient outside
    the company. Once there was mail, numbers say how many letters went which way. Raises LabClosed.
    """
    relay = lab.relay
    holders, zone = lab.scenery.relay.logins.holders, lab.scenery.dns.zone
    plan = plan_of(relay.policy, zone, relay.traffic, len(relay.queue), lab.stage, holders)
    return Picture(text(plan), png(plan.height, paint(plan)), WIDTH)


def paint(plan: Plan) -> Paint:
    """Paints a map."""
    return lambda figure: draw(Agg(figure, plan.height), plan)


def drawing(plan: Plan) -> str:
    """The map for a page, as SVG."""
    return svg(plan.height, f"{plan.claim}.", lambda pen: draw(pen, plan))


def claim(office: Area, hotel: Area, internet: Area, customer: str) -> str:
    """What is to be seen, in a sentence without its full stop."""
    if Standing.ANYBODY in internet.standings:
        return OPEN
    if Standing.ANYBODY in hotel.standings:
        return HOTEL_TRUSTED
    if Standing.STOLEN in hotel.standings | internet.standings:
        return STOLEN
    if Standing.CUSTOMER in internet.standings:
        return INWARD.format(customer=customer)
    if office.standings | hotel.standings | internet.standings <= {Standing.REFUSED, Standing.DEFERRED}:
        return NOBODY
    return CLOSED


def plan_of(
    policy: Policy,
    zone: Zone,
    traffic: Traffic | None = None,
    queue: int = 0,
    stage: Stage = USUAL,
    holders: Collection[str] = frozenset(),
) -> Plan:
    """What the map shows under a policy; the zone tells which servers take the customer's mail.

    ``traffic`` is what there was so far, and ``queue`` how many letters wait. ``stage`` is the lab's.
    ``holders`` are addresses that know a password, whoever it belongs to.
    """
    servers = (stage.RELAY, stage.DNS, stage.MX1, stage.MX2, stage.SMARTHOST)
    senders = [role.host for role in stage.CAST if role.host not in servers]
    here = [host for host in senders if ip_address(host.address) in OFFICE]
    there = [host for host in senders if ip_address(host.address) in HOTEL]
    elsewhere = [host for host in senders if host not in here + there]
    office, hotel, internet = (
        Area(name, network, tuple(right(policy, host, stage, holders) for host in hosts))
        for name, network, hosts in (
            ("office", str(OFFICE), here),
            ("hotel", str(HOTEL), there),
            ("Internet", "", elsewhere),
        )
    )
    said = claim(office, hotel, internet, stage.CUSTOMER)
    counts = _counts(traffic) if traffic else {}
    return Plan(said, policy, office, hotel, internet, tuple(_mail_hosts(zone, stage)), counts, queue, stage)


def _counts(traffic: Traffic) -> dict[str, Counter[Outcome]]:
    found: dict[str, Counter[Outcome]] = {}
    for (_, client, outcome), count in list(traffic.counts.items()):
        found.setdefault(client, Counter())[outcome] += count
    return found


def _mail_hosts(zone: Zone, stage: Stage) -> Iterator[tuple[int, Host]]:
    # The zone is read, and not asked over the network: to look at the map must change nothing in the lab.
    by_name = {role.host.domain: role.host for role in stage.CAST}
    _, records = zone.look_up(stage.CUSTOMER, "MX")
    pairs = (str(record.rdata).split() for record in records)
    for preference, name in sorted((int(preference), name.rstrip(".")) for preference, name in pairs):
        if name in by_name:
            yield preference, by_name[name]


def text(plan: Plan) -> str:
    """What the map shows, one line a host."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    policy, stage = plan.policy, plan.stage
    yield f"{plan.claim}."
    yield HEADING
    yield f"{plan.office.name}, {plan.office.network}"
    yield RELAY.format(
        address=stage.RELAY.address, tls=tls(policy), login=login(policy), onward=onward_tls(policy)
    )
    if policy.relayhost:
        yield NEXT_HOP.format(next_hop=", ".join(policy.relayhost))
    if plan.counts:
        total = plan.total
        yield SO_FAR.format(
            delivered=total[Outcome.DELIVERED], bounced=total[Outcome.BOUNCED], queue=plan.queue
        )
    yield from (_sender(plan, found) for found in plan.office.rights)
    yield DNS.format(address=stage.DNS.address)
    yield f"{plan.hotel.name}, {plan.hotel.network}"
    yield from (_sender(plan, found) for found in plan.hotel.rights)
    yield plan.internet.name
    yield from (_sender(plan, found) for found in plan.internet.rights)
    if plan.has_smart_host:
        yield SMART_HOST.format(name=stage.SMARTHOST.name, address=stage.SMARTHOST.address)
    for preference, host in plan.mail_hosts:
        yield MAIL_HOST.format(
            name=host.name, address=host.address, domain=stage.CUSTOMER, preference=preference
        )


def _sender(plan: Plan, found: Right) -> str:
    host, standing = found.host, found.standing.format(customer=plan.stage.CUSTOMER)
    said = SENDER.format(name=host.name, address=host.address, standing=standing, rule=found.rule)
    counts = plan.counts.get(host.name)
    if not counts:
        return said
    seen = (f"{counts[outcome]:,} {word}" for outcome, word in WORDS.items() if counts[outcome])
    return f"{said}; {', '.join(seen)}"

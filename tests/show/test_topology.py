"""The map of the lab: what it says in text under several policies, and that it says what is true."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from labkit import Lab, LabClosed, Policy
from labkit.clock import START
from labkit.dns.zone import Zone
from labkit.lab import usual
from labkit.network.addresses import Host
from labkit.relay.traffic import Outcome, Traffic
from labkit.show import painting, topology
from labkit.show.sheet import Paint
from labkit.show.standing import Standing, right
from labkit.show.topology import paint, plan_of, text

ZONE = Zone(usual.ZONE)
USUAL = "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"


def policy(**settings: object) -> Policy:
    return Policy(**({"mynetworks": "192.0.2.0/24", "smtpd_relay_restrictions": USUAL} | settings))  # type: ignore[arg-type]


LOGIN = {"smtpd_sasl_auth_enable": True, "smtpd_tls_security_level": "may", "smtpd_tls_auth_only": True}

POLICIES = {
    "open": Policy.parse(usual.OPEN_POLICY),
    "closed": policy(**LOGIN),
    "hotel trusted": policy(mynetworks="192.0.2.0/24, 198.51.100.64/26"),
    "one stranger trusted": policy(mynetworks="192.0.2.0/24, 203.0.113.200/32"),
    "nobody trusted": policy(mynetworks=""),
    "nobody trusted, login": policy(mynetworks="", **LOGIN),
    "login without TLS": policy(smtpd_sasl_auth_enable=True),
    "login that waits for TLS in vain": policy(smtpd_sasl_auth_enable=True, smtpd_tls_auth_only=True),
    "TLS demanded": policy(**LOGIN | {"smtpd_tls_security_level": "encrypt"}),
    "refused for now": policy(smtpd_relay_restrictions="permit_mynetworks, defer_unauth_destination"),
    "customer's domain is ours": policy(relay_domains="customer.example"),
    "no rule refuses": policy(smtpd_relay_restrictions="permit_mynetworks"),
    "refuse all": policy(smtpd_relay_restrictions="reject"),
}
ALL = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)


def test_the_map_of_the_open_relay_in_words() -> None:
    assert (
        text(plan_of(POLICIES["open"], ZONE))
        == """\
Open relay: strangers may send to anybody.
Who may send through the relay to a recipient outside the company:
office, 192.0.2.0/24
  relay 192.0.2.25: no TLS, no login; towards other servers TLS where offered
  workstation 192.0.2.50: may send to anybody (permit_mynetworks)
  copier 192.0.2.60: may send to anybody (permit_mynetworks)
  dns 192.0.2.53: tells where the mail of a domain goes
hotel, 198.51.100.64/26
  laptop 198.51.100.77: may send to anybody (permit_mynetworks)
Internet
  attacker 203.0.113.66: may send to anybody (permit_mynetworks)
  your terminal 203.0.113.200: may send to anybody (permit_mynetworks)
  mx1 198.51.100.25: takes mail for customer.example (MX 10)
  mx2 198.51.100.26: takes mail for customer.example (MX 20)"""
    )


def test_the_map_of_the_closed_relay_in_words() -> None:
    assert (
        text(plan_of(POLICIES["closed"], ZONE))
        == """\
Closed relay: strangers are refused.
Who may send through the relay to a recipient outside the company:
office, 192.0.2.0/24
  relay 192.0.2.25: TLS offered, login only inside TLS; towards other servers TLS where offered
  workstation 192.0.2.50: may send to anybody (permit_mynetworks)
  copier 192.0.2.60: may send to anybody (permit_mynetworks)
  dns 192.0.2.53: tells where the mail of a domain goes
hotel, 198.51.100.64/26
  laptop 198.51.100.77: may send to anybody after login (permit_sasl_authenticated)
Internet
  attacker 203.0.113.66: refused (reject_unauth_destination)
  your terminal 203.0.113.200: may send to anybody after login (permit_sasl_authenticated)
  mx1 198.51.100.25: takes mail for customer.example (MX 10)
  mx2 198.51.100.26: takes mail for customer.example (MX 20)"""
    )


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("open", "Open relay: strangers may send to anybody"),
        ("closed", "Closed relay: strangers are refused"),
        ("hotel trusted", "A hole: the relay trusts addresses of the hotel"),
        ("one stranger trusted", "Open relay: strangers may send to anybody"),
        ("nobody trusted", "The relay refuses everybody, its own staff too"),
        ("nobody trusted, login", "Closed relay: strangers are refused"),
        ("customer's domain is ours", "The relay takes mail for customer.example from strangers"),
        ("no rule refuses", "Open relay: strangers may send to anybody"),
        ("refuse all", "The relay refuses everybody, its own staff too"),
    ],
)
def test_the_title_says_what_is_seen(name: str, claim: str) -> None:
    assert text(plan_of(POLICIES[name], ZONE)).splitlines()[0] == f"{claim}."


@pytest.mark.parametrize(
    ("name", "relay"),
    [
        ("open", "no TLS, no login; towards other servers TLS where offered"),
        ("login without TLS", "no TLS, login also without TLS; towards other servers TLS where offered"),
        ("login that waits for TLS in vain", "no TLS, no login; towards other servers TLS where offered"),
        ("TLS demanded", "TLS demanded, login only inside TLS; towards other servers TLS where offered"),
    ],
)
def test_the_relays_line_says_what_it_offers(name: str, relay: str) -> None:
    assert f"  relay 192.0.2.25: {relay}" in text(plan_of(POLICIES[name], ZONE)).splitlines()


@pytest.mark.parametrize(("level", "words"), [("none", "no TLS"), ("encrypt", "always TLS")])
def test_the_relays_line_says_how_mail_goes_on(level: str, words: str) -> None:
    assert f"towards other servers {words}\n" in text(plan_of(policy(smtp_tls_security_level=level), ZONE))


@pytest.mark.parametrize(
    ("name", "host", "standing", "rule"),
    [
        ("hotel trusted", usual.LAPTOP, Standing.ANYBODY, "permit_mynetworks"),
        ("hotel trusted", usual.ATTACKER, Standing.REFUSED, "reject_unauth_destination"),
        ("nobody trusted, login", usual.WORKSTATION, Standing.AFTER_LOGIN, "permit_sasl_authenticated"),
        ("nobody trusted, login", usual.COPIER, Standing.REFUSED, "reject_unauth_destination"),
        ("login without TLS", usual.LAPTOP, Standing.AFTER_LOGIN, "permit_sasl_authenticated"),
        ("login that waits for TLS in vain", usual.LAPTOP, Standing.REFUSED, "reject_unauth_destination"),
        ("TLS demanded", usual.COPIER, Standing.REFUSED, "smtpd_tls_security_level"),
        ("TLS demanded", usual.WORKSTATION, Standing.ANYBODY, "permit_mynetworks"),
        ("refused for now", usual.ATTACKER, Standing.DEFERRED, "defer_unauth_destination"),
        ("customer's domain is ours", usual.ATTACKER, Standing.CUSTOMER, "smtpd_relay_restrictions"),
        ("no rule refuses", usual.ATTACKER, Standing.ANYBODY, "smtpd_relay_restrictions"),
    ],
)
def test_a_host_stands_with_the_relay_as_its_rules_say(
    name: str, host: Host, standing: Standing, rule: str
) -> None:
    found = right(POLICIES[name], host)
    assert (found.standing, found.rule) == (standing, rule)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


@ALL
def test_the_map_says_what_then_really_happens(lab: Lab, policy: Policy) -> None:
    lab.relay.policy = policy
    staff = {"user": "staff", "password": "paper-boat-7"}
    happens = {
        usual.WORKSTATION: (lab.workstation.send(), lab.workstation.send(**staff)),  # type: ignore[arg-type]
        usual.LAPTOP: (lab.laptop.send(), lab.laptop.send(**staff)),  # type: ignore[arg-type]
        usual.COPIER: (lab.copier.send(tls="none"),),
        usual.ATTACKER: (lab.attacker.spam(1),),
    }
    for host, (plain, *after_login) in happens.items():
        standing = right(policy, host).standing
        assert bool(plain.delivered) == (standing in {Standing.ANYBODY, Standing.CUSTOMER}), host
        if standing is Standing.AFTER_LOGIN:
            assert [report.delivered for report in after_login] == [1], host


def test_to_look_at_the_map_changes_nothing_in_the_lab(lab: Lab) -> None:
    before = len(lab.transcripts), repr(lab.relay)
    topology(lab)
    assert (len(lab.transcripts), repr(lab.relay)) == before


def test_the_map_is_of_the_policy_as_it_is_now(lab: Lab) -> None:
    for name in ("open", "closed"):
        lab.relay.policy = POLICIES[name]
        plan = plan_of(POLICIES[name], ZONE, lab.relay.traffic, len(lab.relay.queue))
        assert repr(topology(lab)) == text(plan)


STOLEN = "A stolen password: the relay takes strangers for its own people."
BY_THE_THIEF = (
    "  attacker 203.0.113.66: may send to anybody with a stolen password (permit_sasl_authenticated)"
)


def test_who_stole_a_password_is_let_in_until_it_is_changed() -> None:
    with Lab(POLICIES["closed"]) as lab:
        lab.attacker.spray(1)
        assert "stolen" not in repr(topology(lab))
        lab.attacker.takeover(1)
        said = repr(topology(lab))
        assert said.splitlines()[0] == STOLEN
        assert f"\n{BY_THE_THIEF}; " in said
        lab.relay.accounts.add("sales", "heavy-lantern-38")
        assert repr(topology(lab)).splitlines()[0] == "Closed relay: strangers are refused."


def test_a_copier_that_was_given_a_login_is_no_thief() -> None:
    everybody = frozenset(host.address for host in (usual.COPIER, usual.LAPTOP, usual.ATTACKER))
    plan = plan_of(POLICIES["nobody trusted, login"], ZONE, holders=everybody)
    found = {right.host: right.standing for _, right in plan.lanes}
    assert found[usual.COPIER] is found[usual.LAPTOP] is Standing.AFTER_LOGIN
    assert found[usual.ATTACKER] is Standing.STOLEN


def some_mail() -> Traffic:
    traffic = Traffic()
    traffic.counts |= {
        (START, "attacker", Outcome.ACCEPTED): 12_345,
        (START, "attacker", Outcome.REFUSED): 678,
        (START + timedelta(hours=1), "attacker", Outcome.ACCEPTED): 1,
        (START, "workstation", Outcome.ACCEPTED): 2,
        (START, "workstation", Outcome.BOUNCED): 1,
        (START, "attacker", Outcome.DELIVERED): 12_340,
        (START, "bot 100", Outcome.REFUSED): 5,
    }
    return traffic


def test_the_map_counts_the_letters() -> None:
    lines = text(plan_of(POLICIES["open"], ZONE, some_mail(), queue=7)).splitlines()
    assert "    so far 12,340 delivered, 1 returned, and 7 in the queue" in lines
    attacker, workstation = "203.0.113.66: may send to anybody", "192.0.2.50: may send to anybody"
    assert f"  attacker {attacker} (permit_mynetworks); 12,346 accepted, 678 refused" in lines
    assert f"  workstation {workstation} (permit_mynetworks); 2 accepted, 1 returned" in lines
    assert "  copier 192.0.2.60: may send to anybody (permit_mynetworks)" in lines


def test_a_smart_host_is_on_the_map_when_mail_goes_through_it() -> None:
    through = policy(relayhost="[smarthost.isp.example]:587")
    said = text(plan_of(through, ZONE))
    assert "    hands all mail on to [smarthost.isp.example]:587\n" in said
    assert "  smarthost 198.51.100.10: the provider's smart host\n" in said
    assert "smart" not in text(plan_of(POLICIES["closed"], ZONE))


@pytest.mark.parametrize(
    ("records", "servers"),
    [
        (
            "IN MX 20 mx1.customer.example.\n@ IN MX 5 mx2.customer.example.",
            ["mx2 198.51.100.26", "mx1 198.51.100.25"],
        ),
        ("IN MX 10 mx1.customer.example.\n@ IN MX 20 backup.elsewhere.example.", ["mx1 198.51.100.25"]),
        ("IN TXT none", []),
    ],
    ids=["other order", "a server that isn't in the lab", "none"],
)
def test_the_mail_servers_are_those_of_the_zone(records: str, servers: list[str]) -> None:
    zone = Zone(f"$ORIGIN customer.example.\n$TTL 60\n@ {records}\n")
    lines = [line for line in text(plan_of(POLICIES["open"], zone)).splitlines() if "takes mail for" in line]
    assert [line.strip().partition(":")[0] for line in lines] == servers


@ALL
def test_no_words_are_cut_off_or_cover_others(
    unreadable: Callable[[int, Paint], list[str]], policy: Policy
) -> None:
    through = policy.replace(relayhost="[smarthost.isp.example]")
    for plan in (
        plan_of(policy, ZONE),
        plan_of(policy, ZONE, some_mail(), queue=12_345),
        plan_of(policy, ZONE, holders=frozenset({usual.ATTACKER.address})),
        plan_of(through, ZONE),
        plan_of(through, ZONE, some_mail(), queue=12_345),
    ):
        assert unreadable(plan.height, paint(plan)) == []


def test_the_arrows_differ_in_more_than_colour() -> None:
    looks = painting.LOOKS.values()
    assert set(painting.LOOKS) == set(Standing)
    assert len({look.words for look in looks}) == len(looks)
    assert len({(look.dashes, look.sign.__name__) for look in looks if look.passes}) == 4


def test_a_closed_lab_says_so() -> None:
    closed = Lab()
    closed.close()
    with pytest.raises(LabClosed):
        topology(closed)

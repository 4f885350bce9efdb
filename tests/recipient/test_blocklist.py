"""The blocklist: what brings an address onto it, what everybody finds there, and how it is left."""

from datetime import timedelta

import pytest

from labkit import Policy
from labkit.clock import START, Clock
from labkit.dns.server import NameServer
from labkit.dns.zone import NXDOMAIN, Zone
from labkit.errors import OutsideTheLab
from labkit.lab import usual
from labkit.lab.lab import Lab
from labkit.recipient.blocklist import Blocklist, ListingRule
from labkit.recipient.policy import RecipientPolicy
from labkit.recipient.reputation import Signal
from labkit.recipient.tally import Event

RELAY, SIX = "192.0.2.25", "2001:db8::25"
NIBBLES = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
TRAP, COMPLAINT = Event.TRAP, Event.COMPLAINT


class Place:
    """A blocklist, its zone and its clock."""

    def __init__(self, rule: ListingRule | None = None) -> None:
        self.clock = Clock()
        self.dns = NameServer(Zone(usual.ZONE))
        self.list = Blocklist(self.dns, self.clock, rule)

    def sees(self, *events: Event, address: str = RELAY) -> None:
        for event in events:
            self.list.hear(Signal(event, address, "", self.clock.now))

    def later(self, **time: float) -> None:
        self.clock.now += timedelta(**time)

    def answer(self, name: str, kind: str = "A") -> list[str]:
        return [str(record.rdata) for record in self.dns.zone.look_up(f"{name}.bl.example", kind)[1]]


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([TRAP], "1 letter to a spam trap in 7 days"),
        ([COMPLAINT] * 3, "3 complaints in 7 days"),
        ([COMPLAINT, TRAP], "1 letter to a spam trap and 1 complaint in 7 days"),
    ],
)
def test_enough_signs_list_an_address(place: Place, events: list[Event], why: str) -> None:
    place.later(minutes=10)
    place.sees(*events)
    listing = place.list.listing(RELAY)
    assert listing
    assert (listing.address, listing.since, listing.why) == (RELAY, START + timedelta(minutes=10), why)
    assert place.answer("25.2.0.192") == ["127.0.0.2"]
    assert place.answer("25.2.0.192", "TXT") == [f'"192.0.2.25 is listed since 2026-01-05 09:10: {why}"']


def test_fewer_dont(place: Place) -> None:
    place.sees(COMPLAINT, COMPLAINT)
    place.sees(COMPLAINT, address="192.0.2.26")
    assert place.list.listing(RELAY) is None
    assert place.dns.zone.look_up("25.2.0.192.bl.example", "A") == (NXDOMAIN, [])


def test_old_complaints_dont_count(place: Place) -> None:
    place.sees(COMPLAINT, COMPLAINT)
    place.later(days=8)
    place.sees(COMPLAINT)
    assert place.list.listing(RELAY) is None


def test_an_ipv6_address_is_listed_by_its_nibbles(place: Place) -> None:
    place.sees(TRAP, address=SIX)
    assert place.answer(NIBBLES) == ["127.0.0.2"]
    assert "2001:db8::25" in repr(place.list)


@pytest.mark.parametrize("kind", ["A", "TXT"])
@pytest.mark.parametrize("mapped", ["", "0.0.0.0.0.f.7.f.f.f.f" + ".0" * 20])
def test_the_entries_for_tests_are_those_of_the_rfc(place: Place, mapped: str, kind: str) -> None:
    listed, never = (f"{last}.{mapped}" if mapped else f"{last}.0.0.127" for last in "21")
    assert len(place.answer(listed, kind)) == 1
    assert place.answer(never, kind) == []


def test_a_further_sign_changes_nothing_but_the_time_that_it_takes(place: Place) -> None:
    place.sees(TRAP)
    place.later(hours=20)
    place.sees(TRAP)
    assert len(place.answer("25.2.0.192")) == len(place.answer("25.2.0.192", "TXT")) == 1
    place.later(hours=10)
    assert repr(place.list.delist(RELAY)) == (
        "Refused. 192.0.2.25 is listed: 1 letter to a spam trap in 7 days. The last sign was at 2026-01-06 05:00, less "
        "than 24 hours ago, so the cause isn't gone. End it, and ask again from 2026-01-07 05:00 on."
    )
    assert place.list.listing(RELAY)


def test_who_has_ended_the_cause_is_taken_off(place: Place) -> None:
    before = place.dns.zone.text
    place.sees(TRAP)
    place.later(hours=24)
    said = place.list.delist(RELAY)
    assert said.delisted
    assert repr(said) == (
        "Done. 192.0.2.25 is off bl.example, because nothing was seen of it for 24 hours. "
        "A single complaint or trap hit in the next 7 days lists it again."
    )
    assert place.dns.zone.text == before
    assert repr(place.list.delist(RELAY)) == "192.0.2.25 isn't on bl.example: there is nothing to do."


def test_who_hasnt_is_listed_again_at_the_first_sign(place: Place) -> None:
    place.sees(TRAP)
    place.later(days=1)
    assert place.list.delist(RELAY)
    place.later(days=6)
    place.sees(COMPLAINT)
    listing = place.list.listing(RELAY)
    assert listing
    assert listing.why == "1 complaint, after it was taken off this list"


def test_a_promise_that_was_kept_for_long_is_forgotten(place: Place) -> None:
    place.sees(TRAP)
    place.later(days=1)
    assert place.list.delist(RELAY)
    place.later(days=8)
    place.sees(COMPLAINT)
    assert place.list.listing(RELAY) is None


@pytest.mark.parametrize("address", ["127.0.0.2", "::ffff:127.0.0.2", "::FFFF:7F00:2"])
def test_the_entries_for_tests_stay(place: Place, address: str) -> None:
    said = place.list.delist(address)
    assert not said
    assert repr(said) == f"{address} stays: every list has it, for tests (RFC 5782 section 5)."


def test_an_entry_of_the_zone_counts_from_the_labs_beginning(place: Place) -> None:
    listing = place.list.listing("203.0.113.66")
    assert listing
    assert (listing.since, listing.why) == (START, "203.0.113.66 has sent spam.")
    assert not place.list.delist("203.0.113.66")
    place.later(days=1)
    assert place.list.delist("203.0.113.66")
    assert place.answer("66.113.0.203") == []


@pytest.mark.parametrize("address", ["8.8.8.8", "nonsense", "", "127.0.0.1"])
def test_other_addresses_are_none_of_its_business(place: Place, address: str) -> None:
    for ask in (place.list.delist, place.list.listing):
        with pytest.raises(OutsideTheLab):
            ask(address)


def test_the_list_shows_its_entries_and_its_rule(place: Place) -> None:
    place.sees(TRAP)
    title, _, *table, _, first, second = repr(place.list).splitlines()
    assert title == "bl.example lists 2 addresses"
    assert [" ".join(line.split()) for line in table[-2:]] == [
        "203.0.113.66 2026-01-05 09:00 203.0.113.66 has sent spam.",
        "192.0.2.25 2026-01-05 09:00 1 letter to a spam trap in 7 days",
    ]
    assert f"{first} {second}" == str(place.list.rule)
    assert "<table" in place.list._repr_html_()


def test_another_rule_is_another_list() -> None:
    place = Place(ListingRule(traps=2, complaints=1, quiet_hours=0))
    place.sees(TRAP)
    assert place.list.listing(RELAY) is None
    place.sees(COMPLAINT)
    assert place.list.delist(RELAY)
    assert str(place.list.rule).startswith(
        "An address is listed after 2 letters to spam traps or 1 complaint within"
    )


def test_a_relay_that_asks_the_list_refuses_the_address_at_once_and_takes_it_back(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(usual.OPEN_POLICY).replace(
        smtpd_client_restrictions="reject_rbl_client bl.example"
    )
    assert lab.laptop.send().delivered == 1
    lab.blocklist.hear(Signal(TRAP, "198.51.100.77", "", lab.scenery.clock.now))
    assert lab.laptop.send().refused == 1
    lab.wait(days=1)
    assert lab.blocklist.delist("198.51.100.77")
    assert lab.laptop.send().delivered == 1


def test_letters_to_a_spam_trap_list_the_relay_that_sent_them(lab: Lab) -> None:
    (trap, *_) = lab.customer.traps
    lab.customer.checks = RecipientPolicy(dnsbl="refuse")
    assert lab.workstation.send().delivered == 1
    lab.workstation.send(to=trap)
    lab.settle()
    listing = lab.blocklist.listing(RELAY)
    assert listing
    assert listing.why == "1 letter to a spam trap in 7 days"
    assert lab.workstation.send().delivered == 0
    lab.wait(days=1)
    assert lab.blocklist.delist(RELAY)
    assert lab.workstation.send().delivered == 1

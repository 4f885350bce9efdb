"""Where an address leads: what is left when the relay's own names are taken off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relay.place import RELAY, path

from labkit import Policy
from labkit.relay.rules.destination import Kind, resolve
from labkit.smtp.address import Path

POLICY = Policy(relay_domains="partner.example")
OWN, RELAYED, ELSEWHERE = Kind

CASES = [
    ("staff@corp.example", "staff@corp.example", OWN),
    ("Staff@CORP.example", "staff@corp.example", OWN),
    ("staff", "staff@mail.corp.example", OWN),
    ("@corp.example", "mailer-daemon@corp.example", OWN),
    ("staff@[192.0.2.25]", "staff@[192.0.2.25]", OWN),
    ("staff@[192.0.2.26]", "staff@[192.0.2.26]", ELSEWHERE),
    ("x@partner.example", "x@partner.example", RELAYED),
    ("x@a.b.partner.example", "x@a.b.partner.example", RELAYED),
    ("x@corp.example.far.example", "x@corp.example.far.example", ELSEWHERE),
    ("t%far.example@corp.example", "t@far.example", ELSEWHERE),
    ("far.example!t@corp.example", "t@far.example", ELSEWHERE),
    ("far.example!t", "t@far.example", ELSEWHERE),
    ("t%far.example", "t@far.example", ELSEWHERE),
    ('"t@far.example"', "t@far.example", ELSEWHERE),
    ('"t@far.example"@corp.example', "t@far.example", ELSEWHERE),
    ("t@far.example@corp.example", "t@far.example", ELSEWHERE),
    ("t%far.example@[192.0.2.25]", "t@far.example", ELSEWHERE),
    ("staff%corp.example@mail.corp.example", "staff@corp.example", OWN),
    ("a%b.example%corp.example@corp.example", "a@b.example", ELSEWHERE),
]


@pytest.mark.parametrize(("address", "left", "kind"), CASES)
def test_where_it_leads(address: str, left: str, kind: Kind) -> None:
    found = resolve(POLICY, RELAY, path(address))
    assert (found.path.address, found.kind, found.routed) == (left, kind, False)
    assert found.is_ours is (kind is not ELSEWHERE)


@pytest.mark.parametrize(
    "address", ["t%far.example@partner.example", "a!b!t@corp.example", "a!t@partner.example"]
)
def test_what_another_server_is_asked_to_send_on_is_nobodys(address: str) -> None:
    found = resolve(POLICY, RELAY, path(address))
    assert found.routed
    assert not found.is_ours


def test_a_host_that_is_no_destination_has_no_mail_of_its_own() -> None:
    assert resolve(Policy(mydestination="corp.example"), RELAY, path("staff")).kind is ELSEWHERE


@given(st.text("ab@%!.", max_size=12), st.sampled_from(["", "corp.example", "far.example"]))
def test_every_address_leads_somewhere(local: str, domain: str) -> None:
    found = resolve(POLICY, RELAY, Path(local, domain))
    assert found.kind is not OWN or not found.path.asks_for_routing

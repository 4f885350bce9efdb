"""Who can be in the lab: nobody who could be real."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import OutsideTheLab
from labkit.network.addresses import NAMES, RANGES, Host, lab_address, lab_domain
from labkit.wire.record import Party

ADDRESSES = st.one_of([st.ip_addresses(network=str(network)) for network in RANGES]).map(str)


@settings(deadline=None)
@given(ADDRESSES)
def test_every_documentation_address_can_be_a_host(address: str) -> None:
    assert str(lab_address(address)) == address


@settings(deadline=None)
@given(st.ip_addresses().filter(lambda address: not any(address in network for network in RANGES)).map(str))
def test_no_other_address_can(address: str) -> None:
    with pytest.raises(OutsideTheLab, match=r"could be a real machine.*RFC 5737"):
        lab_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "0.0.0.0",
        "10.0.0.1",
        "192.0.3.1",
        "8.8.8.8",
        "255.255.255.255",
        "::ffff:192.0.2.1",
    ],
)
def test_an_address_of_this_machine_or_of_somebody_is_refused(address: str) -> None:
    with pytest.raises(OutsideTheLab, match="could be a real machine"):
        Host("relay", address)


@pytest.mark.parametrize(
    "text", ["", "relay", "192.0.2", "192.0.2.256", "192.0.2.1:25", "192.0.2.0/24", " 192.0.2.1"]
)
def test_what_isnt_an_address_is_said_so_with_an_example(text: str) -> None:
    with pytest.raises(
        OutsideTheLab, match=r"is not an IP address. The lab uses, for example, 192\.0\.2\.25\."
    ):
        lab_address(text)


@pytest.mark.parametrize(
    ("written", "name"),
    [(name, name) for name in NAMES]
    + [
        ("mail.corp.example", "mail.corp.example"),
        ("Mail.Corp.EXAMPLE.", "mail.corp.example"),
        ("a.b.c.example.com", "a.b.c.example.com"),
        ("host.test", "host.test"),
    ],
)
def test_every_reserved_name_can_be_a_domain(written: str, name: str) -> None:
    assert lab_domain(written) == name


@pytest.mark.parametrize(
    "name",
    [
        "gmail.com",
        "com",
        "example.de",
        "myexample.com",
        "example.com.evil.org",
        "examples",
        "",
        ".",
        "192.0.2.1",
    ],
)
def test_a_domain_that_could_be_somebodys_is_refused(name: str) -> None:
    with pytest.raises(OutsideTheLab, match=r"could be somebody's real domain.*RFC 2606"):
        lab_domain(name)
    if name:
        with pytest.raises(OutsideTheLab):
            Host("relay", "192.0.2.25", name)


def test_a_host_is_a_name_at_an_address() -> None:
    host = Host("relay", "192.0.2.25", "mail.corp.example")
    assert str(host) == "relay [192.0.2.25]"
    assert host.party == Party("relay", "192.0.2.25")
    assert host == Host("relay", "192.0.2.25", "mail.corp.example")


def test_an_address_has_one_spelling() -> None:
    assert Host("relay", "2001:DB8:0:0::25") == Host("relay", "2001:db8::25")

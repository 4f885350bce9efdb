"""The words of a seed: well formed whatever the seed, and never two hosts in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.attacker.means.guesses import passwords
from labkit.dns.zone import Zone
from labkit.lab import usual
from labkit.lab.stage import Stage
from labkit.lab.telling import told
from labkit.lab.variant import (
    COMPANIES,
    CUSTOMERS,
    DROPS,
    HOSTINGS,
    HOTELS,
    NETWORKS,
    PROVIDERS,
    STRONG,
    WEAK,
    Network,
    vocabulary,
)
from labkit.network.addresses import lab_domain

anna = vocabulary("anna")
SEEDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("corp.example", "opal.example"),
        ("staff@corp.example, mail.corp.example.", "staff@opal.example, mail.opal.example."),
        ("CORP.EXAMPLE", "OPAL.EXAMPLE"),
        (r"/@corp\.example$/ /\bcorp\.example\b/", r"/@opal\.example$/ /\bopal\.example\b/"),
        ("c0rp.example corp-example.test", "0pal.example opal-example.test"),
        ("corp:slow-train-52", "opal:morning-ladder-48"),
        ("xcorp.example corp.example.org incorporated", "xcorp.example opal.example.org incorporated"),
        ("corp2025 corp-2025 corp2026", "opal2025 opal-2025 opal2026"),
        ("192.0.2.25 [192.0.2.25]:25 192.0.2.25.", "192.0.2.83 [192.0.2.83]:25 192.0.2.83."),
        (r"192\.0\.2\.25", r"192\.0\.2\.83"),
        ("192.0.2.0/24 198.51.100.0/24", "192.0.2.0/24 198.51.100.0/24"),
        ("192.0.2.60/32 192.0.2.60/31 192.0.2.61", "192.0.2.118/32 192.0.2.118/31 192.0.2.119"),
        ("192.0.2.48/28 198.51.100.64/26", "192.0.2.112/28 198.51.100.64/26"),
        ("192.0.2.60/24 0.0.0.0/0", "192.0.2.118/24 0.0.0.0/0"),
        ("25.2.0.192.in-addr.arpa", "83.2.0.192.in-addr.arpa"),
        ("66.113.0.203.bl.example", "15.113.0.203.bl.example"),
        (
            "203.0.113.200 192.0.2.0 192.0.2.255 1.192.0.2.25",
            "203.0.113.200 192.0.2.0 192.0.2.255 1.192.0.2.25",
        ),
        ("vps66.hosting.example room77.hotel.example", "vps15.storage.example room81.pension.example"),
        ("room 3, the hotel, a customer", "room 3, the hotel, a customer"),
        ("AHN0YWZmAHBhcGVyLWJvYXQtNw==", "AHN0YWZmAGdvbGRlbi11bWJyZWxsYS0xNQ=="),
        ("webmail.example 198.51.100.40", "webmail.example 198.51.100.40"),
    ],
)
def test_a_text_is_told_in_the_words_of_a_seed(text: str, expected: str) -> None:
    assert anna(text) == expected


@given(SEEDS)
def test_every_seed_gives_a_stage_that_can_be(seed: str) -> None:
    stage = Stage(seed, 1, vocabulary(seed))  # each Host has looked at its own address and domain
    hosts = [role.host for role in stage.CAST]
    hosts += [stage.BLOCKLIST, stage.WEB, stage.LIAR, stage.HOTEL_GUEST, stage.YOUR_SERVER, *stage.POOL]
    before = [role.host for role in usual.CAST]
    before += [usual.BLOCKLIST, usual.WEB, usual.LIAR, usual.HOTEL_GUEST, usual.YOUR_SERVER, *usual.POOL]
    assert len({host.address for host in hosts}) == len({host.address for host in before}) == len(before)
    assert [host.address.rpartition(".")[0] for host in hosts] == [
        host.address.rpartition(".")[0] for host in before
    ]
    assert len({stage.COMPANY, stage.CUSTOMER, stage.PROVIDER, stage.DROP}) == 4
    assert len(Zone(stage.ZONE).records) == len(Zone(usual.ZONE).records)
    assert set(stage.PASSWORDS.values()).isdisjoint(usual.PASSWORDS.values())


@given(SEEDS, st.text(max_size=60))
def test_what_names_nobody_is_told_as_it_is(seed: str, text: str) -> None:
    if not any(
        word in text for word in ("corp", "example", "CORP", "192", "198", "203", "vps", "room", "bot")
    ):
        assert vocabulary(seed)(text) == text


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.prefix)
def test_addresses_are_exchanged_in_pairs(network: Network) -> None:
    assert len(network.moves()) > 20
    for mask in network.moves():
        moved = [network.moved(number, mask) for number in range(256)]
        assert sorted(moved) == list(range(256))
        assert all(moved[moved[number]] == number for number in range(256))
        assert all(moved[number] != number for number in network.hosts)
        assert all(moved[number] == number for number in network.fixed)


def test_the_words_are_no_ones_and_each_stands_for_one_thing() -> None:
    lists = (COMPANIES, CUSTOMERS, HOTELS, HOSTINGS, PROVIDERS, DROPS)
    words = [word for some in lists for word in some]
    assert len(set(words)) == len(words)
    for word in words:
        lab_domain(f"{word}.example")
        assert f"{word}.example" not in usual.ZONE
    assert all("o" in word and len(word) <= 5 for word in COMPANIES)


def test_a_weak_password_is_as_weak_as_the_usual_one_and_the_others_are_strong() -> None:
    guesses = list(passwords())
    weak = guesses.index(usual.PASSWORDS["sales"])
    assert set(guesses).isdisjoint((*WEAK, *STRONG))
    assert list(passwords(told(tuple(passwords()), anna)))[weak] == anna(usual.PASSWORDS["sales"])


def test_a_value_made_of_texts_is_told_text_by_text() -> None:
    value = {"corp.example": ["192.0.2.25", ("x", 7, None)], "set": frozenset(["corp.example"])}
    assert told(value, anna) == {
        "opal.example": ["192.0.2.83", ("x", 7, None)],
        "set": frozenset(["opal.example"]),
    }
    program = told(usual.ROAD_PROGRAM, anna)
    assert (program.host.address, program.sender) == ("198.51.100.81", "staff@opal.example")
    assert (program.port, program.tls) == (587, usual.ROAD_PROGRAM.tls)
    assert told(len, anna) is len

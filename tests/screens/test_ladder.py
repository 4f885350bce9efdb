"""The ladder, rung by rung: what each sets, and on which a policy stands."""

import pytest

from labkit import Lab, Policy
from labkit.lab import usual
from labkit.screens.ladder import LADDER, rung_of, trusts_the_world, with_the_world

OPEN = Policy.parse(usual.OPEN_POLICY)


def test_the_lab_begins_on_the_lowest_rung() -> None:
    assert LADDER[0].climbed(OPEN) == OPEN
    assert rung_of(OPEN) is LADDER[0]


@pytest.mark.parametrize("rung", LADDER, ids=lambda rung: rung.name)
def test_whoever_climbs_to_a_rung_stands_there_and_keeps_all_else(rung) -> None:
    policy = rung.climbed(OPEN.replace(message_size_limit=1_000))
    assert rung_of(policy) is rung
    assert policy.message_size_limit == 1_000


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("mynetworks", "192.0.2.0/25"),
        ("smtpd_sasl_auth_enable", True),
        ("smtpd_tls_security_level", "encrypt"),
        ("smtpd_tls_auth_only", True),
    ],
)
def test_a_policy_of_ones_own_stands_on_no_rung(change: str, value: object) -> None:
    assert rung_of(OPEN.replace(**{change: value})) is None


@pytest.mark.parametrize(
    ("networks", "trusted", "then"),
    [
        ("192.0.2.0/24", True, ("192.0.2.0/24", "0.0.0.0/0")),
        ("192.0.2.0/24, 0.0.0.0/0", False, ("192.0.2.0/24",)),
        ("192.0.2.0/24, ::/0, 198.51.100.0/24", False, ("192.0.2.0/24", "198.51.100.0/24")),
        ("0.0.0.0/0", False, ("192.0.2.0/24",)),
        ("0.0.0.0/0", True, ("0.0.0.0/0",)),
    ],
)
def test_the_world_is_trusted_or_not(networks: str, trusted: bool, then: tuple[str, ...]) -> None:
    policy = with_the_world(OPEN.replace(mynetworks=networks), trusted=trusted)
    assert policy.mynetworks == then
    assert trusts_the_world(policy) is trusted


def test_from_rung_to_rung_fewer_get_through() -> None:
    with Lab() as lab:
        arrived = []
        for rung in LADDER:
            lab.relay.policy = rung.climbed(lab.relay.policy)
            login = dict(zip(("user", "password"), usual.STAFF_LOGIN, strict=True))
            arrived.append((lab.attacker.spam(1).delivered, lab.laptop.send(**login).delivered))
    assert arrived == [(1, 0), (0, 0), (0, 1), (0, 1)]

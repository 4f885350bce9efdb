"""The sides from which a policy is looked at: each tells an open relay from a closed one, by the mailbox."""

import pytest

from labkit import Policy
from labkit.exercises import sides
from labkit.exercises.exercise import Claim
from labkit.exercises.room import Room
from labkit.lab.usual import OPEN_POLICY

CLAIMS = [one for one in vars(sides).values() if isinstance(one, Claim)]
RIGHT = """
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
"""
STRANGERS = {"stranger", "our sender", "our host name", "spam", "hotel guest", "no login"}
HONEST = {"office", "copier", "inbound", "newcomer", "report"}


def missed(policy: str, seed: str = "") -> set[str]:
    with Room(Policy.parse(policy), seed) as room:
        room.lab.relay.policy = room.answer
        return {claim.key for claim in CLAIMS if not claim.observe(room).holds}


@pytest.mark.parametrize("seed", ["", "anna"])
def test_they_all_hold_where_the_policy_is_right(seed: str) -> None:
    assert missed(RIGHT, seed) == set()


@pytest.mark.parametrize(
    ("policy", "misses"),
    [
        (OPEN_POLICY, STRANGERS | {"laptop"}),
        ("smtpd_client_restrictions = reject", {*HONEST, "laptop"}),
        (RIGHT + "smtpd_tls_security_level = none\nsmtpd_tls_auth_only = no", {"laptop", "clear"}),
        (RIGHT + "smtpd_tls_auth_only = no", {"clear"}),
        (RIGHT + "smtpd_tls_security_level = encrypt", {"copier"}),
        (RIGHT + "mynetworks = 192.0.2.0/24, 198.51.100.0/24", {"hotel guest", "no login"}),
        (RIGHT + "smtpd_sender_restrictions = check_sender_access inline:{ {<> = REJECT} }", {"report"}),
        (RIGHT + "mydestination = other.example", {"inbound", "newcomer", "report"}),
        (
            RIGHT
            + "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,\n"
            + "  check_sender_access inline:{ {corp.example = OK} }, reject_unauth_destination",
            {"our sender", "no login", "spam"},
        ),
        (
            RIGHT
            + "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,\n"
            + "  check_helo_access inline:{ {corp.example = OK} }, reject_unauth_destination",
            {"our host name"},
        ),
    ],
)
def test_each_mistake_is_seen_from_its_own_side(policy: str, misses: set[str]) -> None:
    assert missed(policy) == misses


def test_a_letter_that_is_taken_and_thrown_away_has_not_arrived() -> None:
    discarding = RIGHT + "header_checks = pcre:{ {/^Subject:/ DISCARD} }"
    with Room(Policy.parse(discarding)) as room:
        room.lab.relay.policy = room.answer
        seen = sides.OFFICE_SENDS.observe(room)
    assert not seen.holds
    assert seen.line.startswith("S: 250 2.0.0 Ok: queued as")
    assert seen.line.endswith("(the letter lies in no mailbox)")

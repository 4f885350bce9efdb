"""Flood: honest mail's delay on the lab's clock, without and with limits; and the relay stays up."""

import pytest

from labkit import Lab, Policy, UsageError
from labkit.attacker.flood import Arrival, compared
from labkit.attacker.means.waves import WAYS

OPEN = "mynetworks = 192.0.2.0/24, 0.0.0.0/0\n"
CLOSED = "mynetworks = 192.0.2.0/24\n"
RELAY = "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n"

CASES = [
    # policy, how it is flooded, how long a letter takes during it and before it, whether that is harm
    (OPEN, {}, (600, 0), True),  # mynetworks has no limits, and the stranger is in it
    (OPEN, {"how": "slow"}, (600, 0), True),
    (OPEN, {"minutes": 3}, (180, 0), True),
    (OPEN, {"count": 99}, (0, 0), False),
    (OPEN + "smtpd_client_event_limit_exceptions =", {}, (0, 0), False),
    (CLOSED, {}, (0, 0), False),  # 50 connections at most from one address
    (CLOSED, {"how": "slow"}, (0, 0), False),
    (CLOSED, {"addresses": 3}, (600, 0), True),  # 50 from each: too wide
    (CLOSED + "smtpd_client_connection_count_limit = 4", {"addresses": 21}, (0, 0), False),
    (CLOSED + "default_process_limit = 10", {}, (600, 0), True),
    (OPEN, {"how": "lines"}, (0, 0), False),
    (OPEN, {"how": "recipients"}, (0, 0), False),
    (OPEN, {"how": "bombs"}, (0, 0), False),  # a delivery takes no time, unless something says so
    (OPEN + "default_destination_rate_delay = 10", {"how": "bombs"}, (210, 0), True),
    (CLOSED + "default_destination_rate_delay = 10", {"how": "bombs"}, (10, 0), False),
    (CLOSED, {"how": "bombs"}, (0, 0), False),
    (CLOSED, {"how": "recipients"}, (0, 0), False),
]


@pytest.mark.parametrize(("policy", "how", "seconds", "harm"), CASES)
def test_how_long_an_honest_letter_takes(
    lab: Lab, policy: str, how: dict[str, int], seconds: tuple[int, int], harm: bool
) -> None:
    lab.relay.policy = Policy.parse(RELAY + policy)
    report = lab.attacker.flood(**how)  # type: ignore[arg-type]
    during, before = seconds
    assert (
        f"an honest letter took {during} seconds of lab time, {before} without the attack "
        "(found in the mailbox)"
    ) in repr(report)
    assert report.harm == harm
    assert lab.workstation.send().accepted == 1


def test_a_slow_customer_makes_a_flood_of_letters_felt(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(OPEN + RELAY + "default_destination_concurrency_limit = 1")
    lab.mx1.fault = "slow 1"
    assert "an honest letter took 84 seconds of lab time, 7 without the attack" in repr(
        lab.attacker.flood("bombs")
    )


@pytest.mark.parametrize("how", WAYS)
def test_it_is_bounded_and_the_same_on_every_run(how: str) -> None:
    shown = []
    for _ in range(2):
        with Lab() as lab:
            report = lab.attacker.flood(how)
            shown.append([repr(report), *map(str, report.transcripts)])
            assert lab.problems == ()
    assert shown[0] == shown[1]


def test_nothing_of_it_is_left_behind(lab: Lab) -> None:
    lab.attacker.flood("connections")
    lab.settle()
    assert lab.relay.sessions == 0
    assert lab.relay.anvil.present.total() == 0
    assert lab.laptop.send("staff@corp.example").delivered == 1


def test_bombs_are_taken_apart_without_harm(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(
        header_checks="pcre:{ {/^Subject: never/ REJECT} }", body_checks="pcre:{ {/never/ REJECT} }"
    )
    assert "40 × taken, for one recipient" in repr(lab.attacker.flood("bombs"))


def test_where_honest_mail_never_got_through_the_flood_isnt_to_blame(lab: Lab) -> None:
    lab.relay.policy = Policy.parse("smtpd_relay_restrictions = reject")
    report = lab.attacker.flood()
    assert "honest mail doesn't get through even without the attack (554 5.7.1" in repr(report)
    assert report.harm == 0


COMPARED = [
    (Arrival(0), Arrival(60), "an honest letter took 60 seconds of lab time, 0 without the attack", False),
    (Arrival(0), Arrival(61), "an honest letter took 61 seconds of lab time, 0 without the attack", True),
    (
        Arrival(7),
        Arrival(3600),
        "an honest letter took 3,600 seconds of lab time, 7 without the attack",
        True,
    ),
    (Arrival(0), Arrival(None, "552 too big"), "an honest letter was lost", True),
    (Arrival(None, "554 no"), Arrival(0), "honest mail doesn't get through even without the attack", False),
]


@pytest.mark.parametrize(("before", "during", "what", "harm"), COMPARED)
def test_what_counts_as_harm(before: Arrival, during: Arrival, what: str, harm: bool) -> None:
    finding = compared(before, during)
    assert (finding.what, finding.harm) == (what, harm)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"how": "water"}, "There is no flood of 'water': choose one of connections, slow"),
        ({"count": 0}, "A flood of 0 connections"),
        ({"count": 100_000}, "A flood of 100,000 connections"),
        ({"minutes": 0}, "lasts for 1 to 60 minutes, and not for 0"),
        ({"addresses": 99}, "has 1 to 21 addresses"),
    ],
)
def test_what_cant_be_is_said(lab: Lab, how: dict[str, int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lab.attacker.flood(**how)  # type: ignore[arg-type]
    assert len(lab.transcripts) == 0

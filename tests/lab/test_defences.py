"""Defences as values: each is main.cf that can be read, says what it is, and can be put to work."""

from textwrap import dedent

import pytest

from labkit import Defence, Lab, Policy, defences
from labkit.lab.defence import Road, changed
from labkit.lab.defences import DEFENCES, OPEN, RIGHT, TRUST_FROM, WRONG
from labkit.relay.language import main_cf
from labkit.relay.services import Services


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda each: each.name)
def test_each_is_main_cf_that_can_be_read_and_printed(defence: Defence) -> None:
    shown = repr(defence)
    assert shown.startswith(f"# {defence.name}: {defence.what}\n")
    assert defence.what.endswith(".")
    assert Policy.parse(shown) == defence.policy
    assert Services(defence.services).policy("submission", defence.policy)
    assert defence.road.user in ("", "staff")
    assert "paper-boat-7" not in shown


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda each: each.name)
def test_only_those_that_trust_everybody_are_warned_of(defence: Defence) -> None:
    trusts_all = ("mynetworks trusts every address there is: this is an open relay.",)
    assert defence.policy.warnings == (trusts_all if defence in (OPEN, TRUST_FROM) else ())


@pytest.mark.parametrize("defence", WRONG, ids=lambda each: each.name)
def test_a_wrong_fix_differs_from_the_right_policy_in_one_thing(defence: Defence) -> None:
    ours, right = _settings(defence), _settings(RIGHT)
    different = {name for name in ours | right if ours.get(name) != right.get(name)}
    assert len(different) <= 3
    others = (defence.signs != RIGHT.signs, defence.passwords != RIGHT.passwords)
    assert different or any(others)
    assert (defence.dns, defence.checks) == (RIGHT.dns, RIGHT.checks)


def test_all_of_it_is_put_to_work(lab: Lab) -> None:
    RIGHT.install(lab)
    assert lab.relay.policy == RIGHT.policy
    assert "p=reject" in repr(lab.dns.records("_dmarc.corp.example"))
    assert "k=ed25519" in repr(lab.dns.records("mail._domainkey.corp.example"))
    assert lab.customer.checks == RIGHT.checks
    assert lab.laptop.send(port=587, user="sales", password="winter-2026").delivered == 0
    assert lab.laptop.send(**RIGHT.road.settings).delivered == 1
    (letter,) = lab.mailbox("orders@customer.example")
    assert "dmarc=pass" in letter.text


def test_a_road_says_how_a_mail_program_is_set_up() -> None:
    assert str(Road()) == "port 25, TLS: may, doesn't log in"
    assert str(RIGHT.road) == "port 587, TLS: verify, logs in as staff"


def test_lines_are_changed_where_they_stand_and_others_are_added() -> None:
    assert changed("  a = 1\n  b = 2,\n      3\n", "b =\nc = 4") == "a = 1\nb =\nc = 4\n"


def test_students_find_them_under_their_names() -> None:
    assert (OPEN, *WRONG, RIGHT) == defences.DEFENCES
    assert "<pre># right policy" in RIGHT._repr_html_()


def _settings(defence: Defence) -> dict[str, list[str]]:
    """What is written for port 25 and for port 587, parameter by parameter."""
    texts = {"25": defence.main_cf, "587": defence.services.get("submission", "")}
    return {
        f"{port} {name}": value.split()
        for port, text in texts.items()
        for name, (value, _) in main_cf.read(dedent(text)).items()
    }

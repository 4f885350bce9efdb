"""The recipient's policy: plain words in, plain words out, and an explanation for anything else."""

import pytest

from labkit import Lab
from labkit.errors import PolicyError
from labkit.recipient.actions import CHECKS, Action
from labkit.recipient.policy import HEADERS, NOTHING, PROVIDER, RecipientPolicy


def test_nothing_is_checked_by_default() -> None:
    assert RecipientPolicy() == NOTHING
    assert NOTHING.checks == ()
    assert repr(NOTHING) == "Nothing is checked: every letter for a mailbox goes to its inbox."


@pytest.mark.parametrize(
    ("check", "value", "actions"),
    [
        ("spf", "off", {}),
        ("spf", None, {}),
        ("spf", "header", {}),
        ("spf", "refuse", {"fail": Action.REFUSE}),
        ("spf", " Spam  FOLDER ", {"fail": Action.JUNK}),
        ("spf", "usual", {"fail": Action.JUNK, "softfail": Action.HEADER}),
        (
            "spf",
            "fail: refuse, softfail: spam folder",
            {"fail": Action.REFUSE, "softfail": Action.JUNK},
        ),
        ("dkim", "defer", {"fail": Action.DEFER, "permerror": Action.DEFER}),
        ("dmarc", "as the domain asks", {"fail": Action.AS_ASKED}),
        ("reputation", "too fast: defer", {"too fast": Action.DEFER}),
    ],
)
def test_how_a_check_may_be_written(check: str, value: str, actions: dict[str, Action]) -> None:
    assert RecipientPolicy(**{check: value}).actions(check) == actions


@pytest.mark.parametrize(
    ("check", "value", "said"),
    [
        ("spf", "refuze", "Did you mean 'refuse'?"),
        ("spf", "as the domain asks", "is nothing that a recipient can do"),
        ("spf", "fial: refuse", "spf never finds 'fial'. Did you mean 'fail'?"),
        ("spf", "fail: rejct", "It can do nothing, header, spam folder, defer, refuse;"),
        ("dnsbl", True, "dnsbl = 'true'"),
        ("bulk_volume", 0, "bulk_volume = 0 is no number of letters"),
        ("bulk_volume", "many", "choose 1 or more"),
    ],
)
def test_what_cant_be_is_explained(check: str, value: object, said: str) -> None:
    with pytest.raises(PolicyError) as error:
        RecipientPolicy(**{check: value})  # type: ignore[arg-type]
    assert said in str(error.value)


def test_what_isnt_named_goes_into_the_header() -> None:
    policy = RecipientPolicy(spf="fail: refuse")
    assert policy.action("spf", "softfail") is Action.HEADER
    assert policy.action("spf", "a result that nobody knows") is Action.HEADER


@pytest.mark.parametrize("check", CHECKS)
def test_the_table_of_checks_names_only_results_that_there_are(check: str) -> None:
    known = CHECKS[check]
    assert set(known.bad) | set(known.usual) <= set(known.results)


@pytest.mark.parametrize(
    "policy", [NOTHING, HEADERS, PROVIDER, RecipientPolicy(bulk="header", bulk_volume=9)]
)
def test_a_shown_policy_can_be_written_again(policy: RecipientPolicy) -> None:
    lines = [line.partition(" = ") for line in repr(policy).splitlines() if policy.checks]
    given: dict[str, object] = {name: int(value) if value.isdigit() else value for name, _, value in lines}
    assert NOTHING.replace(**given) == policy or repr(NOTHING.replace(**given)) == repr(policy)


def test_an_unknown_setting_gets_the_nearest_name() -> None:
    with pytest.raises(PolicyError, match=r"no setting .dmark.\. Did you mean .dmarc."):
        NOTHING.replace(dmark="refuse")


def test_names_may_be_a_text() -> None:
    assert RecipientPolicy(lists="bl.example, wl.example").lists == ("bl.example", "wl.example")


def test_both_servers_share_a_policy_unless_one_has_its_own(lab: Lab) -> None:
    lab.customer.checks = HEADERS
    assert lab.mx1.checks == lab.mx2.checks == HEADERS
    lab.mx2.checks = NOTHING
    assert (lab.mx1.checks, lab.mx2.checks) == (HEADERS, NOTHING)
    lab.mx2.checks = None  # type: ignore[assignment]
    assert lab.mx2.checks == HEADERS
    with pytest.raises(PolicyError, match="needs a RecipientPolicy"):
        lab.mx1.checks = "refuse"  # type: ignore[assignment]
    lab.reset()
    assert lab.customer.checks == lab.mx2.checks == NOTHING

"""The name service fails on purpose: felt at once, told apart from "no such name", and then over."""

from collections.abc import Callable
from typing import Any

import pytest

from labkit import Lab
from labkit.dns.faults import Faults, fault_named
from labkit.dns.resolver import Answer, TemporaryFailure
from labkit.dns.server import NameServer
from labkit.dns.zone import Zone
from labkit.errors import UsageError

Play = Callable[..., Any]

NONE = Answer(exists=False, values=())
TEMPORARY = ("timeout", "servfail")


@pytest.fixture
def server(zone: Zone) -> NameServer:
    return NameServer(zone)


def _addresses(server: NameServer, play: Play, name: str = "mail.corp.example") -> tuple[str, ...] | str:
    async def scene(world: Any) -> tuple[str, ...] | str:
        try:
            found: tuple[str, ...] = await world.resolver.addresses(name)
            return found
        except TemporaryFailure as failure:
            return str(failure)

    result: tuple[str, ...] | str = play(scene, answer=server.answer)
    return result


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("timeout", "dns [192.0.2.53] gave no answer in 5 seconds."),
        ("servfail", "dns gave no usable answer about mail.corp.example A."),
        ("nxdomain", ()),
        ("", ("192.0.2.25", "192.0.2.26")),
    ],
)
def test_what_the_resolver_makes_of_each_fault(
    server: NameServer, play: Play, fault: str, found: tuple[str, ...] | str
) -> None:
    server.fault = fault
    assert _addresses(server, play) == found


@pytest.mark.parametrize("fault", TEMPORARY)
def test_a_temporary_failure_is_never_an_answer_and_never_kept(
    server: NameServer, play: Play, fault: str
) -> None:
    async def scene(world: Any) -> Answer:
        server.fault = fault
        for _ in range(2):
            with pytest.raises(TemporaryFailure):
                await world.resolver.mail_hosts("corp.example")
        assert len(world.asked) == 2
        server.fault = None
        found: Answer = await world.resolver.look_up("lonely.example", "A")
        return found

    assert play(scene, answer=server.answer) == Answer(True, ("192.0.2.29",))


# By name


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("customer.example", "servfail"),
        ("CUSTOMER.example.", "servfail"),
        ("mx1.customer.example", "servfail"),
        ("mx2.customer.example", "nxdomain"),
        ("a.mx2.customer.example", "nxdomain"),
        ("mycustomer.example", ""),
        ("example", ""),
        ("", ""),
    ],
)
def test_the_fault_of_a_domain_holds_for_every_name_in_it(name: str, fault: str) -> None:
    faults = Faults(lambda: None)
    faults["Customer.Example."] = "SERVFAIL"
    faults["mx2.customer.example"] = "nxdomain"
    assert faults.of(name) == fault


def test_a_fault_by_name_leaves_other_names_alone(server: NameServer, play: Play) -> None:
    server.faults["lonely.example"] = "servfail"
    assert _addresses(server, play) == ("192.0.2.25", "192.0.2.26")
    assert _addresses(server, play, "lonely.example") == "dns gave no usable answer about lonely.example A."


def test_the_fault_of_the_server_goes_before_that_of_a_name(server: NameServer, play: Play) -> None:
    server.faults["corp.example"] = "servfail"
    server.fault = "nxdomain"
    assert _addresses(server, play) == ()


@pytest.mark.parametrize("end", [None, "", "del"])
def test_a_fault_by_name_ends(end: str | None) -> None:
    faults = Faults(lambda: None)
    faults["customer.example"] = "timeout"
    assert dict(faults) == {"customer.example": "timeout"}
    if end == "del":
        del faults["Customer.example"]
    else:
        faults["Customer.example"] = end
    assert (len(faults), repr(faults)) == (0, "{}")


# What a student sees


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("servfial", "no fault 'servfial'. Did you mean 'servfail'?"),
        ("time out", "Did you mean 'timeout'?"),
        ("broken", "It can have 'timeout', 'servfail', 'nxdomain'; None ends it."),
        (7, "no fault 7"),
    ],
)
def test_an_unknown_fault_gets_the_nearest_word(server: NameServer, word: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        server.fault = word
    assert said in str(error.value)
    with pytest.raises(UsageError):
        server.faults["customer.example"] = word
    assert (server.fault, dict(server.faults)) == ("", {})


def test_capitals_dont_matter() -> None:
    assert fault_named("ServFail") == "servfail"


def test_a_fault_is_felt_at_once_although_the_answer_was_known(lab: Lab) -> None:
    def found() -> tuple[str, ...]:
        asking = lab.scenery.resolver.addresses("mx1.customer.example")
        return lab.wait_for(asking, "an answer")

    assert found() == ("198.51.100.25",)
    lab.dns.fault = "timeout"
    with pytest.raises(TemporaryFailure):
        found()
    lab.dns.fault = "nxdomain"
    assert found() == ()
    lab.dns.fault = None
    assert found() == ("198.51.100.25",)
    lab.dns.faults["customer.example"] = "servfail"
    with pytest.raises(TemporaryFailure):
        found()


def test_the_name_server_shows_its_zone_and_its_faults(lab: Lab) -> None:
    lab.dns.fault = "timeout"
    lab.dns.faults["customer.example"] = "servfail"
    assert repr(lab.dns).splitlines()[-2:] == [
        "The name server has a fault: timeout.",
        "Fault of customer.example: servfail.",
    ]
    assert "customer.example.           IN MX  10 mx1.customer.example." in repr(lab.dns)


def test_reset_ends_every_fault(lab: Lab) -> None:
    lab.dns.fault = "timeout"
    lab.dns.faults["customer.example"] = "servfail"
    lab.reset()
    assert (lab.dns.fault, dict(lab.dns.faults)) == ("", {})

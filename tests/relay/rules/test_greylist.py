"""Who comes back after five minutes is let in, and stays so for 35 days."""

from datetime import timedelta

import pytest

from labkit.clock import START
from labkit.network.addresses import Host
from labkit.relay.language.restriction_lists import GREYLISTING
from labkit.relay.rules.greylist import Greylist
from labkit.smtp import greylist
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Envelope, Session

DAY = 86_400
ENVELOPE = Envelope(Path("a", "hosting.example"), Path("orders", "customer.example"))
MINUTE, HOUR = 60, 3600


def _session(address: str = "203.0.113.66") -> Session:
    return Session(Host("vps66", address), 1, 25)


def _asked(
    service: Greylist, seconds: float, envelope: Envelope = ENVELOPE, address: str = "203.0.113.66"
) -> str:
    return service.action(_session(address), envelope, START + timedelta(seconds=seconds))


def _deferred(seconds: int) -> str:
    return f"DEFER_IF_PERMIT 4.2.0 Greylisted for {seconds} seconds"


@pytest.mark.parametrize(
    ("tries", "last"),
    [
        ([0], _deferred(300)),
        ([0, 100], _deferred(200)),
        ([0, 100, 299], _deferred(1)),
        ([0, 300], "DUNNO"),
        ([0, 100, 300], "DUNNO"),  # an early try doesn't begin anew
        ([0, 300, 300], "DUNNO"),
        ([0, 2 * DAY], "DUNNO"),
        ([0, 2 * DAY + 1], _deferred(300)),  # came back too late
        ([0, 300, 300 + 35 * DAY], "DUNNO"),
        ([0, 300, 301 + 35 * DAY], _deferred(300)),  # forgotten
        ([0, 300, 30 * DAY, 60 * DAY], "DUNNO"),  # each letter keeps it
    ],
)
def test_the_answer_depends_on_when_it_was_tried_before(tries: list[int], last: str) -> None:
    service = Greylist()
    answers = [_asked(service, seconds) for seconds in tries]
    assert answers[-1] == last


@pytest.mark.parametrize(
    ("envelope", "address", "known"),
    [
        (ENVELOPE, "203.0.113.66", True),
        (ENVELOPE, "203.0.113.7", True),  # another server of the same network
        (ENVELOPE, "198.51.100.66", False),
        (Envelope(Path("A", "Hosting.example"), Path("Orders", "customer.example")), "203.0.113.66", True),
        (Envelope(Path("b", "hosting.example"), ENVELOPE.recipient), "203.0.113.66", False),
        (Envelope(NULL, ENVELOPE.recipient), "203.0.113.66", False),
        (Envelope(ENVELOPE.reverse_path, Path("jobs", "customer.example")), "203.0.113.66", False),
    ],
)
def test_a_triplet_is_network_sender_and_recipient(envelope: Envelope, address: str, known: bool) -> None:
    service = Greylist()
    _asked(service, 0)
    assert (_asked(service, 400, envelope, address) == "DUNNO") == known


def test_networks_of_ipv6_are_larger() -> None:
    service = Greylist()
    _asked(service, 0, address="2001:db8:0:1::25")
    assert _asked(service, 400, address="2001:db8:0:1::26") == "DUNNO"
    assert _asked(service, 400, address="2001:db8:0:2::25") == _deferred(300)


def test_without_a_recipient_there_is_nothing_to_say() -> None:
    service = Greylist()
    assert _asked(service, 0, Envelope(ENVELOPE.reverse_path, NULL)) == "DUNNO"
    assert len(service) == 0


def test_what_is_kept_is_bounded_and_the_least_seen_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greylist, "MOST", 2)
    service = Greylist()
    one, two, three = (Envelope(NULL, Path(name, "customer.example")) for name in ("one", "two", "three"))
    for moment, envelope in enumerate((one, two, one, three)):
        _asked(service, moment, envelope)
    assert len(service) == 2
    assert _asked(service, 400, one) == "DUNNO"
    assert _asked(service, 400, two) == _deferred(300)


@pytest.mark.parametrize(("name", "answer"), [(GREYLISTING, _deferred(300)), ("inet:127.0.0.1:10024", None)])
def test_it_is_one_service_among_others(name: str, answer: str | None) -> None:
    asking = Greylist()(name, _session(), ENVELOPE, START)
    with pytest.raises(StopIteration) as result:
        asking.send(None)
    assert result.value.value == answer

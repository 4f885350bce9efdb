"""The resolver: asks the lab's name server and nobody else, and keeps answers for as long as they last."""

import asyncio
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.clock import Clock
from labkit.dns import resolver
from labkit.dns.resolver import Answer, Resolver
from labkit.dns.server import NameServer
from labkit.dns.zone import Zone
from labkit.errors import PeerError
from labkit.network.addresses import Host

Play = Callable[..., Any]

DNS = Host("dns", "192.0.2.53")


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("corp.example", "MX", Answer(True, ("20 backup.corp.example", "10 mail.corp.example"))),
        ("Corp.EXAMPLE.", "MX", Answer(True, ("20 backup.corp.example", "10 mail.corp.example"))),
        ("corp.example", "TXT", Answer(True, ('"v=spf1 mx -all"',))),
        ("mail.corp.example", "A", Answer(True, ("192.0.2.25", "192.0.2.26"))),
        ("far.corp.example", "A", Answer(True, ("192.0.2.25", "192.0.2.26"))),
        ("www.corp.example", "CNAME", Answer(True, ("mail.corp.example",))),
        ("corp.example", "A", Answer(True, ())),
        ("www.corp.example", "MX", Answer(True, ())),
        ("nowhere.example", "A", Answer(False, ())),
        ("lost.corp.example", "A", Answer(False, ())),
        ("a.loop.example", "A", Answer(True, ())),
        ("nomail.example", "MX", Answer(True, ("0 .",))),
        ("25.2.0.192.in-addr.arpa", "PTR", Answer(True, ("mail.corp.example",))),
    ],
)
def test_a_look_up_tells_what_the_zone_says(play: Play, name: str, kind: str, answer: Answer) -> None:
    assert play(lambda world: world.resolver.look_up(name, kind)) == answer


@pytest.mark.parametrize(
    ("domain", "hosts"),
    [
        ("corp.example", ((10, "mail.corp.example"), (20, "backup.corp.example"))),
        ("CORP.example", ((10, "mail.corp.example"), (20, "backup.corp.example"))),
        ("empty.corp.example", ((10, "mail.corp.example"), (20, "backup.corp.example"))),  # an alias
        ("lonely.example", ((0, "lonely.example"),)),  # no MX: its own mail host
        ("nomail.example", ((0, "."),)),
        ("nomail10.example", ((10, "."),)),
        ("nowhere.example", ()),
        ("gmail.com", ()),
    ],
)
def test_mail_hosts_come_best_first(play: Play, domain: str, hosts: tuple[tuple[int, str], ...]) -> None:
    assert play(lambda world: world.resolver.mail_hosts(domain)) == hosts


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("mail.corp.example", ("192.0.2.25", "192.0.2.26")),
        ("www.corp.example", ("192.0.2.25", "192.0.2.26")),
        ("corp.example", ()),
        ("nowhere.example", ()),
    ],
)
def test_the_addresses_of_a_host(play: Play, name: str, addresses: tuple[str, ...]) -> None:
    assert play(lambda world: world.resolver.addresses(name)) == addresses


@pytest.mark.parametrize(
    ("address", "name"),
    [("192.0.2.25", "mail.corp.example"), ("203.0.113.200", "unknown"), ("2001:db8::25", "unknown")],
)
def test_the_name_of_an_address(play: Play, address: str, name: str) -> None:
    assert play(lambda world: world.resolver.name_of(address)) == name


def test_a_name_server_that_fails_makes_names_unknown_but_no_look_up_empty(play: Play) -> None:
    async def scene(world: Any) -> str:
        with pytest.raises(PeerError):
            await world.resolver.mail_hosts("corp.example")
        name: str = await world.resolver.name_of("192.0.2.25")
        return name

    assert play(scene, answer=lambda question: b"no DNS") == "unknown"


@pytest.mark.parametrize("name", ["a..b.example", "a" * 64 + ".example", ".".join(["abc"] * 70), "a\\999.example"])
def test_a_name_that_cant_be_doesnt_exist_and_is_not_asked_for(play: Play, name: str) -> None:
    async def scene(world: Any) -> tuple[Answer, int]:
        return await world.resolver.look_up(name, "MX"), len(world.asked)

    assert play(scene) == (Answer(False, ()), 0)


def test_a_name_outside_the_zone_never_leaves_the_machine(play: Play) -> None:
    async def scene(world: Any) -> None:
        for name in ("gmail.com", "example.com", "www.example.org", "localhost", "com", "."):
            assert not (await world.resolver.look_up(name, "MX")).values
        # Every question went to the lab's own server, and the guard would have refused any other.
        assert len(world.asked) == 6

    play(scene)


# The cache, by the lab's clock


@pytest.mark.parametrize(
    ("name", "kind", "seconds"),
    [
        ("corp.example", "MX", 3600),
        ("short.corp.example", "A", 60),
        ("www.corp.example", "A", 3600),
        ("corp.example", "A", 60),  # a negative answer
        ("nowhere.example", "MX", 60),
        ("a..b.example", "MX", 60),
    ],
)
def test_an_answer_is_kept_until_its_time_is_over(play: Play, name: str, kind: str, seconds: int) -> None:
    async def scene(world: Any) -> None:
        first = await world.resolver.look_up(name, kind)
        questions = len(world.asked)
        await world.clock.advance(seconds - 1)
        assert await world.resolver.look_up(name.upper(), kind) == first
        assert len(world.asked) == questions
        await world.clock.advance(1)
        assert await world.resolver.look_up(name, kind) == first
        assert len(world.asked) == 2 * questions

    play(scene)


def test_each_type_of_a_name_is_asked_for(play: Play) -> None:
    async def scene(world: Any) -> int:
        for kind in ("MX", "A", "TXT", "MX", "A", "TXT"):
            await world.resolver.look_up("corp.example", kind)
        return len(world.asked)

    assert play(scene) == 3


def test_the_cache_is_bounded_and_forgets_the_oldest(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "CACHE_LIMIT", 3)

    async def scene(world: Any) -> list[int]:
        asked = []
        for name in ("a.example", "b.example", "c.example", "a.example", "d.example", "b.example", "a.example"):
            await world.resolver.look_up(name, "A")
            asked.append(len(world.asked))
        return asked

    assert play(scene) == [1, 2, 3, 3, 4, 4, 5]


def test_a_failure_is_not_kept(play: Play, zone: Zone) -> None:
    server, garbage = NameServer(zone), iter([b"no DNS"])

    def answer(question: bytes) -> bytes | None:
        return next(garbage, None) or server.answer(question)

    async def scene(world: Any) -> Answer:
        with pytest.raises(PeerError):
            await world.resolver.look_up("lonely.example", "A")
        found: Answer = await world.resolver.look_up("lonely.example", "A")
        return found

    assert play(scene, answer=answer) == Answer(True, ("192.0.2.29",))


# A name server that doesn't do its work


def _reply(question: bytes, rcode: int = 0, name: str = "", number: int | None = None, qr: bool = True) -> bytes:
    asked = dns.message.from_wire(question)
    reply = dns.message.make_response(dns.message.make_query(name, "A") if name else asked)
    reply.id = asked.id if number is None else number
    reply.set_rcode(dns.rcode.Rcode.make(rcode))
    reply.answer.append(dns.rrset.from_text(name or "corp.example.", 60, "IN", "A", "192.0.2.66"))
    if not qr:
        reply.flags &= ~dns.flags.QR
    return reply.to_wire()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda question: b"?", "something that isn't DNS"),
        (lambda question: b"220 mail.corp.example ESMTP", "something that isn't DNS"),
        (lambda question: question[:20], "something that isn't DNS"),
        (lambda question: question, "no usable answer about corp.example A"),
        (lambda question: _reply(question, qr=False), "no usable answer"),
        (lambda question: _reply(question, name="other.example."), "no usable answer"),
        (lambda question: _reply(question, number=60_000), "no usable answer"),
        (lambda question: _reply(question, dns.rcode.SERVFAIL), "no usable answer"),
        (lambda question: _reply(question, dns.rcode.REFUSED), "no usable answer"),
        (lambda question: _reply(question, dns.rcode.FORMERR), "no usable answer"),
    ],
)
def test_an_answer_that_is_none_is_the_servers_fault(
    play: Play, answer: Callable[[bytes], bytes], said: str
) -> None:
    async def scene(world: Any) -> None:
        with pytest.raises(PeerError, match=f"^dns .*{said}"):
            await world.resolver.look_up("corp.example", "A")

    play(scene, answer=answer)


class Parrot:
    """A network on which every question gets the same answer, under the number that was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    async def ask(self, address: str, port: int, question: bytes) -> bytes:
        return question[:2] + self.answer[2:]


SOUND = _reply(dns.message.make_query("corp.example", "A").to_wire())
GARBLED = st.builds(
    lambda at, octets: SOUND[:at] + octets + SOUND[at + len(octets) :],
    st.integers(2, len(SOUND) - 1),
    st.binary(min_size=1, max_size=4),
)


@settings(deadline=None, max_examples=300)
@given(GARBLED | st.binary(min_size=2, max_size=100))
def test_whatever_the_server_says_is_an_answer_or_its_fault(packet: bytes) -> None:
    assert _addresses_or_fault(packet)


def _addresses_or_fault(packet: bytes) -> bool:
    asking = Resolver(Parrot(packet), DNS, Clock())  # type: ignore[arg-type]
    try:
        return isinstance(asyncio.run(asking.addresses("corp.example")), tuple)
    except PeerError as fault:
        return str(fault).startswith("dns ")

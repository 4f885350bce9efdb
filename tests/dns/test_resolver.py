"""The resolver: asks the lab's name server and nobody else, and keeps answers for as long as they last."""

from collections.abc import Callable
from typing import Any

import pytest

from labkit.dns import resolver
from labkit.dns.resolver import Answer
from labkit.dns.server import NameServer
from labkit.dns.zone import Zone
from labkit.errors import PeerError

Play = Callable[..., Any]


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


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.25", "mail.corp.example"),  # leads there and back
        ("192.0.2.26", "unknown"),  # has no name
        ("192.0.2.30", "unknown"),  # claims a name that leads elsewhere
        ("192.0.2.31", "unknown"),  # claims a name that doesn't exist
        ("2001:db8::26", "six.corp.example"),
    ],
)
def test_a_client_has_a_name_only_when_the_name_leads_back(play: Play, address: str, name: str) -> None:
    assert play(lambda world: world.resolver.verified_name(address)) == name


def test_a_name_that_cant_be_confirmed_now_is_unknown(play: Play, zone: Zone) -> None:
    server = NameServer(zone)
    server.faults["corp.example"] = "servfail"
    assert play(lambda world: world.resolver.name_of("192.0.2.25"), server.answer) == "mail.corp.example"
    assert play(lambda world: world.resolver.verified_name("192.0.2.25"), server.answer) == "unknown"


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("corp.example", ("v=spf1 mx -all",)),
        ("2.0.0.127.bl.example", ('Listed: see "why" at bl.example',)),
        ("mail.corp.example", ()),
        ("nowhere.example", ()),
    ],
)
def test_the_strings_of_a_text_are_joined(play: Play, name: str, texts: tuple[str, ...]) -> None:
    assert play(lambda world: world.resolver.texts(name)) == texts


def test_a_name_server_that_fails_makes_names_unknown_but_no_look_up_empty(play: Play) -> None:
    async def scene(world: Any) -> str:
        with pytest.raises(PeerError):
            await world.resolver.mail_hosts("corp.example")
        name: str = await world.resolver.name_of("192.0.2.25")
        return name

    assert play(scene, answer=lambda question: b"no DNS") == "unknown"


@pytest.mark.parametrize(
    "name", ["a..b.example", "a" * 64 + ".example", ".".join(["abc"] * 70), "a\\999.example"]
)
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
        for name in (
            "a.example",
            "b.example",
            "c.example",
            "a.example",
            "d.example",
            "b.example",
            "a.example",
        ):
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

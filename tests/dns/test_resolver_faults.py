"""A name server that doesn't do its work: whatever it says is an answer, or its own fault."""

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
from labkit.dns.resolver import Resolver
from labkit.errors import PeerError
from labkit.network.addresses import Host

Play = Callable[..., Any]

DNS = Host("dns", "192.0.2.53")


def _reply(
    question: bytes, rcode: int = 0, name: str = "", number: int | None = None, qr: bool = True
) -> bytes:
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

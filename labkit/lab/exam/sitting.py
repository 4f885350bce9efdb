"""An exam: every side calls at the same server, one after the other.

The server is the lab's relay, or a real Postfix that listens on this machine. Postfix learns each client's
lab address from a PROXY line (its parameter ``smtpd_upstream_proxy_protocol = haproxy``): on the loopback
interface it would take every caller for a neighbour.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from labkit.attacker.letters import Draft, address
from labkit.attacker.report import Attempt, Verdict, judged
from labkit.errors import PeerError
from labkit.lab.exam.notes import NotingClient
from labkit.lab.exam.sides import SIDES, Side
from labkit.lab.scenery import Scenery
from labkit.network.addresses import Host
from labkit.smtp.address import NULL
from labkit.smtp.client import SmtpClient
from labkit.smtp.introduce import introduce

NO_AUTH = "AUTH is not offered here, so the password was not sent, nor the letter."
TEXT = "A letter of the exam."
SOME_PORT = 40000  # what the PROXY line gives as the client's

Tell = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Door:
    """Where the exam takes place. ``announces`` says that the clients say who they are in a PROXY line."""

    host: Host
    port: int = 25
    announces: bool = False


class Call(NamedTuple):
    """What came of one side's call, and what was said."""

    attempt: Attempt
    dialogue: tuple[str, ...] = ()


async def sit(scenery: Scenery, door: Door) -> tuple[Call, ...]:
    """What came of each side's call, in the order of SIDES. A server that doesn't answer is no error."""
    return tuple([await _call(scenery, door, side) for side in SIDES])


async def _call(scenery: Scenery, door: Door, side: Side) -> Call:
    nonce, source = next(scenery.nonces), scenery.network.add(side.host(scenery.stage))
    try:
        client = await NotingClient.open(scenery.network, source, door.host.address, door.port)
    except PeerError as error:
        return Call(Attempt(nonce, Verdict.NOT_SENT, trouble=str(error)))
    try:
        attempt = await _dialogue(client, scenery, source, door, side, nonce)
    except PeerError as error:
        attempt = Attempt(nonce, Verdict.NOT_SENT, session=client.session, trouble=str(error))
    finally:
        client.abort()
    await scenery.settle()
    return Call(attempt.looked_up(scenery.holds), tuple(client.notes))


async def _dialogue(
    client: NotingClient, scenery: Scenery, source: Host, door: Door, side: Side, nonce: str
) -> Attempt:
    tell, relay = scenery.stage.tell, scenery.stage.RELAY
    if door.announces:
        SmtpClient.say(client, f"PROXY TCP4 {source.address} {relay.address} {SOME_PORT} {door.port}")
    greeting = await client.hear()
    if not greeting.is_positive:
        return Attempt(nonce, Verdict.REFUSED, "the greeting", greeting, client.session)
    name = tell(side.greeting) or source.domain
    await introduce(client, name, relay.domain, side.tls, scenery.authority)
    attempt = await _errand(client, scenery, side, nonce)
    await client.quit()
    return replace(attempt, session=client.session)


async def _errand(client: SmtpClient, scenery: Scenery, side: Side, nonce: str) -> Attempt:
    """What the side came for, once it has introduced itself."""
    stage = scenery.stage
    if side.logs_in:
        if "AUTH" not in client.capabilities:
            return Attempt(nonce, Verdict.NOT_SENT, trouble=NO_AUTH)
        answer = await client.login(*stage.STAFF_LOGIN)
        if not answer.is_positive:
            return Attempt(nonce, Verdict.REFUSED, "AUTH", answer)
    if side.asks:
        answer = await client.command(stage.tell(side.asks))
        verdict = Verdict.ACCEPTED if answer.is_positive else Verdict.REFUSED
        return Attempt(nonce, verdict, side.asks.partition(" ")[0], answer)
    letter = _draft(side, stage.tell).letter(nonce, scenery.clock.now, side.host(stage).domain)
    return judged(nonce, await client.send(letter), client.session)


def _draft(side: Side, tell: Tell) -> Draft:
    sender = tell(side.sender)
    return Draft(
        address(sender) if sender else NULL,
        address(tell(side.to)),
        sender or tell("postmaster@customer.example"),
        "Exam",
        TEXT,
    )

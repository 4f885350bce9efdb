"""Which server is to be tested: a host of the lab, or one that the student runs on this machine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from labkit.attacker import probe as attack
from labkit.attacker.means.patterns import PATTERNS
from labkit.attacker.means.post import Login
from labkit.attacker.means.relaytest import STATES, RelayTest
from labkit.attacker.scene import Scene
from labkit.errors import OutsideTheLab, UsageError
from labkit.lab.scenery import Scenery
from labkit.lab.stage import Stage
from labkit.lab.usual import YOUR_SERVER
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.network.guard import LOOPBACK

LETTERS = len(PATTERNS) * len(STATES)
THIS_MACHINE = (LOOPBACK, "localhost")  # nobody is asked what the name stands for
ELSEWHERE = (
    "{target!r} is no host of this lab, nor a server on this machine (127.0.0.1). To attack any other is a "
    "crime. Test 'relay', 'mx1', 'mx2' or 'smarthost', or a server of your own: '127.0.0.1:PORT'."
)
NO_PORT = "{port!r} is not a port: choose a number from 1 to 65535, such as 25."


@dataclass(frozen=True, slots=True)
class Place:
    """A host and its port; ``is_own`` is a server of the student's, outside the lab."""

    host: Host
    port: int
    is_own: bool = False


def place(hosts: Sequence[Host], target: str | Host, port: int = 25) -> Place:
    """The place that a student means. Raises OutsideTheLab, and UsageError for a port that can't be."""
    text = (target.address if isinstance(target, Host) else str(target)).strip().lower()
    known = {name: host for host in hosts for name in (host.name, host.address, host.domain) if name}
    if text in known:
        return Place(known[text], _port(port))
    name, colon, number = text.rpartition(":")
    name, number = (name, number) if colon else (text, str(port))
    if name in known:
        return Place(known[name], _port(number))
    if name in THIS_MACHINE:
        return Place(YOUR_SERVER, _port(number), is_own=True)
    raise OutsideTheLab(ELSEWHERE.format(target=str(target)))


def login(stage: Stage, place: Place, user: str | None, password: str) -> Login | None:
    """The account that the tester has there: at the relay the staff's, unless another is given."""
    if user is None and place.host == stage.RELAY:
        return Login(*stage.STAFF_LOGIN)
    return Login(user, password) if user else None


async def probe(
    scenery: Scenery,
    place: Place,
    login: Login | None,
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
) -> RelayTest:
    """Test the place, and look for the letters in the stranger's own mailbox only.

    A server that keeps what it takes, in a mailbox of its own, isn't an open relay.
    """
    drop = await scenery.open_drop()
    with reachable(network, place):
        return await attack.run(
            network,
            source,
            target,
            replace(scene, holds=drop.holds),
            port=place.port,
            drop=scenery.stage.tell(attack.DROP),
            login=login,
            literal=LOOPBACK if place.is_own else "",
        )


@contextmanager
def reachable(network: Network, place: Place) -> Iterator[None]:
    """The student's own server is on the network for as long as it is tested."""
    if not place.is_own:
        yield
        return
    network.attach(network.add(place.host), place.port, place.port)
    try:
        yield
    finally:
        network.shut(place.host, place.port)


def _port(port: int | str) -> int:
    text = str(port)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= 65535 and len(text) < 6):
        raise UsageError(NO_PORT.format(port=port))
    return int(text)

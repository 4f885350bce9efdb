"""Who is on the network: hosts of the lab, each at an address of its own, and nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from network.peer import ATTACKER, MX, RELAY, Inn, Peer

from labkit.errors import OutsideTheLab, UsageError
from labkit.network.addresses import Host
from labkit.network.carrier import Carrier
from labkit.network.fabric import YOUR_TERMINAL, Network

Play = Callable[..., Any]


def test_the_hosts_are_listed_in_the_order_in_which_they_came(play: Play) -> None:
    async def scene(network: Network) -> None:
        assert network.hosts == (YOUR_TERMINAL, RELAY, MX, ATTACKER)
        assert network.add(RELAY) is RELAY  # once more is no harm
        assert network.hosts == (YOUR_TERMINAL, RELAY, MX, ATTACKER)

    play(scene)


def test_an_address_belongs_to_one_host(play: Play) -> None:
    async def scene(network: Network) -> None:
        with pytest.raises(UsageError, match=r"^192\.0\.2\.25 is taken by relay\.$"):
            network.add(Host("impostor", "192.0.2.25"))

    play(scene)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("192.0.2.99", "No host of this lab has the address 192.0.2.99."),
        ("8.8.8.8", "8.8.8.8 could be a real machine. The lab uses only the documentation ranges"),
        ("127.0.0.1", "127.0.0.1 could be a real machine."),
        ("mail.corp.example", "'mail.corp.example' is not an IP address. The lab uses, for example,"),
    ],
)
def test_nobody_outside_the_lab_can_be_reached(play: Play, carrier: Carrier, address: str, said: str) -> None:
    async def scene(network: Network) -> None:
        for attempt in (network.connect(ATTACKER, address, 25, Peer()), network.ask(address, 53, b"?")):
            with pytest.raises(OutsideTheLab) as caught:
                await attempt
            assert str(caught.value).startswith(said)
        assert len(network.recorder) == 0

    play(scene, carrier)


def test_nobody_outside_the_lab_can_take_part(play: Play, carrier: Carrier) -> None:
    stranger = Host("stranger", "203.0.113.99")

    async def scene(network: Network) -> None:
        for attempt in (
            network.listen(stranger, 25, Peer),
            network.listen_datagrams(stranger, 53, bytes),
            network.connect(stranger, RELAY.address, 25, Peer()),
        ):
            with pytest.raises(
                OutsideTheLab, match=r"stranger \[203\.0\.113\.99\] is not a host of this lab"
            ):
                await attempt

    play(scene, carrier)


def test_a_host_can_be_reached_by_any_spelling_of_its_address(play: Play, carrier: Carrier) -> None:
    async def scene(network: Network) -> None:
        mx = network.add(Host("mx6", "2001:db8::25"))
        await network.listen(mx, 25, Inn())
        await network.connect(ATTACKER, "2001:DB8:0::25", 25, client := Peer())
        assert await client.hear(10) == b"220 mail\r\n"

    play(scene, carrier)

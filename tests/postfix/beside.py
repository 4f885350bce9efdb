"""The lab's relay and a Postfix, side by side: the same policy, the same client, the same next hop.

Postfix's clients come through the PROXY protocol, with the address that they have in the lab.
"""

import asyncio
import itertools
import re
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from difflib import unified_diff
from functools import partial
from typing import NamedTuple

from postfix import arrivals, known
from postfix.arrivals import Arrival
from postfix.configuration import settings
from postfix.dialogues.phrases import Dialogue
from postfix.player import Player
from postfix.private import PrivatePostfix
from postfix.surroundings import Surroundings

from labkit import Lab, Policy
from labkit.lab import usual

PORT = 25
QUIET_SECONDS = 20.0
AN_HOUR = 3600  # of lab time between two policies: what was counted before has expired

Connect = Callable[[str, asyncio.Protocol], Awaitable[asyncio.Transport]]
Said = dict[str, list[str]]


class Played(NamedTuple):
    """A dialogue as it went on one side, and what arrived."""

    said: list[str]
    arrived: list[Arrival]

    def lines(self) -> list[str]:
        """All of it as text, for a comparison."""
        return [*self.said, *(line for arrival in sorted(self.arrived) for line in arrival.lines())]


class Beside:
    """Made around a running lab; ``close`` it before the lab."""

    def __init__(self, lab: Lab, policies: Mapping[str, str]) -> None:
        self.lab, self.scenery = lab, lab.scenery
        self._boxes = (self.scenery.company, self.scenery.customer)
        self._seen = {box.domain: len(box) for box in self._boxes}
        self._marks = itertools.count(1)
        self._around = Surroundings(lab)
        self._hosts = {host.name: host for host in self.scenery.network.hosts}
        try:
            self._start({name: self.policy(text) for name, text in policies.items()})
        except BaseException:
            self._around.close()
            raise

    def _start(self, policies: dict[str, Policy]) -> None:
        self.policies = policies
        self.postfix = PrivatePostfix(self._around.address, self._around.settings())
        try:
            self._around.certify(self.postfix.home / "data")
            self._ports = {name: self.postfix.put(settings(each)) for name, each in policies.items()}
            self.postfix.start()
        except BaseException:
            self.postfix.stop()
            raise

    def close(self) -> None:
        """Stop Postfix, and what it asks."""
        self.postfix.stop()
        self._around.close()

    def policy(self, text: str) -> Policy:
        """The policy that main.cf text describes."""
        return Policy.parse(text.replace("{fingerprint}", self._around.fingerprint))

    def renew(self, text: str) -> None:
        """Start another Postfix, with one policy; its name is "the only one".

        A mere reload would leave old processes for a while, which count and answer beside the new ones.
        """
        policy = self.policy(text)
        assert self.postfix.problems() == []
        self.postfix.stop()
        self._start({"the only one": policy})

    def play(self, name: str, dialogues: Mapping[str, Dialogue]) -> dict[str, tuple[Played, Played]]:
        """Play dialogues under a policy, all by name: what the lab's relay did, and what Postfix did."""
        self.scenery.relay.policy = policy = self.policies[name]
        marks = {each: f"n{next(self._marks):06}" for each in dialogues}
        all_by = partial(self._all, policy, dialogues, marks)
        to_postfix = partial(self._to_postfix, self._ports[name])
        ours, theirs = self.lab.wait_for(
            _both(all_by(self._to_the_lab), all_by(to_postfix)), "the dialogues", limit=120
        )
        self._wait_until_quiet()
        ours_arrived, theirs_arrived = self._arrived()
        # Whether a notice is sent is for soft_bounce to say as well; but Postfix's queue has one for all.
        counts = partial(_counts, soft=policy.soft_bounce)
        return {
            each: (
                Played(ours[each], [letter for letter in ours_arrived if counts(letter, mark)]),
                Played(theirs[each], [letter for letter in theirs_arrived if counts(letter, mark)]),
            )
            for each, mark in marks.items()
        }

    async def _all(
        self, policy: Policy, dialogues: Mapping[str, Dialogue], marks: Mapping[str, str], connect: Connect
    ) -> Said:
        """One dialogue after the other, so that limits count the same on both sides."""
        seen = {}
        for name, (source, script) in dialogues.items():
            player = Player(partial(connect, source), self._around.clients, policy.smtpd_tls_wrappermode)
            said = await player.play(script.replace("{n}", marks[name]))
            seen[name] = [re.sub(r"queued as \w+", "queued as *", line) for line in said]
        return seen

    async def _to_the_lab(self, source: str, protocol: asyncio.Protocol) -> asyncio.Transport:
        network, target = self.scenery.network, usual.RELAY.address
        return (await network.connect(self._hosts[source], target, PORT, protocol)).transport

    async def _to_postfix(self, port: int, source: str, protocol: asyncio.Protocol) -> asyncio.Transport:
        transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: protocol, self.postfix.address, port, family=socket.AF_INET
        )
        client, relay = self._hosts[source].address, usual.RELAY.address
        transport.write(f"PROXY TCP4 {client} {relay} 40000 {PORT}\r\n".encode())
        return transport

    def _arrived(self) -> tuple[list[Arrival], list[Arrival]]:
        """What arrived since it was asked before: from the lab's relay, and from Postfix."""
        found = [each for box in self._boxes for each in arrivals.delivered(box, self._seen[box.domain])]
        self._seen = {box.domain: len(box) for box in self._boxes}
        inbox = self._around.inbox
        theirs, inbox.letters = inbox.letters, []
        theirs += [each.arrival for each in found if not each.by_the_lab]
        return [each.arrival for each in found if each.by_the_lab], theirs

    def _wait_until_quiet(self) -> None:
        self.lab.wait_for(self.scenery.clock.advance(AN_HOUR), "an hour of lab time")
        until = time.monotonic() + QUIET_SECONDS
        while not self.postfix.is_idle():
            assert time.monotonic() < until, self.postfix.log()
            time.sleep(0.01)


async def _both(ours: Awaitable[Said], theirs: Awaitable[Said]) -> tuple[Said, Said]:
    return await asyncio.gather(ours, theirs)


def _counts(letter: Arrival, mark: str, *, soft: bool) -> bool:
    return letter.mark == mark and not (soft and letter.is_notice)


def difference(name: str, ours: Played, theirs: Played) -> str:
    """A diff of the two dialogues; empty when they are the same, but for what is known."""
    sides = f"{name}, with Postfix", f"{name}, in the lab"
    expected = [known.as_in_the_lab(line) for line in theirs.lines()]
    return "\n".join(unified_diff(expected, ours.lines(), *sides, n=1000, lineterm=""))

"""Flood: a relay is kept busy, so that honest mail has to wait. What counts is for how long.

Two letters of an honest host are timed on the lab's clock: one before the flood, one during it. Its
program does what mail programs do: when the relay has no time for it now, it tries again a minute later.
Lab time passes where a server says that it does (a slow recipient, a pause between two deliveries), and
between two tries; so the delay is the same on every machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from labkit.attacker.letters import SOMEBODY, Draft, lab_path
from labkit.attacker.means.post import post
from labkit.attacker.means.waves import WAYS, Wave, Way
from labkit.attacker.report import Attempt, Finding, Report, Verdict
from labkit.attacker.scene import Scene
from labkit.errors import UsageError
from labkit.network.addresses import Host
from labkit.network.fabric import Network

SUBJECT, TEXT = "Our order", "Please send ten boxes of paper."
GOAL = "make honest mail wait, or get lost"
MINUTE = 60
PATIENCE = 4 * 60 * MINUTE  # seconds of lab time, until a letter is given up
BEARABLE = MINUTE  # seconds that a letter may take longer without anybody minding
LONGEST = 60  # minutes that a flood can last


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    honest: Host,
    sender: str = "staff@corp.example",
    recipient: str = SOMEBODY,
    how: str = "connections",
    count: int | None = None,
    more: Iterable[Host] = (),
    minutes: int = 10,
    port: int = 25,
) -> "FloodReport":
    """Flood ``target`` in one of the WAYS, and see what becomes of a letter from ``honest`` meanwhile.

    Connections are kept for ``minutes`` of lab time. ``more`` are further addresses to flood from. It is
    harm when the honest letter takes over a minute longer than before, or doesn't arrive. Raises UsageError
    for what can't be, OutsideTheLab for anybody who could be real.
    """
    way, count = _checked(how, count, minutes)
    draft = Draft(lab_path(sender), lab_path(recipient), sender, SUBJECT, TEXT)
    letter = HonestLetter(network, honest, target, scene, draft, port)
    before = await letter.sent()
    sources = [network.add(host) for host in (source, *more)]
    wave = Wave(network, sources, target, scene, port, count)
    try:
        await way.begin(wave)
        during = await letter.sent(wave, MINUTE * minutes)
    finally:
        await wave.release()
    # Where honest mail never got through, there is no use in waiting for it once more.
    after = None if before.seconds is None else await letter.sent()
    found = [compared(before, during), *wave.findings(), *([_standing(after)] if after else [])]
    report = await scene.report(network, source, f"{count:,} {way.what}", (), found, goal=GOAL)
    return FloodReport(**vars(report), arrivals=(before, during, after))


@dataclass(frozen=True, slots=True)
class Arrival:
    """After how many seconds of lab time a letter was in its mailbox; None when it wasn't, and why."""

    seconds: float | None
    why: str = ""

    def __str__(self) -> str:
        return f"{self.seconds:,.0f}" if self.seconds is not None else "for ever"


@dataclass(frozen=True, repr=False)
class FloodReport(Report):
    """A report that also has how long the honest letters took: before, during and after the flood.

    The last one is None where honest mail never got through, and so wasn't tried again.
    """

    arrivals: tuple[Arrival, Arrival, Arrival | None] = (Arrival(None), Arrival(None), None)


@dataclass(frozen=True)
class HonestLetter:
    """A letter that somebody has to send, whatever happens to the server meanwhile."""

    network: Network
    host: Host
    target: Host
    scene: Scene
    draft: Draft
    port: int

    async def sent(self, wave: Wave | None = None, lasts: float = 0) -> Arrival:
        """Send it, try again as often as it takes, and look for it; ``wave`` ends after ``lasts`` seconds."""
        clock, begun, nonce, said, minutes = self.scene.clock, self.scene.clock.elapsed, "", "", 0
        while (waited := clock.elapsed - begun) <= PATIENCE:
            if wave and waited >= MINUTE * (minutes + 1):
                minutes += 1
                await (wave.release() if MINUTE * minutes >= lasts else wave.minute())
            if not nonce:
                attempt = await self._tried()
                said = str(attempt.reply or attempt.trouble)
                if attempt.verdict is Verdict.REFUSED:
                    break
                nonce = attempt.nonce if attempt.verdict is Verdict.ACCEPTED else ""
            await self.scene.settle()
            if nonce and self.scene.holds(nonce):
                return Arrival(waited)
            await clock.advance(1 if nonce else MINUTE)
        return Arrival(None, said)

    async def _tried(self) -> Attempt:
        network, scene = self.network, self.scene
        return (await post(network, self.host, self.target, scene, [self.draft], port=self.port))[0]


def compared(before: Arrival, during: Arrival) -> Finding:
    """What the flood has done to honest mail, and whether that is harm."""
    if before.seconds is None:
        return Finding("honest mail doesn't get through even without the attack", before.why, harm=False)
    if during.seconds is None:
        return Finding("an honest letter was lost", during.why)
    what = f"an honest letter took {during} seconds of lab time, {before} without the attack"
    return Finding(what, "found in the mailbox", harm=during.seconds - before.seconds > BEARABLE)


def _standing(after: Arrival) -> Finding:
    """Whether the relay has come through it."""
    if after.seconds is None:
        return Finding("after it, honest mail doesn't get through", after.why)
    return Finding(f"after it, a letter takes {after} seconds", "found in the mailbox", harm=False)


def _checked(how: str, count: int | None, minutes: int) -> tuple[Way, int]:
    if how not in WAYS:
        raise UsageError(f"There is no flood of {how!r}: choose one of {', '.join(WAYS)}.")
    if not 1 <= minutes <= LONGEST:
        raise UsageError(f"A flood lasts for 1 to {LONGEST} minutes, and not for {minutes}.")
    way = WAYS[how]
    count = way.usual if count is None else count
    if not 1 <= count <= way.most:
        raise UsageError(f"A flood of {count:,} {way.what} can't be: choose 1 to {way.most:,}.")
    return way, count
